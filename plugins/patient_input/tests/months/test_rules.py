"""The pure rules of a month: sums, shares, the day it is due, how it stands, and what the public may see."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from layers_core.vocabulary import vocabulary
from layers_patient_input.months import bank_holidays, rules
from layers_patient_input.months.publishing import Published, Range, published
from layers_patient_input.months.rules import Figures, Month
from layers_patient_input.wording import PACKAGE

ANSWERS = ("very_good", "good", "neither", "poor", "very_poor", "dont_know")
METHODS = ("handwritten", "telephone", "kiosk", "sms", "online", "other")
months = st.builds(Month, st.integers(2014, 2100), st.integers(1, 12))
rows = st.lists(st.tuples(st.sampled_from(ANSWERS), st.sampled_from(METHODS), st.integers(0, 500)))


def test_the_return_has_a_field_for_every_answer_and_every_method() -> None:
    fields = rules.RULES["return"]
    assert tuple(fields["answers"]) == tuple(vocabulary("scales", PACKAGE)[rules.SCALE]) == ANSWERS
    assert tuple(fields["methods"]) == tuple(vocabulary("methods", PACKAGE)) == METHODS


@given(rows)
def test_answers_and_methods_add_up_to_the_same_number(counts: list[tuple[str, str, int]]) -> None:
    figures = rules.for_return(rules.figures(counts))
    assert sum(figures.answers.values()) == sum(figures.methods.values()) == figures.total
    assert figures.total == sum(count for _answer, _method, count in counts)
    assert (tuple(figures.answers), tuple(figures.methods)) == (ANSWERS, METHODS)


def test_an_answer_or_a_method_without_a_field_is_not_dropped() -> None:
    for counts in ([("likely", "sms", 1)], [("good", "pigeon", 1)]):
        with pytest.raises(ValueError, match="no field"):
            rules.for_return(rules.figures(counts))


@given(rows, rows)
def test_what_came_late_is_what_was_added_since(
    before: list[tuple[str, str, int]], late: list[tuple[str, str, int]]
) -> None:
    sent, now = rules.figures(before), rules.figures(before + late)
    difference = now.minus(sent)
    assert difference.total == sum(count for _answer, _method, count in late)
    assert difference.changed == (difference.total > 0)
    assert {code for code, count in difference.answers.items() if count} == {row[0] for row in late if row[2]}


def test_what_was_taken_away_is_below_zero_also_where_the_sum_is_none() -> None:
    difference = Figures({"good": 1}, {"sms": 1}).minus(Figures({"poor": 1}, {"sms": 1}))
    assert (difference.answers, difference.total, difference.changed) == ({"good": 1, "poor": -1}, 0, True)


def test_shares_are_of_all_answers_and_undefined_at_none() -> None:
    answers = dict(zip(ANSWERS, (50, 25, 10, 3, 2, 10), strict=True))
    assert rules.share(rules.positive(answers), sum(answers.values())) == Fraction(75, 100)
    assert rules.share(rules.negative(answers), sum(answers.values())) == Fraction(5, 100)
    assert rules.share(0, 0) is None


@given(st.integers(0, 2_000), st.integers(1, 2_000))
def test_whole_per_cent_are_the_nearest_halves_upwards(part: int, whole: int) -> None:
    assume(part <= whole)
    shown, exact = rules.percent(Fraction(part, whole)), Fraction(100 * part, whole)
    assert -Fraction(1, 2) < shown - exact <= Fraction(1, 2)


@given(months)
def test_a_month_reads_what_it_writes_and_stands_between_its_neighbours(month: Month) -> None:
    assert Month.read(str(month)) == month == Month.of(month.first) == month.next.previous
    assert month.previous < month < month.next
    assert month.next.first - timedelta(days=1) in {month.first + timedelta(days=days) for days in range(27, 31)}


@pytest.mark.parametrize("text", ["", "2026-13", "2026-1", "26-11-1", "2026-1１", "2026-11-01", "0000-01", "2026/11"])
def test_a_month_is_written_in_one_way(text: str) -> None:
    with pytest.raises(ValueError):
        Month.read(text)


@given(months, months)
def test_the_months_between_two_are_listed_newest_first(first: Month, last: Month) -> None:
    listed = rules.newest_first(first, last)
    assert listed == sorted(set(listed), reverse=True)
    assert len(listed) == max(0, (last.year - first.year) * 12 + last.number - first.number + 1)


@given(months, st.sets(st.integers(1, 31), max_size=8))
def test_the_deadline_is_the_twelfth_day_that_is_worked(month: Month, closed_on: set[int]) -> None:
    after = month.next.first
    closed = {after + timedelta(days=day - 1) for day in closed_on}
    due = rules.deadline(month, closed)
    days = [after + timedelta(days=number) for number in range((due - after).days + 1)]
    worked = [day for day in days if day.isoweekday() <= 5 and day not in closed]
    assert (len(worked), worked[-1]) == (12, due)


@pytest.mark.parametrize(
    ("month", "due"),
    [
        ("2026-11", date(2026, 12, 16)),
        ("2025-12", date(2026, 1, 19)),  # New Year's Day
        ("2026-03", date(2026, 4, 20)),  # Good Friday and Easter Monday
        ("2022-05", date(2022, 6, 20)),  # the Queen's platinum jubilee
        ("2023-04", date(2023, 5, 18)),  # the King's coronation
        ("2020-04", date(2020, 5, 19)),  # May Day, moved to a Friday
        ("2022-12", date(2023, 1, 18)),  # New Year's Day on a Sunday: the Monday after
        ("2024-07", date(2024, 8, 16)),  # Scotland's holiday on 5 August is none
    ],
)
def test_the_deadline_knows_the_holidays_of_england(month: str, due: date) -> None:
    assert bank_holidays.deadline(Month.read(month)) == due


@pytest.mark.parametrize(
    ("month", "today", "sent", "state"),
    [
        ("2026-11", date(2026, 11, 30), False, "open"),
        ("2026-12", date(2026, 11, 30), False, "open"),
        ("2026-10", date(2026, 11, 1), False, "due"),
        ("2026-10", date(2026, 11, 17), False, "due"),
        ("2026-10", date(2026, 11, 18), False, "missed"),
        ("2026-10", date(2026, 11, 18), True, "sent"),
        ("2026-08", date(2026, 11, 18), False, "earlier"),
        ("2026-08", date(2026, 11, 18), True, "sent"),
        ("2026-09", date(2026, 11, 18), False, "missed"),
    ],
)
def test_how_a_month_stands(month: str, today: date, sent: bool, state: str) -> None:
    read = Month.read(month)
    due = bank_holidays.deadline(read)
    assert rules.state(read, today, due, sent=sent, since=Month(2026, 9)) == state


def public(good: int, poor: int, rest: int) -> Published:
    """What the public sees of three numbers."""
    return published({"good": good, "poor": poor, "dont_know": rest})


def test_the_public_sees_large_numbers_and_zero_as_they_are() -> None:
    assert public(75, 0, 25) == Published(Range(100, 100), Range(75, 75), Range(0, 0))
    assert public(0, 0, 0) == Published(Range(0, 0), None, None)


def test_the_public_sees_a_range_where_a_number_is_small() -> None:
    # 92 good; 1 to 7 poor; none else: 93 to 99 answers.
    assert public(92, 5, 0) == Published(Range(93, 99), Range(92, 99), Range(1, 8))
    assert public(5, 3, 2) == Published(Range(3, 21), None, None)
    assert public(3, 60, 0) == Published(Range(61, 67), Range(1, 11), Range(89, 99))


@given(st.lists(st.integers(0, 400), min_size=3, max_size=3))
def test_the_published_range_is_true(counts: list[int]) -> None:
    good, poor, rest = counts
    seen, total = public(*counts), sum(counts)
    assert seen.answers.low <= total <= seen.answers.high
    for part, span in ((good, seen.positive), (poor, seen.negative)):
        if span and span.exact:
            assert abs(span.low - Fraction(100 * part, total)) <= Fraction(1, 2)
        elif span:
            assert span.low <= Fraction(100 * part, total) <= span.high
    assert rest >= 0


@given(st.lists(st.integers(0, 400), min_size=3, max_size=3), st.integers(0, 2), st.integers(1, 7), st.integers(1, 7))
def test_no_small_number_tells_itself_from_another(counts: list[int], place: int, one: int, other: int) -> None:
    first, second = list(counts), list(counts)
    first[place], second[place] = one, other
    assert public(*first) == public(*second)


def test_nobody_can_work_out_a_small_number_even_who_knows_the_rule() -> None:
    """Every month that is possible, up to 20 a part: what else could it have been, given what the public sees of it?

    Somebody may be after any sum of the six answers: of each part (two answers) they ask for none, one or both.
    """
    seen: dict[Published, list[tuple[int, ...]]] = defaultdict(list)
    for parts in product(range(21), repeat=3):
        seen[public(*parts)].append(parts)
    for shown, possible in seen.items():
        for asked in product(("none", "one", "both"), repeat=3):
            lowest = min(sum(n for n, how in zip(parts, asked, strict=True) if how == "both") for parts in possible)
            highest = max(sum(n for n, how in zip(parts, asked, strict=True) if how != "none") for parts in possible)
            assert lowest != highest or lowest not in range(1, 8), (shown, asked, lowest)
    assert len(seen) > 1_000
