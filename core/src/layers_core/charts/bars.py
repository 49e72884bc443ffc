"""Counts side by side as bars, some too small to show. The picture keeps its size, and the page lets it scroll."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from layers_core.charts import svg

# Pixels: the chart is not scaled.
BAR, GAP, MARGIN = 26, 10, 8
HEIGHT, TOP, BOTTOM = 120, 24, 28
LABEL_WIDTH = 64
LEAST_WIDTH = 200


@dataclass(frozen=True)
class Bar:
    """A count and what stands below it. None is a count that is too small to show: an outline of its range instead."""

    count: int | None
    label: str


def bar_chart(
    bars: Sequence[Bar], key: str, title: str, description: str, hidden_most: int, hidden_words: str
) -> svg.Svg:
    """A picture of the bars; `key` begins its ids.

    `hidden_most` is the largest count that may be hidden, `hidden_words` what stands above its outline. A label stands
    below every so many bars, as there is room.
    """
    base = TOP + HEIGHT
    highest = max([hidden_most if bar.count is None else bar.count for bar in bars] + [1])
    every = -(-LABEL_WIDTH // (BAR + GAP))
    width = max(2 * MARGIN + GAP + len(bars) * (BAR + GAP) + LABEL_WIDTH // 2, LEAST_WIDTH)
    picture = svg.root(key, title, description, str(width), base + BOTTOM)
    picture.set("viewBox", f"0 0 {width} {base + BOTTOM}")
    svg.shape(picture, "line", "axis", x1=0, x2=width, y1=base, y2=base, stroke_width=2)
    written = svg.shape(picture, "g", "text", text_anchor="middle")
    for number, bar in enumerate(bars):
        height = round(HEIGHT * (hidden_most if bar.count is None else bar.count) / highest)
        left, look = MARGIN + GAP + number * (BAR + GAP), "hidden" if bar.count is None else "bar"
        middle = left + BAR // 2
        svg.shape(picture, "rect", look, x=left, y=base - height, width=BAR, height=height)
        above = hidden_words if bar.count is None else str(bar.count)
        svg.text(written, above, middle, base - height - 6)
        if number % every == 0:
            svg.text(written, bar.label, middle, base + 20)
    return svg.as_svg(picture)
