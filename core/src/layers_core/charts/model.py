"""What a chart is made of: points, what changed, and what the rules found. Values only; nothing is worked out here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

Number = Decimal | Fraction | float
Kind = Literal["run", "control"]
Better = Literal["up", "down", ""]
"""Which way is an improvement; empty where neither is."""
Side = Literal["high", "low", ""]
"""Above the centre line or rising, below it or falling; empty where a rule has no side."""
Nature = Literal["good", "bad", "neutral"]
"""What a signal means: an improvement, a concern, or a change that is neither by itself."""
Period = Literal["day", "week", "month", "quarter", "year"]


@dataclass(frozen=True)
class Point:
    """One period. `label` names it in full ("March 2026"); `value` is None for a gap, and `reason` says why.

    `count` is the number of answers, people or the like that the value rests on, for the table.
    """

    day: date
    label: str
    value: Number | None = None
    count: int | None = None
    reason: str = ""


@dataclass(frozen=True)
class Change:
    """Something that the practice did. From that day on the points have a centre line of their own."""

    day: date
    label: str


@dataclass(frozen=True)
class Measure:
    """What the numbers are: the words on the vertical axis, a unit that follows each number ("%"), their decimals.

    `low` and `high` are the least and the most that is possible: lines are drawn and told no further than that, while
    the rules work with the lines as they are. `counted` heads the table's column of counts.
    """

    name: str
    unit: str = ""
    decimals: int = 0
    low: float | None = None
    high: float | None = None
    better: Better = ""
    period: Period = "month"
    counted: str = ""

    def possible(self, value: float) -> float:
        """A value cut to what is possible."""
        above = value if self.low is None else max(value, self.low)
        return above if self.high is None else min(above, self.high)


def share(name: str, *, better: Better = "", period: Period = "month", counted: str = "") -> Measure:
    """A share in percent: values are from 0 to 100."""
    return Measure(name, "%", 1, 0, 100, better, period, counted)


@dataclass(frozen=True)
class Signal:
    """A rule that says "this is more than chance", and on which points (their places in the chart)."""

    rule: str
    places: tuple[int, ...]
    side: Side


@dataclass(frozen=True)
class Part:
    """Points with the same centre line: those from `first` to before `stop`, of which `known` have a value.

    `changes` are what began the part. Without any value there is no centre line.
    """

    first: int
    stop: int
    known: tuple[int, ...]
    changes: tuple[Change, ...]
    centre: float | None
    enough: bool
    """Whether there are as many points as the rules want; what is missing is told in words."""


@dataclass(frozen=True)
class RunPart(Part):
    """A part of a run chart: the median, and what the two rules compared (Anhøj & Vingaard Olesen 2014)."""

    useful: int
    """Points that don't lie on the median."""
    longest_run: int
    longest_run_most: int
    """A longer run is a signal."""
    crossings: int
    crossings_least: int
    """Fewer crossings are a signal."""


@dataclass(frozen=True)
class ControlPart(Part):
    """A part of a control chart: the mean and its limits; None where there are fewer than two points."""

    base: int
    """How many numbers the lines rest on."""
    low: float | None
    high: float | None
    average_range: float | None


@dataclass(frozen=True)
class Chart:
    """A series over time with its lines and signals; the signals of the weightiest rule come first."""

    kind: Kind
    measure: Measure
    points: tuple[Point, ...]
    parts: tuple[Part, ...]
    signals: tuple[Signal, ...]

    def signals_at(self, place: int) -> Iterator[Signal]:
        """The signals that a point takes part in, the weightiest first."""
        return (signal for signal in self.signals if place in signal.places)

    def nature(self, signal: Signal) -> Nature:
        """Whether a signal is an improvement, a concern, or neither."""
        if not self.measure.better or not signal.side:
            return "neutral"
        return "good" if (signal.side == "high") == (self.measure.better == "up") else "bad"
