"""When a question is asked, for the script of a form's page: tests of what stands in the page's inputs.

A test has `op` and `value` as in FHIR's enableWhen, the `name` of the inputs to look at, `as` what they are to be read
(text, number, date), `many` for those of several copies too, and `only` for one answer of several. One that a script
can't try is empty: the question is shown, and the server says what is wrong. {"any": bool, "of": [test, …]} holds
tests itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from layers_core.forms.fields import Field, Slot, field_name, is_ticked, option_key
from layers_core.forms.model import Condition, Item, Questionnaire
from layers_core.forms.values import same

Test = dict[str, Any]
_TAG = re.compile(r"x\d+|o[0-9a-f]{12}|oother")
_NAME = len(field_name(Item("", "group")))


def is_answered(field: Field, slot: Slot) -> Test:
    """The test for what stands below one answer of a question."""
    return _read(field.item, slot.name, many=False) | {"op": "exists", "value": True}


def is_chosen(field: Field, key: str) -> Test:
    """The test for what stands below one of several answers to tick."""
    return _read(field.item, field.name, many=False) | {"op": "=", "value": key}


class Tests:
    """The tests of one form."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self._items = {item.link_id: item for item in questionnaire.walk()}
        self._above: dict[str, tuple[Item, ...]] = {}
        self._note_above(questionnaire.items, ())

    def _note_above(self, items: Sequence[Item], above: tuple[Item, ...]) -> None:
        for item in items:
            self._above[item.link_id] = above
            self._note_above(item.items, (*above, item))

    def of(self, field: Field, within: Test | None) -> str:
        """When a field is asked, as JSON; empty for always. `within` is the test of the answer that it belongs to."""
        tests = [self._tried(field, condition) for condition in field.item.conditions]
        if not tests and within is None:
            return ""
        held: Test = {"any": field.item.behaviour == "any", "of": tests}
        if within is not None:
            held = {"any": False, "of": [within, *([held] if tests else [])]}
        return json.dumps(held)

    def _tried(self, field: Field, condition: Condition) -> Test:
        question = self._items.get(condition.question)
        if question is None:
            return {}
        name, only = self._nearest(field, question)
        value = _value(question, condition)
        if not name or value is None:
            return {}
        many = question.repeats and question not in self._above[field.item.link_id] and not is_ticked(question)
        tested = _read(question, name, many=many) | {"op": condition.operator, "value": value}
        return tested | ({"only": only} if only else {})

    def _nearest(self, field: Field, question: Item) -> tuple[str, str]:
        """The name of the inputs that a condition looks at; with it the answer to tick that the field stands in.

        Empty where the question stands in copies of a group that the field does not: only the server knows which one.
        """
        above, tags = self._above[field.item.link_id], _TAG.findall(field.name[_NAME:])
        shared = [one for one in self._above[question.link_id] if one in above]
        if any(_tagged(one) for one in self._above[question.link_id] if one not in shared):
            return "", ""
        held = tags[: sum(map(_tagged, shared))]
        if question not in above:
            return field_name(question, "".join(held)), ""
        own = tags[len(held)] if _tagged(question) else ""
        if is_ticked(question):
            return field_name(question, "".join(held)), own[1:]
        return field_name(question, "".join([*held, own])), ""


def _tagged(item: Item) -> bool:
    """Whether the names of what is inside an item say in which copy or answer it stands."""
    return item.repeats


def _read(question: Item, name: str, *, many: bool) -> Test:
    """How a script reads the answers of a question; `many` says that the names of all its copies begin so."""
    kind = {"integer": "number", "decimal": "number", "quantity": "number", "date": "date", "dateTime": "date"}
    return {"name": name, "as": kind.get(question.type, "text"), "many": many}


def _value(question: Item, condition: Condition) -> Any:
    """What inputs hold where a condition is met by being equal; None where a script can't tell."""
    value = condition.value
    if condition.operator == "exists":
        return value.data
    if question.type in {"choice", "open-choice"} and question.options:
        meant = next((option for option in question.options if same(value, option.value)), None)
        return option_key(meant) if meant and condition.operator in {"=", "!="} else None
    if question.type == "boolean":
        return "true" if value.data else "false"
    if question.type in {"integer", "decimal"} or (question.type == "date" and len(value.data) == len("2026-11-22")):
        return value.data
    return value.data if question.type in {"string", "text", "url"} else None
