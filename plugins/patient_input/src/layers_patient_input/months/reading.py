"""What pages ask about months. Totals come from the tally, never from answers one by one. Nothing here writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Exists, ScalarSelect, and_, case, func, or_, select
from sqlalchemy.orm import Session

from layers_core.artefacts.followup import today_in
from layers_core.contract import PracticeView
from layers_core.i18n import local_date
from layers_core.practices.models import Person, PublicLink
from layers_core.vocabulary import vocabulary
from layers_patient_input.catalogue import FFT
from layers_patient_input.models import Tally
from layers_patient_input.months import bank_holidays, rules
from layers_patient_input.months.models import MonthlyReturn
from layers_patient_input.months.rules import BEGAN, Figures, Month, State
from layers_patient_input.wording import PACKAGE, SLUG

SCORE: str = vocabulary("built_in_forms", PACKAGE)[FFT]["score"]
NOTHING = Figures({}, {})


@dataclass(frozen=True)
class Sent:
    """A return that was sent; `by` is "" for somebody who was erased."""

    figures: Figures
    at: datetime
    by: str


@dataclass(frozen=True)
class MonthView:
    """A month of a practice: how its return stands, what it would say now, and what was sent.

    `other_scales` are answers that belong in no return of today, by their scale.
    """

    month: Month
    state: State
    due: date
    now: Figures
    other_scales: Mapping[str, Figures]
    sent: Sent | None

    @property
    def shown(self) -> Figures:
        """What counts as the month's figures: as sent where they were."""
        return self.sent.figures if self.sent else self.now

    @property
    def late(self) -> Figures:
        """What came after the month was sent; zeros where it was not."""
        return self.now.minus(self.shown)


@dataclass(frozen=True)
class Span:
    """The months of a practice: `first` has the first answer or link, from `since` on the practice asked here.

    `began` is the day of that first answer or link.
    """

    first: Month
    since: Month
    last: Month
    began: date


def today_of(practice: PracticeView) -> date:
    """The present day where a practice is: what months go by."""
    return today_in(practice.time_zone)


def span(session: Session, practice: PracticeView) -> Span:
    """The months from a practice's first answer or link to now; before general practices asked, there are none."""
    today = today_of(practice)
    linked_at, answered_on = session.execute(
        select(
            _first_link(practice.id),
            select(Tally.day).where(*_of(practice.id)).order_by(Tally.day).limit(1).scalar_subquery(),
        )
    ).one()
    linked_on = local_date(linked_at, practice.time_zone) if linked_at else today
    began = max(min(linked_on, answered_on or linked_on), BEGAN.first)
    return Span(Month.of(began), Month.of(linked_on), Month.of(today), began)


def listed(session: Session, practice: PracticeView, known: Span, first: Month, last: Month) -> list[MonthView]:
    """The months from `first` to `last`, the newest first: two queries, however many months and answers.

    A month that was sent is taken from what was sent: nothing is counted again, so nothing in the list is late.
    """
    sent = _sent(session, practice.id, first, last)
    months = rules.newest_first(first, last)
    counted = _counted(session, practice.id, [month for month in months if month not in sent])
    return [_view(practice, known, month, counted.get(month, {}), sent.get(month), count=False) for month in months]


def one(session: Session, practice: PracticeView, known: Span, month: Month) -> MonthView:
    """A month with what came after it was sent: two queries."""
    sent = _sent(session, practice.id, month, month)
    counted = _counted(session, practice.id, [month])
    return _view(practice, known, month, counted.get(month, {}), sent.get(month), count=True)


def _view(
    practice: PracticeView, known: Span, month: Month, counted: Mapping[str, Figures], sent: Sent | None, *, count: bool
) -> MonthView:
    due = bank_holidays.deadline(month)
    state = rules.state(month, today_of(practice), due, sent=sent is not None, since=known.since)
    now = rules.for_return(counted.get(rules.SCALE, NOTHING)) if count or sent is None else sent.figures
    others = {scale: figures for scale, figures in counted.items() if scale != rules.SCALE}
    return MonthView(month, state, due, now, others, sent)


def by_day(session: Session, practice_id: UUID, first: date, last: date) -> dict[date, int]:
    """How many answers there were on the days from `first` to `last`; days without any are left out."""
    rows = session.execute(
        select(Tally.day, func.sum(Tally.count))
        .where(*_of(practice_id), Tally.day.between(first, last))
        .group_by(Tally.day)
    )
    return {day: int(count) for day, count in rows}


