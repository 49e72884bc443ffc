"""Control charts: published worked examples, an oracle for the rules, and what must hold for every series."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers_core import charts
from layers_core.charts.model import ControlPart, Nature, Side

MEASURE = charts.Measure("Answers")
START = date(2024, 1, 1)

# Montgomery, Introduction to Statistical Quality Control, example 6.5: cost of processing loans, 20 weeks.
LOANS = [310, 288, 297, 298, 307, 303, 294, 297, 308, 306, 294, 299, 297, 299, 314, 295, 293, 306, 301, 304]
# NHSRplotthedots, the vignette on its deviations from the Excel tool.
OUTLIER = [1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]
# NHSRplotthedots, the tests of its limits: R's rnorm(20) after set.seed(123).
NORMAL = [
    -0.56047565, -0.23017749, 1.55870831, 0.07050839, 0.12928774, 1.71506499, 0.46091621, -1.26506123, -0.68685285,
    -0.44566197, 1.22408180, 0.35981383, 0.40077145, 0.11068272, -0.55584113, 1.78691314, 0.49785048, -1.96661716,
    0.70135590, -0.47279141,
]  # fmt: skip

whole = st.integers(-50, 50)
series = st.lists(st.one_of(st.none(), whole), max_size=60)
# Chains of small steps and long levels meet the rules far more often than independent numbers do.
step = st.sampled_from([-3, -1, -1, 0, 1, 1, 1, 3, 9, -9])
walks = st.lists(step, min_size=2, max_size=40).map(lambda steps: [sum(steps[: end + 1]) for end in range(len(steps))])


def points(values: Sequence[float | Fraction | None]) -> list[charts.Point]:
    days = (START + timedelta(days=number) for number in range(len(values)))
    return [charts.Point(day, f"day {day}", value) for day, value in zip(days, values, strict=True)]


def control(values: Sequence[float | Fraction | None], **more: object) -> charts.Chart:
    return charts.control_chart(points(values), MEASURE, **more)  # type: ignore[arg-type]


def only(chart: charts.Chart) -> ControlPart:
    (part,) = chart.parts
    assert isinstance(part, ControlPart)
    return part


def on(chart: charts.Chart, rule: str) -> dict[int, Side]:
    """The points on which a rule signalled, with the side."""
    return {place: one.side for one in chart.signals if one.rule == rule for place in one.places}


@pytest.mark.parametrize(
    ("values", "low", "mean", "high"),
    [
        (LOANS, 279.78, 300.5, 321.22),
        (OUTLIER, -0.72, 1.94, 4.6),
        (NORMAL, -3.01138, 0.1416238, 3.294627),
        ([*NORMAL[:14], 10, *NORMAL[15:]], -2.383666, 0.6694159, 3.722497),
    ],
)
def test_the_limits_are_the_published_ones(values: Sequence[float], low: float, mean: float, high: float) -> None:
    part = only(control(values))
    digits = {"abs": 0.005} if values is LOANS or values is OUTLIER else {"abs": 5e-7, "rel": 5e-7}
    assert part.centre == pytest.approx(mean, **digits)
    assert part.low == pytest.approx(low, **digits)
    assert part.high == pytest.approx(high, **digits)


def test_what_stands_out_in_the_published_examples() -> None:
    assert control(LOANS).signals == ()
    assert control(OUTLIER).signals == (charts.Signal("outside", (4,), "high"),)
    assert control(NORMAL).signals == ()


@pytest.mark.parametrize("length", [6, 7, 9])
def test_seven_in_a_row_on_one_side(length: int) -> None:
    level = [1, 2, 3, 1, 2, 3, 1, 2, 3][:length]
    run = range(8, 8 + length) if length >= 7 else ()
    assert on(control([1, -1] * 4 + [*level, -1], baseline=8), "one_side") == dict.fromkeys(run, "high")
    lower = [-value for value in level]
    assert on(control([-1, 1] * 4 + [*lower, 1], baseline=8), "one_side") == dict.fromkeys(run, "low")
    through_the_mean = [1, -1] * 4 + [*level[:4], 0, *level[4:], -1]
    assert on(control(through_the_mean, baseline=8), "one_side") == {}


def test_seven_in_a_row_that_rise_or_fall() -> None:
    up, down = [0, 5, 1, 2, 3, 4, 5, 6, 7, 0], [0, -5, -1, -2, -3, -4, -5, -6, -7, 0]
    assert on(control(up), "trend") == dict.fromkeys(range(2, 9), "high")
    assert on(control(down), "trend") == dict.fromkeys(range(2, 9), "low")
    assert on(control([0, 5, 1, 2, 3, 4, 5, 6, 0]), "trend") == {}
    assert on(control([0, 5, 1, 2, 3, 3, 4, 5, 6, 7, 0]), "trend") == {}


def test_two_of_three_near_a_limit_on_the_same_side() -> None:
    # The lines are those of the first points: 0 and 2.66 on either side, of which the outer third begins at 1.77.
    base = [0.5, -0.5] * 6
    for tail, expected in (
        ([2, 1, 2], {12: "high", 14: "high"}),
        ([-2, -2], {12: "low", 13: "low"}),
        ([2, -0.5, 2], {}),
        ([2, -2], {}),
        ([2, 1, 1, 2], {}),
        ([9, 2], {}),
    ):
        assert on(control([*base, *tail], baseline=12), "near_limit") == expected, tail


def test_where_only_one_move_was_ever_made_it_is_not_left_out() -> None:
    values = [0] * 12 + [1] + [0] * 7
    part = only(control(values))
    assert part.average_range == pytest.approx(2 / 19)
    assert set(on(control(values), "outside")) == {12}
    still = control([83.3] * 24)
    assert (only(still).low, only(still).high, still.signals) == (83.3, 83.3, ())


def test_frozen_lines_and_lines_of_their_own() -> None:
    values = [10, 12] * 8 + [20, 22] * 8
    frozen = control(values, baseline=16)
    assert (only(frozen).centre, only(frozen).base) == (11, 16)
    assert set(on(frozen, "outside")) == set(range(16, 32))
    divided = control(values, changes=[charts.Change(START + timedelta(days=16), "More staff")])
    assert [part.centre for part in divided.parts] == [11, 21]
    assert divided.signals == ()
    assert [part.enough for part in divided.parts] == [True, True]


@pytest.mark.parametrize(("count", "enough"), [(0, False), (1, False), (2, False), (11, False), (12, True)])
def test_fewer_than_twelve_points_are_provisional(count: int, enough: bool) -> None:
    chart = control([*[1, 2, *([1] * 10)][:count], None])
    assert only(chart).enough == enough
    assert (only(chart).low is None) == (count < 2)


@pytest.mark.parametrize(
    ("better", "natures"), [("up", ("good", "bad")), ("down", ("bad", "good")), ("", ("neutral", "neutral"))]
)
def test_which_way_is_better(better: charts.Better, natures: tuple[Nature, Nature]) -> None:
    measure = charts.Measure("Answers", better=better)
    chart = charts.control_chart(points([0, 1] * 10 + [40, -40]), measure)
    sides = {one.side: chart.nature(one) for one in chart.signals if one.rule == "outside"}
    assert (sides["high"], sides["low"]) == natures


# The rules once more, as NHSRplotthedots asks them of each point, and as slowly.

Rule = Callable[[Sequence[Fraction], Fraction, Fraction, int], bool]


def windows(count: int, width: int, place: int) -> list[range]:
    return [range(first, first + width) for first in range(count - width + 1) if first <= place < first + width]


def is_outside(values: Sequence[Fraction], mean: Fraction, reach: Fraction, place: int) -> bool:
    return not mean - reach <= values[place] <= mean + reach


def is_one_side(values: Sequence[Fraction], mean: Fraction, _reach: Fraction, place: int) -> bool:
    return any(
        all(values[at] > mean for at in window) or all(values[at] < mean for at in window)
        for window in windows(len(values), 7, place)
    )


def is_trend(values: Sequence[Fraction], _mean: Fraction, _reach: Fraction, place: int) -> bool:
    return any(
        all(values[at] < values[at + 1] for at in window[:-1]) or all(values[at] > values[at + 1] for at in window[:-1])
        for window in windows(len(values), 7, place)
    )


def is_near(values: Sequence[Fraction], mean: Fraction, reach: Fraction, place: int) -> bool:
    def near(at: int) -> bool:
        return reach * 2 / 3 < abs(values[at] - mean) <= reach

    def same(window: range) -> bool:
        return all(values[at] > mean for at in window) or all(values[at] < mean for at in window)

    return near(place) and any(
        same(window) and sum(near(at) for at in window) >= 2 for window in windows(len(values), 3, place)
    )


ORACLE: dict[str, Rule] = {
    "outside": is_outside, "one_side": is_one_side, "trend": is_trend, "near_limit": is_near,
}  # fmt: skip


@given(st.one_of(walks, st.lists(whole, min_size=2, max_size=40)))
def test_each_rule_signals_on_the_points_that_the_oracle_names(values: list[int]) -> None:
    exact = [Fraction(value) for value in values]
    mean = sum(exact) / len(exact)
    moves = [abs(other - one) for one, other in pairwise(exact)]
    average = sum(moves) / len(moves)
    kept = [move for move in moves if move <= average * Fraction(3267, 1000)]
    reach = Fraction(266, 100) * (sum(kept) / len(kept) or average)
    chart = control(values)
    for rule, holds in ORACLE.items():
        assert set(on(chart, rule)) == {at for at in range(len(exact)) if holds(exact, mean, reach, at)}, rule


@given(st.one_of(walks, series), whole, st.integers(1, 9))
def test_moving_and_stretching_the_numbers_changes_no_signal(values: list[int | None], shift: int, factor: int) -> None:
    moved = control([None if value is None else Fraction(value * factor, 7) + shift for value in values])
    assert moved.signals == control(values).signals


@given(st.one_of(walks, series))
def test_upside_down_each_signal_is_on_the_other_side(values: list[int | None]) -> None:
    mirrored = control([None if value is None else -value for value in values])
    other: dict[Side, Side] = {"high": "low", "low": "high"}
    expected = {charts.Signal(one.rule, one.places, other[one.side]) for one in control(values).signals}
    assert set(mirrored.signals) == expected
    for part, before in zip(mirrored.parts, control(values).parts, strict=True):
        assert isinstance(part, ControlPart)
        assert isinstance(before, ControlPart)
        assert (part.low is None) == (before.high is None)
        assert part.low is None or before.high is None or part.low == -before.high


@given(st.lists(whole, min_size=2, max_size=30), st.sets(st.integers(0, 30)))
def test_gaps_move_no_line_and_no_signal(values: list[int], at: set[int]) -> None:
    with_gaps: list[int | None] = []
    for place, value in enumerate(values):
        with_gaps += [None, value] if place in at else [value]
    one, other = control(values), control(with_gaps)
    assert (only(one).low, only(one).centre, only(one).high) == (only(other).low, only(other).centre, only(other).high)
    known = only(other).known
    assert [(signal.rule, tuple(known[place] for place in signal.places)) for signal in one.signals] == [
        (signal.rule, signal.places) for signal in other.signals
    ]


@given(series)
def test_the_weightiest_rule_comes_first(values: list[int | None]) -> None:
    order = ["outside", "trend", "near_limit", "one_side"]
    rules = [signal.rule for signal in control(values).signals]
    assert rules == sorted(rules, key=order.index)


def test_a_baseline_of_one_point_is_refused() -> None:
    with pytest.raises(ValueError, match="two points"):
        control([1, 2], baseline=1)
