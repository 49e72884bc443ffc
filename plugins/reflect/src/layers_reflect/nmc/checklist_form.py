"""The checklist's form: its fields out of a body, and a body out of what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from layers_core.contract import Body, Problem
from layers_core.i18n import gettext as _
from layers_core.web import Submitted
from layers_reflect.nmc.checklist import empty
from layers_reflect.nmc.rules import checklist_rules
from layers_reflect.nmc.schemas import LINE_LIMIT, MOST_HOURS

ROWS = "rows"
PARTS = ("day", "month", "year")


def fields_of(body: Body) -> Submitted:
    """What stands in the form."""
    values: dict[str, str] = {"both": "yes" if body["both"] else "", ROWS: str(shown_rows(len(body["hours"])))}
    for number, row in enumerate(body["hours"], 1):
        values |= {f"row{number}-{name}": row[name] for name in ("setting", "scope", "place")}
        values[f"row{number}-hours"] = f"{row['hours']:g}" if row["hours"] else ""
        values |= _date_fields(f"row{number}-since", row["since"]) | _date_fields(f"row{number}-until", row["until"])
    cover, given = body["indemnity"], body["confirmation"]
    values |= {"indemnity": cover["kind"], "provider": cover["provider"]}
    values |= {"confirmer": given["name"], "confirmer_role": given["role"], "confirmer_pin": given["pin"]}
    values |= _date_fields("health", body["health_on"]) | _date_fields("covered", cover["until"])
    return Submitted(values | _date_fields("confirmed", given["on"]))


def _date_fields(name: str, day: str | None) -> dict[str, str]:
    year, month, number = day.split("-") if day else ("", "0", "0")
    return {f"{name}-day": str(int(number) or ""), f"{name}-month": str(int(month) or ""), f"{name}-year": year}


def shown_rows(filled: int) -> int:
    """How many rows stand in the form: those that are filled in and some to go on with."""
    rules = checklist_rules()
    return min(int(rules[ROWS]), filled + int(rules["blank_rows"]))


def rows_in(form: Submitted) -> int:
    """How many rows the form has."""
    typed = form.get(ROWS)
    number = int(typed) if typed.isdecimal() and len(typed) < 4 else 0
    return min(max(number, shown_rows(0)), int(checklist_rules()[ROWS]))


def read(form: Submitted) -> Body:
    """The body that the fields make; what has to be mended is added to the form's problems."""
    body = empty()
    body["both"] = bool(form.get("both"))
    body["hours"] = [row for number in range(1, rows_in(form) + 1) if (row := _row(form, f"row{number}"))]
    body["health_on"] = _day(form, "health")
    body["indemnity"] = {
        "kind": _code(form, "indemnity", "indemnity"),
        "provider": _line(form, "provider"),
        "until": _day(form, "covered"),
    }
    body["confirmation"] = {
        "name": _line(form, "confirmer"),
        "role": _code(form, "confirmer_role", "roles"),
        "pin": _line(form, "confirmer_pin"),
        "on": _day(form, "confirmed"),
    }
    return body


def _row(form: Submitted, name: str) -> Mapping[str, Any] | None:
    """One row; nothing where nothing was typed in it, so that emptying one removes it."""
    row = {
        "since": _day(form, f"{name}-since"),
        "until": _day(form, f"{name}-until"),
        "hours": _hours(form, f"{name}-hours"),
        "setting": _code(form, f"{name}-setting", "settings"),
        "scope": _code(form, f"{name}-scope", "scopes"),
        "place": _line(form, f"{name}-place"),
    }
    if row["since"] and row["until"] and str(row["until"]) < str(row["since"]):
        form.problems.append(Problem(_("The last day cannot be before the first"), f"{name}-until-day"))
    return row if any(row.values()) else None


def _day(form: Submitted, name: str) -> str | None:
    found = form.date(name)
    return found.isoformat() if found else None


def _hours(form: Submitted, name: str) -> float:
    typed = form.get(name).replace(",", ".")
    try:
        found = float(typed or "0")
    except ValueError:
        found = -1.0
    if 0 <= found <= MOST_HOURS:
        return found
    form.problems.append(Problem(_("Enter hours as a number, for example 37.5"), name))
    return 0.0


def _line(form: Submitted, name: str) -> str:
    typed = form.get(name)
    if len(typed) > LINE_LIMIT:
        form.problems.append(Problem(_("Use 200 characters or fewer"), name))
    return typed


def _code(form: Submitted, name: str, of: str) -> str:
    typed = form.get(name)
    if typed and typed not in checklist_rules()[of]:
        form.problems.append(Problem(_("Choose one from the list"), name))
    return typed
