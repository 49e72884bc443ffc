"""A form as its page asks it: what stands where, in which words, and when, for people and for the page's script."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from layers_core.forms import filling
from layers_core.forms.asking import Part, asked, said
from layers_core.forms.fields import field_name, option_key
from layers_core.forms.model import Item, Questionnaire, Words
from layers_core.forms.reading import read

YES_NO = [
    {"valueCoding": {"system": "s", "code": "y", "display": "Yes"}},
    {"valueCoding": {"system": "s", "code": "n"}},
]


def form(*items: dict[str, Any], **more: Any) -> Questionnaire:
    found = read({"resourceType": "Questionnaire", "status": "active", "item": list(items), **more}).questionnaire
    assert found is not None
    return found


def shown(questionnaire: Questionnaire, language: str = "en", values: Any = None) -> tuple[Part, ...]:
    return asked(questionnaire, values or filling.initial(questionnaire), language)


def all_parts(parts: tuple[Part, ...]) -> Iterator[Part]:
    for part in parts:
        yield part
        for inside in (*part.copies, *part.choices):
            yield from all_parts(inside.parts)


def one(questionnaire: Questionnaire, link_id: str, values: Any = None) -> Part:
    return next(part for part in all_parts(shown(questionnaire, values=values)) if part.item.link_id == link_id)


def name(questionnaire: Questionnaire, link_id: str) -> str:
    return field_name(next(item for item in questionnaire.walk() if item.link_id == link_id))


@pytest.mark.parametrize(
    ("item", "look"),
    [
        ({"type": "display"}, "words"),
        ({"type": "group"}, "group"),
        ({"type": "boolean"}, "radios"),
        ({"type": "choice", "answerOption": YES_NO}, "radios"),
        ({"type": "choice", "answerOption": YES_NO, "repeats": True}, "checkboxes"),
        ({"type": "choice", "answerOption": [{"valueString": str(n)} for n in range(16)]}, "select"),
        ({"type": "choice"}, "line"),
        ({"type": "open-choice"}, "line"),
        ({"type": "string"}, "line"),
        ({"type": "string", "maxLength": 500}, "line"),
        ({"type": "text"}, "area"),
        ({"type": "integer"}, "line"),
        ({"type": "url"}, "line"),
        ({"type": "time"}, "line"),
        ({"type": "date"}, "date"),
        ({"type": "dateTime"}, "moment"),
        ({"type": "quantity"}, "quantity"),
    ],
)
def test_each_type_has_its_look(item: dict[str, Any], look: str) -> None:
    (part,) = shown(form({"linkId": "a", "text": "A", **item}))
    assert part.look == look


def test_words_are_in_the_page_s_language_or_say_in_which() -> None:
    words = Words("Good", {"cy": "Da"})
    questionnaire = Questionnaire(Words("T"), (Item("a", "string", words, prefix="1"),))
    assert [(part.said.text, part.said.lang) for part in shown(questionnaire, "cy")] == [("1 Da", "")]
    assert [(part.said.text, part.said.lang) for part in shown(questionnaire, "ur")] == [("1 Good", "en")]
    assert said(questionnaire, words, "en-simple").lang == ""


def test_words_at_the_beginning_of_a_question_say_how_to_answer_it() -> None:
    inner = [
        {"linkId": "h", "text": "In one sentence", "type": "display"},
        {"linkId": "b", "text": "B", "type": "string"},
    ]
    questionnaire = form({"linkId": "a", "text": "A", "type": "text", "maxLength": 300, "item": inner})
    (part,) = shown(questionnaire)
    assert [hint.text for hint in part.hints] == ["In one sentence", "Up to 300 characters"]
    assert [below.item.link_id for below in part.copies[0].parts] == ["b"]
    # What stands inside a question is asked of those who answered it.
    assert part.copies[0].when == "“A” is answered"
    test = json.loads(part.copies[0].parts[0].test)["of"][0]
    assert (test["name"], test["op"], test["value"]) == (part.name, "exists", True)


def test_a_condition_is_told_in_words_and_to_the_script() -> None:
    questionnaire = form(
        {"linkId": "q", "text": "Come?", "type": "choice", "answerOption": YES_NO},
        {"linkId": "n", "text": "How many?", "type": "integer"},
        {
            "linkId": "why", "text": "Why?", "type": "text", "enableBehavior": "any",
            "enableWhen": [
                {"question": "q", "operator": "=", "answerCoding": {"system": "s", "code": "n"}},
                {"question": "n", "operator": ">", "answerInteger": 3},
            ],
        },
    )  # fmt: skip
    part = one(questionnaire, "why")
    assert part.when == "“Come?” is “n” or “How many?” is more than 3"
    test = json.loads(part.test)
    no = next(item for item in questionnaire.walk() if item.link_id == "q").options[1]
    assert test["any"] is True
    assert [(one["name"], one["op"], one["value"], one["as"]) for one in test["of"]] == [
        (name(questionnaire, "q"), "=", option_key(no), "text"),
        (name(questionnaire, "n"), ">", 3, "number"),
    ]
    assert one(questionnaire, "q").test == ""


def test_a_condition_looks_at_the_same_copy_of_a_group() -> None:
    questionnaire = form(
        {
            "linkId": "g", "text": "Child", "type": "group", "repeats": True,
            "item": [
                {"linkId": "q", "text": "Asthma?", "type": "boolean"},
                {
                    "linkId": "since", "text": "Since when?", "type": "date",
                    "enableWhen": [{"question": "q", "operator": "=", "answerBoolean": True}],
                },
            ],
        },
        {
            "linkId": "after", "text": "Leaflet?", "type": "boolean",
            "enableWhen": [{"question": "q", "operator": "=", "answerBoolean": True}],
        },
    )  # fmt: skip
    values = filling.Values()
    values.add(f"{name(questionnaire, 'g')}-copies", "2")
    parts = shown(questionnaire, values=values)
    assert len(parts[0].copies) == 2
    tests = [json.loads(copy.parts[1].test)["of"][0]["name"] for copy in parts[0].copies]
    assert tests == [copy.parts[0].name for copy in parts[0].copies]
    assert len(set(tests)) == 2
    # Which copy counts for a question outside of all of them only the server knows: the script shows it.
    assert json.loads(parts[1].test)["of"] == [{}]


def test_what_belongs_to_an_answer_to_tick_stands_below_it() -> None:
    inner = [{"linkId": "dose", "text": "How much?", "type": "string"}]
    questionnaire = form(
        {"linkId": "q", "text": "Which?", "type": "choice", "repeats": True, "answerOption": YES_NO, "item": inner}
    )
    (part,) = shown(questionnaire)
    assert [choice.when for choice in part.choices] == ["“Yes” is chosen", "“n” is chosen"]
    for choice in part.choices:
        (test,) = json.loads(choice.parts[0].test)["of"]
        assert (test["name"], test["value"]) == (part.name, choice.key)


def test_an_open_choice_has_an_answer_of_one_s_own() -> None:
    (part,) = shown(form({"linkId": "a", "text": "A", "type": "open-choice", "answerOption": YES_NO}))
    assert [choice.key for choice in part.choices][-1] == "other"
    assert len(part.choices) == 3


def test_what_a_script_cannot_compare_it_leaves_to_the_server() -> None:
    questionnaire = form(
        {"linkId": "t", "text": "When?", "type": "time"},
        {
            "linkId": "a", "text": "A", "type": "string",
            "enableWhen": [{"question": "t", "operator": ">", "answerTime": "12:00:00"}],
        },
    )  # fmt: skip
    assert json.loads(one(questionnaire, "a").test)["of"] == [{}]
