"""A built form turned into a FHIR R4 Questionnaire and back. Pure.

What a built form can't show whole (most forms that were brought in) can be offered, translated and given out, and is
not changed by building.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from layers_core.forms.model import Condition, Item, Questionnaire
from layers_core.forms.options import identity
from layers_patient_input.own_forms import translating
from layers_patient_input.own_forms.building import LINK_ID, NO, YES, Building, Question, kinds
from layers_patient_input.own_forms.translating import Key

_SYSTEM = "urn:layers:question:"
_HELP = "-help"
_Json = dict[str, Any]
_Told = Mapping[Key, Mapping[str, str]]
_Labels = Mapping[tuple[str, str], str]
"""The words of answers to choose from, by question and what identifies the answer."""


def written(building: Building, before: Mapping[str, Any], url: str, version: str) -> _Json:
    """The FHIR Questionnaire of a form without problems.

    Words that stand in the Questionnaire `before` as well keep their translations; words that were changed lose theirs,
    because those would say something else.
    """
    told = {text.key: text.translations for text in translating.texts(before)}
    by_id = {question.id: question for question in building.questions}
    items: list[_Json] = []
    below = items
    for question in building.questions:
        item = _item(question, by_id, told)
        if question.rules["type"] == "group":
            below = item["item"] = []
            items.append(item)
        else:
            below.append(item)
    return {
        "resourceType": "Questionnaire",
        "url": url,
        "version": version,
        "status": "active",
        "language": building.language,
        **_words("title", building.title, "", told),
        "item": items,
    }


def read(form: Questionnaire) -> Building | None:
    """What a form looks like while it is built; None for one that has more in it than that."""
    building = simplified(form)
    return building if written(building, form.source, form.url, form.version) == form.source else None


def simplified(form: Questionnaire) -> Building:
    """A form as near as a built one comes to it: to begin a new one with."""
    labels = {
        (item.link_id, identity(option.value)): option.label.text for item in form.walk() for option in item.options
    }
    return Building(form.title.text, tuple(_questions(form.items, labels)), form.language)


def _item(question: Question, all_by_id: Mapping[str, Question], told: _Told) -> _Json:
    rules = question.rules
    item: _Json = {"linkId": question.id, **_words("text", question.ask, question.id, told), "type": rules["type"]}
    if question.required and question.is_asked:
        item["required"] = True
    if rules.get("repeats"):
        item["repeats"] = True
    if "most" in rules:
        item["maxLength"] = int(question.most or rules["most"])
    if question.only_if:
        item["enableWhen"] = [_condition(question.only_if, all_by_id)]
    if rules.get("options"):
        item["answerOption"] = [
            {"valueCoding": {**_coding(question.id, option), **_words("display", option, question.id, told)}}
            for option in question.options
        ]
    if question.help and rules["type"] != "display":
        help_id = question.id + _HELP
        item["item"] = [{"linkId": help_id, **_words("text", question.help, help_id, told), "type": "display"}]
    return item


def _coding(question: str, option: str) -> dict[str, str]:
    # An answer's own words are its code, so that it means the same in each version of the form that has it.
    return {"system": f"{_SYSTEM}{question}", "code": option}


def _condition(only_if: str, all_by_id: Mapping[str, Question]) -> _Json:
    asked, _equals, answer = only_if.partition("=")
    if all_by_id[asked].rules["type"] == "boolean":
        return {"question": asked, "operator": "=", "answerBoolean": answer == YES}
    return {"question": asked, "operator": "=", "answerCoding": _coding(asked, answer)}


def _words(name: str, text: str, place: str, told: _Told) -> _Json:
    return translating.with_words(name, text, told.get((place, text), {}))


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
    helped = item.items[0].text.text if item.items and item.type != "group" else ""
    usual = kinds()[kind].get("most")
    return Question(
        item.link_id,
        kind,
        item.text.text,
        helped,
        tuple(option.label.text for option in item.options),
        item.required,
        "" if item.max_length in (None, usual) else str(item.max_length),
        _only_if(item.conditions[0], labels) if item.conditions else "",
    )


def _only_if(condition: Condition, labels: _Labels) -> str:
    if condition.value.type == "Boolean":
        return f"{condition.question}={YES if condition.value.data else NO}"
    return f"{condition.question}={labels.get((condition.question, identity(condition.value)), '')}"
