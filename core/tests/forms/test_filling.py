"""What people type in a form's inputs, and what comes of it, case by case."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from layers_core.forms.checking import check_items
from layers_core.forms.enabling import value_of
from layers_core.forms.fields import MOST_COPIES, Field, layout, option_key
from layers_core.forms.filling import Filled, Values, fill, initial, values
from layers_core.forms.model import Questionnaire
from layers_core.forms.showing import shown, when
from layers_core.web import Submitted

from .samples import choice, colour, group, kept, question
from .samples import when as asked_when

NOTHING = Values()
JULY = {"-day": "4", "-month": "7"}


def field_of(form: Questionnaire, link_id: str, fields: Values = NOTHING) -> Field:
    """The first field of an item."""

    def find(shown_fields: tuple[Field, ...]) -> Field | None:
        for field in shown_fields:
            inner = next((found for slot in field.slots if (found := find(slot.fields))), None)
            if field.item.link_id == link_id or inner:
                return inner or field
        return None

    found = find(layout(form, fields))
    assert found is not None
    return found


def submit(form: Questionnaire, **typed: str | list[str] | dict[str, str]) -> Filled:
    """Submit a form: by linkId a text, several texts of one input, or texts by what their input's name ends with."""
    fields: MultiDict[str, str] = MultiDict()
    for link_id, given in typed.items():
        name = field_of(form, link_id).name
        parts = given if isinstance(given, dict) else {"": given}
        for end, text in parts.items():
            fields.setlist(f"{name}{end}", text if isinstance(text, list) else [text])
    return fill(form, fields, "en")


def answers(filled: Filled) -> list[dict[str, Any]]:
    """The answers to the only question."""
    assert filled.problems == ()
    [entry] = filled.items
    return list(entry["answer"])


def key(form: Questionnaire, link_id: str, position: int) -> str:
    return option_key(field_of(form, link_id).item.options[position])


@pytest.mark.parametrize(
    ("type_", "typed", "answer"),
    [
        ("boolean", "true", {"valueBoolean": True}),
        ("boolean", "false", {"valueBoolean": False}),
        ("integer", " 12 ", {"valueInteger": 12}),
        ("integer", "-3", {"valueInteger": -3}),
        ("integer", "۱۲", {"valueInteger": 12}),
        ("decimal", "12.50", {"valueDecimal": 12.5}),
        ("decimal", "3,5", {"valueDecimal": 3.5}),
        ("decimal", "۱۲٫۵", {"valueDecimal": 12.5}),
        ("decimal", "7", {"valueDecimal": 7}),
        ("time", "14:05", {"valueTime": "14:05:00"}),
        ("time", "9.30", {"valueTime": "09:30:00"}),
        ("time", "2pm", {"valueTime": "14:00:00"}),
        ("time", "12:15 a.m.", {"valueTime": "00:15:00"}),
        ("string", "  Ada\x00\x07  ", {"valueString": "Ada"}),
        ("text", "two\r\nlines", {"valueString": "two\nlines"}),
        ("url", "https://www.nhs.uk/conditions/?a=b#c", {"valueUri": "https://www.nhs.uk/conditions/?a=b#c"}),
        ("date", {"-day": "4", "-month": "12", "-year": "2026"}, {"valueDate": "2026-12-04"}),
        ("dateTime", {"-day": "4", "-month": "12", "-year": "2026"}, {"valueDateTime": "2026-12-04"}),
        ("dateTime", {**JULY, "-year": "2026", "-time": "2:05pm"}, {"valueDateTime": "2026-07-04T14:05:00+01:00"}),
        ("dateTime", {**JULY, "-year": "1840", "-time": "12:00"}, {"valueDateTime": "1840-07-04T12:01:15+00:00"}),
        ("quantity", {"": "80.5", "-unit": "kg"}, {"valueQuantity": {"value": 80.5, "unit": "kg"}}),
        ("quantity", "80", {"valueQuantity": {"value": 80}}),
        ("choice", "Something", {"valueCoding": {"display": "Something"}}),
        ("open-choice", "Something", {"valueString": "Something"}),
    ],
)  # fmt: skip
def test_what_is_typed_becomes_a_value(type_: str, typed: Any, answer: dict[str, Any]) -> None:
    form = kept(question("q", type_))
    filled = submit(form, q=typed)
    assert answers(filled) == [answer]
    assert filled.items[0]["text"] == "Question q?"
    assert check_items(form, filled.items) == ()


