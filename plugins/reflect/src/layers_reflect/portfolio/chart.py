"""Hours or credits by month as a chart: where each bar stands, and what is written at it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import floor

from layers_reflect.portfolio.totals import Month

# Sizes in SVG units, which are CSS pixels here: the chart is not scaled, it scrolls.
BAR, GAP, MARGIN = 36, 16, 8
HEIGHT, TOP, BOTTOM = 120, 24, 28


@dataclass(frozen=True)
class Bar:
    """One month's bar; a month without anything has a height of 0."""

    x: int
    y: int
    height: int
    middle: int
    value: str
    month: date


@dataclass(frozen=True)
class Chart:
    """The bars of a period, in SVG units."""

    width: int
    height: int
    base: int
    bars: tuple[Bar, ...]
    bar_width: int = BAR


def short(number: float) -> str:
    """A number with at most one decimal, and none where it is whole. Rounded down: what is nearly reached is not."""
    return f"{floor(round(number * 10, 6)) / 10:.1f}".removesuffix(".0")


def draw(months: Sequence[Month]) -> Chart:
    """The chart of months; the highest bar has the whole height."""
    highest = max([month.hours for month in months] + [1.0])
    base = TOP + HEIGHT
    bars = []
    for number, month in enumerate(months):
        height, x = round(HEIGHT * month.hours / highest), MARGIN + number * (BAR + GAP)
        value = short(month.hours) if month.hours else ""
        bars.append(Bar(x, base - height, height, x + BAR // 2, value, month.first))
    return Chart(2 * MARGIN + len(months) * (BAR + GAP) - GAP, base + BOTTOM, base, tuple(bars))
