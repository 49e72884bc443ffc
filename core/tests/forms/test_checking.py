"""Whether a response fits its form: one mistake, one misfit, in its place."""

from __future__ import annotations

from typing import Any

import pytest

from layers_core.forms.checking import check, check_items
from layers_core.forms.filling import Values, fill
from layers_core.forms.model import Questionnaire

from .samples import answered, choice, colour, completed, copy_of, group, kept, question, when

TEXT = {"valueString": "x"}


def misfits(form: Questionnaire, *items: Any) -> list[tuple[str, str, str]]:
    return [(one.link_id, one.where, one.what) for one in check(form, completed(*items))]


SAMPLE = kept(
    question("s", required=True, maxLength=5),
    choice("c", "red", "blue"),
    choice("many", "red", "blue", repeats=True),
    choice("open", "red", type_="open-choice"),
    group("g", question("n", "integer"), question("d", "date"), repeats=True),
    group("once", question("t", "time")),
    {"linkId": "words", "type": "display", "text": "Thank you"},
    question("why", required=True, enableWhen=[when("c", "=", answerCoding=colour("red"))]),
    question("outer", "boolean", item=[question("inner", required=True)]),
)


def test_what_fits() -> None:
    assert misfits(SAMPLE, answered("s", TEXT)) == []
    assert (
        misfits(
            SAMPLE,
            answered("s", {"valueString": "12345"}),
            answered("c", {"valueCoding": colour("red")}),
            answered("many", {"valueCoding": colour("red")}, {"valueCoding": {"code": "blue"}}),
            answered("open", {"valueString": "purple"}),
            copy_of("g", answered("n", {"valueInteger": 1})),
            copy_of("g", answered("d", {"valueDate": "2026-11"})),
            {"linkId": "words", "text": "Thank you"},
            answered("why", TEXT),
            answered("outer", {"valueBoolean": False, "item": [answered("inner", TEXT)]}),
        )
        == []
    )


S = answered("s", TEXT)


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([], ("s", "item", "required")),
        ([{"linkId": "s"}], ("s", "item[0]", "required")),
        ([S, answered("x", TEXT)], ("x", "item[1]", "linkId")),
        ([S, {"answer": [TEXT]}], ("", "item[1]", "linkId")),
        ([S, answered("n", {"valueInteger": 1})], ("n", "item[1]", "linkId")),
        ([answered("c", {"valueCoding": colour("blue")}), S], ("s", "item[1]", "order")),
        ([S, S], ("s", "item[1]", "repeats")),
        ([answered("s", TEXT, TEXT)], ("s", "item[0]", "repeats")),
        ([S, copy_of("once"), copy_of("once")], ("once", "item[2]", "repeats")),
        ([answered("s", {"valueString": "123456"})], ("s", "item[0].answer[0]", "maxLength")),
        ([answered("s", {"valueInteger": 1})], ("s", "item[0].answer[0]", "type")),
        ([answered("s", {"valueString": 1})], ("s", "item[0].answer[0]", "type")),
        ([answered("s", {"valueString": " "})], ("s", "item[0].answer[0]", "type")),
        ([answered("s", {})], ("s", "item[0].answer[0]", "value")),
        ([answered("s", {"valueString": "a", "valueUri": "b"})], ("s", "item[0].answer[0]", "value")),
        ([S, answered("open", "x")], ("open", "item[1].answer[0]", "answer")),
        ([{"linkId": "s", "answer": TEXT}], ("s", "item[0].answer", "answer")),
        ([S, answered("c", {"valueCoding": colour("green")})], ("c", "item[1].answer[0]", "answerOption")),
        ([S, answered("c", {"valueString": "red"})], ("c", "item[1].answer[0]", "answerOption")),
        (
            [S, answered("c", {"valueCoding": {**colour("blue"), "system": "https://x.org"}})],
            ("c", "item[1].answer[0]", "answerOption"),
        ),
        (
            [S, answered("many", {"valueCoding": colour("red")}, {"valueCoding": colour("green")})],
            ("many", "item[1].answer[1]", "answerOption"),
        ),
        ([S, answered("open", {"valueCoding": colour("green")})], ("open", "item[1].answer[0]", "answerOption")),
        ([S, {**copy_of("once"), "answer": [TEXT]}], ("once", "item[1]", "answer")),
        ([S, {"linkId": "words", "answer": [TEXT]}], ("words", "item[1]", "answer")),
        ([S, answered("why", TEXT)], ("why", "item[1]", "enableWhen")),
        ([S, answered("c", {"valueCoding": colour("red")})], ("why", "item", "required")),
        ([S, answered("outer", {"valueBoolean": True})], ("inner", "item[1].answer[0].item", "required")),
        ([S, copy_of("g", answered("d", {"valueDate": "2026-13"}))], ("d", "item[1].item[0].answer[0]", "type")),
        ([S, "words"], ("", "item[1]", "item")),
    ],
)
def test_one_mistake_is_one_misfit(items: list[Any], expected: tuple[str, str, str]) -> None:
    assert misfits(SAMPLE, *items) == [expected]


def test_what_belongs_to_a_question_stands_in_its_answer() -> None:
    wrong = {"linkId": "outer", "answer": [{"valueBoolean": True}], "item": [answered("inner", TEXT)]}
    assert misfits(SAMPLE, S, wrong) == [("outer", "item[1]", "item"), ("inner", "item[1].answer[0].item", "required")]


def test_everything_inside_what_has_no_place_is_told() -> None:
    lost = copy_of("x", answered("y", {**TEXT, "item": [answered("n", TEXT)]}))
    assert misfits(SAMPLE, S, lost) == [
        ("x", "item[1]", "linkId"),
        ("y", "item[1].item[0]", "linkId"),
        ("n", "item[1].item[0].answer[0].item[0]", "linkId"),
    ]


