"""A form as its page asks it: what stands where, in which words, and when. The page macro draws it; no markup here.

from layers_core.forms.asking import asked
parts = asked(questionnaire, filling.initial(questionnaire), "cy")
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from layers_core.forms.fields import OTHER, Field, FormFields, Slot, field_name, is_ticked, layout, option_key
from layers_core.forms.model import Condition, Item, Questionnaire, Words
from layers_core.forms.showing import when
from layers_core.forms.values import same
from layers_core.i18n import gettext as _

MOST_RADIOS = 15
"""Answers that are shown at once; more go into a list that opens."""
_LONG_LINE = 200
_NEAR = 2_000
"""Characters: a limit that somebody may come near."""
_TAG = re.compile(r"x\d+|o[0-9a-f]{12}|oother")
_NAME = len(field_name(Item("", "group")))
_LINES = {"integer": "numeric", "decimal": "decimal", "url": "url"}


@dataclass(frozen=True)
class Said:
    """A text of the form. `lang` names its language where that is not the page's, because there is no translation."""

    text: str
    lang: str = ""


@dataclass(frozen=True)
class Choice:
    """An answer to choose. `key` is the input's value, `parts` are asked of those who choose it, as `when` says.

    The answer of one's own that an open choice has is `other`, without words.
    """

    key: str
    said: Said
    parts: tuple[Part, ...] = ()
    when: str = ""


@dataclass(frozen=True)
class Copy:
    """The inputs of one answer, or one copy of a group; `parts` stand below or in it.

    What stands below an answer is asked of those who gave one, as `when` says.
    """

    name: str
    parts: tuple[Part, ...] = ()
    when: str = ""


@dataclass(frozen=True)
class Part:
    """One thing on the page: a question, a group or words.

    `look` says how it is drawn: words, group, radios, checkboxes, select, line, area, date, moment (a date and a time)
    or quantity. `inputmode` is HTML's. `hints` say how to answer: the words that stand at the beginning of a question,
    then how to write it. `when` says in words when it is asked, empty for always; `test` says the same for the page's
    script (see `_test`).
    """

    look: str
    field: Field
    said: Said
    hints: tuple[Said, ...] = ()
    copies: tuple[Copy, ...] = ()
    choices: tuple[Choice, ...] = ()
    inputmode: str = ""
    when: str = ""
    test: str = ""

    @property
    def name(self) -> str:
        """The name of its inputs, and its id."""
        return self.field.name

    @property
    def item(self) -> Item:
        """What the form says of it."""
        return self.field.item

    @property
    def several(self) -> bool:
        """Whether it has, or may have, several answers or copies that stand one below the other."""
        return len(self.copies) > 1 or self.field.can_grow

    @property
    def in_words(self) -> bool:
        """Whether people answer it in words of their own."""
        return self.look in {"line", "area"} and not self.inputmode and self.item.type != "time"


def asked(questionnaire: Questionnaire, fields: FormFields, language: str) -> tuple[Part, ...]:
    """What the page shows in a language, in the order of the form, for what is filled in."""
    return _Asking(questionnaire, language).parts(layout(questionnaire, fields), None)


def said(questionnaire: Questionnaire, words: Words, language: str, prefix: str = "") -> Said:
    """A text of a form as a page in a language shows it."""
    text = " ".join(filter(None, (prefix, words.to(language))))
    translated = {language, language.split("-")[0]} & {*words.translations, questionnaire.language}
    return Said(text, "" if translated else questionnaire.language)


