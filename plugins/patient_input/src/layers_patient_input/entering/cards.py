"""The rows of cards as a form sends them. Pure."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

from layers_core.web import Submitted
from layers_patient_input.redaction import cleaned

ROWS = 10
"""The cards that a page has room for at first."""
MOST_ROWS = 100
"""The cards that a page can send at once: rows.mjs adds rows while others wait for the connection."""
_KEY = re.compile(r"[A-Za-z0-9_-]{1,80}")


@dataclass(frozen=True)
class Row:
    """A card as it was typed: its place in the form, the key by which it counts once, the answer and the words."""

    place: int
    key: str
    score: str
    text: str


def rows_of(form: Submitted) -> list[Row]:
    """The rows in which anything was typed or chosen."""
    rows = [
        Row(place, key_of(form.get(f"key-{place}")), form.get(f"score-{place}"), cleaned(form.get(f"text-{place}")))
        for place in range(MOST_ROWS)
    ]
    return [row for row in rows if row.score or row.text]


def key_of(text: str) -> str:
    """The key that a form sends; a new one in the place of what no page of ours sends."""
    return text if _KEY.fullmatch(text) else secrets.token_urlsafe(16)
