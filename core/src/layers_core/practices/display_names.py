"""Names that the register writes in capitals, written for people: THE MANOR HOUSE SURGERY, St Mary's, McKenzie."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_ORDINAL = re.compile(r"[0-9]+(?:ST|ND|RD|TH)")
_IRISH = re.compile(r"O['’](?=..)")


@cache
def _lists() -> tuple[frozenset[str], frozenset[str]]:
    text = files("layers_core.practices").joinpath("data/ods.json").read_text(encoding="utf-8")
    loaded = json.loads(text)
    return frozenset(loaded["keep_capitals"]), frozenset(loaded["small_words"])


def display_name(text: str) -> str:
    """Return the name in ordinary letters; a name that is not all in capitals is left as its owner wrote it."""
    tidy = " ".join(text.split())
    if not tidy.isupper():
        return tidy
    first = _WORD.search(tidy)
    first_at = first.start() if first else 0
    return _WORD.sub(lambda match: _word(match[0], starts=match.start() == first_at), tidy)


def _word(word: str, *, starts: bool) -> str:
    keep_capitals, small_words = _lists()
    if word in keep_capitals or len(word) == 1:
        return word
    if word.lower() in small_words and not starts:
        return word.lower()
    if _ORDINAL.fullmatch(word):
        return word.lower()
    if word[0].isdigit():
        return word
    if word.startswith("MC") and len(word) > 3:
        return "Mc" + word[2:].capitalize()
    if _IRISH.match(word) and len(word) > 3:
        return word[:2] + word[2:].capitalize()
    return word.capitalize()
