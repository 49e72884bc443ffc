"""What a form is: the part of a FHIR R4 Questionnaire that the toolkit asks, as immutable values.

A response is kept as FHIR writes it, the list under `QuestionnaireResponse.item`, so that nothing is turned into
anything else on its way in or out: each entry is a mapping with `linkId`, `text` as it was asked, and `answer`, `item`
or both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

ResponseItem = Mapping[str, Any]
"""One entry of `QuestionnaireResponse.item`, as in FHIR's JSON."""
Behaviour = Literal["all", "any"]
Operator = Literal["exists", "=", "!=", ">", "<", ">=", "<="]


@dataclass(frozen=True)
class Words:
    """A text in the form's own language, and its translations by language code."""

    text: str = ""
    translations: Mapping[str, str] = field(default_factory=dict)

    def to(self, language: str) -> str:
        """The text in a language, "cy" for "cy-GB" too; in the form's own where it is not translated."""
        return self.translations.get(language) or self.translations.get(language.split("-")[0]) or self.text


@dataclass(frozen=True)
class Value:
    """An answer's value: `type` as in FHIR's `value[x]` ("Coding", "String", "Integer", …), `data` as in its JSON."""

    type: str
    data: Any

    def as_answer(self) -> dict[str, Any]:
        """The value as FHIR writes it in an answer: {"valueString": "…"}."""
        return {f"value{self.type}": self.data}


@dataclass(frozen=True)
class Option:
    """One of the answers that may be chosen. `initial` says that it is chosen at first."""

    value: Value
    label: Words
    initial: bool = False


@dataclass(frozen=True)
class Condition:
    """When a question is asked: what another question's answer has to be. `value` is a Boolean for "exists"."""

    question: str
    operator: Operator
    value: Value


@dataclass(frozen=True)
class Item:
    """A question, a group of questions ("group") or words to read ("display"). `type` is FHIR R4's code.

    `hidden` is the standard extension `questionnaire-hidden`: never shown to people. A question of type "quantity" has
    its units as `options`: quantities with a unit and no number.
    """

    link_id: str
    type: str
    text: Words = Words()
    prefix: str = ""
    required: bool = False
    repeats: bool = False
    read_only: bool = False
    hidden: bool = False
    max_length: int | None = None
    options: tuple[Option, ...] = ()
    initial: tuple[Value, ...] = ()
    conditions: tuple[Condition, ...] = ()
    behaviour: Behaviour = "all"
    items: tuple[Item, ...] = ()

    @property
    def answered(self) -> bool:
        """Whether people can answer it here: not a group, not words, not what only a machine could answer."""
        return not (self.type in NOT_ASKED or self.read_only or self.hidden)


NOT_ASKED = frozenset({"group", "display", "attachment", "reference"})


@dataclass(frozen=True)
class Questionnaire:
    """A form. `source` is the resource that it was read from, whole: what the toolkit does not ask is not lost."""

    title: Words
    items: tuple[Item, ...]
    url: str = ""
    version: str = ""
    language: str = "en"
    source: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def walk(self) -> Iterator[Item]:
        """Every item, each before what it holds, in the order of the form."""
        return _walk(self.items)


def _walk(items: Sequence[Item]) -> Iterator[Item]:
    for item in items:
        yield item
        yield from _walk(item.items)