def test_groups_that_are_required_need_an_answer() -> None:
    form = kept(group("g", question("a"), question("b"), required=True))
    assert misfits(form) == [("g", "item", "required")]
    assert misfits(form, copy_of("g")) == [("g", "item[0]", "required")]
    assert misfits(form, copy_of("g", answered("b", TEXT))) == []


def test_a_group_of_words_alone_needs_no_answer() -> None:
    words = {"linkId": "w", "type": "display", "text": "Read this"}
    form = kept(group("g", group("h", words), required=True))
    assert misfits(form) == misfits(form, copy_of("g")) == []
    assert fill(form, Values(), "en").problems == ()


def test_nothing_is_missing_in_a_repeating_group_that_is_left_out() -> None:
    form = kept(group("g", group("h", question("a", required=True)), repeats=True))
    assert misfits(form) == []
    assert misfits(form, copy_of("g")) == [("a", "item[0].item", "required")]
    form = kept(group("g", question("a", required=True)))
    assert misfits(form) == [("a", "item", "required")]


@pytest.mark.parametrize(
    ("type_", "right", "wrong"),
    [
        ("boolean", [{"valueBoolean": True}], [{"valueBoolean": "true"}, {"valueBoolean": 1}, {"valueBoolean": None}]),
        (
            "integer",
            [{"valueInteger": -(2**31)}],
            [{"valueInteger": 2**31}, {"valueInteger": 1.0}, {"valueInteger": True}],
        ),
        ("decimal", [{"valueDecimal": 1}, {"valueDecimal": 0.1}], [{"valueDecimal": "1"}, {"valueDecimal": False}]),
        (
            "date",
            [{"valueDate": "2026"}, {"valueDate": "2026-11"}, {"valueDate": "2024-02-29"}],
            [
                {"valueDate": "2026-02-29"},
                {"valueDate": "2026-1-1"},
                {"valueDate": "22/11/2026"},
                {"valueDate": "0000"},
            ],
        ),
        (
            "dateTime",
            [{"valueDateTime": "2026-11"}, {"valueDateTime": "2026-11-22T14:05:00.123456789+01:00"}],
            [
                {"valueDateTime": "2026-11-22T14:05:00"},
                {"valueDateTime": "2026-11-22T24:00:00Z"},
                {"valueDateTime": "2026-11-22T14:05Z"},
                {"valueDate": "2026-11-22"},
            ],
        ),
        (
            "time",
            [{"valueTime": "14:05:00"}],
            [{"valueTime": "14:05"}, {"valueTime": "25:00:00"}, {"valueTime": "１４:05:00"}],
        ),
        (
            "text",
            [{"valueString": "two\nlines"}],
            [{"valueString": "a\x01b"}, {"valueString": ""}, {"valueMarkdown": "x"}],
        ),
        (
            "url",
            [{"valueUri": "https://www.nhs.uk"}, {"valueUri": "urn:x"}],
            [{"valueUri": "a b"}, {"valueString": "a"}],
        ),
        ("quantity", [{"valueQuantity": {"value": 1.5}}], [{"valueQuantity": {"value": "1"}}, {"valueQuantity": 5}]),
        (
            "choice",
            [{"valueCoding": {"display": "x"}}],
            [{"valueCoding": {}}, {"valueCoding": {"code": 1}}, {"valueBoolean": True}],
        ),
        ("reference", [{"valueReference": {"reference": "Patient/1"}}], [{"valueReference": {}}, {"valueString": "x"}]),
        ("attachment", [{"valueAttachment": {"url": "https://x.org/a"}}], [{"valueAttachment": []}]),
    ],
)
def test_types(type_: str, right: list[dict[str, Any]], wrong: list[dict[str, Any]]) -> None:
    form = kept(question("q", type_))
    for answer in right:
        assert misfits(form, answered("q", answer)) == [], answer
    for answer in wrong:
        assert misfits(form, answered("q", answer)) == [("q", "item[0].answer[0]", "type")], answer


@pytest.mark.parametrize(
    ("response", "where"),
    [
        (None, ""),
        ([], ""),
        ({"resourceType": "Patient"}, "resourceType"),
        (completed(S, status="done"), "status"),
        (completed(S, questionnaire="https://example.org/other"), "questionnaire"),
        (completed(S, questionnaire=7), "questionnaire"),
        ({"resourceType": "QuestionnaireResponse", "item": [S]}, "status"),
        (completed() | {"item": S}, "item"),
    ],
)
def test_the_response_itself(response: Any, where: str) -> None:
    form = kept(question("s"), url="https://example.org/form", version="1")
    assert [one.where for one in check(form, response)] == [where]


@pytest.mark.parametrize(
    "named",
    [
        "https://example.org/form",
        "https://example.org/form|2",
        "https://server.example.org/fhir/Questionnaire/me",
        "Questionnaire/7",
        {"reference": "Questionnaire/7"},
    ],
)
def test_a_response_to_this_form(named: Any) -> None:
    form = kept(question("s"), url="https://example.org/form", version="1", id="me")
    assert check(form, completed(S, questionnaire=named)) == ()


def test_only_what_is_finished_has_to_be_complete() -> None:
    for status, missing in [("in-progress", 0), ("stopped", 0), ("completed", 1), ("amended", 1)]:
        assert len(check(SAMPLE, completed(status=status))) == missing
    assert len(check_items(SAMPLE, [])) == 1
    assert check_items(SAMPLE, [], finished=False) == ()
