"""Reading episodes: what one gathers as far as its reader may see it, and the states that it was in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from layers_core.artefacts import audience, kinds
from layers_core.artefacts import reading as core_reading
from layers_core.artefacts.models import Artefact, Link, Revision
from layers_core.contract import Actor, Body, Thing
from layers_core.host.loader import Host
from layers_core.practices.models import Person
from layers_reflect.episodes.arranging import things_of
from layers_reflect.kinds import EPISODE
from layers_reflect.models import Entry

SITTING = timedelta(minutes=15)
"""Steps that follow one another sooner are one sitting, of which a list shows the last state."""
MOST_STATES = 20
MOST_OFFERED = 50


@dataclass(frozen=True)
class Member:
    """A gathered thing that the reader may see. `on` is the day that it happened, else when it was written."""

    id: UUID
    title: str
    kind: str
    on: Any
    author_name: str


@dataclass(frozen=True)
class Gathered:
    """A group as its reader meets it; the key of what is in no group is "". A member that cannot be seen is None."""

    id: str
    name: str
    members: tuple[tuple[str, Member | None], ...]


def own(session: Session, host: Host, actor: Actor, episode_id: UUID) -> Thing | None:
    """An episode of the actor's own, or None."""
    found = core_reading.get(session, host, actor, episode_id)
    is_own = found is not None and found.kind == EPISODE and found.available and found.author_id == actor.person_id
    return found if is_own else None


def all_of(session: Session, actor: Actor) -> list[tuple[UUID, str]]:
    """The actor's episodes as (key, title), the last changed first: to choose from."""
    query = (
        select(Artefact.id, Artefact.title)
        .where(Artefact.author_id == actor.person_id, Artefact.kind == EPISODE, audience.visible(actor))
        .order_by(Artefact.updated_at.desc(), Artefact.id)
        .limit(MOST_OFFERED)
    )
    return [(row.id, row.title) for row in session.execute(query)]


def members(session: Session, actor: Actor, keys: Iterable[str | UUID], came_of: UUID | None = None) -> list[Member]:
    """Those of these things that the actor may see, and what came of the thing `came_of`, oldest first: one query."""
    wanted: ColumnElement[bool] = Artefact.id.in_({UUID(str(key)) for key in keys})
    if came_of is not None:
        led_to = select(Link.to_id).where(Link.from_id == came_of, Link.type == "leads_to")
        wanted = or_(wanted, Artefact.id.in_(led_to))
    query = (
        select(Artefact.id, Artefact.title, Artefact.kind, Artefact.author_id, Artefact.created_at)
        .add_columns(Entry.happened_on, Person.name)
        .outerjoin(Entry, Entry.artefact_id == Artefact.id)
        .outerjoin(Person, Person.id == Artefact.author_id)
        .where(wanted, audience.visible(actor))
        .order_by(Artefact.number)
    )
    return [
        Member(
            row.id,
            row.title,
            row.kind,
            row.happened_on or row.created_at,
            row.name or "" if row.author_id != actor.person_id else "",
        )
        for row in session.execute(query)
    ]


def arranged(body: Body, found: Iterable[Member], loose_name: str) -> list[Gathered]:
    """The groups with their members in order, what is in no group last."""
    known = {str(member.id): member for member in found}
    groups = [(group["id"], group["name"], group["things"]) for group in body["groups"]]
    return [
        Gathered(key, name, tuple((thing, known.get(thing)) for thing in things))
        for key, name, things in (*groups, ("", loose_name, body["loose"]))
    ]


@dataclass(frozen=True)
class State:
    """A state that an episode was in; `steps` says how many steps of one sitting it stands for."""

    number: int
    title: str
    body: Body
    at: datetime
    steps: int


def state(session: Session, host: Host, actor: Actor, episode: Thing, number: int) -> tuple[str, Body] | None:
    """The title and body of a revision of the actor's own episode, or None."""
    found = _bodies(session, host, actor, episode, [number])
    return found.get(number)


def states(session: Session, host: Host, actor: Actor, episode: Thing, *, every_step: bool = False) -> list[State]:
    """The latest states, newest first: one for each sitting, or each step. Two queries for any number of steps."""
    moments = session.execute(
        select(Revision.number, Revision.created_at)
        .where(Revision.artefact_id == episode.id, Revision.audience_id.in_(actor.audience_ids))
        .order_by(Revision.number.desc())
    ).all()
    shown: list[tuple[int, datetime, int]] = []
    later: datetime | None = None
    for number, at in moments:
        if shown and not every_step and later is not None and later - at < SITTING:
            last = shown[-1]
            shown[-1] = (last[0], last[1], last[2] + 1)
        else:
            shown.append((number, at, 1))
        later = at
    shown = shown[: MOST_STATES + 1]
    bodies = _bodies(session, host, actor, episode, [number for number, _at, _steps in shown])
    return [State(number, *bodies[number], at, steps) for number, at, steps in shown if number in bodies]


def _bodies(
    session: Session, host: Host, actor: Actor, episode: Thing, numbers: Sequence[int]
) -> Mapping[int, tuple[str, Body]]:
    query = select(Revision.number, Revision.title, Revision.body, Revision.body_version).where(
        Revision.artefact_id == episode.id,
        Revision.number.in_(numbers),
        Revision.audience_id.in_(actor.audience_ids),
    )
    return {
        row.number: (row.title, kinds.read_body(host, EPISODE, row.body, row.body_version))
        for row in session.execute(query)
    }


def seen(body: Body, found: Iterable[Member]) -> list[UUID]:
    """The keys of the gathered things that their reader may see, as they stand on the page."""
    known = {str(member.id): member.id for member in found}
    return [known[thing] for thing in things_of(body) if thing in known]