class _Asking:
    def __init__(self, questionnaire: Questionnaire, language: str) -> None:
        self._form, self._language = questionnaire, language
        self._items = {item.link_id: item for item in questionnaire.walk()}
        self._above: dict[str, tuple[Item, ...]] = {}
        self._note_above(questionnaire.items, ())

    def _note_above(self, items: Sequence[Item], above: tuple[Item, ...]) -> None:
        for item in items:
            self._above[item.link_id] = above
            self._note_above(item.items, (*above, item))

    def parts(self, fields: Sequence[Field], within: dict[str, Any] | None) -> tuple[Part, ...]:
        """These fields; `within` is the test of the answer that they belong to."""
        return tuple(self._part(field, within) for field in fields)

    def _part(self, field: Field, within: dict[str, Any] | None) -> Part:
        item, look = field.item, _look(field)
        part = Part(
            look,
            field,
            said(self._form, item.text, self._language, item.prefix),
            hints=(*(self._label(hint.text) for hint in _hints(item)), *(Said(note) for note in _notes(item, look))),
            inputmode=_LINES.get(item.type, "") if look == "line" else "",
            when=when(self._form, item, self._language),
            test=self._test(field, within),
        )
        if look == "checkboxes":
            return replace(part, choices=tuple(self._ticked(field, slot) for slot in field.slots))
        if look in {"radios", "select", "quantity"}:
            part = replace(part, choices=tuple(self._choices(item)))
        return replace(part, copies=tuple(self._copy(field, slot) for slot in field.slots))

    def _choices(self, item: Item) -> Iterator[Choice]:
        if item.type == "boolean":
            yield from (Choice("true", Said(_("Yes"))), Choice("false", Said(_("No"))))
        for option in item.options:
            yield Choice(option_key(option), self._label(option.label))
        if item.type == "open-choice":
            yield Choice(OTHER, Said(""))

    def _label(self, words: Words) -> Said:
        return said(self._form, words, self._language)

    def _ticked(self, field: Field, slot: Slot) -> Choice:
        key = option_key(slot.option) if slot.option else OTHER
        words = self._label(slot.option.label) if slot.option else Said("")
        below = self.parts(_below(field, slot), {"name": field.name, "op": "=", "value": key})
        chosen = _("“%(answer)s” is chosen", answer=words.text) if words.text else ""
        return Choice(key, words, below, chosen)

    def _copy(self, field: Field, slot: Slot) -> Copy:
        if field.item.type == "group":
            return Copy(slot.name, self.parts(slot.fields, None))
        test = _read(field.item, slot.name, many=False) | {"op": "exists", "value": True}
        answered = _("“%(question)s” is answered", question=field.item.text.to(self._language))
        return Copy(slot.name, self.parts(_below(field, slot), test), answered)

    def _test(self, field: Field, within: dict[str, Any] | None) -> str:
        """When it is asked, as JSON for a script: {"any": bool, "of": [test, …]}; empty for always.

        A test has `op` and `value` as in FHIR, the `name` of the inputs to look at, `as` what they are to be read
        (text, number, date), `many` for those of several copies too, and `only` for one answer of several. One that a
        script can't try is empty; then the question is shown, and the server says what is wrong. A test with `of` holds
        tests itself.
        """
        tests = [self._tried(field, condition) for condition in field.item.conditions]
        if not tests and within is None:
            return ""
        held: dict[str, Any] = {"any": field.item.behaviour == "any", "of": tests}
        if within is not None:
            held = {"any": False, "of": [within, *([held] if tests else [])]}
        return json.dumps(held)

    def _tried(self, field: Field, condition: Condition) -> dict[str, Any]:
        question = self._items[condition.question]
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
        if len(shared) < len(self._above[question.link_id]) and any(
            _tagged(one) for one in self._above[question.link_id] if one not in shared
        ):
            return "", ""
        held = tags[: sum(map(_tagged, shared))]
        if question not in above:
            return field_name(question, "".join(held)), ""
        own = tags[len(held)] if _tagged(question) else ""
        if is_ticked(question):
            return field_name(question, "".join(held)), own[1:]
        return field_name(question, "".join([*held, own])), ""


def _look(field: Field) -> str:
    item = field.item
    if item.type in {"display", "group"}:
        return "words" if item.type == "display" else "group"
    if field.ticked:
        return "checkboxes"
    if item.type == "boolean" or (item.type in {"choice", "open-choice"} and item.options):
        return "radios" if len(item.options) <= MOST_RADIOS else "select"
    if item.type == "text" or (item.type == "string" and (item.max_length or 0) > _LONG_LINE):
        return "area"
    return {"date": "date", "dateTime": "moment", "quantity": "quantity"}.get(item.type, "line")


def _hints(item: Item) -> Iterator[Item]:
    """The words at the beginning of a question: they say how to answer it."""
    for inner in item.items if item.type != "group" else ():
        if inner.type != "display" or inner.conditions:
            return
        if not inner.hidden:
            yield inner


def _notes(item: Item, look: str) -> Iterator[str]:
    """How an answer is written."""
    if look in {"date", "moment"}:
        yield _("For example, 4 12 2026")
    elif item.type == "time":
        yield _("For example, 14:05 or 2:05pm")
    elif look in {"line", "area"} and item.max_length and item.max_length <= _NEAR:
        yield _("Up to %(most)s characters", most=f"{item.max_length:,}")


def _below(field: Field, slot: Slot) -> tuple[Field, ...]:
    """What stands below an answer, without what is a hint already."""
    hints = {item.link_id for item in _hints(field.item)}
    return tuple(inner for inner in slot.fields if inner.item.link_id not in hints)


def _tagged(item: Item) -> bool:
    """Whether the names of what is inside an item say in which copy or answer it stands."""
    return item.repeats


def _read(question: Item, name: str, *, many: bool) -> dict[str, Any]:
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
