"""Codes in words: every vocabulary of this plugin, read from `data/` and translated when shown."""

from __future__ import annotations

from dataclasses import dataclass

from layers_core.i18n import gettext as _
from layers_core.vocabulary import vocabulary

PACKAGE = "layers_guidelines"

STRENGTHS = vocabulary("strengths", PACKAGE)
CERTAINTIES = vocabulary("certainties", PACKAGE)
DECISIONS = vocabulary("decisions", PACKAGE)
CRITERIA = vocabulary("criteria", PACKAGE)
STATUSES = vocabulary("statuses", PACKAGE)
NICE_VERBS = vocabulary("nice_verbs", PACKAGE)

SETTLING = tuple(code for code, entry in DECISIONS.items() if entry["settles"])
"""Decisions after which nothing waits to be decided."""
OFFERED = tuple(code for code, entry in DECISIONS.items() if entry["offered"])
"""Decisions that the form offers."""
WITH_OWN_WORDING = frozenset(code for code, entry in DECISIONS.items() if entry["own_wording"])
"""Decisions that need the practice's own wording; the others have none."""


@dataclass(frozen=True)
class Word:
    """A code for people: its label, what it means, and the colour of its tag (never the only difference)."""

    label: str
    means: str = ""
    colour: str = "grey"


def word(name: str, code: str | None) -> Word | None:
    """The word for a code of a vocabulary of tags; None without a code, the code itself where it is unknown."""
    if not code:
        return None
    entry = vocabulary(name, PACKAGE).get(code)
    return Word(_(entry["label"]), _(entry["means"]), entry["colour"]) if entry else Word(code)


def decided(code: str) -> Word:
    """A decision that was made, as a tag; the code itself where it is unknown."""
    entry = DECISIONS.get(code)
    return Word(_(entry["done"]), _(entry["means"]), entry["colour"]) if entry else Word(code)


def criterion(code: str) -> str:
    """What a decision weighed; the code itself where it is unknown."""
    return _(CRITERIA[code]) if code in CRITERIA else code
