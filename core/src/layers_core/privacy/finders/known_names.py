"""Names that are known beforehand, such as those of a practice's staff, in the ways that people write them.

"Dr Smith", "Anne Smith", "Smith, Anne", "A. Smith", "Anne", "smith's". A name that is a word too ("May", "Bell") counts
only beside a title, an initial or the person's other name.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from layers_core.privacy.finders import Hit
from layers_core.privacy.finders.plain import plain
from layers_core.privacy.finders.tokens import Token, beside, tokens
from layers_core.privacy.vocabulary import words

_SHORTEST_ALONE = 3
_BESIDE = ".,"


class KnownNames:
    """People's names, made ready once to be found in any number of texts, each in time linear in its length."""

    def __init__(self, names: Iterable[str]) -> None:
        self._people: dict[str, set[int]] = {}
        self._initials: list[frozenset[str]] = []
        for number, name in enumerate(names):
            parts = [part for part in _parts(plain(name).text) if part not in _titles()]
            self._initials.append(frozenset(part[0] for part in parts))
            for part in parts:
                if len(part) > 1:
                    self._people.setdefault(part, set()).add(number)

    def find(self, text: str) -> Iterator[Hit]:
        """Yield where somebody is named, the title with the name: hits of the type "staff"."""
        found = tokens(text)
        taken = 0
        for place, token in enumerate(found):
            if place < taken or not self._of(token):
                continue
            first, after = self._whole(text, found, place)
            if after - first > 1 or _counts_alone(_spelt(token.stem)):
                taken = after
                last = found[after - 1]
                yield Hit(found[first].start, last.start + len(last.stem), "staff")

    def finds(self, text: str) -> bool:
        """Whether anybody is named in a text as it was typed."""
        return next(self.find(plain(text).text), None) is not None

    def _whole(self, text: str, found: Sequence[Token], place: int) -> tuple[int, int]:
        """The words around a known one that belong to the name: a title or initial before it, other names after it."""
        people = self._of(found[place])
        first, after = place, place + 1
        while after < len(found) and beside(text, found[after - 1], found[after], _BESIDE):
            both = people & self._of(found[after])
            if not both:
                break
            people, after = both, after + 1
        if first and beside(text, found[first - 1], found[first], "."):
            before = _spelt(found[first - 1].lower)
            is_initial = len(before) == 1 and any(before in self._initials[number] for number in people)
            if before in _titles() or (is_initial and found[first - 1].word.isupper()):
                first -= 1
        return first, after

    def _of(self, token: Token) -> set[int]:
        """Whose name a word may be a part of; a double name counts as each of its halves too."""
        return self._people.get(_spelt(token.stem)) or self._people.get(_spelt(token.lower)) or set()


def _counts_alone(part: str) -> bool:
    return len(part) >= _SHORTEST_ALONE and part not in _words_too()


def _parts(name: str) -> list[str]:
    """The words of a name, and the halves of a double one, as they are compared."""
    spelt = [_spelt(token.lower) for token in tokens(name)]
    halves = [half for part in spelt if "-" in part for half in part.split("-")]
    return [part for part in (*spelt, *halves) if part]


def _spelt(word: str) -> str:
    """A word without accents, apostrophes and case: "O'Brien" and "obrien" are one."""
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in decomposed if unicodedata.category(letter) != "Mn" and letter != "'")


@cache
def _titles() -> frozenset[str]:
    return words("titles", "cased") | words("titles", "uncased") | words("staff_titles", file="safer_wording")


@cache
def _words_too() -> frozenset[str]:
    return words("words_too", file="known_names") | words("not_names")
