"""Pasted text as recommendations: one a paragraph, its list with it. Pure."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

TITLE_LIMIT = 120
MOST = 100
"""So many recommendations one paste may hold."""

_BULLET = re.compile(r"\s*[-–•*·◦▪]\s")
_NUMBER = re.compile(r"\s*([0-9]{1,4}(?:\.[0-9]{1,4}){1,5})\.?\s+(?=\S)")
_SENTENCE = re.compile(r"(?:(?<=\w{4})\.|[!?:])(?=\s|$)")


@dataclass(frozen=True)
class Pasted:
    """One recommendation of a pasted text: its title, its text, and what tells it apart from the others."""

    title: str
    text: str
    path: str


def split(text: str) -> list[Pasted]:
    """The recommendations of a pasted text, in its order.

    An empty line ends one, and so does a line that begins with a number such as 1.2.3. A paragraph that begins with a
    bullet belongs to the one before it, because a recommendation's list often comes after an empty line.
    """
    texts: list[str] = []
    for paragraph in re.split(r"\n[^\S\n]*\n", _unix(text)):
        for block in _at_numbers(paragraph):
            if texts and _BULLET.match(block):
                texts[-1] = f"{texts[-1]}\n{block}"
            else:
                texts.append(block)
    return [Pasted(title_of(found), found, path_of(found)) for found in texts]


def _unix(text: str) -> str:
    return "\n".join(text.splitlines())


def _at_numbers(paragraph: str) -> list[str]:
    """A paragraph in blocks, each beginning with a number; one block where no line does."""
    blocks: list[list[str]] = []
    for line in paragraph.split("\n"):
        if not line.strip():
            continue
        if not blocks or _NUMBER.match(line):
            blocks.append([])
        blocks[-1].append(line.strip())
    return ["\n".join(block) for block in blocks]


def title_of(text: str) -> str:
    """A title for a recommendation: its first sentence, of at most 120 characters, cut between words."""
    line = next((" ".join(part.split()) for part in text.splitlines() if part.strip()), "")
    number = _NUMBER.match(line)
    end = _SENTENCE.search(line, number.end() if number else 0)
    sentence = (line[: end.end()] if end else line).rstrip(".:") or line
    if len(sentence) <= TITLE_LIMIT:
        return sentence
    words, space, _rest = sentence[:TITLE_LIMIT].rpartition(" ")
    return (words if space else sentence[: TITLE_LIMIT - 1]) + "…"


def path_of(text: str) -> str:
    """What tells a recommendation apart within its edition: its number, else a digest of its words."""
    number = _NUMBER.match(text)
    if number:
        return number[1]
    words = " ".join(text.split()).casefold()
    return f"text-{hashlib.sha256(words.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"
