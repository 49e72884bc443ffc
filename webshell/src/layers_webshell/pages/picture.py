"""The trail as a picture: where each box stands, how the lines run, and the same as a list. No database, no request."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from textwrap import wrap
from uuid import UUID

from layers_core.artefacts.reading import ActionView
from layers_core.artefacts.trail import Edge, Trail
from layers_core.i18n import gettext as _
from layers_core.vocabulary import vocabulary

# Sizes in SVG units, which are CSS pixels here: the picture is not scaled, it scrolls.
BOX_WIDTH, BOX_HEIGHT = 208, 116
GAP_ACROSS, GAP_DOWN, MARGIN = 32, 24, 14
LINE_LENGTH, LINES = 22, 3


@dataclass(frozen=True)
class Box:
    """One box of the picture: a thing, or a promise to its right. `lines` are its title, cut to fit."""

    id: UUID
    url: str
    kind: str
    title: str
    lines: tuple[str, ...]
    x: int
    y: int
    here: bool = False
    promise: bool = False
    relations: tuple[tuple[str, str, str], ...] = ()
    """What it has to do with earlier boxes, as (phrase, title, url)."""


@dataclass(frozen=True)
class Line:
    """A line from an earlier box to a later one, as an SVG path."""

    path: str


@dataclass(frozen=True)
class Picture:
    """The whole picture, in SVG units. `boxes` are in reading order: left to right, then down."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    box_width: int = BOX_WIDTH
    box_height: int = BOX_HEIGHT


@dataclass(frozen=True)
class _Node:
    id: UUID
    url: str
    kind: str
    title: str
    column: int
    promise: bool = False


def draw(
    trail: Trail,
    actions: Sequence[ActionView],
    here: UUID,
    *,
    label: Callable[[str], str],
    url: Callable[[UUID], str],
) -> Picture | None:
    """The picture of a trail around the thing `here`; None where there is nothing beside it.

    `label` gives the words for a kind, `url` the address of a thing. Promises stand one column to the right of theirs.
    """
    nodes = [
        _Node(key, url(key), label(thing.kind), thing.title, trail.columns[key]) for key, thing in trail.things.items()
    ]
    nodes += [
        _Node(
            action.id,
            f"{url(action.artefact_id)}#action-{action.id}",
            _("Done") if action.closed_at else _("Promise"),
            action.expectation,
            trail.columns[action.artefact_id] + 1,
            promise=True,
        )
        for action in actions
    ]
    if len(nodes) == 1:
        return None
    ends = [(edge.earlier, edge.later) for edge in trail.edges]
    ends += [(action.artefact_id, action.id) for action in actions]
    relations = _relations(trail)
    for action in actions:
        relations[action.id].append((_("For"), action.artefact_id))
    places, width, height = _places(nodes, ends)
    boxes = tuple(
        Box(
            node.id,
            node.url,
            node.kind,
            node.title,
            cut(node.title),
            *places[node.id],
            here=node.id == here,
            promise=node.promise,
            relations=tuple((phrase, trail.things[other].title, url(other)) for phrase, other in relations[node.id]),
        )
        for node in sorted(nodes, key=lambda node: places[node.id])
    )
    return Picture(width, height, boxes, tuple(Line(_path(places[start], places[end])) for start, end in ends))


def cut(title: str) -> tuple[str, ...]:
    """a title on at most three lines; what does not fit becomes an ellipsis."""
    lines = wrap(" ".join(title.split()), LINE_LENGTH) or [""]
    if len(lines) > LINES:
        last = lines[LINES - 1]
        lines = [*lines[: LINES - 1], f"{last[: LINE_LENGTH - 1].rstrip()}…"]
    return tuple(lines)


def phrase_of(edge: Edge) -> str:
    """What the later box of an edge has to do with the earlier one: "Prompted by", "Supported by"."""
    words = vocabulary("link_types").get(edge.type)
    if words is None:
        return _("Connected with")
    return _(words["phrase"] if words["earlier"] == "to" else words["back"])


def _relations(trail: Trail) -> defaultdict[UUID, list[tuple[str, UUID]]]:
    found: defaultdict[UUID, list[tuple[str, UUID]]] = defaultdict(list)
    for edge in trail.edges:
        found[edge.later].append((phrase_of(edge), edge.earlier))
    return found


def _places(nodes: Sequence[_Node], ends: Sequence[tuple[UUID, UUID]]) -> tuple[dict[UUID, tuple[int, int]], int, int]:
    """Each box's corner, and the picture's size. A box stands as near as it can to the height of what it came from."""
    earlier: dict[UUID, list[UUID]] = defaultdict(list)
    for start, end in ends:
        earlier[end].append(start)
    columns: dict[int, list[_Node]] = defaultdict(list)
    for node in nodes:
        columns[node.column].append(node)
    rows: dict[UUID, int] = {}
    # A circle of links can leave a column empty: columns are counted as they are drawn.
    for column in sorted(columns):
        wished = {
            node.id: max((rows[start] for start in earlier[node.id] if start in rows), default=0)
            for node in columns[column]
        }
        lowest = 0
        for node in sorted(columns[column], key=lambda node: wished[node.id]):
            rows[node.id] = max(lowest, wished[node.id])
            lowest = rows[node.id] + 1
    across = {column: position for position, column in enumerate(sorted(columns))}
    places = {
        node.id: (
            MARGIN + across[node.column] * (BOX_WIDTH + GAP_ACROSS),
            MARGIN + rows[node.id] * (BOX_HEIGHT + GAP_DOWN),
        )
        for node in nodes
    }
    width = max(x for x, _y in places.values()) + BOX_WIDTH + MARGIN
    height = max(y for _x, y in places.values()) + BOX_HEIGHT + MARGIN
    return places, width, height


def _path(start: tuple[int, int], end: tuple[int, int]) -> str:
    """A line from one box's right edge to another's left edge; a long one runs in the gap between two rows."""
    x1, y1 = start[0] + BOX_WIDTH, start[1] + BOX_HEIGHT // 2
    x2, y2 = end[0], end[1] + BOX_HEIGHT // 2
    bend = GAP_ACROSS // 2
    if x2 - x1 == GAP_ACROSS:
        return f"M{x1} {y1}H{x2}" if y1 == y2 else f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"
    # Straight across, it would disappear behind the boxes in between.
    gap = max(y1, y2) - (BOX_HEIGHT + GAP_DOWN) // 2 if y1 != y2 else y1 + (BOX_HEIGHT + GAP_DOWN) // 2
    first, second = f"M{x1} {y1}C{x1 + bend} {y1} {x1} {gap} {x1 + bend} {gap}", f"H{x2 - bend}"
    return f"{first}{second}C{x2} {gap} {x2 - bend} {y2} {x2} {y2}"
