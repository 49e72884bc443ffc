"""Which of one's own entries a portfolio shows, adds up and hands out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from layers_core.artefacts import audience
from layers_core.artefacts.attachments.store import FileStore
from layers_core.artefacts.models import Artefact
from layers_core.contract import Actor
from layers_reflect import prompts
from layers_reflect.episodes.arranging import things_of
from layers_reflect.kinds import EPISODE
from layers_reflect.models import Aside, Tag
from layers_reflect.models import Entry as EntryRow
from layers_reflect.nmc.kinds import CHECKLIST
from layers_reflect.portfolio.gathering import CHUNK, entries_of
from layers_reflect.portfolio.interchange import Entry
from layers_reflect.portfolio.readable import happened_on
from layers_reflect.portfolio.totals import Fact
from layers_reflect.reading import EVERYTHING, Wanted, mine

PROMPTED_BY = "prompted_by"


@dataclass(frozen=True)
class Choice:
    """An entry to choose: `private` ones hold somebody's name and are left out unless somebody ticks them."""

    id: UUID
    title: str
    on: date
    template: str
    audience_id: UUID
    private: bool


def first_day(session: Session, actor: Actor) -> date | None:
    """The day of the earliest of one's own notes; None where there are none."""
    days = mine(actor, EVERYTHING).with_only_columns(func.min(EntryRow.happened_on), maintain_column_froms=True)
    return session.scalar(days)


def facts(session: Session, actor: Actor, wanted: Wanted) -> list[Fact]:
    """The notes that are wanted as they count, without their words: two queries for any number."""
    chosen = mine(actor, wanted)
    columns = (
        EntryRow.artefact_id,
        EntryRow.happened_on,
        EntryRow.minutes,
        EntryRow.participatory_minutes,
        EntryRow.template,
    )
    rows = session.execute(chosen.with_only_columns(*columns, maintain_column_froms=True)).all()
    keys = chosen.with_only_columns(EntryRow.artefact_id, maintain_column_froms=True)
    codes: dict[UUID, set[tuple[str, str]]] = defaultdict(set)
    for key, scheme, code in session.execute(
        select(Tag.artefact_id, Tag.scheme, Tag.code).where(Tag.artefact_id.in_(keys))
    ):
        codes[key].add((scheme, code))
    return [
        Fact(
            row.artefact_id,
            row.happened_on,
            row.minutes,
            row.participatory_minutes,
            row.template,
            frozenset(codes[row.artefact_id]),
        )
        for row in rows
    ]


def choices(session: Session, actor: Actor, wanted: Wanted) -> list[Choice]:
    """The entries that are wanted, by the day that they happened: one query, without their words."""
    columns = (Artefact.id, Artefact.title, Artefact.audience_id, EntryRow.happened_on, EntryRow.template)
    query = mine(actor, wanted).with_only_columns(*columns, maintain_column_froms=True)
    return [
        Choice(row.id, row.title, row.happened_on, row.template, row.audience_id, _is_private(row.template))
        for row in session.execute(query.order_by(EntryRow.happened_on, Artefact.id))
    ]


def _is_private(template: str) -> bool:
    return any(known.private for (code, _version), known in prompts.templates().items() if code == template)


def in_order(
    session: Session, actor: Actor, ids: Sequence[UUID], store: FileStore, *, only_for_me: bool
) -> Iterator[Entry]:
    """These entries in the given order of days, each followed by what is only for oneself beside it, where wanted.

    The NMC checklist is only for oneself too and comes with them, and so do episodes that gather any of them.

    With their files, whose contents are in the store. Read in parts, so that any number passes through flat memory.
    """
    if actor.person_id is None:
        return
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        beside = _asides(session, actor, part) if only_for_me else []
        if only_for_me and start == 0:
            beside += _checklists(session, actor)
        found = list(entries_of(session, actor.person_id, [*part, *beside], store=store, only_for_me=only_for_me))
        notes = sorted((entry for entry in found if entry.template), key=lambda entry: (happened_on(entry), entry.id))
        asides: dict[UUID, list[Entry]] = defaultdict(list)
        for entry in found:
            if not entry.template:
                asides[next((link.to for link in entry.links if link.type == PROMPTED_BY), entry.id)].append(entry)
        for note in notes:
            yield note
            yield from asides.pop(note.id, ())
        for left in asides.values():
            yield from left
    if only_for_me and (gathering := _episodes(session, actor, ids)):
        yield from entries_of(session, actor.person_id, gathering, store=store)


def _episodes(session: Session, actor: Actor, notes: Sequence[UUID]) -> list[UUID]:
    chosen = {str(note) for note in notes}
    query = select(Artefact.id, Artefact.body).where(
        Artefact.author_id == actor.person_id, Artefact.kind == EPISODE, audience.visible(actor)
    )
    return [row.id for row in session.execute(query) if chosen.intersection(things_of(row.body))]


def _checklists(session: Session, actor: Actor) -> list[UUID]:
    query = select(Artefact.id).where(
        Artefact.kind == CHECKLIST, Artefact.author_id == actor.person_id, audience.visible(actor)
    )
    return list(session.scalars(query))


def _asides(session: Session, actor: Actor, notes: Sequence[UUID]) -> list[UUID]:
    query = (
        select(Aside.artefact_id)
        .join(Artefact, Artefact.id == Aside.artefact_id)
        .where(Aside.note_id.in_(notes), Artefact.author_id == actor.person_id, audience.visible(actor))
    )
    return list(session.scalars(query))
