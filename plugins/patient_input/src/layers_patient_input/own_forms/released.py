"""A response with the words that a moderator released in place of the patient's. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from layers_core.contract import Body
from layers_core.forms.model import ResponseItem
from layers_patient_input.catalogue import Form
from layers_patient_input.responses import answers, code_of, text_of

_TEXTS = ("valueString", "valueUri")


def as_released(form: Form, items: Sequence[ResponseItem], body: Body) -> list[dict[str, Any]]:
    """The response to a form that became a released answer with this body.

    An answer whose words were taken out is left out, and so are all of a question of which it can't be told which.
    """
    return list(_Released(form, items, body).entries(items))


class _Released:
    def __init__(self, form: Form, items: Sequence[ResponseItem], body: Body) -> None:
        self._known = {item.link_id: item for item in form.questionnaire.walk()}
        written = [item["linkId"] for item, answer in answers(items) if self._is_written(item["linkId"], answer)]
        self._texts: dict[str, list[str]] = {}
        for link_id in set(written):
            found = [part["text"] for part in body["parts"] if part["words"] and part["link_id"] == link_id]
            self._texts[link_id] = found if len(found) == written.count(link_id) else []

    def _is_written(self, link_id: str, answer: Mapping[str, Any]) -> bool:
        return not code_of(self._known.get(link_id), answer)

    def entries(self, items: Iterable[ResponseItem]) -> Iterator[dict[str, Any]]:
        """The items that still hold something."""
        for item in items:
            given = [self._answer(item["linkId"], answer) for answer in item.get("answer", ())]
            parts = {"answer": [answer for answer in given if answer], "item": list(self.entries(item.get("item", ())))}
            held = {name: part for name, part in parts.items() if part}
            if held:
                yield {name: value for name, value in item.items() if name not in parts} | held

    def _answer(self, link_id: str, answer: Mapping[str, Any]) -> dict[str, Any]:
        value = {name: data for name, data in answer.items() if name != "item"}
        if self._is_written(link_id, answer):
            text = self._texts[link_id].pop(0) if self._texts[link_id] else ""
            if text != text_of(self._known.get(link_id), answer):
                value = {name: text for name in _TEXTS if name in answer and text}
        inner = list(self.entries(answer.get("item", ())))
        return value | ({"item": inner} if inner else {}) if value else {}
