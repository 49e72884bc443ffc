"""Plain text for the finders: one spelling for each digit, space and dash, with the way back to the original.

People paste from letters, PDFs and phones: full-width and Urdu digits, non-breaking spaces, six kinds of dash,
invisible marks inside a number. The finders see plain characters; the answers are told in the original's positions.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_MINUS_SIGN = "\u2212"
_CURLY_APOSTROPHES = "\u2018\u2019\u02bc"


@dataclass(frozen=True)
class Plain:
    """The normalised text; ``origins[i]`` is where character ``i`` came from (``None``: the text is unchanged)."""

    text: str
    origins: list[int] | None

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return the original's positions of ``text[start:end]`` (a range that is not empty)."""
        if self.origins is None:
            return start, end
        return self.origins[start], self.origins[end - 1] + 1


@lru_cache(maxsize=4096)
def _plain_character(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Zs", "Zl", "Zp") or character in "\t\r\v\f":
        return " "
    if category == "Pd" or character == _MINUS_SIGN:
        return "-"
    if category == "Cf":  # invisible: zero-width spaces, joiners, direction marks, soft hyphens
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if character in _CURLY_APOSTROPHES:
        return "'"
    return unicodedata.normalize("NFKC", character)


def plain(text: str) -> Plain:
    """Return the text as the finders read it. Any string is accepted, lone surrogates included."""
    if text.isascii() and not any(character in text for character in "\t\r\v\f"):
        return Plain(text, None)
    characters: list[str] = []
    origins: list[int] = []
    for position, character in enumerate(text):
        for plain_character in _plain_character(character):
            characters.append(plain_character)
            origins.append(position)
    return Plain("".join(characters), origins)
