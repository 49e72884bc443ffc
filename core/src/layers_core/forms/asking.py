"""A form as its page asks it: what stands where, in which words, and when. The page macro draws it; no markup here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from layers_core.forms.fields import OTHER, Field, FormFields, Slot, layout, option_key
from layers_core.forms.model import Item, Questionnaire, Words
from layers_core.forms.scripting import Test, Tests, is_answered, is_chosen
from layers_core.forms.showing import when
from layers_core.i18n import gettext as _

MOST_RADIOS = 15
"""Answers that are shown at once; more go into a list that opens."""
_NEAR = 2_000
"""Characters: a limit that somebody may come near."""
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
    script (`scripting`).
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
        self._tests = Tests(questionnaire)

    def parts(self, fields: Sequence[Field], within: Test | None) -> tuple[Part, ...]:
        """These fields; `within` is the test of the answer that they belong to."""
        return tuple(self._part(field, within) for field in fields)

    def _part(self, field: Field, within: Test | None) -> Part:
        item, look = field.item, _look(field)
        part = Part(
            look,
            field,
            said(self._form, item.text, self._language, item.prefix),
            hints=(*(self._label(hint.text) for hint in _hints(item)), *(Said(note) for note in _notes(item, look))),
            inputmode=_LINES.get(item.type, "") if look == "line" else "",
            when=when(self._form, item, self._language),
            test=self._tests.of(field, within),
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
        below = self.parts(_below(field, slot), is_chosen(field, key))
        chosen = _("“%(answer)s” is chosen", answer=words.text) if words.text else ""
        return Choice(key, words, below, chosen)

    def _copy(self, field: Field, slot: Slot) -> Copy:
        if field.item.type == "group":
            return Copy(slot.name, self.parts(slot.fields, None))
        answered = _("“%(question)s” is answered", question=field.item.text.to(self._language))
        return Copy(slot.name, self.parts(_below(field, slot), is_answered(field, slot)), answered)


def _look(field: Field) -> str:
    item = field.item
    if item.type in {"display", "group"}:
        return "words" if item.type == "display" else "group"
    if field.ticked:
        return "checkboxes"
    if item.type == "boolean" or (item.type in {"choice", "open-choice"} and item.options):
        return "radios" if len(item.options) <= MOST_RADIOS else "select"
    return {"text": "area", "date": "date", "dateTime": "moment", "quantity": "quantity"}.get(item.type, "line")


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
