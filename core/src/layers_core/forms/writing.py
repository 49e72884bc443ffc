"""Writing forms and the responses to them as FHIR R4, for others to read."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from layers_core.forms.elements import TRANSLATION
from layers_core.forms.items import HIDDEN
from layers_core.forms.model import Item, Option, Questionnaire, Value, Words
from layers_core.forms.options import UNIT_OPTION
from layers_core.forms.reading import read


def write(questionnaire: Questionnaire) -> dict[str, Any]:
    """The form as a FHIR R4 Questionnaire.

    One that was read from elsewhere is written as it came, whole. One that was made here, or changed since it was
    read, is written from its values.
    """
    if questionnaire.source and read(questionnaire.source).questionnaire == questionnaire:
        return copy.deepcopy(dict(questionnaire.source))
    written: dict[str, Any] = {"resourceType": "Questionnaire", "language": questionnaire.language}
    written |= {name: text for name in ("url", "version") if (text := getattr(questionnaire, name))}
    written |= _words("title", questionnaire.title)
    written["status"] = "active"
    if questionnaire.items:
        written["item"] = [_item(item) for item in questionnaire.items]
    return written


def response(
    questionnaire: Questionnaire,
    items: Sequence[Mapping[str, Any]],
    *,
    authored: datetime,
    language: str,
    id: str = "",
    identifier: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """A completed FHIR R4 QuestionnaireResponse with the given items.

    `authored` has a time zone; `identifier` is FHIR's, {"system": …, "value": …}. The response names the form by its
    address and version, so one to a form without an address names none.
    """
    written: dict[str, Any] = {"resourceType": "QuestionnaireResponse"}
    if id:
        written["id"] = id
    written["language"] = language
    if identifier:
        written["identifier"] = dict(identifier)
    if questionnaire.url:
        written["questionnaire"] = "|".join(filter(None, (questionnaire.url, questionnaire.version)))
    written |= {"status": "completed", "authored": authored.isoformat(timespec="seconds")}
    if items:
        written["item"] = copy.deepcopy([dict(item) for item in items])
    return written


def _item(item: Item) -> dict[str, Any]:
    written: dict[str, Any] = {"linkId": item.link_id}
    extensions = [{"url": HIDDEN, "valueBoolean": True}] if item.hidden else []
    if item.type == "quantity":
        extensions += [{"url": UNIT_OPTION, "valueCoding": _unit(option)} for option in item.options]
    if extensions:
        written["extension"] = extensions
    if item.prefix:
        written["prefix"] = item.prefix
    written |= _words("text", item.text)
    written["type"] = item.type
    if item.conditions:
        written["enableWhen"] = [
            {"question": one.question, "operator": one.operator, f"answer{one.value.type}": one.value.data}
            for one in item.conditions
        ]
    if len(item.conditions) > 1 or item.behaviour == "any":
        written["enableBehavior"] = item.behaviour
    flags = {"required": item.required, "repeats": item.repeats, "readOnly": item.read_only}
    written |= {name: True for name, said in flags.items() if said}
    if item.max_length is not None:
        written["maxLength"] = item.max_length
    if item.options and item.type != "quantity":
        written["answerOption"] = [_option(option) for option in item.options]
    if item.initial:
        written["initial"] = [value.as_answer() for value in item.initial]
    if item.items:
        written["item"] = [_item(inner) for inner in item.items]
    return copy.deepcopy(written)


def _option(option: Option) -> dict[str, Any]:
    value = option.value
    if value.type == "Coding":
        # A coding without words of its own shows its code, and stays without.
        shown = {} if option.label.text == value.data.get("code") else {"display": option.label.text}
        coding = {**value.data, **shown}
        written: dict[str, Any] = {"valueCoding": coding | _translations("display", option.label)}
    else:
        written = value.as_answer() | _translations(f"value{value.type}", option.label)
    return written | ({"initialSelected": True} if option.initial else {})


def _unit(option: Option) -> dict[str, Any]:
    unit = Value("Coding", option.value.data).data
    return {
        name: unit[part]
        for name, part in (("system", "system"), ("code", "code"), ("display", "unit"))
        if unit.get(part)
    }


def _words(name: str, words: Words) -> dict[str, Any]:
    return ({name: words.text} if words.text else {}) | _translations(name, words)


def _translations(name: str, words: Words) -> dict[str, Any]:
    """The sibling that holds the translations: https://hl7.org/fhir/R4/extension-translation.html."""
    told = [
        {
            "url": TRANSLATION,
            "extension": [{"url": "lang", "valueCode": language}, {"url": "content", "valueString": text}],
        }
        for language, text in words.translations.items()
        if text
    ]
    return {f"_{name}": {"extension": told}} if told else {}
