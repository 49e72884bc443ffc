"""A patient's response read: its score, what it chose and what it says in words. Pure.

A response is the list under `QuestionnaireResponse.item` of FHIR R4 (see `layers_core.forms.model`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from layers_core.forms.model import Item, Option, ResponseItem, Value
from layers_core.i18n import gettext as _
from layers_patient_input.catalogue import Form

MOST_OF_A_KEY = 255
"""Characters of a linkId or code that totals keep."""
_TEXTS = ("valueString", "valueUri")


@dataclass(frozen=True)
class Part:
    """One answer of a response: the question as it was asked, and the answer as people read it.

    `words` says that the patient wrote it, so that somebody looks at it before others do.
    """

    link_id: str
    question: str
    text: str
    words: bool


def made(form: Form, language: str, given: Mapping[str, Sequence[Value]]) -> list[dict[str, Any]]:
    """A response to a form without groups from its answers by linkId; a question without an answer is left out."""
    return [
        {
            "linkId": item.link_id,
            "text": item.text.to(language),
            "answer": [value.as_answer() for value in given[item.link_id]],
        }
        for item in form.questionnaire.items
        if given.get(item.link_id)
    ]


def scored(form: Form, code: str) -> Value:
    """The value that a code of the form's scale stands for. Raises LookupError for a code that the scale lacks."""
    for option in form.scores():
        if option.value.data["code"] == code:
            return option.value
    raise LookupError(f"No answer {code} on the scale {form.scale}")


def score_of(form: Form, items: Iterable[ResponseItem]) -> str | None:
    """The code that was chosen as the form's score; None where none was, or the form has none."""
    chosen = [answer for item, answer in answers(items) if form.score and item.get("linkId") == form.score]
    return str(chosen[0]["valueCoding"]["code"]) if chosen else None


def answers(items: Iterable[ResponseItem]) -> Iterator[tuple[ResponseItem, Mapping[str, Any]]]:
    """Every answer of a response with the item that it is of, in the order of the form."""
    for item in items:
        for answer in item.get("answer", ()):
            yield item, answer
            yield from answers(answer.get("item", ()))
        yield from answers(item.get("item", ()))


def parts(form: Form, items: Iterable[ResponseItem]) -> list[Part]:
    """A response as people read it, without its score; choices are in the form's own language."""
    known = _by_link(form)
    return [
        Part(item["linkId"], item.get("text", ""), text_of(known.get(item["linkId"]), answer), not code)
        for item, answer in answers(items)
        if item["linkId"] != form.score
        for code in [code_of(known.get(item["linkId"]), answer)]
    ]


def has_words(form: Form, items: Iterable[ResponseItem]) -> bool:
    """Whether a response holds anything that the patient did not choose from a list: a text, a number, a date."""
    known = _by_link(form)
    return any(not code_of(known.get(item["linkId"]), answer) for item, answer in answers(items))


def chosen(form: Form, items: Iterable[ResponseItem]) -> Iterator[tuple[str, str]]:
    """The choices of a response as (linkId, code): what totals count."""
    known = _by_link(form)
    for item, answer in answers(items):
        if code := code_of(known.get(item["linkId"]), answer):
            yield item["linkId"][:MOST_OF_A_KEY], code


def written(items: Iterable[ResponseItem]) -> list[str]:
    """Every text in a response, also one that stands in place of an answer to choose."""
    found = []
    for _item, answer in answers(items):
        coding = answer.get("valueCoding", {})
        found += [answer[key] for key in _TEXTS if answer.get(key)]
        found += [coding["display"]] if coding.get("display") and not coding.get("code") else []
    return found


def code_of(item: Item | None, answer: Mapping[str, Any]) -> str:
    """What an answer is counted as: the code or words of the option that it is; "" where the patient wrote it."""
    if "valueBoolean" in answer:
        return "true" if answer["valueBoolean"] else "false"
    for option in item.options if item else ():
        if _is(option, answer):
            data = option.value.data
            code = (data.get("code") or data.get("display")) if isinstance(data, Mapping) else data
            return str(code)[:MOST_OF_A_KEY]
    return ""


def _is(option: Option, answer: Mapping[str, Any]) -> bool:
    """Whether an answer is this option: a coding by its system and code, whatever else is said about it."""
    name, data = f"value{option.value.type}", option.value.data
    given = answer.get(name)
    if isinstance(data, Mapping) and isinstance(given, Mapping) and data.get("code"):
        return (data.get("system"), data["code"]) == (given.get("system"), given.get("code"))
    return name in answer and given == data


def _by_link(form: Form) -> dict[str, Item]:
    return {item.link_id: item for item in form.questionnaire.walk()}


def whole(items: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A response as a resource, for whoever checks it against its form."""
    return {"resourceType": "QuestionnaireResponse", "status": "completed", "item": list(items)}


def text_of(item: Item | None, answer: Mapping[str, Any]) -> str:
    """An answer's value as people read it."""
    for option in item.options if item else ():
        if _is(option, answer):
            return option.label.text
    if "valueBoolean" in answer:
        return _("Yes") if answer["valueBoolean"] else _("No")
    value = next((value for key, value in answer.items() if key.startswith("value")), "")
    if isinstance(value, Mapping):
        amount = [str(value[name]) for name in ("value", "unit") if name in value]
        return " ".join(amount) or str(value.get("display") or value.get("code") or "")
    return str(value)
