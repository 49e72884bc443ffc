"""Street addresses: "14 Mill Lane", "Flat 2, 9 High St", "The Old Mill, Church Road".

Found from the word for the kind of street, looking back: a few words, then a house number or a house's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from layers_core.privacy.finders import Hit
from layers_core.privacy.finders.tokens import Token, beside
from layers_core.privacy.vocabulary import words

_MOST_WORDS = 4
_NUMBER = re.compile(r"[0-9]{1,4}[a-z]?(?:-[0-9]{1,4}[a-z]?)?")
_UNIT_NUMBER = re.compile(r"[0-9]{1,4}[a-z]?|[a-z]")


def find_streets(text: str, found: Sequence[Token]) -> Iterator[Hit]:
    """Find street addresses with a house number or a house's name. ``found`` are the text's words."""
    best: dict[int, int] = {}
    for last, token in enumerate(found):
        if token.lower in words("types", file="streets") and (token.titled or token.word == token.lower):
            start = _number_before(text, found, last)
            if start is None:
                start = _house_before(text, found, last)
            if start is not None:
                # "9 Queen Street North Road": the longest address from one number counts.
                best[found[start].start] = token.end
    for begin, end in best.items():
        yield Hit(begin, end, "address")


def _number_before(text: str, found: Sequence[Token], last: int) -> int | None:
    """The word at which "14 Mill Lane" begins, the flat included; ``None`` where there is no house number."""
    written_small = False
    for first in range(last - 1, max(-1, last - 2 - _MOST_WORDS), -1):
        token = found[first]
        if token.word[0].isdigit():
            fits = first < last - 1 and _NUMBER.fullmatch(token.lower) and beside(text, token, found[first + 1], ",")
            if not fits or (written_small and not _may_be_small(found[first + 1 : last + 1])):
                return None
            if text[max(0, token.start - 1) : token.start] in (".", ",", "/", ":", "£", "-"):
                return None
            if first and found[first - 1].lower in words("not_streets", file="streets"):
                return None  # "Table 4 Green Park"
            return _unit_before(text, found, first)
        if not beside(text, token, found[first + 1], "." if token.lower == "st" else ""):
            return None
        if token.lower in words("not_streets", file="streets"):
            return None
        written_small = written_small or not token.titled
    return None


def _may_be_small(street: Sequence[Token]) -> bool:
    return street[-1].lower in words("sure_types", file="streets") and not any(
        token.lower in words("not_in_lower_case", file="streets") for token in street[:-1]
    )


def _unit_before(text: str, found: Sequence[Token], number: int) -> int:
    """The word at which "Flat 2," before the house number begins; the number itself without one."""
    unit = number - 2
    if (
        unit >= 0
        and found[unit].lower in words("unit_words", file="streets")
        and _UNIT_NUMBER.fullmatch(found[unit + 1].lower)
        and beside(text, found[unit + 1], found[number], ",")
    ):
        return unit
    return number


def _house_before(text: str, found: Sequence[Token], last: int) -> int | None:
    """The word at which "The Old Mill, Church Road" begins; ``None`` where no house's name stands before the street."""
    if found[last].lower not in words("sure_types", file="streets") or not found[last].titled:
        return None
    following = found[last + 1] if last + 1 < len(found) and beside(text, found[last], found[last + 1]) else None
    if following and following.lower in words("place_follows", file="streets"):
        return None
    first = last
    while first > 0 and last - first < _MOST_WORDS and found[first - 1].titled:
        if beside(text, found[first - 1], found[first]):
            first -= 1
            continue
        if first == last or text[found[first - 1].end : found[first].start] not in (", ", ",\n"):
            return None
        return _house_start(text, found, first - 1)
    return None


def _house_start(text: str, found: Sequence[Token], last: int) -> int | None:
    if found[last].lower not in words("house_words", file="streets"):
        return None
    first = last
    while first > 0 and last - first < _MOST_WORDS and found[first - 1].titled:
        if not beside(text, found[first - 1], found[first]):
            break
        first -= 1
    return first if first < last else None
