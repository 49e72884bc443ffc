"""Points before the rules: checked, made exact, filled up with gaps, and divided where something changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import groupby, pairwise

from layers_core.charts.model import Change, Number, Point, Signal
from layers_core.i18n import format_month

LARGEST = 10**12
"""What is larger is no count or share of a practice, and could not be written below a chart."""


@dataclass(frozen=True)
class Stretch:
    """Neighbouring points with a centre line of their own, and those among them that have a value."""

    first: int
    stop: int
    changes: tuple[Change, ...]
    known: tuple[int, ...]
    values: tuple[Fraction, ...]
    """The values of `known`."""


def stretches(points: Sequence[Point], changes: Sequence[Change]) -> list[Stretch]:
    """The points divided at the days of the changes. A change after the last point is not there yet.

    Values are exact, so that a point on a line is on it, not beside it by the rounding of a division. Raises ValueError
    for days that don't follow one another and for a value that is no number or too large.
    """
    for one, other in pairwise(points):
        if other.day <= one.day:
            raise ValueError(f"Points must follow one another in time: {other.day} comes after {one.day}")
    if not points:
        return []
    values = [None if point.value is None else _exact(point.value) for point in points]
    begun: dict[int, list[Change]] = {0: []}
    for change in sorted(changes, key=lambda change: change.day):
        place = next((place for place, point in enumerate(points) if point.day >= change.day), None)
        if place is not None:
            begun.setdefault(place, []).append(change)
    starts = sorted(begun)
    return [
        _stretch(first, stop, tuple(begun[first]), values)
        for first, stop in zip(starts, [*starts[1:], len(points)], strict=True)
    ]


def _stretch(first: int, stop: int, changes: tuple[Change, ...], values: Sequence[Fraction | None]) -> Stretch:
    found = [(place, value) for place, value in enumerate(values[first:stop], first) if value is not None]
    return Stretch(first, stop, changes, tuple(place for place, _ in found), tuple(value for _, value in found))


def _exact(value: Number) -> Fraction:
    try:
        exact = Fraction(value)
    except (OverflowError, ValueError) as fault:
        raise ValueError(f"{value} is no number that a chart can show") from fault
    if abs(exact) > LARGEST:
        raise ValueError(f"{value} is larger than a chart can show")
    return exact


def sign(value: Fraction) -> int:
    """1, -1 or 0: above, below or on."""
    return (value.numerator > 0) - (value.numerator < 0)


def runs(numbers: Sequence[int]) -> Iterator[tuple[int, list[int]]]:
    """Each run of equal numbers as (number, its places)."""
    for number, group in groupby(enumerate(numbers), key=lambda pair: pair[1]):
        yield number, [place for place, _ in group]


def signal(rule: str, stretch: Stretch, places: Sequence[int], direction: int) -> Signal:
    """A signal on some of a stretch's known points; `direction` is 1 or -1."""
    return Signal(rule, tuple(stretch.known[place] for place in places), "high" if direction > 0 else "low")


def every_month(points: Sequence[Point], reason: str = "") -> list[Point]:
    """The points, with a gap for each month between the first and the last that has none. `reason` says why.

    Raises ValueError for two points in one month.
    """
    known: dict[tuple[int, int], Point] = {}
    for point in points:
        if known.setdefault((point.day.year, point.day.month), point) is not point:
            raise ValueError(f"There are two points in {point.day:%Y-%m}")
    if not known:
        return []
    first, last = min(known), max(known)
    months = (divmod(month, 12) for month in range(first[0] * 12 + first[1] - 1, last[0] * 12 + last[1]))
    return [known.get((year, month + 1)) or _gap(date(year, month + 1, 1), reason) for year, month in months]


def _gap(day: date, reason: str) -> Point:
    return Point(day, format_month(day), None, None, reason)
