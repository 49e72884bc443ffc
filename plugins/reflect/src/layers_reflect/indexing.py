"""The entries and tags by which notes and episodes are found and counted: made from bodies, always the same."""

from __future__ import annotations

from datetime import date
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Select, Table, bindparam, delete, exists, insert, select
from sqlalchemy.orm import Session

from layers_core.artefacts.models import Artefact, Link
from layers_core.artefacts.unit import Unit
from layers_core.contract import Body, Change, Thing
from layers_core.db.base import put
from layers_core.i18n import local_date
from layers_core.practices.models import Practice
from layers_reflect.classification import no_facts, tags
from layers_reflect.kinds import AS_EPISODE, EPISODE, NOTE, upgrade_note
from layers_reflect.models import Entry, Tag

VERSION = 3
AT_ONCE = 500

# Made once and past the ORM: making it for each save took as long as five other statements.
# Whoever may see a note may link it; only its author makes copies of their own.
_COPIED = exists().where(Link.from_id == bindparam("copy"), Link.type == "copy_of", Link.made_by == bindparam("by"))
_ADD_ENTRY = insert(cast("Table", Entry.__table__)).values(is_copy=_COPIED)


def follow(note: Thing, change: Change, unit: Unit) -> None:
    """Keep what a created or changed note or episode is found by, in the same unit."""
    if note.kind not in {NOTE, EPISODE} or note.author_id is None or change.type not in {"created", "revised"}:
        return
    if change.type == "revised":
        _forget(unit.session, note.id)
    written_on = local_date(note.created_at, unit.actor.practice.time_zone)
    _keep(unit.session, note.id, note.author_id, _indexed(note.kind, note.body, VERSION), written_on)


def rebuild(session: Session) -> int:
    """Make all entries and tags anew; gives how many notes and episodes there are. Nothing else is touched."""
    session.execute(delete(Tag))
    session.execute(delete(Entry))
    found, last = 0, 0
    while notes := session.execute(_notes_after(last)).all():
        for note in notes:
            body = _indexed(note.kind, note.body, note.body_version)
            _keep(session, note.id, note.author_id, body, local_date(note.created_at, note.time_zone))
        found, last = found + len(notes), notes[-1].number
    return found


def _notes_after(number: int) -> Select[Any]:
    """The next notes and episodes in their order: all bodies of an instance at once may be more than fits in memory."""
    return (
        select(Artefact.id, Artefact.number, Artefact.author_id, Artefact.kind)
        .add_columns(Artefact.body, Artefact.body_version, Artefact.created_at, Practice.time_zone)
        .join(Practice, Practice.id == Artefact.practice_id)
        .where(Artefact.kind.in_((NOTE, EPISODE)), Artefact.author_id.is_not(None), Artefact.number > number)
        .order_by(Artefact.number)
        .limit(AT_ONCE)
    )


def _indexed(kind: str, body: Body, version: int) -> Body:
    """The parts of a body that are indexed. An episode counts as nothing: what it gathers does."""
    if kind == EPISODE:
        return {"template": AS_EPISODE, "about": no_facts()}
    return body if version == VERSION else upgrade_note(dict(body), version)


def _keep(session: Session, key: UUID, author: UUID, body: Body, written_on: date) -> None:
    about = body["about"]
    session.connection().execute(
        _ADD_ENTRY,
        {
            "artefact_id": key,
            "author_id": author,
            "happened_on": date.fromisoformat(about["date"]) if about["date"] else written_on,
            "minutes": about["minutes"],
            "participatory_minutes": about["participatory_minutes"],
            "importance": about["importance"],
            "template": body["template"],
            "copy": key,
            "by": author,
        },
    )
    for scheme, code in sorted(tags(body)):
        put(session, Tag, artefact_id=key, scheme=scheme, code=code)


def _forget(session: Session, key: UUID) -> None:
    session.execute(delete(Tag).where(Tag.artefact_id == key))
    session.execute(delete(Entry).where(Entry.artefact_id == key))
