"""What a chart says: sentences that people understand, a row for each point, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import pytest

from layers_core import charts, i18n
from layers_core.charts.figures import Row
from layers_core.i18n import format_month

COUNTS = charts.Measure("Answers", low=0, better="up")
POSITIVE = charts.share("Positive answers", better="up", counted="Answers")


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    yield
    i18n.set_translator(None, None)
    i18n.set_locale(None)


def months(numbers: Sequence[float | None]) -> list[charts.Point]:
    days = [date(2024 + place // 12, place % 12 + 1, 1) for place in range(len(numbers))]
    return [
        charts.Point(
            day, format_month(day), value, count=40, reason="" if value is not None else "fewer than 8 answers"
        )
        for day, value in zip(days, numbers, strict=True)
    ]


def run(numbers: Sequence[float | None], *changes: charts.Change) -> list[str]:
    return charts.findings(charts.run_chart(months(numbers), COUNTS, changes))


def control(numbers: Sequence[float | None], *changes: charts.Change) -> list[str]:
    return charts.findings(charts.control_chart(months(numbers), POSITIVE, changes))


def test_a_long_run_is_told_with_its_months_and_what_it_means() -> None:
    assert run([10, 14] * 6 + [14] * 8 + [10] * 8) == [
        "Something has changed: 9 months in a row, December 2024 to August 2025, were above the middle line of 12. "
        "Chance alone explains 8 at most. This is an improvement."
    ]


def test_few_crossings_are_told_without_blame() -> None:
    assert run([10] * 6 + [14] * 6) == [
        "Something has changed: from January 2024 to December 2024, the number of crossings of the middle line of 12 "
        "is 1. Chance alone gives 3 or more."
    ]


def test_nothing_few_and_none() -> None:
    assert run([10, 14] * 6) == [
        "Nothing suggests a change: the numbers go up and down as chance alone would make them."
    ]
    assert run([10, 14, None, 10]) == [
        "Too few numbers to tell a change: the rules need 10 that are not on the middle line, and there are 1."
    ]
    assert run([None, None]) == run([]) == control([]) == ["There are no numbers yet."]
    assert control([80])[1:] == ["There are no limits yet: they need two numbers or more."]


def test_a_change_that_the_practice_marked() -> None:
    change = charts.Change(date(2024, 9, 1), "Larger letters")
    assert run([10, 14] * 4 + [20, 26, 20], change) == [
        "From September 2024 (Larger letters) the middle line is 20; before, it was 12.",
        "Too few numbers to tell a change: the rules need 10 that are not on the middle line, and there are 1.",
    ]
    assert control([80, 82] * 4 + [90, 92] * 6, change) == [
        "The latest number, August 2025: no sign of a change (common cause variation).",
        "From September 2024 (Larger letters) the mean is 91.0%; before, it was 81.0%.",
        "Since then, all numbers are between 85.7% and 96.3% and vary as chance alone would make them.",
    ]


def test_a_control_chart_tells_each_signal_once() -> None:
    assert control([80, 82] * 10 + [72]) == [
        "The latest number, September 2025: a concern, because of lower numbers (special cause variation).",
        "Something stands out: September 2025, with 72.0%, is below the lower limit of 75.3%. This is a concern.",
    ]
    _latest, before, after = control([80, 82] * 4 + [90, 91] * 4 + [85])
    assert "8 months in a row, January 2024 to August 2024, were below the mean of 85.7%. This is a concern." in before
    assert "8 months in a row, September 2024 to April 2025, were above the mean" in after
    assert after.endswith("This is an improvement.")


def test_each_rule_of_a_control_chart_has_words() -> None:
    base = [80.5, 79.5] * 6
    told = [
        ([83, 83.5], "Something stands out: 2 months in a row, January 2025 to February 2025, are above"),
        (
            [82, 81, 82],
            "Something may have changed: 2 months close together, January 2025 to March 2025, came near the",
        ),
        ([80.2, 80.3, 80.4, 80.5, 80.6, 80.7], "Something has changed: over 7 months in a row, December 2024 to June"),
        ([80.1, 80.3, 80.2, 80.3, 80.2, 80.3, 80.1], "Something has changed: 7 months in a row, January 2025 to July"),
    ]
    for tail, words in told:
        chart = charts.control_chart(months([*base, *tail]), POSITIVE, baseline=12)
        assert any(finding.startswith(words) for finding in charts.findings(chart)), (tail, charts.findings(chart))


def test_provisional_limits_say_so() -> None:
    assert control([80, 82] * 4)[1:] == [
        "Nothing suggests a change: all numbers are between 75.7% and 86.3% and vary as chance alone would make them.",
        "The limits are provisional: they rest on 8 numbers, and with fewer than 12 they may still move.",
    ]


def test_lines_are_told_no_further_than_is_possible() -> None:
    assert "between 89.5% and 100.0%" in control([96.0, 99.0] * 6)[1]


def test_the_latest_number_is_told_by_what_is_better() -> None:
    numbers = [10, 12] * 8 + [40]
    for better, words in (
        ("up", "improving, by higher"),
        ("down", "a concern, because of higher"),
        ("", "neither good"),
    ):
        chart = charts.control_chart(months(numbers), charts.Measure("Answers", better=better))  # type: ignore[arg-type]
        assert words in charts.findings(chart)[0]


def test_the_table_has_a_row_for_each_point() -> None:
    chart = charts.control_chart(months([80, 82] * 6 + [None, 50]), POSITIVE, baseline=12)
    figure = charts.figure(chart, "Positive answers")
    assert figure.columns == ("When", "Positive answers", "Answers", "Mean", "Limits", "What it shows")
    assert len(figure.rows) == 14
    assert figure.rows[0] == Row("January 2024", ("80.0%", "40", "81.0%", "75.7% to 86.3%", ""))
    assert figure.rows[12].cells[0] == "fewer than 8 answers"
    assert figure.rows[13].cells == ("50.0%", "40", "81.0%", "75.7% to 86.3%", "Concern: below the lower limit")
    plain = charts.figure(charts.run_chart(months([10, 14] * 6 + [14] * 8 + [10] * 8), COUNTS), "Answers")
    assert plain.columns == ("When", "Answers", "Middle line", "What it shows")
    assert plain.rows[12].cells == ("14", "12", "Improvement: in a long run above the middle line")


def test_how_to_read_it_names_the_rules_of_its_kind() -> None:
    control = charts.figure(charts.control_chart(months([1, 2]), POSITIVE), "a").explanation
    assert any("7 in a row on one side of the mean" in sentence and "2 of 3" in sentence for sentence in control)
    run = charts.figure(charts.run_chart(months([1, 2]), COUNTS), "a").explanation
    assert any("median" in sentence for sentence in run)
    assert not [sentence for sentence in (*control, *run) if "%(" in sentence]


def test_the_words_follow_the_reader() -> None:
    i18n.set_locale(lambda: "pl")
    i18n.set_translator(lambda message: message.replace("There are no numbers yet", "Nie ma jeszcze liczb"), None)
    assert run([]) == ["Nie ma jeszcze liczb."]
    figure = charts.figure(charts.control_chart(months([80.5, 82]), POSITIVE), "Positive answers")
    assert figure.rows[0].cells[0] == "80,5%"
    assert ">sty<" in figure.svg
