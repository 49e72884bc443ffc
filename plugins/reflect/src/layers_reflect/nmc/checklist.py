"""The revalidation checklist: what a body says, what is done and what is missing. Pure: no database, no request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from layers_core.contract import Body
from layers_core.i18n import format_date
from layers_core.i18n import gettext as _
from layers_reflect.nmc.rules import checklist_rules
from layers_reflect.nmc.schemas import ChecklistSchema
from layers_reflect.portfolio.totals import Overview
from layers_reflect.portfolio.years import Period

PRACTICE_HOURS = "practice_hours"


@dataclass(frozen=True)
class Step:
    """One requirement: whether it is met, what is there, and `place`, where on the page it is filled in."""

    id: str
    label: str
    done: bool
    words: str
    place: str = ""
    template: str = ""


def empty() -> Body:
    """A checklist in which nothing is filled in yet."""
    schema = ChecklistSchema()
    made: Body = schema.dump(schema.load({}))
    return made


def day(text: str | None) -> date | None:
    """A kept day."""
    return date.fromisoformat(text) if text else None


def hours_of(body: Body, period: Period) -> float:
    """The hours of the rows that lie in the period by their last day, or their first; without a day they count."""
    return sum(float(row["hours"]) for row in body["hours"] if _within(day(row["until"] or row["since"]), period))


def _within(on: date | None, period: Period) -> bool:
    return on is None or period.since <= on <= period.until


def steps(body: Body, found: Overview, period: Period, today: date) -> list[Step]:
    """The requirements in the NMC's order. `found` is what the portfolio holds of the period."""
    return [*_hours(body, found, period), *_written(found), *_declared(body, period, today)]


def _hours(body: Body, found: Overview, period: Period) -> Iterator[Step]:
    rules = checklist_rules()
    in_notes = next(total for total in found.sums if total.id == PRACTICE_HOURS).hours
    have, need = hours_of(body, period) + in_notes, rules["hours_both" if body["both"] else "hours"]
    yield Step(PRACTICE_HOURS, _("Practice hours"), have >= need, _have(have, need), "hours")
    for total in found.sums:
        if total.id != PRACTICE_HOURS and total.target is not None:
            yield Step(total.id, _(total.label), total.hours >= total.target, _have(total.hours, total.target))


def _written(found: Overview) -> Iterator[Step]:
    for part in found.parts:
        for line in part.lines:
            if line.scheme == "categories" and line.least:
                yield Step(
                    line.code, line.label, not line.missing, _have(line.found, line.least), template=line.template
                )


def _have(have: float, need: float) -> str:
    return _("%(have)s of %(need)s", have=f"{have:g}", need=f"{need:g}")


def _declared(body: Body, period: Period, today: date) -> Iterator[Step]:
    health = day(body["health_on"])
    ready = health is not None and _within(health, period)
    yield Step("health", _("Health and character"), ready, format_date(health) if health else "", "health-day")
    cover = body["indemnity"]
    until = day(cover["until"])
    covered = bool(cover["kind"]) and (until is None or until >= today)
    words = _code_words("indemnity", cover["kind"])
    if until:
        words = _("%(what)s until %(date)s", what=words, date=format_date(until)).strip()
    yield Step("indemnity", _("Professional indemnity arrangement"), covered, words, "indemnity")
    given = body["confirmation"]
    on = day(given["on"])
    latest = Period(
        max(period.since, period.until - timedelta(days=checklist_rules()["confirmed_within"])), period.until
    )
    confirmed = bool(given["name"]) and on is not None and _within(on, latest)
    said = ", ".join(word for word in (given["name"], format_date(on) if on else "") if word)
    yield Step("confirmation", _("Confirmation"), confirmed, said, "confirmer")


def _code_words(of: str, code: str) -> str:
    return _(checklist_rules()[of][code]) if code in checklist_rules()[of] else code


def in_words(body: Body) -> list[tuple[str, str]]:
    """Everything that somebody filled in, as (what, words): for its own page and for exports."""
    lines = [(_("Practice hours"), "\n".join(map(_row, body["hours"])))]
    if body["both"]:
        lines.append((_("Registered as"), _("Nurse and midwife")))
    health = day(body["health_on"])
    lines.append((_("Health and character"), format_date(health) if health else ""))
    cover, given = body["indemnity"], body["confirmation"]
    lines.append((_("Professional indemnity arrangement"), _joined(_cover_parts(cover))))
    lines.append((_("Confirmation"), _joined(_confirmation_parts(given))))
    return [(what, words) for what, words in lines if words]


def _row(row: dict[str, Any]) -> str:
    days = [format_date(on) for on in (day(row["since"]), day(row["until"])) if on]
    words = (_code_words("settings", row["setting"]), _code_words("scopes", row["scope"]), row["place"])
    return _joined([" – ".join(days), _("%(hours)s hours", hours=f"{row['hours']:g}"), *words])


def _cover_parts(cover: dict[str, Any]) -> list[str]:
    until = day(cover["until"])
    return [_code_words("indemnity", cover["kind"]), cover["provider"], format_date(until) if until else ""]


def _confirmation_parts(given: dict[str, Any]) -> list[str]:
    on = day(given["on"])
    return [given["name"], _code_words("roles", given["role"]), given["pin"], format_date(on) if on else ""]


def _joined(parts: Iterable[str]) -> str:
    return ", ".join(part for part in parts if part)
