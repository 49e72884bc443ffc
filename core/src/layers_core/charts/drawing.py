"""A chart as a picture: points, lines, what signalled by shape as well as colour, and a key that says so.

It fills the width of its place while its words keep their size: what stands across is in percent of the plot, what
stands up and down in pixels. On a page the plot is the picture, and the stylesheet leaves it a margin for the numbers
beside it. A file of its own has a fixed width.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from textwrap import shorten, wrap

from layers_core.charts import svg, words
from layers_core.charts.model import Chart, ControlPart, Part
from layers_core.charts.scale import Axis, axis, labelled
from layers_core.charts.svg import Element
from layers_core.i18n import format_number
from layers_core.i18n import gettext as _
from layers_core.vocabulary import vocabulary

LEFT, RIGHT, PLOT, ROW = 52, 16, 220, 22
"""Pixels: room for the numbers at the side and behind the last point; the height of the plot and of a row of words."""
FILE_WIDTH, FILE_EDGE = 720, 12
LETTERS, KEY_LETTERS = 36, 30
"""How many letters have room on the narrowest screen in a row, and behind a sample and a number in the key."""
SHAPES = {
    "good": "M-5-5H5V5H-5z",
    "bad": "M0-7 7 0 0 7-7 0z",
    "neutral": "M0-7 6.5 5H-6.5z",
    "gap": "M-3.5-3.5 3.5 3.5M3.5-3.5-3.5 3.5",
}


@dataclass(frozen=True)
class Plot:
    """Where things stand in the plot: across in percent, downwards in pixels."""

    element: Element
    axis: Axis
    count: int

    def across(self, place: float) -> str:
        """The left edge of a point's column; half a column more is its middle."""
        return f"{100 * place / self.count:.2f}%"

    def down(self, value: float) -> float:
        """The height of a value, from the plot's top."""
        return round(PLOT * (1 - self.axis.share(value)), 1)

    def at(self, chart: Chart, place: int) -> tuple[str, float]:
        """Where a point stands; a gap is anywhere in its column."""
        return self.across(place + 0.5), self.down(float(chart.points[place].value or 0))

    def level(self, look: str, part: Part, value: float) -> None:
        """A horizontal line along a part."""
        at = self.down(value)
        svg.shape(self.element, "line", look, x1=self.across(part.first), x2=self.across(part.stop), y1=at, y2=at)


def draw(chart: Chart, key: str, title: str, description: str, *, fluid: bool = True) -> Element:
    """A chart as an SVG element. `key` begins its ids; without `fluid` it has a width of its own and a background."""
    names = wrap(svg.clean(chart.measure.name), LETTERS)[:2]
    top = ROW * len(names) + (ROW if _begun(chart) else 8)
    legend = list(_legend(chart))
    below = PLOT + 2 * ROW + 12
    height = top + below + ROW * len(legend)
    picture = svg.root(key, title, description, "100%" if fluid else str(FILE_WIDTH), height)
    place = {"x": "0", "y": str(top), "width": "100%"} if fluid else _on_paper(picture, top, height)
    inner = svg.shape(picture, "svg", **place, height=PLOT, overflow="visible")
    if fluid:
        picture.attrib.update({"class": "layers-chart", "overflow": "visible"})
    plot = Plot(inner, axis(chart), max(len(chart.points), 1))
    _scales(plot, chart)
    _lines(plot, chart)
    _points(plot, chart)
    written = svg.shape(inner, "g", "text")
    for row, name in enumerate(names):
        svg.text(written, name, -LEFT, 16 + ROW * row - top)
    for row, (look, label) in enumerate(legend):
        _sample(inner, look, below + ROW * row)
        svg.text(written, label, 36 - LEFT, below + ROW * row + 5)
    return picture


def _on_paper(picture: Element, top: int, height: int) -> dict[str, str]:
    """Make a picture a file of its own: a fixed size with an edge, a background, a typeface. Gives the plot's place."""
    size = {"width": str(FILE_WIDTH), "height": str(height + 2 * FILE_EDGE)}
    picture.attrib.update(
        {**size, "viewBox": f"0 0 {size['width']} {size['height']}", "font-family": "Arial, sans-serif"}
    )
    svg.shape(picture, "rect", width="100%", height="100%", fill="#ffffff")
    left = LEFT + FILE_EDGE
    return {"x": str(left), "y": str(top + FILE_EDGE), "width": str(FILE_WIDTH - left - RIGHT - FILE_EDGE)}


