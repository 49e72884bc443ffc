"""A response laid beside its form: which entry answers which item, in which copy of a group, and what fits nowhere.

Items that the response leaves out have their place too, so that it can be asked whether they had to be there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from layers_core.forms.elements import listed
from layers_core.forms.model import Item, Questionnaire
from layers_core.forms.parsing import plain
from layers_core.i18n import gettext as _

MOST_PLACES = 200_000
"""Places in one response, those of left-out items included; more is no answer of people."""
_LONGEST_NAME = 200


@dataclass(frozen=True)
class Misfit:
    """Where a response does not fit its form: `where` is a path such as item[0].answer[1]."""

    link_id: str
    where: str
    what: str
    why: str


@dataclass(eq=False)
class Room:
    """What holds items: the response, one copy of a group, or one answer. `places` are in the order of the form."""

    where: str
    within: Place | None = None
    data: Any = None
    places: list[Place] = field(default_factory=list)


@dataclass(eq=False)
class Place:
    """One item in one room. `entry` is None where the response leaves it out.

    `rooms` are its answers if it is a question, and itself if it is a group.
    """

    item: Item
    room: Room
    number: int
    where: str
    entry: Mapping[str, Any] | None = None
    rooms: list[Room] = field(default_factory=list)
    optional: bool = False
    """Whether it is in a repeating group that the response leaves out: then nothing in it is missing."""

    @property
    def answers(self) -> list[Room]:
        """The answers of a question; a group has none."""
        return [] if self.item.type in ("group", "display") else self.rooms


class TooLarge(Exception):
    """The response has more places than people could fill."""


def place(questionnaire: Questionnaire, items: Any) -> tuple[Room, list[Misfit]]:
    """The response's room with everything in it, and what in the response has no place in the form.

    Raises TooLarge.
    """
    placing = _Placing(questionnaire)
    room = Room("")
    placing.fill(room, questionnaire.items, list(items) if isinstance(items, tuple) else items)
    return room, placing.misfits


def places(room: Room) -> Iterator[Place]:
    """Every place in a room, each before what is in it."""
    for one in room.places:
        yield one
        for inner in one.rooms:
            yield from places(inner)


class _Placing:
    def __init__(self, questionnaire: Questionnaire) -> None:
        self.misfits: list[Misfit] = []
        self._known = {item.link_id for item in questionnaire.walk()}
        self._count = 0

    def fill(self, room: Room, items: Sequence[Item], entries: Any) -> None:
        """Give each item its place in a room, with the entries that answer it."""
        here = {item.link_id: position for position, item in enumerate(items)}
        found: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
        last = 0
        for where, entry in self._entries(room.where, entries):
            position = self._position(where, entry, here)
            if position is None:
                continue
            if position < last:
                self._tell(entry, where, "order", _("It stands after an item that comes later in the form."))
            last = max(last, position)
            found.setdefault(str(entry["linkId"]), []).append((where, entry))
        for item in items:
            of_item = found.get(item.link_id, [])
            if len(of_item) > 1 and not (item.type == "group" and item.repeats):
                why = _("It may not be repeated.") if not item.repeats else _("Give all answers in one item.")
                for where, entry in of_item[1:]:
                    self._tell(entry, where, "repeats", why)
            for where, entry in of_item:
                self._place(room, item, where, entry)
            if not of_item:
                self._place(room, item, f"{room.where}.item" if room.where else "item", None)

    def _entries(self, within: str, entries: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
        dot = "." if within else ""
        if entries is not None and not isinstance(entries, list):
            self._tell({}, f"{within}{dot}item", "item", _("It should be a list."))
        for number, entry in enumerate(listed(entries)):
            where = f"{within}{dot}item[{number}]"
            if isinstance(entry, dict):
                yield where, entry
            else:
                self._tell({}, where, "item", _("It should be an object."))

    def _position(self, where: str, entry: Mapping[str, Any], here: Mapping[str, int]) -> int | None:
        link_id = entry.get("linkId")
        if not isinstance(link_id, str) or not link_id:
            self._tell(entry, where, "linkId", _("The item does not say which question it answers."))
        elif link_id in here:
            return here[link_id]
        else:
            self._lost(where, entry)
        return None

    def _lost(self, where: str, entry: Mapping[str, Any]) -> None:
        """Tell of an item without a place, and of everything inside it."""
        known = entry.get("linkId") in self._known if isinstance(entry.get("linkId"), str) else False
        why = _("The item belongs in another place of the form.") if known else _("The form has no such item.")
        self._tell(entry, where, "linkId", why)
        answers = [(f"{where}.answer[{number}]", answer) for number, answer in enumerate(listed(entry.get("answer")))]
        for outer, holder in [(where, entry), *answers]:
            for inner_where, inner in self._entries(outer, holder.get("item") if isinstance(holder, dict) else None):
                self._lost(inner_where, inner)

    def _place(self, room: Room, item: Item, where: str, entry: Mapping[str, Any] | None) -> None:
        self._count += 1
        if self._count > MOST_PLACES:
            raise TooLarge
        above = room.within
        optional = above is not None and (above.optional or (above.entry is None and above.item.repeats))
        one = Place(item, room, self._count, where, entry, optional=optional)
        room.places.append(one)
        if item.type == "group":
            one.rooms.append(Room(where if entry is not None else room.where, one))
            if entry is not None and "answer" in entry:
                self._tell(entry, where, "answer", _("A group has no answer of its own."))
            self.fill(one.rooms[0], item.items, entry.get("item") if entry else None)
        elif item.type == "display":
            if entry is not None and ("answer" in entry or "item" in entry):
                self._tell(entry, where, "answer", _("Words to read have no answer."))
        elif entry is not None:
            self._answers(one, entry)

    def _answers(self, one: Place, entry: Mapping[str, Any]) -> None:
        if "item" in entry:
            self._tell(entry, one.where, "item", _("What belongs to a question stands in its answer."))
        answers = entry.get("answer")
        if answers is not None and not isinstance(answers, list):
            self._tell(entry, f"{one.where}.answer", "answer", _("It should be a list."))
        for number, answer in enumerate(listed(answers)):
            where = f"{one.where}.answer[{number}]"
            if not isinstance(answer, dict):
                self._tell(entry, where, "answer", _("It should be an object."))
                continue
            room = Room(where, one, answer)
            one.rooms.append(room)
            self.fill(room, one.item.items, answer.get("item"))

    def _tell(self, entry: Mapping[str, Any], where: str, what: str, why: str) -> None:
        link_id = entry.get("linkId")
        named = plain(link_id[:_LONGEST_NAME]) if isinstance(link_id, str) else ""
        self.misfits.append(Misfit(named, where, what, why))