@pytest.mark.parametrize(
    ("type_", "typed", "end"),
    [
        ("boolean", "perhaps", ""),
        ("integer", "1.5", ""),
        ("integer", "9999999999", ""),
        ("integer", "9" * 50_000, ""),
        ("integer", "twelve", ""),
        ("decimal", "1,000", ""),
        ("decimal", "1e5", ""),
        ("decimal", "NaN", ""),
        ("decimal", "½", ""),
        ("time", "25:00", ""),
        ("time", "13pm", ""),
        ("time", "14", ""),
        ("url", "www.nhs.uk", ""),
        ("url", "javascript://x.y", ""),
        ("url", "https://a b.c", ""),
        ("url", "https://" + "a." * 25_000 + " x", ""),
        ("date", {"-day": "31", "-month": "2", "-year": "2026"}, "-day"),
        ("date", {"-day": "4", "-month": "12", "-year": "26"}, "-day"),
        ("date", {"-year": "2026"}, "-day"),
        ("date", {"-day": "x" * 50_000}, "-day"),
        ("dateTime", {"-time": "14:05"}, "-day"),
        ("dateTime", {"-day": "4", "-month": "12", "-year": "2026", "-time": "late"}, "-time"),
        ("quantity", {"-unit": "kg"}, ""),
        ("quantity", {"": "many", "-unit": "kg"}, ""),
    ],
)
def test_what_cannot_be_read_is_a_problem_of_its_input(type_: str, typed: Any, end: str) -> None:
    form = kept(question("q", type_, required=True))
    filled = submit(form, q=typed)
    [problem] = filled.problems
    assert problem.field == field_of(form, "q").name + end
    assert str(problem.message)
    assert filled.items == ()


def test_choosing() -> None:
    form = kept(choice("c", "red", "blue"))
    assert answers(submit(form, c=key(form, "c", 1))) == [{"valueCoding": colour("blue")}]
    [problem] = submit(form, c="green").problems
    assert "answers shown" in str(problem.message)


def test_ticking_several_gives_them_in_the_order_of_the_form() -> None:
    form = kept(choice("c", "red", "blue", "green", repeats=True))
    keys = [key(form, "c", 2), key(form, "c", 0), key(form, "c", 0)]
    assert answers(submit(form, c=keys)) == [{"valueCoding": colour("red")}, {"valueCoding": colour("green")}]


@pytest.mark.parametrize(
    ("typed", "outcome"),
    [
        ({"": "other", "-other": "purple"}, {"valueString": "purple"}),
        ({"-other": "purple"}, {"valueString": "purple"}),
        ({"": "other"}, "-other"),
        ({"": "RED", "-other": "purple"}, "-other"),
        ({"": "other", "-other": "x" * 11}, "-other"),
    ],
)
def test_another_answer_than_those_offered(typed: dict[str, str], outcome: Any) -> None:
    form = kept(choice("c", "red", type_="open-choice", maxLength=10))
    filled = submit(form, c={end: key(form, "c", 0) if text == "RED" else text for end, text in typed.items()})
    if isinstance(outcome, dict):
        assert answers(filled) == [outcome]
    else:
        assert [problem.field for problem in filled.problems] == [field_of(form, "c").name + outcome]


