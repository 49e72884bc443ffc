"""Cleaning a submitted text, and taking marked words out of a patient's. Pure."""

from __future__ import annotations

from layers_core.artefacts.errors import Marked
from layers_core.privacy import identifiers
from layers_core.privacy.finders.known_names import KnownNames

_ROUNDS = 5
# Everything below a space except the line break and the tab: PostgreSQL refuses NUL, and none of them is a letter.
_NOT_TEXT = {code: None for code in range(32) if chr(code) not in "\n\t"}


def cleaned(text: str) -> str:
    """A submitted text with one kind of line break and without control characters."""
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_NOT_TEXT).strip()


def redacted(text: str, staff: KnownNames | None = None) -> str:
    """The text with everything that the identifier guard marks, and the names of staff, replaced by its mark.

    Taking words out can bring others together that are marked in turn, so it is done until nothing is.
    """
    for _round in range(_ROUNDS):
        spans = identifiers.find(text, staff=staff)
        if not spans:
            break
        text = identifiers.redact(text, spans)
    return text


def marked(text: str, staff: KnownNames | None = None) -> Marked:
    """The text with the guard's marks, as pages show it."""
    return Marked(text, tuple(identifiers.find(text, staff=staff)))
