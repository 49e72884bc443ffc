"""One module for each family of identifiers; each finds its own in plain text, in linear time.

A finder is a function from a normalised text to `Hit`s: positions in *that* text and a type of the vocabulary.
"""

from __future__ import annotations

from typing import NamedTuple


class Hit(NamedTuple):
    """Something found: ``text[start:end]`` of the normalised text, its type, and what more is known of it.

    ``detail`` is a code such as ``before`` (an age before its noun) or, for a clue of a combination, its kind;
    ``kinds`` are the kinds of clues that make the combination.
    """

    start: int
    end: int
    type: str
    detail: str = ""
    kinds: tuple[str, ...] = ()