def test_the_unit_is_the_forms() -> None:
    url = "http://hl7.org/fhir/StructureDefinition/questionnaire-unitOption"
    units = [
        {"url": url, "valueCoding": {"code": code, "display": words}}
        for code, words in (("kg", "kg"), ("[lb_av]", "pounds"))
    ]
    form = kept(question("w", "quantity", extension=units))
    pounds = {"value": 150, "unit": "pounds", "code": "[lb_av]"}
    assert answers(submit(form, w={"": "150", "-unit": key(form, "w", 1)})) == [{"valueQuantity": pounds}]
    assert submit(form, w={"": "150"}).problems[0].field == f"{field_of(form, 'w').name}-unit"
    assert submit(form, w={"-unit": key(form, "w", 0)}) == Filled(())
    form = kept(question("w", "quantity", extension=units[:1]))
    assert answers(submit(form, w="80")) == [{"valueQuantity": {"value": 80, "unit": "kg", "code": "kg"}}]


def test_what_is_required_is_missed_where_it_is() -> None:
    form = kept(
        question("s", required=True),
        question("d", "date", required=True),
        question("many", required=True, repeats=True),
        choice("c", "red", required=True, repeats=True),
        group("g", question("inside"), question("more"), required=True),
        question("file", "attachment", required=True),
    )
    names = {link_id: field_of(form, link_id).name for link_id in ("s", "d", "many", "c", "inside")}
    problems = fill(form, Values(), "en").problems
    expected = [names["s"], f"{names['d']}-day", f"{names['many']}x1", names["c"], names["inside"]]
    assert [problem.field for problem in problems] == expected
    assert str(problems[0].message) == "Answer “Question s?”"


def test_too_long() -> None:
    form = kept(question("s", maxLength=5))
    assert answers(submit(form, s="12345")) == [{"valueString": "12345"}]
    [problem] = submit(form, s="1234567").problems
    assert str(problem.message) == "Shorten this to 5 characters. It has 7."


# Questions that hang on others ----------------------------------------------------------------------------------------

SMOKING = kept(
    question("smoke", "boolean"),
    question("much", "integer", enableWhen=[asked_when("smoke", "=", answerBoolean=True)], required=True),
)


def test_an_answer_to_a_question_that_is_not_asked_is_a_problem_and_says_why() -> None:
    filled = submit(SMOKING, smoke="false", much="5")
    [problem] = filled.problems
    assert problem.field == field_of(SMOKING, "much").name
    assert str(problem.message) == "Remove this answer: it is only asked if “Question smoke?” is “No”.".replace(
        "No", "Yes"
    )
    assert [entry["linkId"] for entry in filled.items] == ["smoke"]


def test_a_question_is_required_only_where_it_is_asked() -> None:
    assert submit(SMOKING, smoke="false").problems == ()
    assert submit(SMOKING).problems == ()
    assert [problem.field for problem in submit(SMOKING, smoke="true").problems] == [field_of(SMOKING, "much").name]
    assert submit(SMOKING, smoke="true", much="5").problems == ()


def test_what_the_form_had_filled_in_itself_goes_silently() -> None:
    waiting = question("b", initial=[{"valueString": "as ever"}], enableWhen=[asked_when("a", "=", answerString="x")])
    form = kept(question("a"), waiting)
    assert submit(form, a="y", b="as ever") == Filled(
        ({"linkId": "a", "text": "Question a?", "answer": [{"valueString": "y"}]},)
    )
    assert len(submit(form, a="y", b="as ever, but changed").problems) == 1


def test_what_stands_in_a_question_needs_its_answer() -> None:
    form = kept(question("a", "boolean", item=[question("why", required=True)]))
    [problem] = submit(form, why="because").problems
    assert problem.field == field_of(form, "why").name
    assert str(problem.message).startswith("Answer “Question a?” first")
    assert submit(form) == Filled(())
    [entry] = submit(form, a="false", why="because").items
    assert entry["answer"][0]["item"][0]["answer"] == [{"valueString": "because"}]


