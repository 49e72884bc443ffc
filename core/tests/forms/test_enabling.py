"""Which questions are asked: every operator, chains, groups and copies of groups."""

from __future__ import annotations

from typing import Any

import pytest

from layers_core.forms.enabling import Enabling, enabled
from layers_core.forms.model import Condition, Item, Questionnaire, Value, Words
from layers_core.forms.placing import place, places

from .samples import answered, choice, colour, copy_of, group, kept, question, when


def asked(condition: dict[str, Any], question_asked: dict[str, Any], *answers: dict[str, Any]) -> bool:
    """Whether "z" is asked, if "a" has these answers."""
    form = kept(question_asked, question("z", enableWhen=[condition]))
    assert form.items[1].conditions
    return "z" in enabled(form, [answered("a", *answers)] if answers else [])


@pytest.mark.parametrize(
    ("operator", "answers", "expected"),
    [
        ("=", [], False),
        ("=", [5], True),
        ("=", [4, 5], True),
        ("=", [4], False),
        ("!=", [], True),
        ("!=", [4], True),
        ("!=", [5], False),
        ("!=", [4, 5], False),
        (">", [], False),
        (">", [5], False),
        (">", [6], True),
        (">", [1, 6], True),
        (">=", [5], True),
        (">=", [4], False),
        ("<", [5], False),
        ("<", [4], True),
        ("<=", [5], True),
        ("<=", [6], False),
    ],
)
def test_operators(operator: str, answers: list[int], expected: bool) -> None:
    number = question("a", "integer", repeats=True)
    given = [{"valueInteger": answer} for answer in answers]
    assert asked(when("a", operator, answerInteger=5), number, *given) is expected


def test_exists() -> None:
    for wanted in (True, False):
        condition = when("a", "exists", answerBoolean=wanted)
        assert asked(condition, question("a"), {"valueString": "x"}) is wanted
        assert asked(condition, question("a")) is not wanted
        assert asked(condition, question("a"), {}) is not wanted, "an answer without a value is none"


@pytest.mark.parametrize(
    ("type_", "answer", "operator", "wanted", "expected"),
    [
        ("decimal", {"valueDecimal": 5.0}, "=", {"answerDecimal": 5}, True),
        ("decimal", {"valueDecimal": 0.1}, "<", {"answerDecimal": 0.2}, True),
        ("boolean", {"valueBoolean": False}, "=", {"answerBoolean": False}, True),
        ("boolean", {"valueBoolean": 0}, "=", {"answerBoolean": False}, False),
        ("string", {"valueString": "Yes"}, "=", {"answerString": "yes"}, False),
        ("date", {"valueDate": "2026-11-22"}, ">", {"answerDate": "2026-11-21"}, True),
        ("date", {"valueDate": "2026-12"}, ">", {"answerDate": "2026-11-21"}, True),
        ("date", {"valueDate": "2026-11"}, ">", {"answerDate": "2026-11-21"}, False),
        ("date", {"valueDate": "2026-11"}, "<=", {"answerDate": "2026-11-21"}, False),
        ("date", {"valueDate": "2026-02-30"}, ">", {"answerDate": "2026-01-01"}, False),
        (
            "dateTime",
            {"valueDateTime": "2026-11-22T10:00:00Z"},
            "=",
            {"answerDateTime": "2026-11-22T11:00:00+01:00"},
            True,
        ),
        ("dateTime", {"valueDateTime": "2026-11-22T10:00:00Z"}, ">", {"answerDateTime": "2026-11-21"}, True),
        ("time", {"valueTime": "14:05:00"}, ">", {"answerTime": "09:30:00"}, True),
        ("time", {"valueTime": "14:05:00.0"}, "=", {"answerTime": "14:05:00"}, True),
        (
            "quantity",
            {"valueQuantity": {"value": 80, "code": "kg"}},
            ">",
            {"answerQuantity": {"value": 9, "code": "kg"}},
            True,
        ),
        (
            "quantity",
            {"valueQuantity": {"value": 80, "code": "kg"}},
            ">",
            {"answerQuantity": {"value": 9, "code": "g"}},
            False,
        ),
        ("url", {"valueUri": "http://a"}, "=", {"answerString": "http://a"}, True),
    ],
)
def test_types(type_: str, answer: dict[str, Any], operator: str, wanted: dict[str, Any], expected: bool) -> None:
    assert asked(when("a", operator, **wanted), question("a", type_), answer) is expected


def test_codings_are_equal_by_system_and_code() -> None:
    colours = choice("a", "red", "blue")
    red = when("a", "=", answerCoding={"system": colour("red")["system"], "code": "red"})
    assert asked(red, colours, {"valueCoding": colour("red")})
    assert asked(red, colours, {"valueCoding": {"code": "red"}}), (
        "one option has this code, so its system may be missing"
    )
    assert not asked(red, colours, {"valueCoding": {"code": "red", "system": "https://example.org/other"}})
    assert not asked(red, colours, {"valueCoding": colour("blue")})
    both = {
        **colours,
        "answerOption": [*colours["answerOption"], {"valueCoding": {"system": "https://x.org", "code": "red"}}],
    }
    assert not asked(red, both, {"valueCoding": {"code": "red"}}), "two options have this code"


