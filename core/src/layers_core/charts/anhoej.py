"""Run charts by the Anhøj rules: an unusually long run, or unusually few crossings, of the median.

Source: Anhøj J, Vingaard Olesen A. Run charts revisited. PLoS ONE 2014;9(11):e113825. The longest run that chance gives
is predicted after Schilling, the number of crossings after Chen; the numbers are in data/chart_rules.json.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from math import comb, log2
from statistics import median

from layers_core.charts.model import Change, Chart, Measure, Point, RunPart, Signal
from layers_core.charts.series import Stretch, runs, sign, signal, stretches
from layers_core.vocabulary import vocabulary

LONG_RUN, FEW_CROSSINGS = "long_run", "few_crossings"


def run_chart(
    points: Sequence[Point], measure: Measure, changes: Sequence[Change] = (), baseline: int | None = None
) -> Chart:
    """A run chart: a median for each part, and what the rules find.

    Each change begins a part with a median of its own. `baseline` freezes a part's median at its first so many values;
    otherwise it is that of all of them. Raises ValueError for points that are no series, or a baseline below 1.
    """
    if baseline is not None and baseline < 1:
        raise ValueError("A baseline needs at least one point")
    parts, signals = [], list[Signal]()
    for stretch in stretches(points, changes):
        part, found = _look(stretch, baseline)
        parts.append(part)
        signals += found
    return Chart("run", measure, tuple(points), tuple(parts), tuple(signals))


def _look(stretch: Stretch, baseline: int | None) -> tuple[RunPart, list[Signal]]:
    middle = median(stretch.values[:baseline]) if stretch.values else None
    above = [] if middle is None else [sign(value - middle) for value in stretch.values]
    useful = [place for place, side in enumerate(above) if side]
    found = [(side, [useful[place] for place in run]) for side, run in runs([above[place] for place in useful])]
    longest = max((len(run) for _side, run in found), default=0)
    part = RunPart(
        first=stretch.first,
        stop=stretch.stop,
        known=stretch.known,
        changes=stretch.changes,
        centre=None if middle is None else float(middle),
        enough=len(useful) >= vocabulary("chart_rules")["run"]["useful_points"],
        useful=len(useful),
        longest_run=longest,
        longest_run_most=longest_run_most(len(useful)),
        crossings=max(len(found) - 1, 0),
        crossings_least=crossings_least(len(useful)),
    )
    return part, list(_signals(stretch, part, found, useful)) if part.enough else []


def _signals(
    stretch: Stretch, part: RunPart, found: Sequence[tuple[int, list[int]]], useful: Sequence[int]
) -> Iterator[Signal]:
    for side, run in found:
        if len(run) > part.longest_run_most:
            yield signal(LONG_RUN, stretch, run, side)
    if part.crossings < part.crossings_least:
        yield Signal(FEW_CROSSINGS, tuple(stretch.known[place] for place in useful), "")


@lru_cache(maxsize=1024)
def longest_run_most(useful: int) -> int:
    """The longest run that chance explains among so many useful points: log2(n) + 3, rounded."""
    return round(log2(useful)) + int(vocabulary("chart_rules")["run"]["longest_run_added"]) if useful else 0


@lru_cache(maxsize=1024)
def crossings_least(useful: int) -> int:
    """The fewest crossings that chance explains: the 5 % quantile of the binomial distribution of n - 1 and a half."""
    trials = max(useful - 1, 0)
    wanted = Fraction(vocabulary("chart_rules")["run"]["crossings_quantile"]) * 2**trials
    reached = 0
    for crossings in range(trials + 1):
        reached += comb(trials, crossings)
        if reached >= wanted:
            return crossings
    return trials
