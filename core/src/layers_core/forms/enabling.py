"""Which items are asked, given the answers: FHIR R4's `enableWhen`, `enableBehavior` and nesting.

Rules: https://hl7.org/fhir/R4/questionnaire-definitions.html#Questionnaire.item.enableWhen and the definitions of
the operators at https://hl7.org/fhir/R4/codesystem-questionnaire-enable-operator.html. Every operator but "exists" and
"!=" holds if at least one answer satisfies it; "!=" holds if no answer is equal, so also where there is no answer.
A condition looks at the nearest occurrence of its question: an answer that the item stands in, else one in the same
copy of a group, else the nearest before it, else the nearest after it. What is not asked has no answer.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from layers_core.forms.model import Condition, Item, Questionnaire, Value
from layers_core.forms.placing import Place, Room, TooLarge, place, places
from layers_core.forms.values import compare, lone_codes, same


def enabled(questionnaire: Questionnaire, response_items: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """The linkIds of the items that are asked, given the answers, in at least one place.

    Where groups are repeated an item may be asked in one copy and not in another: `Enabling` tells them apart. Items
    inside a question stand in its answers, so they are asked once it is answered. It never raises: of a response that
    is too large nothing counts as asked.
    """
    try:
        room, _misfits = place(questionnaire, response_items)
    except TooLarge:
        return frozenset()
    enabling = Enabling(questionnaire, room)
    return frozenset(one.item.link_id for one in places(room) if enabling.asked(one))


def value_of(answer: Any) -> Value | None:
    """The value of an answer as FHIR writes it; None where it has none, or several."""
    names = value_names(answer)
    return Value(names[0][5:], answer[names[0]]) if len(names) == 1 else None


def value_names(answer: Any) -> list[str]:
    """The members of an answer that hold a value."""
    if not isinstance(answer, dict):
        return []
    return [name for name in answer if name.startswith("value") and name[5:6].isupper()]


class Enabling:
    """Says of each place of one response whether it is asked."""

    def __init__(self, questionnaire: Questionnaire, room: Room) -> None:
        self._known: dict[Place, bool] = {}
        self._alone = {item.link_id: lone_codes(item.options) for item in questionnaire.walk() if item.options}
        self._above: dict[str, tuple[str, ...]] = {}
        _note_above(questionnaire.items, (), self._above)
        self._found: dict[tuple[Room, str], list[Place]] = {}
        self._index(questionnaire, room)

    def _index(self, questionnaire: Questionnaire, room: Room) -> None:
        """Note, in the room where an item and the question of its condition part ways, the places of that question."""
        wanted: dict[str, set[int]] = {}
        for item in questionnaire.walk():
            for condition in item.conditions:
                if condition.question in self._above:
                    wanted.setdefault(condition.question, set()).add(self._shared(item, condition))
        for one in places(room):
            levels = wanted.get(one.item.link_id)
            if levels:
                for level, outer in enumerate(_rooms(one)):
                    if level in levels:
                        self._found.setdefault((outer, one.item.link_id), []).append(one)

    def _shared(self, item: Item, condition: Condition) -> int:
        """How many items hold both an item and the question that its condition names."""
        pairs = zip(self._above[item.link_id], self._above[condition.question], strict=False)
        return next((level for level, (one, other) in enumerate(pairs) if one != other), self._least(item, condition))

    def _least(self, item: Item, condition: Condition) -> int:
        return min(len(self._above[item.link_id]), len(self._above[condition.question]))

    def asked(self, one: Place) -> bool:
        """Whether an item is asked in this place.

        It goes without recursion, because conditions may hang on each other in a chain as long as the form. In a
        circle, which reading breaks but a form made by hand may have, the question met again counts as unanswered.
        """
        waiting, opened = [one], set[Place]()
        while waiting:
            now = waiting[-1]
            if now in self._known:
                waiting.pop()
            elif now in opened:
                self._known[now] = self._decide(now)
            else:
                opened.add(now)
                waiting.extend(other for other in self._needed(now) if other not in opened)
        return self._known[one]

    def _needed(self, one: Place) -> Iterator[Place]:
        if one.room.within is not None:
            yield one.room.within
        for condition in one.item.conditions:
            nearest = self._nearest(one, condition)
            if nearest is not None:
                yield nearest[0]

    def _decide(self, one: Place) -> bool:
        if one.room.within is not None and not self._known.get(one.room.within, False):
            return False
        if not one.item.conditions:
            return True
        hold = (self._holds(one, condition) for condition in one.item.conditions)
        return any(hold) if one.item.behaviour == "any" else all(hold)

    def _holds(self, one: Place, condition: Condition) -> bool:
        nearest = self._nearest(one, condition)
        answers: list[Value] = []
        if nearest is not None and self._known.get(nearest[0], False):
            answers = [value for answer in nearest[1] if (value := value_of(answer.data)) is not None]
        return holds(condition, answers, self._alone.get(condition.question))

    def _nearest(self, one: Place, condition: Condition) -> tuple[Place, list[Room]] | None:
        """The nearest occurrence of a condition's question, and those of its answers that count."""
        if condition.question not in self._above:
            return None
        room: Room | None = one.room
        while room is not None and room.within is not None:
            if room.within.item.link_id == condition.question:
                return room.within, [room]
            room = room.within.room
        outer = _rooms(one)[self._shared(one.item, condition)]
        candidates = self._found.get((outer, condition.question), [])
        if not candidates:
            return None
        before = bisect_left(candidates, one.number, key=lambda other: other.number)
        nearest = candidates[max(before - 1, 0)]
        return nearest, nearest.answers


def holds(condition: Condition, answers: Sequence[Value], alone: frozenset[str] | None = None) -> bool:
    """Whether a condition holds, given the answers of its question; `alone` as in `values.same`."""
    operator, wanted = condition.operator, condition.value
    if operator == "exists":
        return bool(answers) is wanted.data
    if operator == "=":
        return any(same(answer, wanted, alone) for answer in answers)
    if operator == "!=":
        return not any(same(answer, wanted, alone) for answer in answers)
    orders = [order for answer in answers if (order := compare(answer, wanted)) is not None]
    if operator in (">", ">="):
        return any(order > 0 or (operator == ">=" and order == 0) for order in orders)
    return any(order < 0 or (operator == "<=" and order == 0) for order in orders)


def _rooms(one: Place) -> list[Room]:
    """The rooms around a place, the response first."""
    rooms = [one.room]
    while rooms[-1].within is not None:
        rooms.append(rooms[-1].within.room)
    return rooms[::-1]


def _note_above(items: Sequence[Item], above: tuple[str, ...], found: dict[str, tuple[str, ...]]) -> None:
    for item in items:
        found[item.link_id] = above
        _note_above(item.items, (*above, item.link_id), found)
