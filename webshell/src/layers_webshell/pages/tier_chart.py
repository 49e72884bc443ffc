"""Figures of a study as a chart: where each bar stands, and what it says. No database, no request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from layers_core.usage.evaluation import TierReport, Week
from layers_core.usage.events import TIERS

# Sizes in SVG units, which are CSS pixels here: the chart is not scaled, it scrolls.
BAR, GAP, MARGIN = 26, 10, 8
HEIGHT, TOP, BOTTOM = 120, 24, 28
LABEL_WIDTH = 64
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Bar:
    """One week's bar. A number that is too small to show has an outline of its range instead, `hidden`."""

    x: int
    y: int
    height: int
    middle: int
    value: str
    hidden: bool
    day: date | None
    """The day written below it; None where there is no room for one."""


@dataclass(frozen=True)
class Chart:
    """The bars of one tier, in SVG units."""

    width: int
    height: int
    base: int
    bars: tuple[Bar, ...]
    bar_width: int = BAR


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def whole_weeks(report: TierReport) -> list[Week]:
    """Every week from the first with an event to the last; those between without one have nobody."""
    known = {week.monday: week for week in report.weeks}
    if not known:
        return []
    first, last = min(known), max(known)
    mondays = [first + WEEK * number for number in range((last - first) // WEEK + 1)]
    return [known.get(monday) or Week(monday, dict.fromkeys(TIERS, 0)) for monday in mondays]


def draw(weeks: Sequence[Week], tier: str, hidden_most: int, hidden_words: str) -> Chart:
    """The chart of one tier. `hidden_most` is the largest number that may be hidden, `hidden_words` what is shown."""
    counts = [week.people[tier] for week in weeks]
    highest = max([hidden_most if count is None else count for count in counts] + [1])
    base = TOP + HEIGHT
    every = -(-LABEL_WIDTH // (BAR + GAP))
    bars = []
    for number, (week, count) in enumerate(zip(weeks, counts, strict=True)):
        height = round(HEIGHT * (hidden_most if count is None else count) / highest)
        x = MARGIN + GAP + number * (BAR + GAP)
        bars.append(
            Bar(
                x=x,
                y=base - height,
                height=height,
                middle=x + BAR // 2,
                value=hidden_words if count is None else str(count),
                hidden=count is None,
                day=week.monday if number % every == 0 else None,
            )
        )
    width = max(2 * MARGIN + GAP + len(weeks) * (BAR + GAP) + LABEL_WIDTH // 2, 200)
    return Chart(width, base + BOTTOM, base, tuple(bars))


def growth(weeks: Sequence[Week], tier: str, baseline_on: date, today: date) -> float | None:
    """How many times as many people in the last whole week as in the baseline's week, from the numbers shown.

    None where either number is hidden, there was nobody at first, or no later week is over yet.
    """
    baseline = monday_of(baseline_on)
    by_monday = {week.monday: week.people[tier] for week in weeks}
    over = [monday for monday in by_monday if baseline < monday <= today - WEEK]
    before, after = by_monday.get(baseline), by_monday[max(over)] if over else None
    return after / before if before and after is not None else None
