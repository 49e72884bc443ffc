"""Means and shares with their intervals: published tables and examples, and what must hold for every sample."""

from __future__ import annotations

import random
from itertools import pairwise
from statistics import NormalDist, fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers_core.charts.means import mean_interval, share_interval, t_quantile

# NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2: degrees of freedom, two-sided 90, 95 and 99 %.
TABLE = [
    (1, 6.314, 12.706, 63.657), (2, 2.920, 4.303, 9.925), (3, 2.353, 3.182, 5.841), (4, 2.132, 2.776, 4.604),
    (5, 2.015, 2.571, 4.032), (6, 1.943, 2.447, 3.707), (7, 1.895, 2.365, 3.499), (8, 1.860, 2.306, 3.355),
    (9, 1.833, 2.262, 3.250), (10, 1.812, 2.228, 3.169), (15, 1.753, 2.131, 2.947), (20, 1.725, 2.086, 2.845),
    (24, 1.711, 2.064, 2.797), (25, 1.708, 2.060, 2.787), (30, 1.697, 2.042, 2.750), (49, 1.677, 2.010, 2.680),
    (60, 1.671, 2.000, 2.660), (100, 1.660, 1.984, 2.626),
]  # fmt: skip
# To more places, from the same distribution's closed forms and from tables of five decimals.
FINE = [(2, 4.30265), (3, 3.18245), (4, 2.77645), (5, 2.57058), (24, 2.06390), (29, 2.04523), (1000, 1.96234)]
# Newcombe, Statistics in Medicine 1998;17:857-872, table I, method 3.
SHARES = [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]


@pytest.mark.parametrize(("freedom", "ninety", "ninety_five", "ninety_nine"), TABLE)
def test_the_published_table_of_t(freedom: int, ninety: float, ninety_five: float, ninety_nine: float) -> None:
    found = [t_quantile(freedom, level) for level in (0.90, 0.95, 0.99)]
    assert found == pytest.approx([ninety, ninety_five, ninety_nine], abs=0.00051)


@pytest.mark.parametrize(("freedom", "t"), FINE)
def test_t_to_five_decimals(freedom: int, t: float) -> None:
    assert t_quantile(freedom) == pytest.approx(t, abs=1e-5)


@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.999])
def test_t_falls_to_the_normal_distribution_without_a_step(level: float) -> None:
    normal = NormalDist().inv_cdf((1 + level) / 2)
    found = [t_quantile(freedom, level) for freedom in (1, 2, 3, 10, 100, 999, 1000, 1001, 1002, 10**6)]
    assert all(one > other for one, other in pairwise(found))
    assert found[-1] == pytest.approx(normal, abs=1e-5)
    assert t_quantile(1000, level) - t_quantile(1001, level) == pytest.approx(
        t_quantile(999, level) - t_quantile(1000, level), rel=0.01
    )


@pytest.mark.parametrize(("part", "whole", "low", "high"), SHARES)
def test_the_published_examples_of_wilson_s_interval(part: int, whole: int, low: float, high: float) -> None:
    found = share_interval(part, whole)
    assert (round(found.low, 4), round(found.high, 4), found.estimate, found.count) == (low, high, part / whole, whole)


@given(st.integers(0, 500), st.integers(1, 500))
def test_a_share_lies_in_its_interval_and_its_rest_in_the_mirrored_one(part: int, whole: int) -> None:
    part = min(part, whole)
    found, rest = share_interval(part, whole), share_interval(whole - part, whole)
    assert 0 <= found.low <= found.estimate <= found.high <= 1
    assert (found.low, found.high) == pytest.approx((1 - rest.high, 1 - rest.low))


def test_a_mean_as_worked_by_hand() -> None:
    # Mean 3, standard deviation 1.5811, standard error 0.7071, t 2.7764.
    found = mean_interval([1, 2, 3, 4, 5])
    assert (found.estimate, found.count) == (3, 5)
    assert (found.low, found.high) == pytest.approx((1.0368, 4.9632), abs=1e-4)


@given(st.lists(st.integers(10, 50), min_size=2, max_size=80), st.integers(-5, 5))
def test_a_mean_s_interval_moves_with_its_sample(values: list[int], shift: int) -> None:
    found, moved = mean_interval(values), mean_interval([value + shift for value in values])
    assert found.low <= fmean(values) <= found.high
    assert (moved.low, moved.high) == pytest.approx((found.low + shift, found.high + shift))
    assert found.high - found.estimate == pytest.approx(found.estimate - found.low)


def test_nineteen_in_twenty_intervals_hold_the_truth() -> None:
    chance = random.Random(4)
    found = [mean_interval([chance.gauss(42, 6) for _form in range(6)]) for _sample in range(4000)]
    held = sum(one.low <= 42 <= one.high for one in found) / len(found)
    assert held == pytest.approx(0.95, abs=0.012)


@pytest.mark.parametrize("values", [[], [3]])
def test_one_value_has_no_interval(values: list[float]) -> None:
    with pytest.raises(ValueError, match="two values"):
        mean_interval(values)


@pytest.mark.parametrize(("part", "whole"), [(0, 0), (3, 2), (-1, 2)])
def test_what_is_no_share_is_refused(part: int, whole: int) -> None:
    with pytest.raises(ValueError, match="no share"):
        share_interval(part, whole)


@pytest.mark.parametrize(("freedom", "level"), [(0, 0.95), (5, 0), (5, 1), (5, 1.2)])
def test_there_is_no_such_t(freedom: int, level: float) -> None:
    with pytest.raises(ValueError, match="no t"):
        t_quantile(freedom, level)
