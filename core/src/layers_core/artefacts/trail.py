"""The trail: the graph of links around a thing that the reader may see, and where each box stands in its picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import case, literal, or_, select
from sqlalchemy.orm import Session, aliased

from layers_core.artefacts import audience, reading
from layers_core.artefacts.models import Artefact, Link
from layers_core.contract import Actor, Thing
from layers_core.vocabulary import vocabulary

if TYPE_CHECKING:
    from layers_core.host.loader import Host

MOST_STEPS = 8
MOST_BOXES = 60


@dataclass(frozen=True)
class Edge:
    """A link between two boxes, from the earlier to the later; `phrase` is the code of the link's type."""

    earlier: UUID
    later: UUID
    type: str


@dataclass(frozen=True)
class Trail:
    """Things by key, the edges between them, and each box's column: 0 is what came first."""

    things: Mapping[UUID, Thing]
    edges: Sequence[Edge]
    columns: Mapping[UUID, int]


def around(session: Session, host: Host, actor: Actor, artefact_id: UUID) -> Trail | None:
    """The trail of a thing, in two queries; None where the actor may not see the thing.

    What the actor may not see is neither shown nor walked through nor counted.
    """
    start = select(Artefact.id.label("id"), literal(0).label("step")).where(
        Artefact.id == artefact_id, audience.visible(actor)
    )
    reach = start.cte("reach", recursive=True)
    other = aliased(Artefact)
    neighbour = case((Link.from_id == reach.c.id, Link.to_id), else_=Link.from_id)
    reach = reach.union(
        select(neighbour, reach.c.step + 1)
        .select_from(reach)
        .join(Link, or_(Link.from_id == reach.c.id, Link.to_id == reach.c.id))
        .join(other, other.id == neighbour)
        .where(reach.c.step < MOST_STEPS, other.audience_id.in_(actor.audience_ids), other.state == "live")
    )
    ids = select(reach.c.id).distinct().limit(MOST_BOXES)
    things = {
        row.id: reading.thing(host, actor, row)
        for row in session.execute(
            reading.things().where(Artefact.id.in_(ids), audience.visible(actor)).order_by(Artefact.created_at)
        )
    }
    if artefact_id not in things:
        return None
    edges = _edges(session, things) if len(things) > 1 else []
    return Trail(things, edges, _columns(things, edges))


def _edges(session: Session, things: Mapping[UUID, Thing]) -> list[Edge]:
    types = vocabulary("link_types")
    rows = session.execute(
        select(Link.from_id, Link.to_id, Link.type)
        .where(Link.from_id.in_(things), Link.to_id.in_(things))
        .order_by(Link.created_at, Link.id)
    )
    return [
        Edge(row.from_id, row.to_id, row.type)
        if types.get(row.type, {}).get("earlier") == "from"
        else Edge(row.to_id, row.from_id, row.type)
        for row in rows
    ]


def _columns(things: Mapping[UUID, Thing], edges: Sequence[Edge]) -> dict[UUID, int]:
    """The longest way from the left to each box; bounded, so that a circle of links ends."""
    columns = dict.fromkeys(things, 0)
    for _round in range(len(things)):
        moved = False
        for edge in edges:
            if columns[edge.later] <= columns[edge.earlier] < len(things):
                columns[edge.later] = columns[edge.earlier] + 1
                moved = True
        if not moved:
            break
    return columns
