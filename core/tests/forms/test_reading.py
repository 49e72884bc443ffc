"""Reading other people's forms: what is right is kept, what is wrong is put right or told, and nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest

from layers_core.forms.model import Condition, Value, Words
from layers_core.forms.reading import DEEPEST, MOST_ITEMS, read, read_file

from .samples import SYSTEM, YES, choice, colour, form, group, item_of, question, when

YESNODONTKNOW = "http://hl7.org/fhir/ValueSet/yesnodontknow"
REGEX = "http://hl7.org/fhir/StructureDefinition/regex"
A = (Value("String", "a"),)
Y = [{"valueString": "Y"}]
TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"


def reported(resource: object) -> list[tuple[str, str]]:
    return [(line.link_id, line.what) for line in read(resource).reported]


def translated(language: str, words: str) -> dict[str, Any]:
    parts = [{"url": "lang", "valueCode": language}, {"url": "content", "valueString": words}]
    return {"extension": [{"url": TRANSLATION, "extension": parts}]}


def test_a_plain_form_is_kept_whole_and_nothing_is_reported() -> None:
    resource = form(
        {"linkId": "words", "type": "display", "text": "Read this"},
        group(
            "g",
            question("s", maxLength=40, required=True, prefix="1."),
            choice("c", "red", "blue", repeats=True),
            question(
                "n", "integer", initial=[{"valueInteger": 3}], enableWhen=[when("s", "exists", answerBoolean=True)]
            ),
        ),
        url="https://example.org/form",
        version="2",
        language="cy",
    )
    found = read(resource)
    assert (found.ok, found.items, found.kept, found.reported) == (True, 5, 5, ())
    form_read = found.questionnaire
    assert form_read is not None
    assert (form_read.url, form_read.version, form_read.language) == ("https://example.org/form", "2", "cy")
    assert form_read.source == resource
    string, colours, number = item_of(found, "s"), item_of(found, "c"), item_of(found, "n")
    assert (string.max_length, string.required, string.prefix) == (40, True, "1.")
    assert [(option.value, option.label.text) for option in colours.options] == [
        (Value("Coding", colour("red")), "Red"),
        (Value("Coding", colour("blue")), "Blue"),
    ]
    assert (number.initial, number.conditions) == (
        (Value("Integer", 3),),
        (Condition("s", "exists", Value("Boolean", True)),),
    )


def test_translations_are_read_wherever_words_are() -> None:
    found = read(
        form(
            question("s", _text=translated("cy", "Cwestiwn")),
            question(
                "c",
                "choice",
                answerOption=[
                    {"valueCoding": {"code": "r", "display": "Red", "_display": translated("cy", "Coch")}},
                    {"valueString": "Blue", "_valueString": translated("cy", "Glas")},
                ],
            ),
            _title=translated("cy", "Ffurflen"),
        )
    )
    assert found.reported == ()
    assert found.questionnaire is not None
    assert found.questionnaire.title == Words("A form", {"cy": "Ffurflen"})
    assert item_of(found, "s").text.to("cy-GB") == "Cwestiwn"
    assert item_of(found, "s").text.to("pl") == "Question s?"
    assert [option.label.to("cy") for option in item_of(found, "c").options] == ["Coch", "Glas"]


@pytest.mark.parametrize(
    ("item", "what", "kept"),
    [
        # What vendors get wrong.
        ({"type": "choice", "answerOption": {"valueString": "Yes"}}, "answerOption", {"type": "choice"}),
        ({"type": "choice", "answerOption": ["Yes"]}, "answerOption", {"type": "choice"}),
        ({"type": "choice", "answerOption": [{"code": "Y"}]}, "answerOption", {"type": "choice"}),
        ({"type": "choice", "answerOption": [{"valueCode": "Y"}]}, "answerOption", {"type": "choice"}),
        ({"type": "choice", "answerOption": [{"valueString": "Y"}, {}]}, "answerOption", {"type": "choice"}),
        ({"type": "string", "maxLength": "12"}, "maxLength", {"max_length": 12}),
        ({"type": "string", "maxLength": -1}, "maxLength", {"max_length": None}),
        ({"type": "string", "maxLength": 10**30}, "maxLength", {"max_length": None}),
        ({"type": "date", "maxLength": 12}, "maxLength", {"max_length": None}),
        ({"type": "string", "required": "true"}, "required", {"required": True}),
        ({"type": "string", "repeats": "yes"}, "repeats", {"repeats": False}),
        ({"type": "string", "text": 12}, "text", {"text": Words("12")}),
        ({"type": "string", "text": {}}, "text", {"text": Words("q")}),
        ({"type": "String"}, "type", {"type": "string"}),
        ({"type": "openChoice"}, "type", {"type": "open-choice"}),
        ({"type": "signature"}, "type", {"type": "text"}),
        ({}, "type", {"type": "text"}),
        ({"type": "display", "required": True}, "required", {"required": False}),
        ({"type": "group", "initial": [{"valueString": "x"}]}, "initial", {"initial": ()}),
        ({"type": "group"}, "item", {"type": "group"}),
        ({"type": "integer", "initial": [{"valueInteger": "3"}]}, None, {"initial": (Value("Integer", 3),)}),
        ({"type": "integer", "initial": [{"valueString": "3"}]}, "initial", {"initial": ()}),
        ({"type": "integer", "initial": [{"valueInteger": 1.5}]}, "valueInteger", {"initial": ()}),
        ({"type": "string", "initial": [{"valueString": "a"}, {"valueString": "b"}]}, "initial", {"initial": A}),
        ({"type": "choice"}, "answerOption", {"type": "choice"}),
        ({"type": "choice", "answerValueSet": "http://example.org/all"}, "answerValueSet", {"options": ()}),
        ({"type": "attachment", "required": True}, "required", {"required": True, "answered": False}),
        ({"type": "reference"}, "type", {"answered": False}),
        ({"type": "string", "readOnly": True}, "readOnly", {"answered": False}),
        # FHIR STU3.
        ({"type": "choice", "option": [{"valueString": "Y"}]}, "option", {"type": "choice"}),
        ({"type": "choice", "options": {"reference": YESNODONTKNOW}}, "options", {"type": "choice"}),
        ({"type": "string", "initialString": "a"}, "initial", {"initial": A}),
        # FHIR R5.
        ({"type": "coding", "answerOption": [{"valueString": "Y"}]}, "type", {"type": "choice"}),
        ({"type": "coding", "answerConstraint": "optionsOrString", "answerOption": Y}, "type", {"type": "open-choice"}),
        ({"type": "string", "answerOption": [{"valueString": "Y"}]}, "type", {"type": "choice"}),
        ({"type": "string", "disabledDisplay": "hidden"}, "disabledDisplay", {}),
        # What is right and not used here.
        ({"type": "string", "definition": "http://example.org/d"}, "definition", {}),
        ({"type": "string", "code": [{"code": "x"}]}, "code", {}),
        ({"type": "string", "extension": [{"url": REGEX}]}, f"extension {REGEX}", {}),
        ({"type": "string", "modifierExtension": [{"url": REGEX}]}, f"modifierExtension {REGEX}", {}),
        ({"type": "string", "_text": {"extension": [{"url": REGEX}]}}, f"extension {REGEX}", {}),
        ({"type": "string", "somethingElse": 1}, "somethingElse", {}),
    ],
)  # fmt: skip
def test_one_thing_is_odd(item: dict[str, Any], what: str | None, kept: dict[str, Any]) -> None:
    found = read(form({"linkId": "q", "text": "Words", **item}))
    assert (found.ok, found.items, found.kept) == (True, 1, 1)
    assert what is None or ("q", what) in [(line.link_id, line.what) for line in found.reported]
    read_item = item_of(found, "q")
    assert {name: getattr(read_item, name) for name in kept} == kept
    assert all(line.why.endswith((".", "?")) for line in found.reported)


def test_answers_of_a_choice_survive_every_way_of_writing_them() -> None:
    for options in ({"valueString": "Y"}, ["Y"], [{"valueString": "Y"}, {"valueString": "Y"}]):
        found = read(form(question("q", "choice", answerOption=options)))
        assert [option.value for option in item_of(found, "q").options] == [Value("String", "Y")]
    found = read(form(question("q", "choice", answerOption=[{"valueCode": "Y"}])))
    assert [option.value for option in item_of(found, "q").options] == [Value("Coding", {"code": "Y"})]


def test_what_is_chosen_at_first() -> None:
    options = [{"valueString": "a"}, {"valueString": "b", "initialSelected": True}]
    found = read(form(question("q", "choice", answerOption=options, initial=[{"valueString": "a"}])))
    assert [option.initial for option in item_of(found, "q").options] == [False, True]
    assert ("q", "initial") in reported(
        form(question("q", "choice", answerOption=options, initial=[{"valueString": "a"}]))
    )
    found = read(form(question("q", "choice", answerOption=options[:1], initial=[{"valueString": "a"}])))
    assert [option.initial for option in item_of(found, "q").options] == [True]


def test_items_are_told_apart_even_if_the_file_does_not() -> None:
    found = read(
        form(question("a"), question("a"), {"text": "No id", "type": "string"}, question("item-2"), question("x" * 300))
    )
    assert found.questionnaire is not None
    link_ids = [item.link_id for item in found.questionnaire.walk()]
    assert link_ids == ["a", "item-2x", "item-3", "item-2", "item-5"]
    assert [(line.link_id, line.what) for line in found.reported] == [
        ("a", "linkId"),
        ("item-3", "linkId"),
        ("x" * 200, "linkId"),
    ]


def test_a_number_is_a_link_id_too() -> None:
    found = read(form({"linkId": 1, "text": "Words", "type": "string"}))
    assert item_of(found, "1").text == Words("Words")
    assert [(line.link_id, line.what) for line in found.reported] == [("1", "linkId")]


def test_a_link_id_is_kept_as_it_stands() -> None:
    found = read(form(question(" a "), question("b", enableWhen=[when(" a ", "=", answerString="x")])))
    assert item_of(found, "b").conditions[0].question == item_of(found, " a ").link_id
    assert found.reported == ()


def test_items_as_one_object_and_items_that_are_none() -> None:
    found = read(form() | {"item": question("a")})
    assert (found.ok, found.kept, found.reported[0].what) == (True, 1, "item")
    found = read(form(question("a"), "words", None, 7))
    assert (found.ok, found.items, found.kept) == (True, 4, 1)
    assert [line.what for line in found.reported] == ["item"]


def test_words_that_hold_questions_become_a_group() -> None:
    found = read(form({"linkId": "d", "type": "display", "text": "Words", "item": [question("a")]}))
    assert item_of(found, "d").type == "group"
    assert found.kept == 2


def test_a_question_without_words_shows_those_of_its_code() -> None:
    found = read(
        form(
            {"linkId": "a", "type": "string", "code": [{"code": "X", "display": "Weight"}]},
            {"linkId": "b", "type": "string"},
        )
    )
    assert [item_of(found, link_id).text.text for link_id in "ab"] == ["Weight", "b"]


def test_hidden_questions_are_kept_and_not_asked() -> None:
    hidden = {"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-hidden", "valueBoolean": True}
    found = read(form(question("a", extension=[hidden])))
    assert item_of(found, "a").hidden
    assert not item_of(found, "a").answered
    assert found.reported[0].what == f"extension {hidden['url']}"
    found = read(form(group("g", group("h", question("a", required=True)), extension=[hidden])))
    assert not item_of(found, "a").answered
    assert ("a", "required") in [(line.link_id, line.what) for line in found.reported]


def test_units_of_a_quantity() -> None:
    url = "http://hl7.org/fhir/StructureDefinition/questionnaire-unitOption"
    kilograms = {"system": "http://unitsofmeasure.org", "code": "kg", "display": "kg"}
    found = read(form(question("w", "quantity", extension=[{"url": url, "valueCoding": kilograms}, {"url": url}])))
    assert [option.value.data for option in item_of(found, "w").options] == [
        {"unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"}
    ]
    assert [line.what for line in found.reported] == [f"extension {url}"]


def test_a_unit_as_a_first_answer() -> None:
    found = read(form(question("w", "quantity", initial=[{"valueQuantity": {"unit": "cm", "code": "cm"}}])))
    assert [option.value.data for option in item_of(found, "w").options] == [{"unit": "cm", "code": "cm"}]
    assert (item_of(found, "w").initial, found.reported) == ((), ())


# Lists of answers -----------------------------------------------------------------------------------------------------

CONCEPTS = [{"code": "r", "display": "Red", "designation": [{"language": "cy", "value": "Coch"}]}, {"code": "b"}]
COLOURS = {"resourceType": "CodeSystem", "url": SYSTEM, "content": "complete", "concept": CONCEPTS}


@pytest.mark.parametrize(
    "contained",
    [
        [{"compose": {"include": [{"system": SYSTEM, "concept": CONCEPTS}]}}],
        [{"expansion": {"contains": [{**concept, "system": SYSTEM} for concept in CONCEPTS]}}],
        [{"expansion": {"contains": [{"abstract": True, "contains": [{**c, "system": SYSTEM} for c in CONCEPTS]}]}}],
        [{"compose": {"include": [{"system": SYSTEM}]}}, COLOURS],
    ],
)
def test_a_contained_list_of_answers(contained: list[dict[str, Any]]) -> None:
    contained = [{"resourceType": "ValueSet", "id": "v", **contained[0]}, *contained[1:]]
    found = read(form(question("q", "choice", answerValueSet="#v"), contained=contained))
    assert found.reported == ()
    options = item_of(found, "q").options
    assert [(o.value.data["system"], o.value.data["code"], o.label.to("cy")) for o in options] == [
        (SYSTEM, "r", "Coch"),
        (SYSTEM, "b", "b"),
    ]


@pytest.mark.parametrize(
    "value_set",
    [
        {"compose": {"include": [{"system": SYSTEM}]}},
        {"compose": {"include": [{"system": SYSTEM, "filter": [{}]}]}},
        {"compose": {"include": [{"valueSet": ["http://example.org/other"]}]}},
        {"compose": {"include": [{"system": SYSTEM, "concept": CONCEPTS}], "exclude": [{"system": SYSTEM}]}},
        {"expansion": {"total": 900, "contains": [{"code": "r"}]}},
        {"compose": "all of them"},
        {},
    ],
)
def test_a_list_that_cannot_be_counted_up_is_told_and_the_question_kept(value_set: dict[str, Any]) -> None:
    contained = [{"resourceType": "ValueSet", "id": "v", **value_set}]
    found = read(form(question("q", "choice", answerValueSet="#v"), contained=contained))
    assert (found.kept, item_of(found, "q").options) == (1, ())
    assert [line.what for line in found.reported] == ["answerValueSet"]


def test_a_list_that_everybody_knows() -> None:
    found = read(form(question("q", "choice", answerValueSet=f"{YESNODONTKNOW}|4.0.1")))
    assert found.reported == ()
    assert [option.value.data["code"] for option in item_of(found, "q").options] == ["Y", "N", "asked-unknown"]
    assert item_of(found, "q").options[0].value.data == YES


# Conditions -----------------------------------------------------------------------------------------------------------


def conditions(*items: Any) -> tuple[Any, list[str]]:
    """The conditions of "z", and what was said about conditions."""
    found = read(form(*items))
    return item_of(found, "z").conditions, [line.what for line in found.reported]


@pytest.mark.parametrize(
    ("asked", "condition", "value"),
    [
        (question("a", "boolean"), when("a", "=", answerString="true"), Value("Boolean", True)),
        (question("a", "integer"), when("a", ">", answerDecimal=5.0), Value("Integer", 5)),
        (question("a", "integer"), when("a", ">", answerString="5"), Value("Integer", 5)),
        (question("a", "decimal"), when("a", ">", answerInteger=5), Value("Decimal", 5)),
        (question("a", "date"), when("a", "<", answerDateTime="2026-11-22T10:00:00Z"), Value("Date", "2026-11-22")),
        (choice("a", "red", "blue"), when("a", "=", answerString="red"), Value("Coding", colour("red"))),
        (choice("a", "red", "blue"), when("a", "=", answerString="Blue"), Value("Coding", colour("blue"))),
        (
            choice("a", "red", "blue"),
            when("a", "!=", answerCoding={"system": "https://example.org/other", "code": "blue"}),
            Value("Coding", colour("blue")),
        ),
    ],
)
def test_a_condition_of_another_type_is_put_right(asked: Any, condition: Any, value: Value) -> None:
    found, said = conditions(asked, question("z", enableWhen=[condition]))
    assert [one.value for one in found] == [value]
    assert said == ["enableWhen"]


@pytest.mark.parametrize(
    "condition",
    [
        when("nowhere", "=", answerString="x"),
        when("z", "=", answerString="x"),
        when("g", "exists", answerBoolean=True),
        when("a", "=", answerCoding={"code": "x"}),
        when("a", ">", answerString="x"),
        when("a", "exists", answerString="perhaps"),
        when("a", "resembles", answerString="x"),
        when("a", "="),
        {"operator": "=", "answerString": "x"},
        {},
        "words",
        when("inner", "exists", answerBoolean=True),
    ],
)
def test_a_condition_that_cannot_be_tried_is_left_out_and_told(condition: Any) -> None:
    found, said = conditions(
        question("a"), group("g", question("b")), question("z", enableWhen=[condition], item=[question("inner")])
    )
    assert found == ()
    assert "enableWhen" in said


def test_a_condition_that_never_holds_is_kept_and_told() -> None:
    green = when("a", "=", answerCoding=colour("green"))
    found, said = conditions(choice("a", "red", "blue"), question("z", enableWhen=[green]))
    assert (len(found), said) == (1, ["enableWhen"])


def test_conditions_of_stu3() -> None:
    old = [{"question": "a", "hasAnswer": False}, {"question": "a", "answerString": "x"}]
    found = read(form(question("a"), question("z", enableWhen=old)))
    assert item_of(found, "z").conditions == (
        Condition("a", "exists", Value("Boolean", False)),
        Condition("a", "=", Value("String", "x")),
    )
    assert item_of(found, "z").behaviour == "any"


def test_several_conditions_without_a_word_how_they_count() -> None:
    two = [when("a", "=", answerString="x"), when("a", "=", answerString="y")]
    found = read(form(question("a"), question("z", enableWhen=two)))
    assert item_of(found, "z").behaviour == "all"
    assert reported(form(question("a"), question("z", enableWhen=two))) == [("z", "enableBehavior")]
    assert (
        item_of(read(form(question("a"), question("z", enableWhen=two, enableBehavior="ANY"))), "z").behaviour == "any"
    )


def test_circles_are_broken_and_told_and_what_only_leads_to_them_stays() -> None:
    def after(link_id: str, *asked: str, **more: Any) -> dict[str, Any]:
        return question(link_id, enableWhen=[when(one, "=", answerString="x") for one in asked], **more)

    found = read(form(after("a", "b"), after("b", "c"), after("c", "a"), after("z", "a"), after("y", "z")))
    assert [len(item_of(found, link_id).conditions) for link_id in "abczy"] == [0, 0, 0, 1, 1]
    assert [(line.link_id, line.what) for line in found.reported] == [(one, "enableWhen") for one in "abc"]


def test_a_circle_through_what_holds_a_question() -> None:
    found = read(
        form(
            group("g", question("inner"), enableWhen=[when("x", "=", answerString="1")]),
            question("x", enableWhen=[when("inner", "=", answerString="1")]),
        )
    )
    assert item_of(found, "g").conditions == item_of(found, "x").conditions == ()
    assert {line.link_id for line in found.reported} == {"g", "x"}


# What is no form ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe{}", "not UTF-8"),
        (b"<Questionnaire/>", "XML"),
        (b"[]", "no FHIR resource"),
        (b"null", "no FHIR resource"),
        (b"{}", "does not say"),
        (b'{"resourceType": "Patient"}', "Patient"),
        (b'{"resourceType": "Questionnaire", "group": {}}', "DSTU2"),
        (b'{"resourceType": "Questionnaire", "x": NaN}', "not JSON"),
        (b'{"resourceType": "Questionnaire", "x": 1e999}', "not JSON"),
        (b'{"resourceType": "Questionnaire", "x": %s}' % (b"9" * 5_000), "not JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b"x" * (5 * 1024 * 1024), "larger than 4 MB"),
    ],
)
def test_what_is_no_form_is_told(raw: bytes, words: str) -> None:
    found = read_file(raw)
    assert (found.ok, found.questionnaire, found.items, found.kept) == (False, None, 0, 0)
    [line] = found.reported
    assert words in line.why


def test_the_limits() -> None:
    assert read(form(*[question(str(number)) for number in range(MOST_ITEMS)])).kept == MOST_ITEMS
    found = read(form(*[question(str(number)) for number in range(MOST_ITEMS + 1)]))
    assert (found.ok, found.items, found.kept) == (False, MOST_ITEMS + 1, 0)
    assert "5,001 items" in found.reported[0].why
    deep = question("0")
    for level in range(1, DEEPEST):
        deep = group(str(level), deep)
    assert read(form(deep)).kept == DEEPEST
    found = read(form(group("top", deep)))
    assert (found.ok, found.items) == (False, DEEPEST + 1)
    assert "21 levels" in found.reported[0].why


def test_characters_that_no_text_may_hold_are_taken_out_and_told() -> None:
    found = read_file(
        b'{"resourceType": "Questionnaire", "status": "active", "item": [{"linkId": "a\\u0000", "type": "string", '
        b'"text": "W\\u0000or\\ud800ds \\u202eesrever", "text": "W\\u0000or\\ud800ds \\u202eesrever"}]}'
    )
    assert item_of(found, "a").text.text == "Words esrever"
    assert found.questionnaire is not None
    assert found.questionnaire.source["item"][0]["text"] == "Words \u202eesrever"
    assert [line.what for line in found.reported] == ["text", "characters", "text"]


def test_a_file_with_a_mark_of_its_encoding() -> None:
    assert read_file(b'\xef\xbb\xbf{"resourceType": "Questionnaire"}').ok
