"""One page of the timeline: one query, whatever it is narrowed to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import tuple_
from sqlalchemy.orm import Session

from layers_core.artefacts import reading as core_reading
from layers_core.artefacts.models import Artefact
from layers_core.contract import Actor, Thing
from layers_core.host.loader import Host
from layers_reflect.classification import tags
from layers_reflect.kinds import NOTE
from layers_reflect.models import Entry
from layers_reflect.reading import Wanted, mine

PAGE = 20


@dataclass(frozen=True)
class Happened:
    """An entry on the day that it happened."""

    note: Thing
    on: date
    minutes: int
    counts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Month:
    """What happened in a month, newest first."""

    first: date
    entries: tuple[Happened, ...]


@dataclass(frozen=True)
class TimelinePage:
    """Some entries by month, newest first, and where the next page begins; None where there is none."""

    months: tuple[Month, ...]
    older: str | None


def page(session: Session, host: Host, actor: Actor, wanted: Wanted, before: str = "") -> TimelinePage:
    """Twenty entries of the kinds that are wanted.

    `before` is the `older` of the page before; one that somebody cut off gives the first page.
    """
    query = mine(actor, wanted)
    place = _place(before)
    if place:
        query = query.where(tuple_(Entry.happened_on, Artefact.id) < place)
    rows = session.execute(query.order_by(Entry.happened_on.desc(), Artefact.id.desc()).limit(PAGE + 1)).all()
    shown = rows[:PAGE]
    older = f"{shown[-1].happened_on.isoformat()}~{shown[-1].id}" if len(rows) > PAGE else None
    return TimelinePage(_by_month([_happened(host, actor, row) for row in shown]), older)


def _happened(host: Host, actor: Actor, row: Any) -> Happened:
    note = core_reading.thing(host, actor, row)
    # What it counts as stands in the body too: no second query.
    counts = tuple(sorted(tags(note.body))) if note.kind == NOTE else ()
    return Happened(note, row.happened_on, row.minutes, counts)


def _by_month(entries: Sequence[Happened]) -> tuple[Month, ...]:
    return tuple(
        Month(first, tuple(found)) for first, found in groupby(entries, key=lambda entry: entry.on.replace(day=1))
    )


def _place(text: str) -> tuple[date, UUID] | None:
    day, _tilde, key = text.partition("~")
    try:
        return (date.fromisoformat(day), UUID(key)) if text else None
    except ValueError:
        return None
