"""Whether a text takes over a run of somebody's words. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

RUN = 8
"""Eight words in a row: long enough that chance does not bring them together, short enough to point to their writer."""

_WORD = re.compile(r"[^\W_]+")
_APOSTROPHES = str.maketrans(dict.fromkeys("'’‘ʼ`´"))
# One letter on screen, two in Unicode: Arabic and Urdu keyboards give different ones.
_SAME_LETTERS = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ه": "ہ", "ة": "ہ"})
_NOT_HEARD = {"Mn", "Cf"}


def words_of(text: str) -> list[str]:
    """The words of a text in one spelling: no case, accents, vowel signs, joiners, apostrophes or punctuation."""
    spelt = unicodedata.normalize("NFKD", text).translate(_APOSTROPHES)
    heard = "".join(letter for letter in spelt if unicodedata.category(letter) not in _NOT_HEARD)
    return _WORD.findall(heard.casefold().translate(_SAME_LETTERS))


def quotes(texts: Iterable[str], sources: Iterable[str], run: int = RUN) -> bool:
    """Whether one of the texts holds `run` consecutive words of one of the sources."""
    known = {part for source in sources for part in _runs(source, run)}
    return bool(known) and any(part in known for text in texts for part in _runs(text, run))


def _runs(text: str, run: int) -> Iterator[tuple[str, ...]]:
    words = words_of(text)
    return (tuple(words[start : start + run]) for start in range(len(words) - run + 1))
