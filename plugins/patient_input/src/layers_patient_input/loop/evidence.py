"""What a practice can show of its loop for a time: entries with what they came from and what was done. Nothing writes.

Whoever asks sees what they may see anyway. What is private, or for named people alone, stays out of it although they
may see it, because a pack is printed and handed on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from layers_core.artefacts import reading as core_reading
from layers_core.artefacts.reading import ActionView
from layers_core.contract import Actor, Thing
from layers_core.host.loader import Host
from layers_patient_input import reading
from layers_patient_input.loop import statements
from layers_patient_input.models import Publication
from layers_patient_input.months import reading as months
from layers_patient_input.months import rules
from layers_patient_input.months.rules import Figures, Month

LENGTHS = (3, 6, 12)
"""The months that a pack may be about, the present one among them."""
MOST = 200
"""Entries in a pack, the newest first; a pack says so where there were more."""
_NOT_HANDED_ON = {"person", "group"}


@dataclass(frozen=True)
class Period:
    """The days from `first` to `last` where a practice is."""

    first: date
    last: date
    time_zone: str

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """Its beginning and its end."""
        zone = ZoneInfo(self.time_zone)
        return (
            datetime.combine(self.first, time.min, zone),
            datetime.combine(self.last + timedelta(days=1), time.min, zone),
        )


def period(today: date, length: int, time_zone: str) -> Period:
    """So many months up to a day: whole ones, but for the present one."""
    return Period(Month.of(today).later(1 - length).first, today, time_zone)


@dataclass(frozen=True)
class Piece:
    """An entry as evidence: with the keys of what it came from, and the promises that were made on the way."""

    thing: Thing
    published_at: datetime
    taken_off: datetime | None
    sources: Sequence[Thing]
    actions: Sequence[ActionView]


@dataclass(frozen=True)
class Pack:
    """Pieces by quality statement, those without one, and whether older ones were left out."""

    sorted: Sequence[tuple[str, Sequence[Piece]]]
    unsorted: Sequence[Piece]
    cut: bool

    @property
    def empty(self) -> bool:
        """Whether there is nothing in it."""
        return not self.sorted and not self.unsorted


def pack(session: Session, host: Host, actor: Actor, span: Period) -> Pack:
    """The entries that patients could first, or again, read in a time: nine queries, however many there are."""
    begin, end = span.moments
    shown = session.scalars(
        select(Publication)
        .where(
            Publication.practice_id == actor.practice.id,
            Publication.published_at >= begin,
            Publication.published_at < end,
        )
        .order_by(Publication.published_at.desc(), Publication.artefact_id.desc())
        .limit(MOST + 1)
    ).all()
    pieces = _pieces(session, host, actor, shown[:MOST])
    by_statement = [
        (code, [piece for piece in pieces if code in piece.thing.body["statements"]]) for code in statements.CODES
    ]
    return Pack(
        [(code, found) for code, found in by_statement if found],
        [piece for piece in pieces if not piece.thing.body["statements"]],
        len(shown) > MOST,
    )


def _pieces(session: Session, host: Host, actor: Actor, shown: Sequence[Publication]) -> list[Piece]:
    trails = reading.trails(session, [row.artefact_id for row in shown])
    keys: set[UUID] = set(trails).union(*trails.values())
    found = core_reading.get_many(session, host, actor, list(keys)) if keys else {}
    things = {
        key: thing for key, thing in found.items() if thing.available and thing.audience.type not in _NOT_HANDED_ON
    }
    actions = core_reading.actions_of(session, list(things)) if things else []
    return [
        Piece(
            things[row.artefact_id],
            row.published_at,
            row.unpublished_at,
            [things[key] for key in sorted(trails[row.artefact_id]) if key in things],
            [action for action in actions if action.artefact_id in {row.artefact_id, *trails[row.artefact_id]}],
        )
        for row in shown
        if row.artefact_id in things
    ]


def figures(session: Session, actor: Actor, span: Period) -> Figures:
    """The Friends and Family Test over a time: as sent where a month was, else as it stands now. For staff alone."""
    known = months.span(session, actor.practice)
    first, last = max(Month.of(span.first), known.first), min(Month.of(span.last), known.last)
    total: dict[str, int] = {}
    for month in months.listed(session, actor.practice, known, first, last):
        for code, count in month.shown.answers.items():
            total[code] = total.get(code, 0) + count
    return rules.for_return(Figures(total, {}))


def sent_in(session: Session, practice_id: UUID, span: Period) -> list[tuple[Month, Figures]]:
    """The months of a time that were sent: all that may leave the practice, small numbers hidden."""
    sent = months.sent_figures(session, practice_id, max(LENGTHS) + 1)
    return [(month, found) for month, found in sent if span.first <= month.first <= span.last]
