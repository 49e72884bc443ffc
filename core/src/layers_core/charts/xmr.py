"""Control charts (XmR: individual values and moving ranges) by the rules that NHS England uses.

Source: NHS England, Making Data Count, as NHSRplotthedots 0.2 has it: limits at 2.66 average moving ranges from the
mean, moving ranges that are themselves extreme left out (Nelson 1982), four rules for special causes. The numbers are
in data/chart_rules.json.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from layers_core.charts.model import Change, Chart, ControlPart, Measure, Point, Signal
from layers_core.charts.series import Stretch, runs, sign, signal, stretches
from layers_core.vocabulary import vocabulary


@dataclass(frozen=True)
class Lines:
    """Mean, average moving range and how far the limits are from the mean, exactly."""

    mean: Fraction
    average_range: Fraction
    reach: Fraction


def control_chart(
    points: Sequence[Point], measure: Measure, changes: Sequence[Change] = (), baseline: int | None = None
) -> Chart:
    """A control chart: mean and limits for each part, and what the rules find.

    Each change begins a part with lines of its own. `baseline` freezes a part's lines at its first so many values. A
    gap is no point: neither a run nor a moving range ends at it. Raises ValueError for points that are no series, or a
    baseline below 2.
    """
    if baseline is not None and baseline < 2:
        raise ValueError("A baseline needs at least two points")
    parts, signals = [], list[Signal]()
    for stretch in stretches(points, changes):
        lines = _lines(stretch.values[:baseline])
        parts.append(_part(stretch, lines, baseline))
        signals += _signals(stretch, lines) if lines else ()
    order = list(_control()["rules"])
    return Chart(
        "control", measure, tuple(points), tuple(parts), tuple(sorted(signals, key=lambda one: order.index(one.rule)))
    )


def _control() -> Mapping[str, Any]:
    rules: Mapping[str, Any] = vocabulary("chart_rules")["control"]
    return rules


def _lines(values: Sequence[Fraction]) -> Lines | None:
    if len(values) < 2:
        return None
    control = _control()
    ranges = [abs(other - one) for one, other in pairwise(values)]
    average = sum(ranges) / Fraction(len(ranges))
    most = Fraction(control["range_screen"]) * average
    usual = [size for size in ranges if size <= most]
    # Where nothing else ever moved, leaving the one move out would put every point outside limits of no width.
    average = sum(usual) / Fraction(len(usual)) or average
    return Lines(sum(values) / Fraction(len(values)), average, Fraction(control["limit_factor"]) * average)


def _part(stretch: Stretch, lines: Lines | None, baseline: int | None) -> ControlPart:
    only = stretch.values[0] if stretch.values else None
    centre = lines.mean if lines else only
    base = len(stretch.values[:baseline])
    return ControlPart(
        first=stretch.first,
        stop=stretch.stop,
        known=stretch.known,
        changes=stretch.changes,
        centre=None if centre is None else float(centre),
        enough=base >= _control()["firm_points"],
        base=base,
        low=float(lines.mean - lines.reach) if lines else None,
        high=float(lines.mean + lines.reach) if lines else None,
        average_range=float(lines.average_range) if lines else None,
    )


def _signals(stretch: Stretch, lines: Lines) -> Iterator[Signal]:
    offsets = [value - lines.mean for value in stretch.values]
    for name, rule in _control()["rules"].items():
        for direction, places in RULES[name](offsets, lines.reach, rule):
            yield signal(name, stretch, places, direction)


Found = Iterator[tuple[int, list[int]]]
"""(1 or -1, the places of the points) of each signal."""


def _beyond(offsets: Sequence[Fraction], reach: Fraction) -> list[int]:
    """For each value 1 or -1 where it is farther from the mean than `reach`, else 0."""
    return [sign(offset) if abs(offset) > reach else 0 for offset in offsets]


def _outside(offsets: Sequence[Fraction], reach: Fraction, _rule: Mapping[str, Any]) -> Found:
    return ((side, run) for side, run in runs(_beyond(offsets, reach)) if side)


def _one_side(offsets: Sequence[Fraction], _reach: Fraction, rule: Mapping[str, Any]) -> Found:
    found = runs([sign(offset) for offset in offsets])
    return ((side, run) for side, run in found if side and len(run) >= rule["points"])


def _trend(offsets: Sequence[Fraction], _reach: Fraction, rule: Mapping[str, Any]) -> Found:
    for direction, steps in runs([sign(other - one) for one, other in pairwise(offsets)]):
        if direction and len(steps) + 1 >= rule["points"]:
            yield direction, [*steps, steps[-1] + 1]


def _near_limit(offsets: Sequence[Fraction], reach: Fraction, rule: Mapping[str, Any]) -> Found:
    """Points between the outer third's edge and the limit, of which there are enough among so many on one side."""
    top, bottom = rule["from"]
    outer = _beyond(offsets, reach * Fraction(top) / Fraction(bottom))
    near = [0 if beyond else side for side, beyond in zip(outer, _beyond(offsets, reach), strict=True)]
    side_of, width = [sign(offset) for offset in offsets], rule["of"]
    for direction in (1, -1):
        hit = set[int]()
        for start in range(len(offsets) - width + 1):
            window = range(start, start + width)
            close = [place for place in window if near[place] == direction]
            if len(close) >= rule["points"] and all(side_of[place] == direction for place in window):
                hit.update(close)
        yield from ((direction, group) for group in _together(sorted(hit), width))


def _together(places: Sequence[int], width: int) -> Iterator[list[int]]:
    """Places in groups: those less than a window apart belong together."""
    group: list[int] = []
    for place in places:
        if group and place - group[-1] >= width:
            yield group
            group = []
        group.append(place)
    if group:
        yield group


RULES: Mapping[str, Callable[[Sequence[Fraction], Fraction, Mapping[str, Any]], Found]] = {
    "outside": _outside,
    "trend": _trend,
    "near_limit": _near_limit,
    "one_side": _one_side,
}
