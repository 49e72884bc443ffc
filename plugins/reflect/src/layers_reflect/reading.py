"""Reading what Reflect shows: one's own notes, and what is only for oneself beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from layers_core.artefacts import audience, reading
from layers_core.artefacts.models import Artefact
from layers_core.artefacts.reading import Place
from layers_core.contract import Actor, Thing
from layers_core.db.filters import filter_only
from layers_core.host.loader import Host
from layers_reflect.kinds import ASIDE, NOTE
from layers_reflect.models import Aside

PAGE = 20


@dataclass(frozen=True)
class NotesPage:
    """Some of one's own notes, newest first, and where the next page begins; None where there is none."""

    notes: list[Thing]
    older: str | None


def my_notes(session: Session, host: Host, actor: Actor, before: str = "") -> NotesPage:
    """One's own notes, twenty a page. `before` is the `older` of the page before."""
    query = reading.things().where(
        Artefact.author_id == actor.person_id, Artefact.kind == NOTE, audience.visible(actor)
    )
    place = _place(before)
    if place:
        query = query.where(tuple_(Artefact.created_at, Artefact.id) < (place.created_at, place.id))
    query = query.order_by(Artefact.created_at.desc(), Artefact.id.desc()).limit(PAGE + 1)
    found = [reading.thing(host, actor, row) for row in session.execute(query)]
    more, notes = len(found) > PAGE, found[:PAGE]
    return NotesPage(notes, f"{notes[-1].created_at.isoformat()}~{notes[-1].id}" if more else None)


def _place(text: str) -> Place | None:
    """Where a page begins; the first page for an address that somebody cut off."""
    moment, _tilde, key = text.partition("~")
    try:
        found = Place(datetime.fromisoformat(moment), UUID(key)) if text else None
    except ValueError:
        return None
    return found if found and found.created_at.tzinfo else None


@dataclass(frozen=True)
class MyAside:
    """What is only for oneself beside a note."""

    id: UUID
    note_id: UUID
    text: str


def asides_of(session: Session, actor: Actor, note_ids: Sequence[UUID]) -> list[MyAside]:
    """The actor's own private additions to these notes, oldest first: one query."""
    if not note_ids or actor.person_id is None:
        return []
    rows = session.execute(
        select(Artefact.id, Aside.note_id, Artefact.body)
        .join(Aside, Aside.artefact_id == Artefact.id)
        .where(
            Aside.note_id.in_(note_ids),
            Artefact.kind == ASIDE,
            # Found by the note: SQLite would rather read everything that a busy writer ever wrote.
            filter_only(Artefact.author_id) == actor.person_id,
            audience.visible(actor),
        )
        .order_by(Artefact.number)
    )
    return [MyAside(row.id, row.note_id, row.body["text"]) for row in rows]