def test_all_or_any() -> None:
    two = [when("a", "=", answerString="x"), when("b", "=", answerString="y")]
    for behaviour, answers, expected in [
        ("all", {"a": "x"}, False),
        ("all", {"a": "x", "b": "y"}, True),
        ("any", {"b": "y"}, True),
        ("any", {"b": "x"}, False),
    ]:
        form = kept(question("a"), question("b"), question("z", enableWhen=two, enableBehavior=behaviour))
        given = [answered(link_id, {"valueString": text}) for link_id, text in answers.items()]
        assert ("z" in enabled(form, given)) is expected


def test_what_is_in_a_group_that_is_not_asked_is_not_asked() -> None:
    form = kept(question("a"), group("g", group("h", question("b"))), question("c"))
    assert enabled(form, []) == {"a", "g", "h", "b", "c"}
    form = kept(question("a"), group("g", group("h", question("b")), enableWhen=[when("a", "=", answerString="x")]))
    assert enabled(form, []) == {"a"}
    assert enabled(form, [answered("a", {"valueString": "x"})]) == {"a", "g", "h", "b"}


def test_a_chain_ends_where_a_question_is_not_asked_even_if_it_has_an_answer() -> None:
    form = kept(
        question("a"),
        question("b", enableWhen=[when("a", "=", answerString="x")]),
        question("c", enableWhen=[when("b", "exists", answerBoolean=True)]),
        question("d", enableWhen=[when("b", "exists", answerBoolean=False)]),
    )
    b = answered("b", {"valueString": "still there"})
    assert enabled(form, [b]) == {"a", "d"}
    assert enabled(form, [answered("a", {"valueString": "x"}), b]) == {"a", "b", "c"}


def test_questions_inside_an_answer_are_asked_for_that_answer() -> None:
    inner = question("why", enableWhen=[when("a", "=", answerCoding=colour("blue"))])
    form = kept(choice("a", "red", "blue", repeats=True, item=[inner]))
    room, misfits = place(form, [answered("a", {"valueCoding": colour("red")}, {"valueCoding": colour("blue")})])
    assert misfits == []
    enabling = Enabling(form, room)
    assert [enabling.asked(one) for one in places(room) if one.item.link_id == "why"] == [False, True]
    assert enabled(form, []) == {"a"}, "without an answer there is no place for what belongs to it"


def test_each_copy_of_a_group_looks_at_its_own_answers_first() -> None:
    form = kept(
        question("out"),
        group(
            "g",
            question("z", enableWhen=[when("a", "=", answerString="x")]),
            question("a"),
            question("y", enableWhen=[when("out", "=", answerString="x")]),
            repeats=True,
        ),
    )
    copies = [copy_of("g", answered("a", {"valueString": text})) for text in ("x", "no", "x")]
    room, _misfits = place(form, [answered("out", {"valueString": "x"}), *copies])
    enabling = Enabling(form, room)
    seen = {name: [enabling.asked(one) for one in places(room) if one.item.link_id == name] for name in "zy"}
    assert seen == {"z": [True, False, True], "y": [True, True, True]}


def test_from_outside_the_nearest_copy_counts() -> None:
    form = kept(
        question("before", enableWhen=[when("a", "=", answerString="first")]),
        group("g", question("a"), repeats=True),
        question("after", enableWhen=[when("a", "=", answerString="last")]),
    )
    copies = [copy_of("g", answered("a", {"valueString": text})) for text in ("first", "last")]
    assert enabled(form, copies) == {"before", "g", "a", "after"}
    assert enabled(form, copies[::-1]) == {"g", "a"}


def test_a_chain_as_long_as_a_form_may_be() -> None:
    items = [question("0")]
    for number in range(1, 5_000):
        items.append(question(str(number), enableWhen=[when(str(number - 1), "exists", answerBoolean=True)]))
    form = kept(*items)
    answers = [answered(str(number), {"valueString": "x"}) for number in range(5_000)]
    assert len(enabled(form, answers)) == 5_000
    assert enabled(form, answers[1:]) == {"0"}


def test_a_circle_in_a_form_made_by_hand_ends() -> None:
    def item(link_id: str, other: str) -> Item:
        return Item(link_id, "string", conditions=(Condition(other, "exists", Value("Boolean", True)),))

    form = Questionnaire(Words("A circle"), (item("a", "b"), item("b", "a"), item("c", "c"), item("d", "nowhere")))
    answers = [answered(link_id, {"valueString": "x"}) for link_id in "abcd"]
    assert enabled(form, answers) <= {"a", "b", "c", "d"}
    assert "d" not in enabled(form, answers)
