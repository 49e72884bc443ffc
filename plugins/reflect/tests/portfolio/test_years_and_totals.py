"""Years and cycles without a gap, and what a period adds up to."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers_reflect.portfolio import chart
from layers_reflect.portfolio.totals import Fact, Overview, overview
from layers_reflect.portfolio.years import Period, period_of

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
PROFESSIONS = st.sampled_from(["doctor", "nurse", "other"])


def fact(day: date, minutes: int = 0, together: int = 0, template: str = "quick_note", **codes: str) -> Fact:
    return Fact(uuid4(), day, minutes, together, template, frozenset(codes.items()))


def sums(found: Overview) -> dict[str, float]:
    return {total.id: total.hours for total in found.sums}


@pytest.mark.parametrize(
    ("day", "name"),
    [(date(2026, 3, 31), "2025-26"), (date(2026, 4, 1), "2026-27"), (date(2000, 1, 1), "1999-00")],
)
def test_an_appraisal_year_begins_in_april(day: date, name: str) -> None:
    found = period_of("doctor", day)
    assert found.name == name
    assert (found.since.month, found.since.day, found.until.month, found.until.day) == (4, 1, 3, 31)


def test_a_cycle_ends_on_the_day_that_the_nurse_gave() -> None:
    ends = date(2027, 10, 31)
    assert period_of("nurse", date(2026, 11, 22), ends) == Period(date(2024, 11, 1), ends)
    assert period_of("nurse", ends, ends).until == ends
    assert period_of("nurse", date(2027, 11, 1), ends) == Period(date(2027, 11, 1), date(2030, 10, 31))


@given(PROFESSIONS, DAYS, st.none() | DAYS)
def test_every_day_lies_in_exactly_one_period(profession: str, day: date, ends: date | None) -> None:
    found = period_of(profession, day, ends)
    assert found.since <= day <= found.until
    if ends or profession != "nurse":
        # Without a day of their own nurses see the three calendar years that end with the one they ask for.
        assert period_of(profession, found.since, ends).until == found.until
        assert period_of(profession, found.before, ends).until == found.before
        assert period_of(profession, found.after, ends).since == found.after


@given(PROFESSIONS, DAYS)
def test_the_months_of_a_period_cover_it(profession: str, day: date) -> None:
    found = period_of(profession, day)
    assert len(found.months) in (12, 36)
    assert found.months[0] <= found.since
    assert found.months[-1].replace(day=1) == found.until.replace(day=1)


def test_a_doctor_s_year_counts_credits_and_says_what_is_missing() -> None:
    year = period_of("doctor", date(2025, 6, 1))
    found = overview(
        "doctor",
        year,
        [
            fact(date(2025, 4, 1), 90, types="cpd", domains="patients"),
            fact(date(2026, 3, 31), 30, types="cpd"),
            fact(date(2025, 5, 1), 600, types="significant_events"),
            fact(date(2026, 4, 1), 600, types="cpd"),
            fact(date(2025, 5, 2), template="pdp_item"),
        ],
    )
    assert (found.entries, sums(found)) == (4, {"credits": 2.0})
    assert found.sums[0].to_go == 48
    missing = {line.code: line.missing for part in found.parts for line in part.lines}
    assert missing["cpd"] == missing["significant_events"] == missing["pdp_item"] == missing["patients"] == 0
    assert missing["patient_feedback"] == missing["trust"] == 1
    assert "LFPSE" in next(
        line.note for part in found.parts for line in part.lines if line.code == "significant_events"
    )
    assert [(month.first.month, month.hours) for month in found.months if month.hours] == [(4, 1.5), (3, 0.5)]


def test_a_nurse_s_cycle_counts_hours_of_each_sort() -> None:
    cycle = period_of("nurse", date(2026, 1, 1), date(2027, 10, 31))
    found = overview(
        "nurse",
        cycle,
        [
            fact(date(2025, 1, 1), 60 * 400, categories="practice_hours"),
            fact(date(2025, 2, 1), 120, 60, categories="cpd"),
            *(fact(date(2025, 3, day), categories="account", themes="prioritise_people") for day in range(1, 5)),
        ],
    )
    assert sums(found) == {"practice_hours": 400, "cpd_hours": 2, "participatory_hours": 1}
    missing = {line.code: line.missing for part in found.parts for line in part.lines}
    assert (missing["account"], missing["feedback"], missing["discussion"]) == (1, 5, 1)


def test_everybody_else_counts_hours_and_misses_nothing() -> None:
    found = overview("other", period_of("other", date(2026, 5, 1)), [fact(date(2026, 5, 1), 45)])
    assert (sums(found)["hours"], found.missing) == (0.75, 0)


@given(PROFESSIONS, st.lists(st.tuples(DAYS, st.integers(0, 6000)), max_size=30), DAYS)
def test_the_months_add_up_to_the_whole(profession: str, given_: list[tuple[date, int]], day: date) -> None:
    period = period_of(profession, day)
    facts = [fact(when, minutes, types="cpd", categories="practice_hours") for when, minutes in given_]
    found = overview(profession, period, facts)
    assert sum(month.entries for month in found.months) == found.entries
    drawn = next(one for one in found.sums if one.label == found.drawn)
    assert sum(month.hours for month in found.months) == pytest.approx(drawn.hours)


@given(PROFESSIONS, st.lists(st.integers(0, 6000), max_size=20))
def test_bars_stay_within_the_picture(profession: str, minutes: list[int]) -> None:
    period = period_of(profession, date(2026, 1, 1))
    facts = [
        fact(period.since + timedelta(days=number), each, types="cpd", categories="practice_hours")
        for number, each in enumerate(minutes)
    ]
    picture = chart.draw(overview(profession, period, facts).months)
    for bar in picture.bars:
        assert 0 <= bar.y <= picture.base == bar.y + bar.height
        assert 0 <= bar.x <= picture.width - picture.bar_width
