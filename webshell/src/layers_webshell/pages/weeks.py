"""Figures of a study by week: which weeks there are, and how they grew. No database, no request."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from layers_core.usage.evaluation import TierReport, Week
from layers_core.usage.events import TIERS

WEEK = timedelta(days=7)


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


def growth(weeks: Sequence[Week], tier: str, baseline_on: date, today: date) -> float | None:
    """How many times as many people in the last whole week as in the baseline's week, from the numbers shown.

    None where either number is hidden, there was nobody at first, or no later week is over yet.
    """
    baseline = monday_of(baseline_on)
    by_monday = {week.monday: week.people[tier] for week in weeks}
    over = [monday for monday in by_monday if baseline < monday <= today - WEEK]
    before, after = by_monday.get(baseline), by_monday[max(over)] if over else None
    return after / before if before and after is not None else None
