"""What stands in the inputs of a form's page: at first, and when a response is shown again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from layers_core.forms import inputs
from layers_core.forms.enabling import value_of
from layers_core.forms.fields import OTHER, field_name, first_answers, is_shown, is_ticked, option_key
from layers_core.forms.model import Item, Questionnaire, ResponseItem, Value
from layers_core.forms.placing import Room, TooLarge, place
from layers_core.forms.values import ANSWERS, fits, same
from layers_core.i18n import DEFAULT_TIMEZONE


class Values:
    """The names and values of inputs, as a submitted form has them."""

    def __init__(self) -> None:
        self._values: dict[str, list[str]] = {}

    def add(self, name: str, value: str) -> None:
        """One more value of a name."""
        self._values.setdefault(name, []).append(value)

    def get(self, key: str, default: Any = None) -> Any:
        """The first value of a name."""
        return self._values.get(key, [default])[0]

    def getlist(self, key: str) -> list[str]:
        """All values of a name."""
        return list(self._values.get(key, []))

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Every name with each of its values, as a browser sends them."""
        yield from ((name, value) for name, given in self._values.items() for value in given)


def values(questionnaire: Questionnaire, items: Sequence[ResponseItem], zone: str = DEFAULT_TIMEZONE) -> Values:
    """What the inputs hold to show the items of a response again; what does not fit the form is left out."""
    found = Values()
    try:
        room, _misfits = place(questionnaire, items)
    except TooLarge:
        return found
    _show(room, "", found, ZoneInfo(zone))
    return found


def initial(questionnaire: Questionnaire, zone: str = DEFAULT_TIMEZONE) -> Values:
    """What the inputs hold at first."""
    return values(questionnaire, list(_begun(questionnaire.items)), zone)


def _show(room: Room, end: str, found: Values, zone: ZoneInfo) -> None:
    copies: dict[str, int] = {}
    for one in room.places:
        if one.entry is None or not is_shown(one.item):
            continue
        name = field_name(one.item, end)
        for inner in one.rooms:
            value = value_of(inner.data) if one.answers else None
            if one.answers and (value is None or not _can_stand(one.item, value)):
                continue
            inner_end = _end(one.item, end, value, copies.get(name, 0))
            if one.item.repeats and not is_ticked(one.item):
                copies[name] = copies.get(name, 0) + 1
            if value is not None:
                slot = name if is_ticked(one.item) else field_name(one.item, inner_end)
                for input_name, text in inputs.shown(one.item, value, slot, zone):
                    found.add(input_name, text)
            _show(inner, inner_end, found, zone)
    for name, count in copies.items():
        found.add(f"{name}-copies", str(count))


def _end(item: Item, end: str, value: Value | None, before: int) -> str:
    """What the names inside an answer or copy end with."""
    if value is not None and is_ticked(item):
        chosen = next((option for option in item.options if same(value, option.value)), None)
        return f"{end}o{option_key(chosen) if chosen else OTHER}"
    return f"{end}x{before + 1}" if item.repeats else end


def _can_stand(item: Item, value: Value) -> bool:
    return value.type in ANSWERS[item.type] and fits(value.type, value.data)


def _begun(items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    """The entries of a response in which everything is as the form begins."""
    for item in items:
        if item.type == "group":
            inner = list(_begun(item.items))
            if inner:
                yield {"linkId": item.link_id, "item": inner}
        elif answers := [value.as_answer() for value in first_answers(item)]:
            inner = list(_begun(item.items))
            yield {
                "linkId": item.link_id,
                "answer": [answer | ({"item": inner} if inner else {}) for answer in answers],
            }
