"""The inputs of a form's page: which there are, and their names. The page macro and `filling` both go by this.

Names do not show linkIds, which may hold anything. They stay the same while the questions stand in another order.

    q<16 hex digits>              a question or group: a digest of its linkId; also the id of its first input
      …x<n>                       the n-th answer of a repeating question, the n-th copy of a repeating group (from 1)
      …o<option>                  what belongs to one of several answers to tick; <option> is `option_key`, or "other"
                                  These stand at the end of the names of everything inside, the outermost first.

    Type                          inputs of an answer named <name> (`Slot.name`; where there are options: `Field.name`)
    boolean                       <name>                  "true" or "false" (radios)
    integer decimal string text url time                  <name>
    date                          <name>-day, <name>-month, <name>-year
    dateTime                      <name>-day, <name>-month, <name>-year, <name>-time (the time may stay empty)
    quantity                      <name> the number, <name>-unit: option_key where there are several units (radios or
                                  select), free text where the form names none, no input where it names one
    choice open-choice            <name>: option_key (radios; checkboxes where the question repeats); open-choice also
                                  has the value "other" and the text <name>-other. Without options: <name> is a text

    <Field.name>-copies           hidden, for `Field.can_grow`: how many slots the page shows (`len(Field.slots)`)
    add                           a submit button whose value is `Field.name`: the form comes back with one slot more
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from layers_core.forms.model import Item, Option, Questionnaire, Value
from layers_core.forms.options import identity

ADD = "add"
OTHER = "other"
MOST_COPIES = 50
"""Copies of a group and answers of a repeating question on one page."""


class FormFields(Protocol):
    """What a browser submitted: `request.form`, `layers_core.web.Submitted`, or `prefilling.Values`."""

    def get(self, key: str, default: Any = ...) -> Any:
        """The first value of a name."""

    def getlist(self, key: str) -> list[str]:
        """All values of a name."""


@dataclass(frozen=True)
class Slot:
    """The room for one answer or one copy of a group; `fields` are what is inside it.

    Where several answers can be ticked there is a slot for each option (`option`; None for the "other" of an
    open-choice), so that what belongs to an answer can stand below it.
    """

    name: str
    fields: tuple[Field, ...] = ()
    option: Option | None = None


@dataclass(frozen=True)
class Field:
    """A question, a group or words to read, as the page shows it. Words to read have no slots."""

    name: str
    item: Item
    slots: tuple[Slot, ...] = ()
    can_grow: bool = False

    @property
    def ticked(self) -> bool:
        """Whether several answers can be ticked."""
        return is_ticked(self.item)


def layout(questionnaire: Questionnaire, fields: FormFields) -> tuple[Field, ...]:
    """What the page shows, in the order of the form, for what was submitted or is shown at first.

    What is hidden or cannot be answered here is left out, with everything in it.
    """
    return _fields(questionnaire.items, "", fields)


def _fields(items: Sequence[Item], end: str, fields: FormFields) -> tuple[Field, ...]:
    return tuple(_field(item, end, fields) for item in items if is_shown(item))


def _field(item: Item, end: str, fields: FormFields) -> Field:
    name = field_name(item, end)
    if item.type == "display":
        return Field(name, item)
    if is_ticked(item):
        answers = [(option_key(option), option) for option in item.options]
        offered: Iterable[tuple[str, Option | None]] = answers
        if item.type == "open-choice":
            offered = [*answers, (OTHER, None)]
        ends = [(f"{end}o{key}", option) for key, option in offered]
        return Field(
            name,
            item,
            tuple(Slot(field_name(item, inner), _fields(item.items, inner, fields), option) for inner, option in ends),
        )
    numbers = range(1, _copies(name, fields) + 1) if item.repeats else ()
    ends_of_copies = [f"{end}x{number}" for number in numbers] or [end]
    slots = tuple(Slot(field_name(item, inner), _fields(item.items, inner, fields)) for inner in ends_of_copies)
    return Field(name, item, slots, item.repeats and len(slots) < MOST_COPIES)


def _copies(name: str, fields: FormFields) -> int:
    said = str(fields.get(f"{name}-copies") or "")
    shown = int(said) if said.isdecimal() and len(said) <= 4 else 1
    return min(max(shown, 1) + int(fields.get(ADD) == name), MOST_COPIES)


def is_shown(item: Item) -> bool:
    """Whether the page shows an item at all."""
    return item.answered or (item.type in ("group", "display") and not item.hidden)


def is_ticked(item: Item) -> bool:
    """Whether a question has several answers to tick."""
    return item.repeats and item.type in ("choice", "open-choice") and bool(item.options)


def first_answers(item: Item) -> list[Value]:
    """The answers that a question begins with."""
    return list(item.initial) or [option.value for option in item.options if option.initial]


def field_name(item: Item, end: str = "") -> str:
    """The name of an item's field; `end` says in which copies it stands."""
    return f"q{_digest(item.link_id, 16)}{end}"


def option_key(option: Option) -> str:
    """What an input says for an option: a digest of its value, so that it stays when options are moved about."""
    return _digest(identity(option.value), 12)


def _digest(text: str, length: int) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:length]
