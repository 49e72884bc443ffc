"""A mean with its confidence interval (Student's t), and a share with its own (Wilson), without a library for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, pi, sin, sqrt, tan
from statistics import NormalDist, fmean, stdev

LEVEL = 0.95
LARGE = 1000
"""From so many degrees of freedom on, an expansion around the normal distribution is exact to eight decimals."""


@dataclass(frozen=True)
class Interval:
    """An estimate from `count` observations, and where the true value lies with the level of confidence asked for."""

    estimate: float
    low: float
    high: float
    count: int


def mean_interval(values: Sequence[float], level: float = LEVEL) -> Interval:
    """The mean of a sample and its interval by Student's t. Raises ValueError for fewer than two values."""
    if len(values) < 2:
        raise ValueError("An interval needs at least two values")
    mean = fmean(values)
    reach = t_quantile(len(values) - 1, level) * stdev(values) / sqrt(len(values))
    return Interval(mean, mean - reach, mean + reach, len(values))


def share_interval(part: int, whole: int, level: float = LEVEL) -> Interval:
    """A share and its interval by Wilson's score, without a correction for continuity (Newcombe 1998, method 3).

    Raises ValueError where there is nothing to have a share of, or the part is not one.
    """
    if whole < 1 or not 0 <= part <= whole:
        raise ValueError(f"{part} of {whole} is no share")
    z = NormalDist().inv_cdf((1 + level) / 2)
    share = part / whole
    middle = (share + z * z / (2 * whole)) / (1 + z * z / whole)
    reach = z * sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole)) / (1 + z * z / whole)
    # At the ends the bound is the end itself; worked out, it would miss it by a rounding.
    low, high = middle - reach if part else 0.0, middle + reach if part < whole else 1.0
    return Interval(share, low, high, whole)


@lru_cache(maxsize=256)
def t_quantile(freedom: int, level: float = LEVEL) -> float:
    """The t that holds the middle `level` of Student's distribution: 2.0639 for 24 degrees of freedom and 0.95.

    Abramowitz & Stegun, Handbook of Mathematical Functions: the finite sums 26.7.3 and 26.7.4, turned round by halving,
    and the expansion 26.7.5 for many degrees of freedom. Raises ValueError for none, or for a level outside 0 to 1.
    """
    if freedom < 1 or not 0 < level < 1:
        raise ValueError(f"There is no t for {freedom} degrees of freedom at {level}")
    if freedom > LARGE:
        return _expansion(freedom, level)
    low, high = 0.0, pi / 2
    for _halving in range(60):
        angle = (low + high) / 2
        low, high = (angle, high) if _middle(angle, freedom) < level else (low, angle)
    return sqrt(freedom) * tan((low + high) / 2)


def _middle(angle: float, freedom: int) -> float:
    """How much of the distribution lies between -t and t, where t is sqrt(freedom) times the angle's tangent."""
    first = 2 if freedom % 2 else 1
    term = cos(angle) if freedom % 2 else 1.0
    total = term if freedom > 1 else 0.0
    for number in range(first, freedom - 1, 2):
        term *= cos(angle) ** 2 * number / (number + 1)
        total += term
    return 2 / pi * (angle + sin(angle) * total) if freedom % 2 else sin(angle) * total


def _expansion(freedom: int, level: float) -> float:
    x = NormalDist().inv_cdf((1 + level) / 2)
    first = (x**3 + x) / 4
    second = (5 * x**5 + 16 * x**3 + 3 * x) / 96
    third = (3 * x**7 + 19 * x**5 + 17 * x**3 - 15 * x) / 384
    return x + first / freedom + second / freedom**2 + third / freedom**3
