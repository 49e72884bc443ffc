"""The axes of a chart: round numbers up the side, and which labels there is room for below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from layers_core.charts.model import Chart, ControlPart, Measure

TICKS = 5
STEPS = (1, 2, 3, 6, 12, 24, 36, 60, 120)
"""Labels stand under every so many points, so that those of months are a quarter, half a year or years apart."""
WIDE, NARROW = 12, 5
"""How many labels there is room for on a wide and on a narrow screen."""


@dataclass(frozen=True)
class Axis:
    """The vertical axis: its ends, and the numbers written along it."""

    low: float
    high: float
    ticks: tuple[float, ...]
    decimals: int

    def share(self, value: float) -> float:
        """How far up a value is: 0 at the lower end, 1 at the upper one."""
        return (value - self.low) / (self.high - self.low)


def axis(chart: Chart) -> Axis:
    """An axis on which every point and every line of a chart has room, within what is possible.

    It begins at the least that is possible where that is near, so that a small rise is not drawn as a steep one.
    """
    measure = chart.measure
    shown = [float(point.value) for point in chart.points if point.value is not None]
    for part in chart.parts:
        lines = (part.centre, part.low, part.high) if isinstance(part, ControlPart) else (part.centre,)
        shown += [measure.possible(line) for line in lines if line is not None]
    low, high = (min(shown), max(shown)) if shown else (0.0, 1.0)
    if measure.low is not None and low - measure.low <= high - low:
        low = measure.low
    return _round(low, high, measure)


def _round(low: float, high: float, measure: Measure) -> Axis:
    least = 10.0**-measure.decimals
    if high - low < least:
        low, high = measure.possible(low - least), measure.possible(high + least)
    rough = max((high - low) / TICKS, least)
    power = 10.0 ** floor(log10(rough))
    step = next(power * size for size in (1, 2, 5, 10) if power * size >= rough * (1 - 1e-9))
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    ticks = tuple(step * number for number in range(first, max(last, first + 1) + 1))
    return Axis(ticks[0], ticks[-1], ticks, max(0, -floor(log10(step) + 1e-9)))


def labelled(count: int) -> tuple[Sequence[int], Sequence[int]]:
    """Which of so many points have a label below them on a wide screen, and which of these on a narrow one too."""
    wide = _step(count, 1, WIDE)
    return range(0, count, wide), range(0, count, _step(count, wide, NARROW))


def _step(count: int, multiple: int, room: int) -> int:
    fits = (step for step in STEPS if step % multiple == 0 and ceil(count / step) <= room)
    return next(fits, multiple * ceil(count / room))
