"""The facts of a note as form fields: when, how long, how important, what it counts as, in own words about what."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from layers_core.contract import FormFields, Problem
from layers_core.i18n import gettext as _
from layers_core.web import real_date
from layers_reflect.classification import MOST_TOPICS, SCHEMES, TOPICS
from layers_reflect.prompts import Template
from layers_reflect.schemas import MOST_MINUTES, TOPIC_LIMIT

DATE = "about-date"
TIMES = {"minutes": "about-time", "participatory_minutes": "about-shared"}
IMPORTANCE = "about-importance"
TOPICS_FIELD = "about-topics"
PARTS = ("day", "month", "year")


def scheme_field(scheme: str) -> str:
    """The name of a scheme's boxes."""
    return f"about-{scheme}"


def as_fields(about: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The facts as (field, value), as the form sends them."""
    if about["date"]:
        day = date.fromisoformat(about["date"])
        yield from ((f"{DATE}-{part}", str(getattr(day, part))) for part in PARTS)
    for fact, field in TIMES.items():
        if about[fact]:
            hours, minutes = divmod(about[fact], 60)
            yield f"{field}-hours", str(hours) if hours else ""
            yield f"{field}-minutes", str(minutes) if minutes else ""
    if about["importance"]:
        yield IMPORTANCE, str(about["importance"])
    for scheme in SCHEMES:
        yield from ((scheme_field(scheme), code) for code in about[scheme])
    yield TOPICS_FIELD, ", ".join(about[TOPICS])


def read(form: FormFields, kept: Mapping[str, Any], schemes: Collection[str]) -> tuple[dict[str, Any], list[Problem]]:
    """The facts that were sent, over those kept, and what is wrong with them.

    Only the schemes that the writer uses stand in the form, so the codes of the others stay as they were.
    """
    problems: list[Problem] = []
    about = {
        **kept,
        "date": _date(form, problems),
        **{fact: _minutes(form, field, problems) for fact, field in TIMES.items()},
        "importance": {"1": 1, "2": 2, "3": 3}.get(form.get(IMPORTANCE)),
        **{scheme: list(dict.fromkeys(form.getlist(scheme_field(scheme)))) for scheme in schemes},
        TOPICS: _topics(form, problems),
    }
    if about["participatory_minutes"] > about["minutes"]:
        text = _("Time with others cannot be more than all of the time")
        problems.append(Problem(text, f"{TIMES['participatory_minutes']}-hours"))
    return about, problems


def _date(form: FormFields, problems: list[Problem]) -> str | None:
    parts = [form.get(f"{DATE}-{part}", "").strip() for part in PARTS]
    if not any(parts):
        return None
    with suppress(ValueError):
        return real_date(parts).isoformat()
    problems.append(Problem(_("Enter a real date, for example 4 12 2026"), f"{DATE}-day"))
    return None


def _minutes(form: FormFields, field: str, problems: list[Problem]) -> int:
    parts = [form.get(f"{field}-{part}", "").strip() or "0" for part in ("hours", "minutes")]
    if all(part.isdecimal() and len(part) < 6 for part in parts):
        found = int(parts[0]) * 60 + int(parts[1])
        if found <= MOST_MINUTES:
            return found
    problems.append(Problem(_("Enter hours and minutes as whole numbers, for example 1 and 30"), f"{field}-hours"))
    return 0


def _topics(form: FormFields, problems: list[Problem]) -> list[str]:
    words = (" ".join(part.split()) for part in form.get(TOPICS_FIELD, "").split(","))
    found = list({word.casefold(): word for word in words if word}.values())
    if len(found) > MOST_TOPICS or any(len(word) > TOPIC_LIMIT for word in found):
        problems.append(Problem(_("Enter at most 10 topics of at most 60 characters, with commas"), TOPICS_FIELD))
    return found[:MOST_TOPICS]


def implied(about: Mapping[str, Any], template: Template, before: Template | None = None) -> dict[str, Any]:
    """The facts with what a template ticks beforehand, and without what only the template before it had ticked."""
    gone = before.implies if before else {}
    ticked = {scheme: [code for code in about[scheme] if code not in codes] for scheme, codes in gone.items()}
    for scheme, codes in template.implies.items():
        ticked[scheme] = list(dict.fromkeys([*ticked.get(scheme, about[scheme]), *codes]))
    return {**about, **ticked}
