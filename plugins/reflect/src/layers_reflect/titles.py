"""The title of a note: what somebody wrote first, short enough for a list."""

from __future__ import annotations

import re

TITLE_LIMIT = 80
CUT = "…"

# A full stop ends a sentence only after a word of four letters or more: "Dr. Khan" and "e.g. this" go on.
_SENTENCE = re.compile(r"(?:(?<=\w{4})\.|[!?؟۔])(?=\s)")


def title_from(text: str) -> str:
    """The first sentence of the first line that has words, of at most 80 characters, cut between words.

    Empty where the text holds nothing but white space.
    """
    line = next((" ".join(part.split()) for part in text.splitlines() if part.strip()), "")
    end = _SENTENCE.search(line)
    sentence = line[: end.end()].rstrip(".") if end else line
    if len(sentence) <= TITLE_LIMIT:
        return sentence
    room = sentence[: TITLE_LIMIT - len(CUT) + 1]
    words, space, _rest = room.rpartition(" ")
    return (words if space else room[:-1]) + CUT
