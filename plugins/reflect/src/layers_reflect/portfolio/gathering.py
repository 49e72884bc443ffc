"""A person's own entries out of the database, in chunks: from every practice, whether they left it or it uses Reflect.

Rights to one's own words depend on no mix and no membership. Whoever calls this has made sure that it is the person
themselves, or the operator who acts for them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from layers_core.artefacts.attachments.models import Attachment
from layers_core.artefacts.attachments.store import FileStore
from layers_core.artefacts.models import Action, Artefact, Link
from layers_core.contract import Body
from layers_reflect.episodes.arranging import mapped, things_of
from layers_reflect.episodes.kinds import EPISODE_KIND
from layers_reflect.kinds import ASIDE, EPISODE, KINDS
from layers_reflect.models import Entry as EntryRow
from layers_reflect.nmc.kinds import CHECKLIST, CHECKLIST_KIND
from layers_reflect.portfolio.bodies import parts_of
from layers_reflect.portfolio.brought import ids_elsewhere
from layers_reflect.portfolio.interchange import ActionRecord, Entry, FileRecord, LinkRecord

CHUNK = 200
PORTFOLIO_KINDS = {kind.name: kind for kind in (*KINDS, EPISODE_KIND, CHECKLIST_KIND)}
_ONLY_FOR_ME = frozenset({ASIDE, EPISODE, CHECKLIST})


def entries_of(
    session: Session,
    person_id: UUID,
    ids: Collection[UUID] | None = None,
    *,
    store: FileStore | None = None,
    only_for_me: bool = True,
) -> Iterator[Entry]:
    """The entries that a person wrote (or those of these ids), in the order in which they were saved.

    Copies made by sharing and what was withdrawn are left out; `only_for_me` says whether private additions,
    episodes and the NMC checklist come.
    Files come where the `store` of their contents is given (`host.files`).
    """
    after, part_of = 0, _part_of(session, person_id) if only_for_me else {}
    while rows := session.execute(_after(person_id, ids, after, only_for_me)).all():
        yield from _entries(session, person_id, store, rows, part_of)
        after = rows[-1].number


def how_many(
    session: Session, person_id: UUID, ids: Collection[UUID] | None = None, *, only_for_me: bool = True
) -> int:
    """How many entries `entries_of` gives."""
    found = _own(person_id, ids, only_for_me).with_only_columns(func.count(), maintain_column_froms=True)
    return session.scalar(found) or 0


def _own(person_id: UUID, ids: Collection[UUID] | None, only_for_me: bool) -> Select[Any]:
    names = [name for name in PORTFOLIO_KINDS if only_for_me or name not in _ONLY_FOR_ME]
    query = (
        select(
            Artefact.number,
            Artefact.id,
            Artefact.kind,
            Artefact.title,
            Artefact.body,
            Artefact.body_version,
            Artefact.language,
            Artefact.created_at,
            Artefact.updated_at,
        )
        .outerjoin(EntryRow, EntryRow.artefact_id == Artefact.id)
        .where(
            Artefact.author_id == person_id,
            Artefact.kind.in_(names),
            Artefact.state == "live",
            EntryRow.is_copy.is_not(True),
        )
    )
    return query if ids is None else query.where(Artefact.id.in_(ids))


def _after(person_id: UUID, ids: Collection[UUID] | None, number: int, only_for_me: bool) -> Select[Any]:
    query = _own(person_id, ids, only_for_me).where(Artefact.number > number)
    return query.order_by(Artefact.number).limit(CHUNK)


def _part_of(session: Session, person_id: UUID) -> Mapping[UUID, Sequence[UUID]]:
    """The episodes that gather each thing, by the thing."""
    found: dict[UUID, list[UUID]] = defaultdict(list)
    columns = (Artefact.id, Artefact.kind, Artefact.body, Artefact.body_version)
    episodes = select(*columns).where(
        Artefact.author_id == person_id, Artefact.kind == EPISODE, Artefact.state == "live"
    )
    for row in session.execute(episodes.order_by(Artefact.number)):
        for key in things_of(_body(row)):
            found[UUID(key)].append(row.id)
    return found


def _entries(
    session: Session,
    person_id: UUID,
    store: FileStore | None,
    rows: Sequence[Any],
    part_of: Mapping[UUID, Sequence[UUID]],
) -> Iterator[Entry]:
    keys = [row.id for row in rows]
    links = session.execute(
        select(Link.from_id, Link.type, Link.to_id).where(Link.from_id.in_(keys)).order_by(Link.id)
    ).all()
    bodies = {row.id: _body(row) for row in rows}
    gathered = {UUID(key) for row in rows if row.kind == EPISODE for key in things_of(bodies[row.id])}
    gathering = {episode for key in keys for episode in part_of.get(key, ())}
    others = {*gathered, *gathering, *(link.to_id for link in links)}
    elsewhere = ids_elsewhere(session, person_id, {*keys, *others})
    linked: dict[UUID, list[LinkRecord]] = defaultdict(list)
    for link in links:
        linked[link.from_id].append(LinkRecord(link.type, elsewhere.get(link.to_id, link.to_id)))
    promised = _actions(session, person_id, keys)
    attached = _files(session, store, keys) if store else {}
    for row in rows:
        body = bodies[row.id]
        if row.kind == EPISODE:
            body = mapped(body, lambda key: str(elsewhere.get(UUID(key), key)))
        yield Entry(
            id=elsewhere.get(row.id, row.id),
            kind=row.kind,
            title=row.title,
            language=row.language,
            created_at=row.created_at,
            updated_at=row.updated_at,
            links=tuple(linked[row.id]),
            actions=tuple(promised[row.id]),
            files=tuple(attached.get(row.id, ())),
            part_of=tuple(elsewhere.get(episode, episode) for episode in part_of.get(row.id, ())),
            **parts_of(body),
        )


def _body(row: Any) -> Body:
    kind = PORTFOLIO_KINDS[row.kind]
    body: Body = row.body
    return body if row.body_version == kind.version else kind.upgrade(dict(body), row.body_version)


def _actions(session: Session, person_id: UUID, keys: Sequence[UUID]) -> dict[UUID, list[ActionRecord]]:
    """What the person promised about these things; colleagues' promises are the colleagues' own."""
    found: dict[UUID, list[ActionRecord]] = defaultdict(list)
    rows = session.execute(
        select(
            Action.artefact_id,
            Action.expectation,
            Action.due_on,
            Action.outcome,
            Action.what_happened,
            Action.created_at,
            Action.closed_at,
        )
        .where(Action.artefact_id.in_(keys), Action.owner_id == person_id)
        .order_by(Action.id)
    )
    for row in rows:
        action = ActionRecord(
            row.expectation, row.due_on, row.outcome, row.what_happened, row.created_at, row.closed_at
        )
        found[row.artefact_id].append(action)
    return found


def _files(session: Session, store: FileStore, keys: Sequence[UUID]) -> dict[UUID, list[FileRecord]]:
    found: dict[UUID, list[FileRecord]] = defaultdict(list)
    columns = (
        Attachment.artefact_id,
        Attachment.digest,
        Attachment.name,
        Attachment.media_type,
        Attachment.size,
        Attachment.description,
    )
    order = Attachment.artefact_id, Attachment.position
    for row in session.execute(select(*columns).where(Attachment.artefact_id.in_(keys)).order_by(*order)):
        content = partial(_opened, store.path(row.digest))
        record = FileRecord(row.name, row.media_type, row.size, row.digest, content, row.description)
        found[row.artefact_id].append(record)
    return found


def _opened(path: Path) -> BinaryIO:
    return path.open("rb")