def test_each_ticked_answer_has_its_own_questions() -> None:
    form = kept(choice("c", "red", "blue", repeats=True, item=[question("why", required=True)]))
    field = field_of(form, "c")
    red, blue = [slot.fields[0].name for slot in field.slots]
    fields = MultiDict([(field.name, key(form, "c", 0)), (field.name, key(form, "c", 1)), (red, "hot")])
    filled = fill(form, fields, "en")
    assert [problem.field for problem in filled.problems] == [blue]
    fields.add(blue, "calm")
    filled = fill(form, fields, "en")
    assert filled.problems == ()
    assert check_items(form, filled.items) == ()
    fields.poplist(field.name)
    assert [problem.field for problem in fill(form, fields, "en").problems] == [red, blue]


def test_a_condition_in_words() -> None:
    two = [asked_when("a", "!=", answerCoding=colour("red")), asked_when("n", ">=", answerInteger=3)]
    form = kept(choice("a", "red"), question("n", "integer"), question("z", enableWhen=two, enableBehavior="any"))
    assert when(form, form.items[2], "en") == "“Question a?” is not “Red” or “Question n?” is 3 or more"
    assert when(form, form.items[0], "en") == ""


# Several answers and copies -------------------------------------------------------------------------------------------


def test_adding_an_input_saves_nothing_and_loses_nothing() -> None:
    form = kept(question("s", repeats=True), question("r", required=True))
    name = field_of(form, "s").name
    fields = MultiDict([(f"{name}x1", "one"), ("add", name)])
    filled = fill(form, fields, "en")
    assert filled.adding
    assert filled.problems == ()
    assert [slot.name for slot in layout(form, fields)[0].slots] == [f"{name}x1", f"{name}x2"]
    fields = MultiDict([(f"{name}-copies", "2"), (f"{name}x1", ""), (f"{name}x2", "two"), ("add", name)])
    assert len(layout(form, fields)[0].slots) == 3
    fields.poplist("add")
    assert fill(form, fields, "en").items[0]["answer"] == [{"valueString": "two"}]


def test_copies_of_a_group() -> None:
    form = kept(group("g", question("a", required=True), question("n", "integer"), repeats=True))
    name = field_of(form, "g").name
    shown_fields = layout(form, MultiDict([(f"{name}-copies", "3")]))
    copies = [[field.name for field in slot.fields] for slot in shown_fields[0].slots]
    fields = MultiDict([(f"{name}-copies", "3"), (copies[0][0], "one"), (copies[2][1], "3")])
    filled = fill(form, fields, "en")
    assert [problem.field for problem in filled.problems] == [copies[2][0]]
    fields.add(copies[2][0], "three")
    filled = fill(form, fields, "en")
    assert [entry["linkId"] for entry in filled.items] == ["g", "g"]
    assert check_items(form, filled.items) == ()
    again = values(form, filled.items)
    assert again.get(f"{name}-copies") == "2"
    assert again.get(copies[1][1]) == "3"


@pytest.mark.parametrize(
    ("said", "slots"), [("0", 1), ("-5", 1), ("1e9", 1), ("99999", 1), ("9999", MOST_COPIES), ("²", 1), ("٣", 3)]
)
def test_copies_are_as_many_as_a_page_can_hold(said: str, slots: int) -> None:
    form = kept(question("s", repeats=True))
    [field] = layout(form, MultiDict([(f"{field_of(form, 's').name}-copies", said)]))
    assert len(field.slots) == slots
    assert field.can_grow is (slots < MOST_COPIES)


def test_nothing_but_inputs_that_were_sent_makes_copies() -> None:
    deep = question("s")
    for level in range(15):
        deep = group(str(level), deep, repeats=True)
    form = kept(deep)
    fields = MultiDict([(f"{field_of(form, str(level)).name}-copies", "50") for level in range(15)])
    assert len(fill(form, fields, "en").items) == 0


