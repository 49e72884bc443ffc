"""The trail: the graph of links around a thing that the reader may see, and where each box stands in its picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy.orm import Session

from layers_core.artefacts import reading, statements
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
    """The trail of a thing, in one query; None where the actor may not see the thing.

    What the actor may not see is neither shown nor walked through nor counted.
    """
    asked = {"id": artefact_id, "audiences": actor.audience_ids, "steps": MOST_STEPS, "boxes": MOST_BOXES}
    rows = session.connection().execute(statements.TRAIL, asked).all()
    things: dict[UUID, Thing] = {}
    for row in rows:
        if row.id not in things:
            things[row.id] = reading.thing(host, actor, row)
    if artefact_id not in things:
        return None
    links = (row for row in rows if row.link_to in things)
    edges = [_edge(row) for row in sorted(links, key=lambda row: (row.link_made, row.link_id))]
    return Trail(things, edges, _columns(things, edges))


def _edge(row: Any) -> Edge:
    earlier_end = vocabulary("link_types").get(row.link_type, {}).get("earlier")
    ends = (row.id, row.link_to) if earlier_end == "from" else (row.link_to, row.id)
    return Edge(*ends, row.link_type)


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
