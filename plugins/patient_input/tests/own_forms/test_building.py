"""A form while it is built: what is right, what it becomes in FHIR and back, and what the buttons of its page do."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from layers_core.forms.reading import read
from layers_core.web import Submitted
from layers_patient_input.catalogue import built_in
from layers_patient_input.own_forms import as_fhir, building, editing, translating
from layers_patient_input.own_forms.building import MOST_QUESTIONS, Building, Question, deciding, kinds, problems

GOOD = Question("q1", "one", "How was it?", options=("Good", "Bad"), required=True)
FLU = Building(
    "Your flu vaccination",
    (
        GOOD,
        Question("q2", "long", "Why?", help="One sentence is enough", only_if="q1=Bad", most="300"),
        Question("q3", "section", "Next time"),
        Question("q4", "yes_no", "Will you come again?"),
        Question("q5", "words", "Thank you", only_if="q4=yes"),
        Question("q6", "several", "When?", options=("Morning", "Evening")),
        Question("q7", "date", "Last time"),
    ),
)


def source_of(built: Building, before: dict[str, Any] | None = None) -> dict[str, Any]:
    return as_fhir.written(built, before or {}, "urn:uuid:1", "1")


def test_a_built_form_is_a_questionnaire_that_nothing_is_reported_of() -> None:
    found = read(source_of(FLU))
    assert found.questionnaire is not None
    assert found.reported == ()
    items = {item.link_id: item for item in found.questionnaire.walk()}
    assert list(items) == ["q1", "q2", "q2-help", "q3", "q4", "q5", "q6", "q7"]
    assert [inner.link_id for inner in items["q3"].items] == ["q4", "q5", "q6", "q7"]
    assert (items["q1"].required, items["q6"].repeats, items["q2"].max_length) == (True, True, 300)
    (condition,) = items["q2"].conditions
    assert (condition.question, condition.operator, condition.value.data["code"]) == ("q1", "=", "Bad")


text = st.text(st.characters(codec="utf-8", categories=["L", "N", "P"]), min_size=1, max_size=20)


@st.composite
def buildings(draw: st.DrawFn) -> Building:
    questions: list[Question] = []
    for place in range(draw(st.integers(1, 8))):
        kind = draw(st.sampled_from(list(kinds())))
        rules = kinds()[kind]
        options = (
            tuple(draw(st.lists(text, min_size=2, max_size=4, unique_by=str.casefold))) if rules.get("options") else ()
        )
        asked = rules["type"] not in {"display", "group"}
        may = deciding(questions, place)
        questions.append(
            Question(
                f"q{place}", kind, draw(text), draw(st.just("") | text) if asked else "", options,
                draw(st.booleans()) if asked else False,
                draw(st.sampled_from(["", "1", "199"])) if "most" in rules else "",
                draw(st.sampled_from(["", *(value for value, _words in may)])),
            )
        )  # fmt: skip
    return Building(draw(text), tuple(questions))


@given(buildings())
def test_what_was_built_can_be_built_on(built: Building) -> None:
    found = [
        problem for problem in problems(built) if problem.field not in {"title"} and not problem.field.endswith("-ask")
    ]
    assert found == []
    form = read(json.loads(json.dumps(source_of(built)))).questionnaire
    assert form is not None
    # The same questions in the same order; only a heading without anything below it can't be kept.
    assert as_fhir.read(form) == built


def test_a_form_with_more_in_it_than_can_be_built_is_not_built_on() -> None:
    for more in ({"code": [{"code": "x"}]}, {"prefix": "1"}, {"readOnly": True}):
        source = source_of(FLU)
        source["item"][0] |= more
        form = read(source).questionnaire
        assert form is not None
        assert as_fhir.read(form) is None
    condition = {"question": "c", "operator": "=", "answerString": "x"}
    items = [
        {"linkId": "a=b", "text": "A", "type": "string", "enableWhen": [condition]},
        {"linkId": "c", "type": "reference", "text": "C"},
    ]
    hostile = {"resourceType": "Questionnaire", "status": "active", "item": items}
    form = read(hostile).questionnaire
    assert form is not None
    assert as_fhir.read(form) is None


@pytest.mark.parametrize("code", ["story", "tip", "need"])
def test_a_form_that_comes_with_the_toolkit_can_be_begun_from(code: str) -> None:
    form = built_in(code, {}).questionnaire
    built = as_fhir.simplified(form)
    assert problems(built) == []
    assert [question.ask for question in built.questions] == [item.text.text for item in form.items]
    again = read(as_fhir.written(built, form.source, "urn:uuid:1", "1")).questionnaire
    assert again is not None
    # With its translations.
    assert again.title.to("pl") == form.title.to("pl")
    assert {option.label.to("ur") for item in again.walk() for option in item.options} == {
        option.label.to("ur") for item in form.walk() for option in item.options
    }


# What has to be put right


def wrong(**changes: Any) -> list[tuple[str, str]]:
    built = Building("T", (GOOD, replace(Question("q2", "short", "Why?"), **changes)))
    return [(problem.field, problem.message) for problem in problems(built)]


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"ask": ""}, "q1-ask", "Write the question"),
        ({"ask": "x" * 1_001}, "q1-ask", "1,000 characters"),
        ({"help": "x" * 1_001}, "q1-help", "1,000 characters"),
        ({"kind": "one"}, "q1-options", "at least 2"),
        ({"kind": "one", "options": ("A", "a")}, "q1-options", "the same"),
        ({"kind": "one", "options": ("A", "x" * 201)}, "q1-options", "200"),
        ({"kind": "one", "options": tuple(map(str, range(51)))}, "q1-options", "at most 50"),
        ({"kind": "nothing"}, "q1-kind", "kind"),
        ({"most": "0"}, "q1-most", "from 1 to 200"),
        ({"most": "201"}, "q1-most", "from 1 to 200"),
        ({"most": "9" * 5_000}, "q1-most", "from 1 to 200"),
        ({"kind": "date", "most": "5"}, "q1-most", "leave it empty"),
        ({"only_if": "q1=Gone"}, "q1-only_if", "gone"),
        ({"only_if": "q2=A", "kind": "one", "options": ("A", "B")}, "q1-only_if", "comes later"),
    ],
)
def test_what_is_wrong_is_told_where_it_stands(changes: dict[str, Any], field: str, words: str) -> None:
    found = wrong(**changes)
    assert field in dict(found)
    assert words in dict(found)[field]


def test_a_form_needs_a_title_a_question_and_something_below_each_heading() -> None:
    found = problems(Building("", (Question("q1", "section", "A"), Question("q2", "section", "B"))))
    assert [problem.field for problem in found] == ["title", "title", "q0-ask", "q1-ask"]
    many = Building("T", tuple(Question(f"q{n}", "short", "A") for n in range(MOST_QUESTIONS + 1)))
    assert "at most 60" in problems(many)[0].message


# The page's buttons


def sent(built: Building, **more: str) -> Submitted:
    values: MultiDict[str, str] = MultiDict({"title": built.title, "questions": str(len(built.questions)), **more})
    for place, question in enumerate(built.questions):
        parts = {
            "id": question.id, "kind": question.kind, "ask": question.ask, "help": question.help,
            "options": "\r\n".join(question.options), "most": question.most, "only_if": question.only_if,
            **({"required": "yes"} if question.required else {}),
        }  # fmt: skip
        values.update({f"q{place}-{part}": value for part, value in parts.items()})
    return Submitted(values)


@given(buildings())
def test_the_page_holds_everything_that_was_built(built: Building) -> None:
    assert editing.read(sent(built), built.language) == built


def test_buttons_add_move_and_remove() -> None:
    ids = lambda built: [question.id for question in built.questions]  # noqa: E731
    assert ids(editing.press(FLU, "up-1", ""))[:2] == ["q2", "q1"]
    assert ids(editing.press(FLU, "down-0", ""))[:2] == ["q2", "q1"]
    assert ids(editing.press(FLU, "remove-0", ""))[0] == "q2"
    added = editing.press(FLU, "add", "date").questions[-1]
    assert added.kind == "date"
    assert added.id not in ids(FLU)
    for button in ("up-0", "down-6", "remove-99", "up-x", "up--1", "add", "show-1", "nothing"):
        assert ids(editing.press(FLU, button, "no such kind")) == ids(FLU)
    assert editing.moved_to(FLU, "up-1") == 0
    assert editing.moved_to(FLU, "down-1") == 2
    assert editing.moved_to(FLU, "remove-1") is None


def test_linkids_that_were_made_up_are_not_taken_over() -> None:
    built = Building("T", (GOOD, replace(GOOD, ask="Twice"), replace(GOOD, id="a=b"), replace(GOOD, id="x" * 300)))
    ids = [question.id for question in editing.read(sent(built), "en").questions]
    assert ids[0] == "q1"
    assert len(set(ids)) == 4
    assert all(building.LINK_ID.fullmatch(key) for key in ids)
    assert len(editing.read(sent(Building(), questions="999999999"), "en").questions) <= MOST_QUESTIONS + 1


# Translations


def test_translations_stand_beside_their_texts_and_go_when_the_words_change() -> None:
    source = source_of(FLU)
    keys = [text.key for text in translating.texts(source)]
    assert ("", "Your flu vaccination") in keys
    assert ("q1", "Bad") in keys
    assert ("q2-help", "One sentence is enough") in keys
    told = translating.translated(source, "cy", {("", "Your flu vaccination"): "Eich brechiad", ("q1", "Bad"): "Drwg"})
    told = translating.translated(told, "pl", {("q1", "Bad"): "Źle"})
    form = read(told).questionnaire
    assert form is not None
    assert form.title.to("cy") == "Eich brechiad"
    assert [form.items[0].options[1].label.to(code) for code in ("cy", "pl", "ur")] == ["Drwg", "Źle", "Bad"]
    assert as_fhir.read(form) == FLU
    changed = replace(FLU, title="Flu", questions=(GOOD, *FLU.questions[1:]))
    again = read(as_fhir.written(changed, told, "urn:uuid:1", "2")).questionnaire
    assert again is not None
    assert again.title.translations == {}
    assert again.items[0].options[1].label.translations == {"cy": "Drwg", "pl": "Źle"}
    # Nothing else changed, and what is emptied is gone.
    assert translating.translated(translating.translated(told, "cy", {}), "pl", {}) == source


names = st.sampled_from(["item", "text", "_text", "extension", "answerOption", "valueCoding", "display", "url"])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from(["title", "_title", "item", "text"]), json_values))
def test_no_file_is_too_odd_to_be_translated(source: dict[str, Any]) -> None:
    words = {text.key: "X" for text in translating.texts(source)}
    made = translating.translated(source, "cy", words)
    assert {text.key for text in translating.texts(made)} == set(words)
    assert all(text.translations["cy"] == "X" for text in translating.texts(made))
