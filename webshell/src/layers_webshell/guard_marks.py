"""What `guard_box` shows: the identifier guard's marks, the field that each text stands in, and safer words for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from layers_core.privacy import identifiers, wording
from layers_core.web import Submitted

if TYPE_CHECKING:
    from layers_core.artefacts.errors import GuardStop
    from layers_core.privacy.identifiers import Span
    from layers_core.privacy.wording import Wording


@dataclass(frozen=True)
class Offer:
    """A button: what it sends, the safer words, and whether they leave the marked ones out."""

    value: str
    words: str


@dataclass(frozen=True)
class Mark:
    """A marked word with what the guidance says and what can be put in its place."""

    words: str
    span: Span
    tip: str
    offers: tuple[Offer, ...]


@dataclass(frozen=True)
class Finding:
    """A text with its marks; `field` names the form's field that holds it, "" where none does."""

    field: str
    text: str
    spans: tuple[Span, ...]

    @property
    def marks(self) -> Iterator[Mark]:
        """The marks in their order. Only a text that the form's reader can change has offers."""
        for span in self.spans:
            offered = wording.wordings(self.text, span) if self.field else ()
            yield Mark(self.text[span.start : span.end], span, wording.tip(span), tuple(self._offers(span, offered)))

    def _offers(self, span: Span, offered: Iterable[Wording]) -> Iterator[Offer]:
        for number, choice in enumerate(offered):
            yield Offer(f"{self.field}:{span.start}:{span.end}:{number}", choice.words)


def guard_findings(stop: GuardStop, values: object = None) -> list[Finding]:
    """The texts that the guard marked, each with the field of the form that holds it.

    A text without a field of its own is left out where another one shows all its marks: a title is often the first
    line of what was typed.
    """
    typed = _typed(values)
    findings = []
    for marked in stop.marked:
        field = next((name for name, text in typed.items() if _same(text, marked.text)), "")
        text = typed.get(field, marked.text)
        spans = marked.spans if text == marked.text else tuple(identifiers.find(text))
        findings.append(Finding(field, text, spans))
    shown = {mark.words for finding in findings if finding.field for mark in finding.marks}
    return [finding for finding in findings if finding.field or not {mark.words for mark in finding.marks} <= shown]


def _typed(values: object) -> dict[str, str]:
    """The form's fields that hold text. Keys that programs made are no names of fields that people type in."""
    fields = values.values if isinstance(values, Submitted) else values
    if not isinstance(fields, Mapping):
        return {}
    form = Submitted(fields)
    return {name: form.get(name) for name in fields if ":" not in name}


def _same(one: str, other: str) -> bool:
    return one.replace("\r\n", "\n").strip() == other.replace("\r\n", "\n").strip()
