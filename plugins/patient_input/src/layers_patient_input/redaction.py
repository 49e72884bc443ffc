"""Taking marked words out of a patient's text. Pure."""

from __future__ import annotations

from layers_core.artefacts.errors import Marked
from layers_core.privacy import identifiers

_ROUNDS = 5


def redacted(text: str) -> str:
    """The text with everything that the identifier guard marks replaced by its mark.

    Taking words out can bring others together that are marked in turn, so it is done until nothing is.
    """
    for _round in range(_ROUNDS):
        spans = identifiers.find(text)
        if not spans:
            break
        text = identifiers.redact(text, spans)
    return text


def marked(text: str) -> Marked:
    """The text with the guard's marks, as pages show it."""
    return Marked(text, tuple(identifiers.find(text)))
