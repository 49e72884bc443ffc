"""From what was submitted on a form's page to the items of a response. The names of the inputs stand in `fields`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from layers_core.contract import Problem
from layers_core.forms import inputs
from layers_core.forms.enabling import Enabling, value_of
from layers_core.forms.fields import ADD, OTHER, Field, FormFields, Slot, first_answers, is_ticked, layout, option_key
from layers_core.forms.model import Item, Questionnaire, ResponseItem, Value
from layers_core.forms.placing import Place, Room, TooLarge, place, places
from layers_core.forms.prefilling import Values, initial, values
from layers_core.forms.showing import when
from layers_core.i18n import DEFAULT_TIMEZONE
from layers_core.i18n import gettext as _

__all__ = ["Filled", "Values", "fill", "initial", "values"]


@dataclass(frozen=True)
class Filled:
    """What came of a submitted form.

    `items` are those of the response (without what has a problem), `problems` what to put right first. `adding` says
    that somebody only asked for one more room: show the form again, save nothing; there are no problems then.
    """

    items: tuple[ResponseItem, ...]
    problems: tuple[Problem, ...] = ()
    adding: bool = False


def fill(questionnaire: Questionnaire, fields: FormFields, language: str, zone: str = DEFAULT_TIMEZONE) -> Filled:
    """Read a submitted form. `language` is the one that the questions were shown in, `zone` where times are meant.

    A problem names the input that it is about. Answers to questions that are not asked are a problem, because dropping
    them would lose what somebody wrote; only what the form itself had filled in at first goes silently.
    """
    filler = _Filler(questionnaire, fields, language, ZoneInfo(zone))
    try:
        room, _misfits = place(questionnaire, filler.entries(layout(questionnaire, fields)))
    except TooLarge:
        return Filled((), (Problem(_("These are more answers than the form can take. Remove some.")),))
    items = filler.finish(room)
    if fields.get(ADD):
        return Filled(items, adding=True)
    return Filled(items, tuple(filler.problems.values()))


class _Filler:
    """Reads one submitted form. Its entries carry the name of their field as `_name` until they are finished."""

    def __init__(self, questionnaire: Questionnaire, fields: FormFields, language: str, zone: ZoneInfo) -> None:
        self._questionnaire, self._fields, self._language, self._zone = questionnaire, fields, language, zone
        self._items = {item.link_id: item for item in questionnaire.walk()}
        self._wrong: set[str] = set()
        self.problems: dict[str, Problem] = {}

    def entries(self, shown: Sequence[Field]) -> list[dict[str, Any]]:
        """An entry for each question and each copy of a group, also where nothing was typed: it may be required."""
        found: list[dict[str, Any]] = []
        for field in shown:
            if field.item.type == "group":
                copies = [
                    self._entry(field.item, slot.name, {"item": self.entries(slot.fields)}) for slot in field.slots
                ]
                typed = [copy for copy in copies if not field.item.repeats or self._holds(copy)]
                found += typed or (copies[:1] if field.item.required else [])
            elif field.slots:
                found.append(self._entry(field.item, field.name, {"answer": list(self._answers(field))}))
        return found

    def _answers(self, field: Field) -> Iterator[dict[str, Any]]:
        for slot, value in self._read(field):
            inner = self.entries(slot.fields)
            if value is not None:
                yield value.as_answer() | ({"item": inner} if inner else {})
            elif field.name not in self._wrong:
                for entry in inner:
                    self._orphan(entry, slot.option.label.to(self._language) if slot.option else "", field)

    def _read(self, field: Field) -> Iterator[tuple[Slot, Value | None]]:
        """Each slot of a question with the answer in it."""
        if field.ticked:
            try:
                given = dict(inputs.ticked(field.item, field.name, self._fields))
            except inputs.Wrong as wrong:
                given = self._note(field.name, field, wrong)
            for slot in field.slots:
                yield slot, given.get(option_key(slot.option) if slot.option else OTHER)
            return
        for slot in field.slots:
            try:
                value = inputs.one(field.item, slot.name, self._fields, self._zone)
            except inputs.Wrong as wrong:
                value = self._note(slot.name, field, wrong).get(slot.name)
            yield slot, value

    def _note(self, name: str, field: Field, wrong: inputs.Wrong) -> dict[str, Value]:
        self._wrong.add(field.name)
        self._tell(f"{name}{wrong.end}", wrong.message)
        return {}

    def _orphan(self, entry: Mapping[str, Any], option: str, field: Field) -> None:
        """Tell of what was typed inside a question that is not answered itself."""
        if self._holds(entry) and not self._as_begun(entry):
            question = option or field.item.text.to(self._language)
            message = _("Answer “%(question)s” first, or remove this answer.", question=question)
            self._tell(self._input(entry), message)

    def finish(self, room: Room) -> tuple[ResponseItem, ...]:
        """The items of the response; what is missing or should not be there becomes a problem."""
        enabling = Enabling(self._questionnaire, room)
        written = [(one, one.entry) for one in places(room) if one.entry is not None]
        for one, entry in written:
            if one.answers and not enabling.asked(one) and not self._as_begun(entry):
                self._tell(self._input(entry), self._not_asked(one, enabling))
        # Groups come last: what is missing in them is told where it is missing.
        for one, entry in sorted(written, key=lambda pair: pair[0].item.type == "group"):
            if one.item.required and enabling.asked(one) and not self._holds(entry) and _asks(entry):
                self._tell(self._input(entry), self._missing(one.item))
        return tuple(_kept(room, enabling))

    def _tell(self, name: str, message: str) -> None:
        self.problems.setdefault(name, Problem(message, name))

    def _not_asked(self, one: Place, enabling: Enabling) -> str:
        while one.room.within is not None and not enabling.asked(one.room.within):
            one = one.room.within
        condition = when(self._questionnaire, one.item, self._language)
        return _("Remove this answer: it is only asked if %(condition)s.", condition=condition)

    def _missing(self, item: Item) -> str:
        question = item.text.to(self._language)
        if item.type == "group":
            return _("Answer at least one question of “%(group)s”", group=question)
        return _("Answer “%(question)s”", question=question)

    def _holds(self, entry: Mapping[str, Any]) -> bool:
        """Whether anything was typed in a question or group, even if it could not be read."""
        inner = entry.get("item", ())
        return bool(entry.get("answer")) or entry["_name"] in self._wrong or any(self._holds(one) for one in inner)

    def _as_begun(self, entry: Mapping[str, Any]) -> bool:
        """Whether everything in it is what the form itself had filled in at first."""
        if "answer" not in entry:
            return all(self._as_begun(one) for one in entry.get("item", ()))
        answers = [value.as_answer() for value in map(value_of, entry["answer"]) if value]
        begun = [value.as_answer() for value in first_answers(self._items[entry["linkId"]])]
        inner = [one for answer in entry["answer"] for one in answer.get("item", ())]
        return entry["_name"] not in self._wrong and answers in ([], begun) and all(map(self._as_begun, inner))

    def _input(self, entry: Mapping[str, Any]) -> str:
        """The first input of a question, or of the first question in a group."""
        item = self._items[entry["linkId"]]
        if item.type == "group":
            return next((self._input(one) for one in entry["item"]), str(entry["_name"]))
        name = f"{entry['_name']}x1" if item.repeats and not is_ticked(item) else str(entry["_name"])
        return f"{name}-day" if item.type in ("date", "dateTime") else name

    def _entry(self, item: Item, name: str, content: Mapping[str, Any]) -> dict[str, Any]:
        text = item.text.to(self._language)
        return {"linkId": item.link_id, **({"text": text} if text else {}), "_name": name, **content}


def _asks(entry: Mapping[str, Any]) -> bool:
    """Whether there is a question in it that the page asks: a group of words alone cannot be answered."""
    return "answer" in entry or any(_asks(inner) for inner in entry["item"])


def _kept(room: Room, enabling: Enabling) -> Iterator[dict[str, Any]]:
    """The entries of what is asked and answered."""
    for one in room.places:
        if one.entry is None or not enabling.asked(one):
            continue
        head = {name: one.entry[name] for name in ("linkId", "text") if name in one.entry}
        if one.item.type == "group":
            inner = list(_kept(one.rooms[0], enabling))
            if inner:
                yield head | {"item": inner}
        elif one.answers:
            yield head | {"answer": [_kept_answer(answer, enabling) for answer in one.answers]}


def _kept_answer(answer: Room, enabling: Enabling) -> dict[str, Any]:
    inner = list(_kept(answer, enabling))
    value = {name: data for name, data in answer.data.items() if name != "item"}
    return value | ({"item": inner} if inner else {})
