"""Run charts: the published critical values, a published example, and what must hold for every series."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers_core import charts
from layers_core.charts.anhoej import crossings_least, longest_run_most
from layers_core.charts.model import RunPart

MEASURE = charts.Measure("Answers")
START = date(2024, 1, 1)

# Critical values for 10 to 100 useful points, as the documentation of qicharts2 prints them (appendix 2).
LONGEST_RUNS = {6: range(10, 12), 7: range(12, 23), 8: range(23, 46), 9: range(46, 91), 10: range(91, 101)}
FEWEST_CROSSINGS = [
    2, 2, 3, 3, 4, 4, 4, 5, 5, 6, 6, 6, 7, 7, 8, 8, 8, 9, 9, 10, 10, 11, 11, 11, 12, 12, 13, 13, 14, 14, 14, 15, 15, 16,
    16, 17, 17, 17, 18, 18, 19, 19, 20, 20, 21, 21, 21, 22, 22, 23, 23, 24, 24, 25, 25, 25, 26, 26, 27, 27, 28, 28, 29,
    29, 29, 30, 30, 31, 31, 32, 32, 33, 33, 34, 34, 34, 35, 35, 36, 36, 37, 37, 38, 38, 39, 39, 39, 40, 40, 41, 41,
]  # fmt: skip
# Infections a month before and after something was done about them: the data set cdi of qicharts2.
INFECTIONS = [17, 12, 27, 20, 20, 18, 22, 19, 19, 24, 17, 16, 24, 19, 19, 22, 25, 19, 17, 6, 25, 17, 11, 14,
              9, 11, 7, 13, 5, 5, 3, 5, 9, 4, 5, 9]  # fmt: skip

whole = st.integers(-50, 50)
series = st.lists(st.one_of(st.none(), whole), max_size=60)


def points(values: Sequence[float | Fraction | None]) -> list[charts.Point]:
    days = (START + timedelta(days=number) for number in range(len(values)))
    return [charts.Point(day, f"day {day}", value) for day, value in zip(days, values, strict=True)]


def run(values: Sequence[float | Fraction | None], **more: object) -> charts.Chart:
    return charts.run_chart(points(values), MEASURE, **more)  # type: ignore[arg-type]


def only(chart: charts.Chart) -> RunPart:
    (part,) = chart.parts
    assert isinstance(part, RunPart)
    return part


def found(chart: charts.Chart) -> set[tuple[str, str, tuple[str, ...]]]:
    """The signals by the labels of their points."""
    return {(one.rule, one.side, tuple(chart.points[place].label for place in one.places)) for one in chart.signals}


def test_the_critical_values_are_the_published_ones() -> None:
    assert {n: longest_run_most(n) for n in range(10, 101)} == {
        n: longest for longest, known in LONGEST_RUNS.items() for n in known
    }
    assert [crossings_least(n) for n in range(10, 101)] == FEWEST_CROSSINGS


@pytest.mark.parametrize("useful", range(2, 15))
def test_chance_alone_seldom_crosses_less_often(useful: int) -> None:
    coins = itertools.product((1, -1), repeat=useful - 1)
    crossings = [sum(one != other for one, other in itertools.pairwise((1, *tail))) for tail in coins]
    rare = sum(count < crossings_least(useful) for count in crossings) / len(crossings)
    less_rare = sum(count < crossings_least(useful) + 1 for count in crossings) / len(crossings)
    assert rare < 0.05 <= less_rare


def test_a_published_example_frozen_before_the_change_and_divided_at_it() -> None:
    frozen = run(INFECTIONS, baseline=24)
    assert only(frozen).centre == 19
    assert only(frozen).longest_run == 15
    (longest,) = [one for one in frozen.signals if one.rule == "long_run"]
    assert longest.side == "low"
    assert longest.places[-1] == 35
    assert run(INFECTIONS).signals
    divided = run(INFECTIONS, changes=[charts.Change(START + timedelta(days=24), "Cleaning")])
    assert [(part.first, part.stop, part.centre) for part in divided.parts] == [(0, 24, 19), (24, 36, 6)]
    assert divided.signals == ()


def test_thirteen_points_with_five_crossings_as_their_authors_count_them() -> None:
    # Runs of 3, 3, 1, 2, 1 and 3 points; those at the end lie on the median and hold it at nought.
    sides = [1, 1, 1, -1, -1, -1, 1, -1, -1, 1, -1, -1, -1]
    chart = run([*sides, 0, 0, 0, 0])
    assert only(chart).centre == 0
    assert (only(chart).useful, only(chart).longest_run, only(chart).crossings) == (13, 3, 5)
    assert chart.signals == ()


def test_a_run_is_a_signal_from_one_more_than_chance_explains() -> None:
    for length, signals in ((7, 0), (8, 1)):
        values = [1, -1] * 2 + [1] * length + [-1, -1, 1, -1, -1, 1, -1, -1, -1][: 16 - 4 - length]
        chart = run([*values, *([0] * 20)])
        assert only(chart).centre == 0
        assert only(chart).longest_run == length
        assert [one.rule for one in chart.signals if one.rule == "long_run"] == ["long_run"] * signals


def test_points_on_the_median_and_gaps_neither_count_nor_end_a_run() -> None:
    chart = run([5] * 9 + [1] * 9)
    broken = run([5] * 4 + [None, 3, None] + [5] * 5 + [3] + [1] * 9)
    for one in (chart, broken):
        assert (only(one).useful, only(one).longest_run, only(one).crossings) == (18, 9, 1)
        assert {signal.rule for signal in one.signals} == {"long_run", "few_crossings"}
    assert len(only(broken).known) == 20
    assert all(broken.points[place].value in (1, 5) for signal in broken.signals for place in signal.places)


def test_too_few_points_give_no_signal() -> None:
    nine = run([1] * 9, baseline=1)
    assert (only(nine).useful, only(nine).enough) == (0, False)
    nine = run([0, *[1] * 9], baseline=1)
    assert (only(nine).useful, only(nine).enough, nine.signals) == (9, False, ())
    ten = run([0, *[1] * 10], baseline=1)
    assert only(ten).enough
    assert {signal.rule for signal in ten.signals} == {"long_run", "few_crossings"}


@given(series, whole, st.integers(1, 9))
def test_moving_and_stretching_the_numbers_changes_no_signal(values: list[int | None], shift: int, factor: int) -> None:
    moved = run([None if value is None else Fraction(value * factor, 7) + shift for value in values])
    assert moved.signals == run(values).signals
    for part, before in zip(moved.parts, run(values).parts, strict=True):
        if before.centre is not None:
            assert part.centre == pytest.approx(before.centre * factor / 7 + shift)


@given(series)
def test_upside_down_and_backwards_are_the_same_chart(values: list[int | None]) -> None:
    chart = run(values)
    mirrored = run([None if value is None else -value for value in values])
    other = {"high": "low", "low": "high", "": ""}
    assert {(rule, other[side], where) for rule, side, where in found(mirrored)} == found(chart)
    backwards = run(values[::-1])
    last = len(values) - 1
    turned = {(one.rule, one.side, tuple(sorted(last - place for place in one.places))) for one in backwards.signals}
    assert turned == {(one.rule, one.side, one.places) for one in chart.signals}


@given(series, st.sets(st.integers(0, 60), max_size=5))
def test_gaps_change_nothing_but_themselves(values: list[int | None], at: set[int]) -> None:
    all_points = points(values)
    gaps = [charts.Point(START + timedelta(days=place), "gap") for place in at if place < len(values)]
    days = {gap.day for gap in gaps}
    without = [point for point in all_points if point.day not in days]
    with_gaps = sorted([*without, *gaps], key=lambda point: point.day)
    one, other = charts.run_chart(without, MEASURE), charts.run_chart(with_gaps, MEASURE)
    assert found(one) == found(other)
    assert [part.centre for part in one.parts if part.known] == [part.centre for part in other.parts if part.known]


@given(series, st.integers(0, 60))
def test_a_divided_chart_is_two_charts(values: list[int | None], at: int) -> None:
    divided = run(values, changes=[charts.Change(START + timedelta(days=at), "A change")])
    alone = [charts.run_chart(half, MEASURE) for half in (points(values)[:at], points(values)[at:]) if half]
    assert found(divided) == set().union(*(found(chart) for chart in alone)) if alone else not divided.signals
    assert [part.centre for part in divided.parts] == [part.centre for chart in alone for part in chart.parts]


@given(series)
def test_every_point_of_a_signal_lies_where_the_signal_says(values: list[int | None]) -> None:
    chart = run(values)
    for part in chart.parts:
        assert isinstance(part, RunPart)
        assert part.crossings < max(part.useful, 1)
        assert (part.longest_run > part.longest_run_most and part.enough) == any(
            one.rule == "long_run" for one in chart.signals
        )
    for signal in chart.signals:
        centre, places = chart.parts[0].centre, [chart.points[place].value for place in signal.places]
        assert centre is not None
        assert all(value is not None and value != centre for value in places)
        if signal.side:
            assert all((float(value or 0) > centre) == (signal.side == "high") for value in places)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 10.0**13])
def test_what_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="chart can show"):
        run([1, value])


def test_what_is_no_series_is_refused() -> None:
    with pytest.raises(ValueError, match="follow one another"):
        charts.run_chart([*points([1, 2])[::-1]], MEASURE)
    with pytest.raises(ValueError, match="baseline"):
        run([1, 2], baseline=0)


def test_months_without_a_number_become_gaps() -> None:
    known = [charts.Point(date(2025, 11, 3), "November 2025", 4), charts.Point(date(2026, 2, 1), "February 2026", 5)]
    filled = charts.every_month(known, "nobody answered")
    assert [point.label for point in filled] == ["November 2025", "December 2025", "January 2026", "February 2026"]
    assert [point.reason for point in filled] == ["", "nobody answered", "nobody answered", ""]
    assert charts.every_month([]) == []
    with pytest.raises(ValueError, match="two points in 2026-02"):
        charts.every_month([*known, charts.Point(date(2026, 2, 9), "again", 1)])