@dataclass(frozen=True)
class Standing:
    """The month that is due, or was missed last: what a card or a mail says."""

    month: Month
    state: State
    due: date


def standing(session: Session, practice: PracticeView) -> Standing | None:
    """How the return of last month stands where it has to be sent or was missed, else None: one query."""
    return standing_of(practice, *session.execute(select(*standing_columns(practice))).one())


def standing_columns(practice: PracticeView) -> tuple[ScalarSelect[datetime], Exists]:
    """What `standing_of` has to know, as columns of a query that may ask more besides."""
    is_sent = select(MonthlyReturn.month).where(
        MonthlyReturn.practice_id == practice.id, MonthlyReturn.month == _last_month(practice).first
    )
    return _first_link(practice.id), is_sent.exists()


def standing_of(practice: PracticeView, linked_at: datetime | None, sent: bool | None) -> Standing | None:
    """How last month's return stands, from the first moment of a link and whether it was sent."""
    month = _last_month(practice)
    if sent or linked_at is None or Month.of(local_date(linked_at, practice.time_zone)) > month:
        return None
    due = bank_holidays.deadline(month)
    return Standing(month, rules.state(month, today_of(practice), due, sent=False, since=month), due)


def _last_month(practice: PracticeView) -> Month:
    return Month.of(today_of(practice)).previous


def sent_figures(session: Session, practice_id: UUID, most: int) -> list[tuple[Month, Figures]]:
    """The figures of the last months that were sent, the newest first."""
    rows = session.scalars(
        select(MonthlyReturn)
        .where(MonthlyReturn.practice_id == practice_id)
        .order_by(MonthlyReturn.month.desc())
        .limit(most)
    )
    return [(Month.of(row.month), _figures(row)) for row in rows]


def counted_in(session: Session, practice_id: UUID, month: Month) -> Figures:
    """What a month's return would say at this moment."""
    counted = _counted(session, practice_id, [month])
    return rules.for_return(counted.get(month, {}).get(rules.SCALE, NOTHING))


def _counted(session: Session, practice_id: UUID, months: Sequence[Month]) -> dict[Month, dict[str, Figures]]:
    """The answers of months, the newest first, by month and scale."""
    if not months:
        return {}
    # One range for neighbours: most often two months are not sent yet, and the rest of the table is left alone.
    ends = [month for month in months if month.next not in months]
    starts = [month for month in months if month.previous not in months]
    ranges = [
        and_(Tally.day >= start.first, Tally.day < end.next.first) for start, end in zip(starts, ends, strict=True)
    ]
    # Comparing days costs SQLite half of what reading a year and a month out of each does.
    oldest_first = sorted(months)
    place = case(*((Tally.day < month.next.first, number) for number, month in enumerate(oldest_first)), else_=0)
    rows = session.execute(
        select(place.label("place"), Tally.version, Tally.code, Tally.method, func.sum(Tally.count))
        .where(*_of(practice_id), or_(*ranges))
        .group_by("place", Tally.version, Tally.code, Tally.method)
    )
    cells: dict[tuple[Month, str], list[tuple[str, str, int]]] = defaultdict(list)
    for number, scale, code, method, count in rows:
        if count:
            cells[oldest_first[number], scale].append((code, method, int(count)))
    counted: dict[Month, dict[str, Figures]] = defaultdict(dict)
    for (month, scale), counts in cells.items():
        counted[month][scale] = rules.figures(counts)
    return counted


def _sent(session: Session, practice_id: UUID, first: Month, last: Month) -> dict[Month, Sent]:
    rows = session.execute(
        select(MonthlyReturn, Person.name)
        .outerjoin(Person, Person.id == MonthlyReturn.sent_by)
        .where(MonthlyReturn.practice_id == practice_id, MonthlyReturn.month.between(first.first, last.first))
    )
    return {Month.of(row.month): Sent(_figures(row), row.sent_at, name or "") for row, name in rows}


def _figures(row: MonthlyReturn) -> Figures:
    """As sent, in the order of the return's fields: a database keeps none."""
    return rules.for_return(Figures(row.answers, row.methods))


def _of(practice_id: UUID) -> tuple[ColumnElement[bool], ...]:
    """What of the tally is a practice's Friends and Family Test."""
    return Tally.practice_id == practice_id, Tally.form == FFT, Tally.question == SCORE


def _first_link(practice_id: UUID) -> ScalarSelect[datetime]:
    return (
        select(func.min(PublicLink.created_at))
        .where(PublicLink.practice_id == practice_id, PublicLink.plugin == SLUG, PublicLink.form == FFT)
        .scalar_subquery()
    )
