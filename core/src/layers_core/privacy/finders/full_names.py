"""Names without a title: after a word for who somebody is or for what was done with them, or by a known given name.

A name that is also a word, a place or a surname ("Jordan", "Scott") counts only after such a word or before a surname;
an unknown name that stands alone stays unfound.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from layers_core.privacy.finders import Hit
from layers_core.privacy.finders.tokens import Phrases, Token, beside
from layers_core.privacy.vocabulary import data, words

_MOST_WORDS = 3
_RELATION, _PERSON, _ACT, _GREETING = "relation", "person", "act", "greeting"


@cache
def _cues() -> Phrases[str]:
    people = data("people")
    return Phrases(
        dict.fromkeys(people["act_cues"], _ACT)
        | dict.fromkeys(people["greeting_cues"], _GREETING)
        | dict.fromkeys(people["person_cues"], _PERSON)
        | dict.fromkeys(people["relation_cues"], _RELATION)
    )


@cache
def _given() -> frozenset[str]:
    return frozenset(name.lower() for name in data("people")["given_names"])


@cache
def _words_too() -> frozenset[str]:
    return frozenset(name.lower() for name in data("people")["not_alone"])


def find_full_names(text: str, found: Sequence[Token]) -> Iterator[Hit]:
    """Find names without a title. ``found`` are the text's words."""
    taken = 0
    cued: dict[int, str] = {}
    for _first, after, kind in _cues().find(text, found):
        cued.setdefault(after, kind)  # "spoke with" comes before the "with" in it
    for first in range(len(found)):
        if first < taken:
            continue
        kind = cued.get(first, "")
        if kind and not beside(text, found[first - 1], found[first], ",:(" if kind in (_RELATION, _PERSON) else ":"):
            kind = ""
        after = _name_end(text, found, first, kind)
        if after:
            detail = "described" if kind in (_RELATION, _PERSON) else ""
            start = found[first - 1] if _surname_first(text, found, first) else found[first]
            yield Hit(start.start, found[after - 1].end, "name", detail)
            taken = after


def _surname_first(text: str, found: Sequence[Token], first: int) -> bool:
    """Whether a surname and a comma stand before the given name: "Smith, John"."""
    return (
        first > 0
        and text[found[first - 1].end : found[first].start] == ", "
        and _can_be_name(found[first - 1])
        and len(found[first - 1].word) > 1
        and (first < 2 or not text[found[first - 2].end : found[first - 1].start].strip(" :;-("))
    )


def _name_end(text: str, found: Sequence[Token], first: int, cue: str) -> int:
    """Where the name ends that begins at this word, as a number of words; 0 where the words are no name."""
    after = first
    while after < len(found) and after - first < _MOST_WORDS and _can_be_name(found[after]):
        if after > first and not beside(
            text, found[after - 1], found[after], "." if len(found[after - 1].word) == 1 else ""
        ):
            break
        after += 1
        if found[after - 1].lower.endswith("'s"):
            break
    count = after - first
    if not count or len(found[after - 1].word) == 1 or _is_place(text, found, first, after):
        return 0
    name = found[first].stem.partition("-")[0]
    sure = cue or count > 1 or name not in _words_too() or _surname_first(text, found, first)
    if name in _given() and sure:
        return after
    if cue == _RELATION or (cue in (_PERSON, _ACT) and count > 1):
        return after
    return 0


def _can_be_name(token: Token) -> bool:
    if not token.titled or not token.word[0].isalpha() or any(letter.isdigit() for letter in token.word):
        return False
    if len(token.word) == 1:
        return token.lower not in ("a", "i")
    return token.stem not in words("not_name_parts", file="people") and token.stem not in words("not_names")


def _is_place(text: str, found: Sequence[Token], first: int, after: int) -> bool:
    """Whether the words name a hospital, a charity or an illness: "James Cook Hospital", "St John"."""
    if first and beside(text, found[first - 1], found[first], ".") and _names_place(found[first - 1]):
        return True
    ends = words("ends_a_place", file="people")
    if after < len(found) and beside(text, found[after - 1], found[after]):
        following = found[after]
        return following.stem in ends or (following.titled and following.stem in words("not_name_parts", file="people"))
    return False


def _names_place(token: Token) -> bool:
    return token.titled and token.lower in words("place_before", file="people")
