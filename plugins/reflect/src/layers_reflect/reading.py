"""Reading what Reflect shows: one's own notes, and what is only for oneself beside them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from layers_core.artefacts import audience, reading
from layers_core.artefacts.models import Artefact
from layers_core.contract import Actor, Thing
from layers_core.db.filters import filter_only
from layers_core.host.loader import Host
from layers_core.i18n import gettext as _
from layers_reflect.classification import TOPICS
from layers_reflect.kinds import ASIDE, NOTE
from layers_reflect.models import Aside, Entry, OwnTemplate, OwnTemplateVersion, Profile, Tag

MOST_IDS = 500


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


@dataclass(frozen=True)
class EntryView:
    """A note of one's own with the facts by which it is found and counted, and its codes by scheme."""

    note: Thing
    happened_on: date
    minutes: int
    participatory_minutes: int
    importance: int | None
    template: str
    is_copy: bool
    codes: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Wanted:
    """Which entries are asked for; what is empty does not narrow. `codes` are (scheme, code), all of them wanted.

    Notes alone, unless other `kinds` are named.
    """

    since: date | None = None
    until: date | None = None
    codes: tuple[tuple[str, str], ...] = ()
    templates: tuple[str, ...] = ()
    importance: int | None = None
    ids: tuple[UUID, ...] = ()
    with_copies: bool = False
    kinds: tuple[str, ...] = (NOTE,)


EVERYTHING = Wanted()


def mine(actor: Actor, wanted: Wanted) -> Select[Any]:
    """The statement for one's own live notes (or `wanted.kinds`) that are wanted, with their facts; no order yet."""
    query = (
        reading.things()
        .add_columns(
            Entry.happened_on, Entry.minutes, Entry.participatory_minutes, Entry.importance, Entry.template,
            Entry.is_copy,
        )
        .join(Entry, Entry.artefact_id == Artefact.id)
        .where(Entry.author_id == actor.person_id, Artefact.kind.in_(wanted.kinds), audience.visible(actor))
    )  # fmt: skip
    if wanted.since:
        query = query.where(Entry.happened_on >= wanted.since)
    if wanted.until:
        query = query.where(Entry.happened_on <= wanted.until)
    if wanted.templates:
        query = query.where(Entry.template.in_(wanted.templates))
    if wanted.importance:
        query = query.where(Entry.importance >= wanted.importance)
    if wanted.ids:
        query = query.where(Entry.artefact_id.in_(wanted.ids))
    if not wanted.with_copies:
        query = query.where(Entry.is_copy.is_(False))
    for scheme, code in wanted.codes:
        tagged = exists().where(Tag.artefact_id == Entry.artefact_id, Tag.scheme == scheme, Tag.code == code)
        query = query.where(tagged)
    return query


def entries(session: Session, host: Host, actor: Actor, wanted: Wanted = EVERYTHING) -> list[EntryView]:
    """One's own live notes that are wanted, the earliest event first: two queries. All of them: ask for a period."""
    rows = session.execute(mine(actor, wanted).order_by(Entry.happened_on, Artefact.id)).all()
    codes = _codes(session, [row.id for row in rows])
    return [
        EntryView(
            reading.thing(host, actor, row),
            row.happened_on,
            row.minutes,
            row.participatory_minutes,
            row.importance,
            row.template,
            row.is_copy,
            {scheme: frozenset(found) for scheme, found in codes[row.id].items()},
        )
        for row in rows
    ]


def _codes(session: Session, ids: Sequence[UUID]) -> Mapping[UUID, Mapping[str, set[str]]]:
    """The codes of notes by scheme; asked in parts, because a statement holds only so many parameters."""
    found: dict[UUID, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for start in range(0, len(ids), MOST_IDS):
        part = select(Tag).where(Tag.artefact_id.in_(ids[start : start + MOST_IDS]))
        for tag in session.scalars(part):
            found[tag.artefact_id][tag.scheme].add(tag.code)
    return found


@dataclass(frozen=True)
class Totals:
    """What a period adds up to: entries, minutes and minutes with others; copies never count."""

    entries: int
    minutes: int
    participatory_minutes: int


def totals(session: Session, actor: Actor, wanted: Wanted = EVERYTHING) -> Totals:
    """The sums over one's own live notes that are wanted: one query."""
    counted = mine(actor, replace(wanted, with_copies=False)).subquery()
    row = session.execute(
        select(func.count(), func.sum(counted.c.minutes), func.sum(counted.c.participatory_minutes)).select_from(
            counted
        )
    ).one()
    return Totals(row[0], int(row[1] or 0), int(row[2] or 0))


def topics(session: Session, actor: Actor) -> list[str]:
    """The topics that somebody has used, sorted: to offer them again."""
    query = (
        select(Tag.code)
        .join(Entry, Entry.artefact_id == Tag.artefact_id)
        .where(Entry.author_id == actor.person_id, Tag.scheme == TOPICS)
        .distinct()
    )
    return sorted(session.scalars(query), key=str.casefold)


def personal_data(session: Session, person_id: UUID) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """What Reflect's own tables keep about a person beside the notes: their choices and their templates."""
    profile = session.get(Profile, person_id)
    if profile is not None:
        yield (
            _("Your professions and dates in Reflect"),
            {
                "professions": profile.professions,
                "appraisal_month": profile.appraisal_month,
                "cycle_ends": profile.cycle_ends.isoformat() if profile.cycle_ends else None,
            },
        )
    versions = (
        select(OwnTemplateVersion)
        .join(OwnTemplate, OwnTemplate.id == OwnTemplateVersion.template_id)
        .where(OwnTemplate.person_id == person_id)
        .order_by(OwnTemplateVersion.template_id, OwnTemplateVersion.version)
    )
    for version in session.scalars(versions):
        yield _("Your own questions"), {"label": version.label, "version": version.version, **version.content}