# Names and what is shown ----------------------------------------------------------------------------------------------


def test_names_give_no_linkid_away_and_do_not_hang_on_the_order() -> None:
    hostile = '"><script>'
    one, other = kept(question(hostile), question("b")), kept(question("b"), question(hostile))
    assert field_of(one, hostile).name == field_of(other, hostile).name
    assert field_of(one, hostile).name[1:].isalnum()
    assert option_key(kept(choice("c", "a", "b")).items[0].options[1]) == option_key(
        kept(choice("c", "b")).items[0].options[0]
    )


def test_what_is_hidden_or_cannot_be_answered_is_not_shown() -> None:
    hidden = {"url": "http://hl7.org/fhir/StructureDefinition/questionnaire-hidden", "valueBoolean": True}
    form = kept(
        question("h", extension=[hidden]),
        group("g", question("inside"), extension=[hidden]),
        question("f", "attachment"),
        question("r", readOnly=True),
        question("s"),
    )
    assert [field.item.link_id for field in layout(form, NOTHING)] == ["s"]


def test_what_stands_there_at_first() -> None:
    options = [{"valueString": "a"}, {"valueString": "b", "initialSelected": True}]
    form = kept(
        group(
            "g",
            question("c", "choice", answerOption=options),
            question("d", "date", initial=[{"valueDate": "2026-11-22"}]),
        ),
        question("many", repeats=True, initial=[{"valueString": "x"}, {"valueString": "y"}]),
    )
    begun = initial(form)
    day, many = field_of(form, "d").name, field_of(form, "many").name
    assert dict(begun.pairs()) == {
        field_of(form, "c").name: key(form, "c", 1),
        f"{day}-day": "22",
        f"{day}-month": "11",
        f"{day}-year": "2026",
        f"{many}x1": "x",
        f"{many}x2": "y",
        f"{many}-copies": "2",
    }
    assert [entry["linkId"] for entry in fill(form, begun, "en").items] == ["g", "many"]


def test_a_moment_is_shown_in_the_zone_of_the_practice() -> None:
    form = kept(question("m", "dateTime"))
    stored = [{"linkId": "m", "answer": [{"valueDateTime": "2026-07-04T23:30:00Z"}]}]
    again = values(form, stored)
    name = field_of(form, "m").name
    assert [again.get(f"{name}-{part}") for part in ("day", "time")] == ["05", "00:30"]
    assert again.get("nothing") is None
    assert values(form, [{"linkId": "m", "answer": [{"valueDateTime": "9999-12-31T23:30:00-12:00"}]}]).get(name) is None


def test_answers_in_words() -> None:
    form = kept(
        choice("c", "red"),
        question("b", "boolean"),
        question("q", "quantity"),
        question("d", "date"),
        question("t", "time"),
    )
    said = {
        "c": ({"valueCoding": colour("red")}, "Red"),
        "b": ({"valueBoolean": False}, "No"),
        "q": ({"valueQuantity": {"value": 80.0, "unit": "kg"}}, "80 kg"),
        "d": ({"valueDate": "2026-11-22"}, "22 November 2026"),
        "t": ({"valueTime": "14:05:00"}, "14:05"),
    }
    for item in form.items:
        answer, words = said[item.link_id]
        value = value_of(answer)
        assert value is not None
        assert shown(item, value, "en") == words


def test_the_question_stands_in_the_answer_as_it_was_asked() -> None:
    translation = [{"url": "lang", "valueCode": "cy"}, {"url": "content", "valueString": "Cwestiwn"}]
    extension = [{"url": "http://hl7.org/fhir/StructureDefinition/translation", "extension": translation}]
    form = kept(question("s", _text={"extension": extension}))
    fields = Submitted(MultiDict([(field_of(form, "s").name, "ateb")]))
    assert fill(form, fields, "cy").items[0]["text"] == "Cwestiwn"
