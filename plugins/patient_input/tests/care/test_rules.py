"""The CARE measure's rules: which forms count, what they sum up to, when there is a report and about which forms."""

from __future__ import annotations

import json
from fractions import Fraction
from importlib.resources import files
from statistics import mean

from hypothesis import given
from hypothesis import strategies as st

from layers_patient_input.care import rules
from layers_patient_input.care.rules import ITEMS, SCORES, Filled
from layers_patient_input.wording import PACKAGE

CODES = ("poor", "fair", "good", "very_good", "excellent", "does_not_apply")
rated = st.fixed_dictionaries({item: st.sampled_from(CODES[:5]) for item in ITEMS})
anything = st.fixed_dictionaries({}, optional={item: st.sampled_from(CODES) for item in ITEMS})
GOOD: Filled = dict.fromkeys(ITEMS, "good")


def test_the_rules_know_the_items_and_answers_of_the_form() -> None:
    form = json.loads(files(PACKAGE).joinpath("data", "forms", "care.json").read_text(encoding="utf-8"))
    asked = [item for item in form["item"] if item["type"] == "choice"]
    assert [item["linkId"] for item in asked] == list(ITEMS)
    for item in asked:
        assert tuple(option["valueCoding"]["code"] for option in item["answerOption"]) == CODES
    assert tuple(SCORES.items()) == (("poor", 1), ("fair", 2), ("good", 3), ("very_good", 4), ("excellent", 5))


@given(rated, st.sets(st.sampled_from(ITEMS), max_size=10), st.booleans())
def test_more_than_two_items_without_a_score_make_a_form_invalid(form: Filled, places: set[str], said: bool) -> None:
    """Whether the patient said "does not apply" or left the item out."""
    kept = {item: code for item, code in form.items() if item not in places}
    filled = {**kept, **dict.fromkeys(places, "does_not_apply")} if said else kept
    assert rules.is_valid(filled) == (len(places) <= 2)


@given(rated, st.sets(st.sampled_from(ITEMS), max_size=2))
def test_the_sum_takes_missing_items_as_the_mean_of_the_others(form: Filled, places: set[str]) -> None:
    filled = {**form, **dict.fromkeys(places, "does_not_apply")}
    others = [SCORES[form[item]] for item in ITEMS if item not in places]
    assert rules.total(filled) == sum(others) + len(places) * Fraction(sum(others), len(others))
    assert 10 <= rules.total(filled) <= 50


def test_the_lowest_the_highest_and_one_in_between() -> None:
    assert rules.total(dict.fromkeys(ITEMS, "poor")) == 10
    assert rules.total(dict.fromkeys(ITEMS, "excellent")) == 50
    assert rules.total({**dict.fromkeys(ITEMS, "excellent"), "care-1": "does_not_apply", "care-2": "fair"}) == Fraction(
        42 * 10, 9
    )


@given(st.integers(0, 130), st.integers(0, 5))
def test_there_is_no_report_under_25_and_then_one_for_every_five(valid: int, invalid: int) -> None:
    bad: Filled = dict.fromkeys(ITEMS, "does_not_apply")
    forms = [bad] * invalid + [GOOD] * valid
    progress = rules.progress(forms)
    assert (progress.valid, progress.invalid, progress.missing) == (valid, invalid, max(0, 25 - valid))
    report = rules.report(forms)
    if valid < 25:
        assert (report, progress.reported) == (None, 0)
    else:
        assert report is not None
        assert len(report.totals) == progress.reported == valid // 5 * 5


@given(st.lists(anything, min_size=25, max_size=60), st.lists(anything, max_size=4))
def test_one_more_patient_never_shows_in_the_report_alone(forms: list[Filled], more: list[Filled]) -> None:
    before, after = rules.report(forms), rules.report(forms + more)
    if before and after:
        assert (len(after.totals) - len(before.totals)) % 5 == 0
        assert after.totals[: len(before.totals)] == before.totals


@given(st.lists(anything, min_size=25, max_size=60))
def test_every_answer_in_the_report_is_counted_once(forms: list[Filled]) -> None:
    report = rules.report(forms + [GOOD] * 25)
    assert report is not None
    for item in report.items:
        assert sum(item.answers.values()) + item.left_out == len(report.totals)
        assert len(item.scores) == sum(item.answers[code] for code in SCORES)
        assert set(item.answers) == set(CODES)
        assert 1 <= mean(item.scores) <= 5


def test_an_item_that_everybody_left_out_has_no_scores() -> None:
    report = rules.report([{item: "good" for item in ITEMS if item != "care-3"}] * 25)
    assert report is not None
    assert (report.items[2].scores, report.items[2].left_out) == ([], 25)
    assert report.totals == [Fraction(30)] * 25


def test_a_code_that_is_none_of_the_answers_is_no_score() -> None:
    assert rules.scored({**GOOD, "care-1": "brilliant", "other": "good"}) == [3] * 9
