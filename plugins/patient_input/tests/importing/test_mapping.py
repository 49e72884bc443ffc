"""What dates, answers, methods and languages in a file mean, and what it cannot know."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers_patient_input.importing import meanings
from layers_patient_input.importing.csv_reading import Row
from layers_patient_input.importing.dates import evidence, read_day
from layers_patient_input.importing.examining import examine, guess, is_answer, problems, settled
from layers_patient_input.importing.mapping import Choices, Place, Reading, Reply, Wrong

LONDON = "Europe/London"
PLACE = Place(LONDON, date(2026, 11, 23))
ALL = Choices({"date": 0, "answer": 1, "text": 2, "method": 3, "language": 4}, method="sms", order="day")


def row(*cells: str, number: int = 0, fault: str = "") -> Row:
    return Row(number, number + 2, cells, fault)


def read(*cells: str, choices: Choices = ALL) -> Reply | Wrong:
    return Reading(choices, PLACE).read(row(*cells))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("03/04/2026", date(2026, 4, 3)),
        ("3.4.26", date(2026, 4, 3)),
        ("03-04-2026 14:05", date(2026, 4, 3)),
        ("2026-04-03", date(2026, 4, 3)),
        ("2026/4/3 9:15:22", date(2026, 4, 3)),
        ("20260403", date(2026, 4, 3)),
        ("3 April 2026", date(2026, 4, 3)),
        ("Fri, 3rd Apr 2026", date(2026, 4, 3)),
        ("03-Apr-26", date(2026, 4, 3)),
        ("April 3, 2026 9:15 pm", date(2026, 4, 3)),
        ("12 Sept 2025", date(2025, 9, 12)),
        ("2026-06-30T23:30:00Z", date(2026, 7, 1)),
        ("2026-01-31T23:30:00Z", date(2026, 1, 31)),
        ("2026-07-01T00:30:00.123+01:00", date(2026, 7, 1)),
        ("2026-07-01 00:30:00 +0200", date(2026, 6, 30)),
        ("30/06/2026 11:30 PM UTC", date(2026, 7, 1)),
    ],
)
def test_days_as_suppliers_write_them(text: str, day: date) -> None:
    assert read_day(text, "day", LONDON) == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "46115",
        "yesterday",
        "31/02/2026",
        "3/4",
        "March 2026",
        "32/1/2026",
        "3/13/2026",
        "3/4-2026",
        "2026-13-01",
        "1/1/2026 25:00",
        "1/1/2026 13:00 pm",
        "1/1/2026 10:00 +99:00",
        "٣/٤/٢٠٢٦",
        "1" * 100_000,
        "1 " * 50_000,
    ],
)
def test_what_is_no_day(text: str) -> None:
    assert read_day(text, "day", LONDON) is None


@given(st.dates(date(2013, 4, 1), date(2099, 12, 31)))
def test_each_day_is_read_in_its_order_and_says_which_it_is(day: date) -> None:
    british, american = f"{day:%d/%m/%Y}", f"{day:%m/%d/%Y}"
    assert read_day(british, "day", LONDON) == read_day(american, "month", LONDON) == day
    assert evidence(f"{day:%Y-%m-%d}") == ""
    if day.day > 12:
        assert (evidence(british), evidence(american)) == ("day", "month")
    else:
        assert evidence(british) == evidence(american) == ("" if day.day == day.month else "either")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Very good", {("2020", "very_good")}),
        (" VERY GOOD. ", {("2020", "very_good")}),
        ("1 - Very good", {("2020", "very_good")}),
        ("neither good nor poor", {("2020", "neither")}),
        ("Extremely likely", {("2013", "extremely_likely")}),
        ("Neither likely nor unlikely", {("2013", "neither")}),
        ("Don't know", {("2020", "dont_know"), ("2013", "dont_know")}),
        ("Don’t Know", {("2020", "dont_know"), ("2013", "dont_know")}),
        ("1", set()),
        ("excellent", set()),
        ("", set()),
        ("x" * 1_000_000, set()),
    ],
)
def test_answers_belong_to_their_own_scale(text: str, meant: set[tuple[str, str]]) -> None:
    assert set(meanings.answers(text)) == meant


def test_methods_and_languages_have_several_names() -> None:
    assert [meanings.method(name) for name in ("SMS", "Text message", "IVM", "web", "carrier pigeon")] == [
        "sms", "sms", "telephone", "online", "",
    ]  # fmt: skip
    assert [meanings.language(name) for name in ("en", "Urdu", "اردو", "Welsh", "pl", "Martian")] == [
        "en", "ur", "ur", "cy", "pl", "",
    ]  # fmt: skip


def test_a_row_says_all_or_what_is_wrong() -> None:
    assert read("01/03/2026", "Good", " Kind\r\nand \x00quick ", "App", "Urdu") == Reply(
        date(2026, 3, 1), "2020", "good", "Kind\nand quick", "online", "ur"
    )
    assert read("01/03/2026", "Good") == Reply(date(2026, 3, 1), "2020", "good", "", "sms", "en")


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (("", "Good"), "no_date"),
        (("soon", "Good"), "date"),
        (("24/11/2026", "Good"), "future"),
        (("31/03/2013", "Good"), "early"),
        (("01/03/2026", ""), "no_answer"),
        (("01/03/2026",), "no_answer"),
        (("01/03/2026", "5 stars"), "answer"),
        (("01/03/2026", "Don't know"), "scale"),
        (("01/03/2026", "Good", "x" * 5001), "long"),
        (("01/03/2026", "Good", "", "pigeon"), "method"),
        (("01/03/2026", "Good", "", "", "Martian"), "language"),
    ],
)
def test_why_a_row_is_wrong(cells: tuple[str, ...], code: str) -> None:
    found = read(*cells)
    assert isinstance(found, Wrong)
    assert found.code == code


def test_an_answer_of_several_scales_is_on_the_one_that_is_chosen() -> None:
    for scale in ("2013", "2020"):
        found = read("01/03/2019", "Don't know", choices=Choices(ALL.columns, "sms", order="day", scale=scale))
        assert isinstance(found, Reply)
        assert (found.scale, found.score) == (scale, "dont_know")


def test_other_words_stand_for_what_somebody_said_they_do() -> None:
    choices = Choices(ALL.columns, "sms", order="day", own={"1": "2020:very_good"})
    found = read("01/03/2026", " 1 ", choices=choices)
    assert isinstance(found, Reply)
    assert found.score == "very_good"


def test_days_of_another_file_are_here_already() -> None:
    choices = Choices(ALL.columns, "sms", order="day", others=((date(2026, 3, 1), date(2026, 3, 31)),))
    days = [row(day, "Good") for day in ("28/02/2026", "01/03/2026", "31/03/2026", "01/04/2026")]
    for same, left_out in (("", 0), ("no", 0), ("yes", 2)):
        chosen = replace(choices, same=same)
        found = examine(days, chosen, PLACE)
        assert (found.good, found.left_out, found.of_others) == (4 - left_out, left_out, 2)
        assert [problem.field for problem in problems(chosen, found)] == ["same"] * (not same)


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        (("Response Date", "FFT Response", "Comments", "Channel"), {"date": 0, "answer": 1, "text": 2, "method": 3}),
        (("ID", "Name", "Submitted", "Rating", "Feedback"), {"date": 2, "answer": 3, "text": 4}),
        (("A", "B", "C"), {"date": 2, "answer": 0}),
        (("Date", "Answer", "Patient name and story"), {"date": 0, "answer": 1}),
        (("Rating", "Response", "Date"), {"date": 2, "answer": 0}),
    ],
)
def test_columns_are_guessed_by_name_then_by_what_is_in_them(header: tuple[str, ...], columns: dict[str, int]) -> None:
    """Free text by its name alone: any other column could hold names."""
    cells = dict.fromkeys(header, "A long story about somebody")
    places = {role: header[place] for role, place in columns.items()}
    cells |= {places["date"]: "13/03/2026", places["answer"]: "Very good"}
    sample = [row(*cells.values(), number=number) for number in range(5)]
    assert guess(header, sample).columns == columns


def test_a_first_row_with_an_answer_holds_no_names() -> None:
    assert is_answer(row("13/03/2026", "x", "Very good"))
    assert not is_answer(row("Date", "Comments", "Answer"))


def table(*rows_of_it: tuple[str, ...]) -> list[Row]:
    return [row(*cells, number=number) for number, cells in enumerate(rows_of_it)]


def looked(*rows_of_it: tuple[str, ...], choices: Choices | None = None) -> Any:
    return examine(table(*rows_of_it), choices or Choices(ALL.columns, "sms"), PLACE)


def test_a_file_is_counted_as_it_will_be_read() -> None:
    found = looked(
        ("01/03/2026", "Good"),
        ("02/03/2026", "Five"),
        ("03/03/2026", "five!"),
        ("soon", "Good"),
        ("04/03/2026", "Six"),
    )
    assert (found.total, found.good) == (5, 1)
    assert found.wrong == {"answer": 3, "date": 1}
    assert found.unknown == {"five": 2, "six": 1}
    assert (found.first_day, found.last_day) == (date(2026, 3, 1), date(2026, 3, 1))


@pytest.mark.parametrize(
    ("days", "order"),
    [
        (("03/04/2026", "05/06/2026"), ""),
        (("03/04/2026", "13/06/2026"), "day"),
        (("03/04/2026", "06/13/2026"), "month"),
        (("13/04/2026", "06/13/2026"), ""),
        (("2026-04-03", "2026-06-13"), ""),
    ],
)
def test_the_order_of_days_is_known_where_the_file_says_it(days: tuple[str, ...], order: str) -> None:
    found = looked(*((day, "Good") for day in days))
    assert found.order == order
    assert settled(Choices(), found).order == order


def test_the_scale_of_a_file_is_known_where_it_has_one() -> None:
    old = looked(("01/03/2019", "Likely"), ("01/03/2019", "Don't know"))
    both = looked(("01/03/2019", "Likely"), ("01/03/2021", "Good"), ("01/03/2021", "Don't know"))
    assert (old.scale, old.shared, both.scale, both.shared) == ("2013", 1, "", 1)
    assert settled(Choices(), old).scale == "2013"


@given(st.lists(st.lists(st.text(max_size=30), max_size=6).map(tuple), max_size=30))
def test_every_row_is_counted_once(cells: list[tuple[str, ...]]) -> None:
    found = examine(table(*cells), Choices(ALL.columns, "sms"), PLACE)
    assert found.total == len(cells) == found.good + found.left_out + sum(found.wrong.values())


@given(
    st.builds(
        Choices,
        st.dictionaries(st.sampled_from(["date", "answer", "text"]), st.integers(0, 99)),
        st.sampled_from(["", "sms"]),
        st.just("en"),
        st.sampled_from(["", "day", "month"]),
        st.sampled_from(["", "2013"]),
        st.dictionaries(st.text(max_size=5), st.just("2020:good")),
        st.lists(st.dates().map(lambda day: (day, day + timedelta(days=0))), max_size=2).map(tuple),
        st.sampled_from(["", "yes", "no"]),
    )
)
def test_what_is_kept_of_choices_are_the_choices(choices: Choices) -> None:
    assert Choices.from_json(choices.as_json()) == choices


@pytest.mark.parametrize(
    ("choices", "days", "missing"),
    [
        (Choices({}, "sms"), ("2026-03-14",), ["column-date", "column-answer"]),
        (Choices({"date": 0, "answer": 0}, "sms"), ("2026-03-14",), ["column-date"]),
        (Choices({"date": 0, "answer": 1}), ("2026-03-14",), ["method", "scale"]),
        (Choices({"date": 0, "answer": 1}, "sms"), ("03/04/2026",), ["order", "scale"]),
        (Choices({"date": 0, "answer": 1}, "sms", scale="2020"), ("14/03/2026",), []),
        (Choices({"date": 0, "answer": 1}, "sms", scale="2020"), ("soon",), ["wrong"]),
    ],
)
def test_what_is_still_to_choose(choices: Choices, days: tuple[str, ...], missing: list[str]) -> None:
    found = looked(*((day, "Don't know") for day in days), choices=choices)
    assert [problem.field for problem in problems(settled(choices, found), found)] == missing