def _scales(plot: Plot, chart: Chart) -> None:
    unit = chart.measure.unit if len(chart.measure.unit) == 1 else ""
    grid = svg.shape(plot.element, "g", "grid")
    beside = svg.shape(plot.element, "g", "text", text_anchor="end")
    for tick in plot.axis.ticks:
        at = plot.down(tick)
        svg.shape(grid, "line", "axis" if tick == plot.axis.low else "", x1=0, x2="100%", y1=at, y2=at)
        svg.text(beside, f"{format_number(tick, plot.axis.decimals)}{unit}", -8, at + 5)
    below = svg.shape(plot.element, "g", "text", text_anchor="middle")
    wide, narrow = labelled(len(chart.points))
    for place in wide:
        label, second = words.axis_label(chart, place)
        middle, both = plot.across(place + 0.5), place in narrow
        svg.text(below, label, middle, PLOT + 20, "" if both else "more")
        if both and second:
            svg.text(below, second, middle, PLOT + 38)


def _lines(plot: Plot, chart: Chart) -> None:
    above = svg.shape(plot.element, "g", "text", text_anchor="middle")
    for number, part in enumerate(_begun(chart), 1):
        at = plot.across(part.first)
        svg.shape(plot.element, "line", "change", x1=at, x2=at, y1=-4, y2=PLOT)
        svg.text(above, format_number(number), at, -8)
    for part in chart.parts:
        if isinstance(part, ControlPart) and part.low is not None and part.high is not None:
            plot.level("limit", part, chart.measure.possible(part.low))
            plot.level("limit", part, chart.measure.possible(part.high))
        if part.centre is not None:
            plot.level("centre", part, part.centre)
    steps = svg.shape(plot.element, "g", "line")
    for part in chart.parts:
        for one, other in pairwise(part.known):
            if other == one + 1:
                (x1, y1), (x2, y2) = plot.at(chart, one), plot.at(chart, other)
                svg.shape(steps, "line", x1=x1, y1=y1, x2=x2, y2=y2)


def _begun(chart: Chart) -> list[Part]:
    """The parts that began with a change."""
    return [part for part in chart.parts if part.changes]


def _points(plot: Plot, chart: Chart) -> None:
    usual = svg.shape(plot.element, "g", "point")
    for place, point in enumerate(chart.points):
        x, y = plot.at(chart, place)
        nature = words.nature_at(chart, place)
        if point.value is None:
            mark, told = _mark(plot.element, "gap", x, PLOT - 8), words.gap(point)
        else:
            mark = _mark(plot.element, nature, x, y) if nature else svg.shape(usual, "circle", cx=x, cy=y, r=3.5)
            told = words.number(chart.measure, float(point.value))
        svg.title(mark, f"{point.label}: {told}")


def _mark(parent: Element, look: str, x: str, y: float) -> Element:
    """The mark of a signal or a gap; each look has a shape of its own, and none is the dot of the usual point."""
    place = svg.shape(parent, "svg", x=x, y=y, overflow="visible")
    svg.shape(place, "path", look, d=SHAPES[look])
    return place


def _legend(chart: Chart) -> Iterator[tuple[str, str]]:
    """What stands in the key: the look of each thing that is in the picture, and what it is called."""
    about = vocabulary("chart_words")
    said, alone = about[chart.kind], chart.parts[0] if len(chart.parts) == 1 else None
    if any(part.centre is not None for part in chart.parts):
        yield "centre", _(said["centre_of"], **words.lines(chart, alone)) if alone else _(said["centre"])
    if any(isinstance(part, ControlPart) and part.low is not None for part in chart.parts):
        yield "limit", _(said["limits_of"], **words.lines(chart, alone)) if alone else _(said["limits"])
    marked = {words.nature_at(chart, place) for part in chart.parts for place in part.known}
    for nature, meaning in about["natures"].items():
        if nature in marked:
            yield nature, _(meaning["short"])
    if any(point.value is None for point in chart.points):
        yield "gap", _("No number")
    for number, part in enumerate(_begun(chart), 1):
        named = "; ".join(change.label for change in part.changes)
        yield "change", f"{format_number(number)}: {shorten(svg.clean(named), KEY_LETTERS, placeholder='…')}"


def _sample(plot: Element, look: str, y: int) -> None:
    if look in ("centre", "limit", "change"):
        svg.shape(plot, "line", look, x1=-LEFT, x2=28 - LEFT, y1=y, y2=y)
    else:
        _mark(plot, look, str(14 - LEFT), y)
