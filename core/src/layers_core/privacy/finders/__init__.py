"""One module for each family of identifiers; each finds its own in plain text, in linear time.

A finder is a function from a normalised text to `Hit`s: positions in *that* text and a type of the vocabulary.
"""

from __future__ import annotations

from typing import NamedTuple


class Hit(NamedTuple):
    """Something found: ``text[start:end]`` of the normalised text, and its type."""

    start: int
    end: int
    type: str
