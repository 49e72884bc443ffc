"""A built form turned into a FHIR R4 Questionnaire and back. Pure.

What a built form can't show whole (most forms that were brought in) can be offered, translated and given out, and is
not changed by building.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from layers_core.forms.model import Condition, Item, Option, Questionnaire, Value, Words
from layers_core.forms.options import identity
from layers_core.forms.writing import write
from layers_patient_input.own_forms import translating
from layers_patient_input.own_forms.building import LINK_ID, NO, YES, Building, Question, deciding, kinds
from layers_patient_input.own_forms.translating import Key

_SYSTEM = "urn:layers:question:"
_HELP = "-help"
_Told = Mapping[Key, Mapping[str, str]]
_Labels = Mapping[tuple[str, str], str]
"""The words of answers to choose from, by question and what identifies the answer."""


def written(building: Building, before: Mapping[str, Any], url: str, version: str) -> dict[str, Any]:
    """The FHIR Questionnaire of a form without problems.

    Words that stand in the Questionnaire `before` as well keep their translations; words that were changed lose theirs,
    because those would say something else.
    """
    told = {text.key: text.translations for text in translating.texts(before)}
    by_id = {question.id: question for question in building.questions}
    items: list[Item] = []
    for question in building.questions:
        item = _item(question, by_id, told)
        if items and items[-1].type == "group" and item.type != "group":
            items[-1] = replace(items[-1], items=(*items[-1].items, item))
        else:
            items.append(item)
    title = _words("", building.title, told)
    return write(Questionnaire(title, tuple(items), url, version, building.language))


def read(form: Questionnaire) -> Building | None:
    """What a form looks like while it is built; None for one that has more in it than that."""
    building = simplified(form)
    return building if written(building, form.source, form.url, form.version) == form.source else None


def simplified(form: Questionnaire) -> Building:
    """A form as near as a built one comes to it: to begin a new one with."""
    labels = {
        (item.link_id, identity(option.value)): option.label.text for item in form.walk() for option in item.options
    }
    questions = list(_questions(form.items, labels))
    for place, question in enumerate(questions):
        if question.only_if not in {value for value, _words in deciding(questions, place)}:
            questions[place] = replace(question, only_if="")
    return Building(form.title.text, tuple(questions), form.language)


def _item(question: Question, all_by_id: Mapping[str, Question], told: _Told) -> Item:
    rules = question.rules
    help_id = question.id + _HELP
    return Item(
        question.id,
        rules["type"],
        _words(question.id, question.ask, told),
        required=question.required,
        repeats=bool(rules.get("repeats")),
        max_length=int(question.most or rules["most"]) if "most" in rules else None,
        options=tuple(
            Option(_coding(question.id, option, display=option), _words(question.id, option, told))
            for option in question.options
        ),
        conditions=(_condition(question.only_if, all_by_id),) if question.only_if else (),
        items=(Item(help_id, "display", _words(help_id, question.help, told)),) if question.help else (),
    )


def _coding(question: str, option: str, **more: str) -> Value:
    # An answer's own words are its code, so that it means the same in each version of the form that has it.
    return Value("Coding", {"system": f"{_SYSTEM}{question}", "code": option, **more})


def _condition(only_if: str, all_by_id: Mapping[str, Question]) -> Condition:
    asked, _equals, answer = only_if.partition("=")
    if all_by_id[asked].rules["type"] == "boolean":
        return Condition(asked, "=", Value("Boolean", answer == YES))
    return Condition(asked, "=", _coding(asked, answer))


def _words(place: str, text: str, told: _Told) -> Words:
    return Words(text, told.get((place, text), {}))


def _questions(items: Iterable[Item], labels: _Labels) -> Iterator[Question]:
    for item in items:
        kind = _kind(item)
        if kind and LINK_ID.fullmatch(item.link_id):
            yield _question(item, kind, labels)
        if item.type == "group":
            yield from _questions(item.items, labels)


def _kind(item: Item) -> str:
    """The kind of question that an item is; "" where there is none like it."""
    return next((code for code, rules in kinds().items() if _like(rules, item)), "")


def _like(rules: Mapping[str, Any], item: Item) -> bool:
    return (rules["type"], bool(rules.get("repeats"))) == (item.type, item.repeats)


def _question(item: Item, kind: str, labels: _Labels) -> Question:
    usual = kinds()[kind].get("most", 0)
    return Question(
        item.link_id,
        kind,
        item.text.text,
        item.items[0].text.text if item.items and item.type != "group" else "",
        tuple(option.label.text for option in item.options),
        item.required,
        str(item.max_length) if 0 < (item.max_length or 0) < usual else "",
        _only_if(item.conditions[0], labels) if item.conditions else "",
    )


def _only_if(condition: Condition, labels: _Labels) -> str:
    if condition.value.type == "Boolean":
        return f"{condition.question}={YES if condition.value.data else NO}"
    return f"{condition.question}={labels.get((condition.question, identity(condition.value)), '')}"
