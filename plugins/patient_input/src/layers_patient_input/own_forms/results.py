"""What patients chose in a form, in numbers, from the totals that are kept with each answer; and the released words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from layers_core.contract import PracticeView
from layers_core.forms.model import Item
from layers_core.forms.options import identity
from layers_core.i18n import gettext as _
from layers_core.vocabulary import vocabulary
from layers_patient_input.catalogue import Form
from layers_patient_input.models import Answer, Tally
from layers_patient_input.months.rules import Month, newest_first
from layers_patient_input.wording import PACKAGE

MOST_MONTHS = 36
"""How far back a page offers months."""
WORDS = 20


@dataclass(frozen=True)
class Asked:
    """Which answers are counted: of a version of a form, from one month to another, of one method or all (empty)."""

    form: str
    version: str
    first: Month
    last: Month
    method: str = ""


@dataclass(frozen=True)
class Line:
    """One answer to choose: how many chose it, and their share of all who answered, in whole per cent."""

    words: str
    count: int
    share: int


@dataclass(frozen=True)
class Counted:
    """A question with what was chosen. `answered` is how many answers it is a share of."""

    question: str
    lines: Sequence[Line]
    answered: int
    several: bool


def versions(session: Session, practice: PracticeView, code: str) -> list[str]:
    """The versions of a form (of its scale, where it has one) that were ever answered, newest first."""
    found = session.scalars(
        select(Tally.version).where(Tally.practice_id == practice.id, Tally.form == code).distinct()
    )
    return sorted(found, key=lambda version: (int(version) if version.isdecimal() else 0, version), reverse=True)


def months(session: Session, practice: PracticeView, code: str, today: date) -> list[Month]:
    """The months that may be chosen, newest first: from the first answer on, three years at most."""
    first = session.scalar(
        select(func.min(Answer.received_on)).where(Answer.practice_id == practice.id, Answer.form == code)
    )
    last = Month.of(today)
    return newest_first(max(min(Month.of(first or today), last), last.later(1 - MOST_MONTHS)), last)


def count_all(session: Session, practice: PracticeView, form: Form, asked: Asked, *, alone: bool = False) -> int:
    """How many answers there were, also those without anything to choose.

    `alone` says that the form was never answered in another version: then the index is enough to count them.
    """
    query = select(func.count()).where(*_within(practice, asked))
    if not alone:
        version = Answer.scale_version == asked.version if form.scale else Answer.form_version == _number(asked.version)
        query = query.where(version)
    return session.scalar(query.where(Answer.method == asked.method) if asked.method else query) or 0


def counted(session: Session, practice: PracticeView, form: Form, asked: Asked, everybody: int) -> list[Counted]:
    """The questions with something to choose, in the form's order: one query. `everybody` is `count_all`."""
    query = (
        select(Tally.question, Tally.code, func.sum(Tally.count))
        .where(
            Tally.practice_id == practice.id,
            Tally.form == asked.form,
            Tally.version == asked.version,
            Tally.day >= asked.first.first,
            Tally.day < asked.last.next.first,
        )
        .group_by(Tally.question, Tally.code)
    )
    if asked.method:
        query = query.where(Tally.method == asked.method)
    counts: dict[str, dict[str, int]] = {}
    for question, code, count in session.execute(query):
        counts.setdefault(question, {})[code] = int(count)
    return [
        _counted(form, item, counts.get(item.link_id, {}), asked, everybody)
        for item in form.questionnaire.walk()
        if item.answered and (item.options or item.type == "boolean")
    ]


def _counted(form: Form, item: Item, counts: Mapping[str, int], asked: Asked, everybody: int) -> Counted:
    known = _answers(form, item, asked.version)
    codes = [*known, *(code for code in counts if code not in known)]
    whole = everybody if item.repeats else sum(counts.values())
    lines = [
        Line(known.get(code, code), counts.get(code, 0), round(100 * counts.get(code, 0) / whole) if whole else 0)
        for code in codes
    ]
    return Counted(item.text.text, lines, whole, item.repeats)


def _answers(form: Form, item: Item, version: str) -> dict[str, str]:
    """The answers to choose, by what totals know them as."""
    if item.type == "boolean":
        return {"true": _("Yes"), "false": _("No")}
    if item.link_id == form.score and version != form.scale:
        return {code: _(entry["label"]) for code, entry in vocabulary("scales", PACKAGE).get(version, {}).items()}
    found = {}
    for option in item.options:
        data = option.value.data
        code = (data.get("code") or data.get("display")) if isinstance(data, Mapping) else data
        found[str(code)] = option.label.text or identity(option.value)
    return found


@dataclass(frozen=True)
class Place:
    """Where a page of released answers ended; the next one begins after it."""

    day: date
    id: UUID


def released(
    session: Session, practice: PracticeView, asked: Asked, before: Place | None = None
) -> tuple[list[UUID], Place | None]:
    """The things that answers became, newest first, at most twenty; with where to go on, if there may be more."""
    query = select(Answer.released_artefact_id, Answer.received_on, Answer.id).where(
        *_within(practice, asked), Answer.state == "released", Answer.released_artefact_id.is_not(None)
    )
    if asked.method:
        query = query.where(Answer.method == asked.method)
    if before:
        query = query.where(_earlier(before))
    rows = session.execute(query.order_by(Answer.received_on.desc(), Answer.id.desc()).limit(WORDS)).all()
    more = Place(rows[-1].received_on, rows[-1].id) if len(rows) == WORDS else None
    return [row.released_artefact_id for row in rows], more


def _earlier(place: Place) -> ColumnElement[bool]:
    return or_(Answer.received_on < place.day, (Answer.received_on == place.day) & (Answer.id < place.id))


def _within(practice: PracticeView, asked: Asked) -> tuple[ColumnElement[bool], ...]:
    return (
        Answer.practice_id == practice.id,
        Answer.form == asked.form,
        Answer.received_on >= asked.first.first,
        Answer.received_on < asked.last.next.first,
    )


def _number(version: str) -> int:
    return int(version) if version.isdecimal() and len(version) < 9 else 0
