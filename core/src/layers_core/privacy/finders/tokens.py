"""A text as words with their places, and phrases looked up among them: one pass, whatever the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Generic, NamedTuple, TypeVar

Value = TypeVar("Value")

_TOKEN = re.compile(r"[^\W_]+(?:['\-][^\W_]+)*")
_POSSESSIVE = ("'s", "s'")


class Token(NamedTuple):
    """A word of the text: ``text[start:end]``, as written and in small letters."""

    start: int
    end: int
    word: str
    lower: str

    @property
    def stem(self) -> str:
        """The word without "'s"."""
        return self.lower[:-2] if self.lower.endswith(_POSSESSIVE) else self.lower

    @property
    def titled(self) -> bool:
        """Whether it is written as a name is: a capital, and not capitals throughout."""
        return self.word[0].isupper() and (len(self.word) == 1 or not self.word.isupper())


def tokens(text: str) -> list[Token]:
    """The words and numbers of a text, in order; "Mary's", "12-14" and "Lloyd-Evans" are one each."""
    return [Token(match.start(), match.end(), match[0], match[0].lower()) for match in _TOKEN.finditer(text)]


class Phrases(Generic[Value]):
    """Words and phrases to look up, each with a value; where several begin at a word, the longest counts."""

    def __init__(self, phrases: Mapping[str, Value]) -> None:
        self._by_first: dict[str, list[tuple[Sequence[str], Value]]] = {}
        for phrase, value in phrases.items():
            parts = [token.lower for token in tokens(phrase)]
            self._by_first.setdefault(parts[0], []).append((parts, value))
        for choices in self._by_first.values():
            choices.sort(key=lambda choice: -len(choice[0]))

    @classmethod
    def of(cls, phrases: Iterable[str], value: Value) -> Phrases[Value]:
        """The same value for each phrase."""
        return cls(dict.fromkeys(phrases, value))

    def find(self, text: str, found: Sequence[Token]) -> Iterator[tuple[int, int, Value]]:
        """Yield (first token, token after the last, value) of each phrase; its words stand on one line."""
        for first, token in enumerate(found):
            for parts, value in self._by_first.get(token.lower, ()):
                after = first + len(parts)
                if len(parts) == 1 or (
                    [one.lower for one in found[first:after]] == parts
                    and all(beside(text, one, two) for one, two in pairwise(found[first:after]))
                ):
                    yield first, after, value
                    break


def beside(text: str, one: Token, two: Token, marks: str = "") -> bool:
    """Whether only a space or two, and perhaps one of the marks, stand between two words."""
    between = text[one.end : two.start]
    return 1 <= len(between) <= 3 and not between.strip(" " + marks)
