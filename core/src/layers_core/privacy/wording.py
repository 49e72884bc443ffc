"""Safer words for what the identifier guard marks, from the guidance on reflective notes (`data/safer_wording.json`).

They are offered, never put in unasked: the writer presses a button for one mark, reads the text and saves it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from layers_core.i18n import gettext
from layers_core.privacy.finders.plain import plain
from layers_core.privacy.identifiers import Span, find
from layers_core.privacy.vocabulary import data, words

_ARTICLE = re.compile(r"(?<!\w)(an?)( +)$", re.IGNORECASE)
_OWN_ARTICLE = re.compile(r"an? ")
_STARTS_SENTENCE = re.compile(r"(?:^|[.!?]\s+|\n\s*)$")
_SENTENCE_WINDOW = 24
_VOWELS = "aeiou"
_LABEL_ENDS = (":", "=")  # "Patient: Jane Doe"


@dataclass(frozen=True)
class Wording:
    """Safer words for a mark: what to call them on a button ("" is leaving out), and the text with them in it."""

    words: str
    text: str


def tip(span: Span) -> str:
    """What the guidance says to write instead, in the reader's language."""
    tips: dict[str, str] = data("safer_wording")["tips"]
    return gettext(tips[f"{span.type}.{span.detail.partition('.')[0]}" if span.type == "combination" else span.type])


def wordings(text: str, span: Span) -> list[Wording]:
    """The safer words offered for a mark, a span of `find` for this very text; none where only the writer can say."""
    if span.type == "name" and text[: span.start].rstrip(" ").endswith(_LABEL_ENDS):
        return [_with(text, span, "")]
    return [_with(text, span, gettext(choice)) for choice in _choices(text[span.start : span.end], span)]


def use(text: str, start: int, end: int, number: int) -> Wording | None:
    """The text with one of the wordings offered for ``text[start:end]``; None where nothing like it is on offer."""
    for span in find(text):
        if (span.start, span.end) == (start, end):
            offered = wordings(text, span)
            return offered[number] if 0 <= number < len(offered) else None
    return None


def _choices(marked: str, span: Span) -> Sequence[str]:
    """The English words offered, by what is marked and how it is written."""
    offered: dict[str, list[str]] = data("safer_wording")["wordings"]
    clues = data("clues")
    # As the finders read it: pasted text has other dashes, spaces and invisible marks inside a word.
    word = " ".join(plain(marked).text.lower().split())
    if span.detail == "age.stage":
        return [clues["life_stages"][word]]
    if span.detail == "sex":
        return [{**clues["sexes"], **clues["pronouns"]}[word]]
    key = f"{span.type}.{span.detail}".rstrip(".")
    if span.type == "name" and word.partition(" ")[0].rstrip(".") in words("staff_titles", file="safer_wording"):
        key = "name.staff"
    return offered.get(key, ())


def _with(text: str, span: Span, choice: str) -> Wording:
    """Put the words in so that the sentence still reads: its article, its capital, its spaces, its "'s"."""
    before, marked, after = text[: span.start], text[span.start : span.end], text[span.end :]
    words_in = choice
    if not choice and before.rstrip(" ").endswith(_LABEL_ENDS):
        words_in = gettext("[left out]")
    article = _ARTICLE.search(before, max(0, len(before) - _SENTENCE_WINDOW))
    if article and _OWN_ARTICLE.match(words_in):
        words_in = _OWN_ARTICLE.sub("", words_in, count=1)
    if span.type == "name" and words_in and marked[-2:] in ("'s", "’s"):
        words_in += marked[-2:]
    if article:
        following = (words_in or after.lstrip())[:1].lower()
        letters = "an" if following in _VOWELS and following else "a"
        before = before[: article.start()] + (letters.capitalize() if article[1][0] == "A" else letters) + article[2]
    starts = _STARTS_SENTENCE.search(before, max(0, len(before) - _SENTENCE_WINDOW))
    if starts and words_in and not marked[:1].islower():
        words_in = words_in[:1].upper() + words_in[1:]
    if not words_in:
        before, after = _closed(before, after)
        if starts and not marked[:1].islower():
            after = after[:1].upper() + after[1:]
    return Wording(choice, before + words_in + after)


def _closed(before: str, after: str) -> tuple[str, str]:
    """Both sides of a gap without the space, or the pair of commas, that belonged to what was taken out.

    What follows loses a space or a comma at most.
    """
    if not before or before.endswith((" ", "\n")):
        after = after.removeprefix(" ")
    if after[:1] in ("", ".", ",", ";", "!", "?", ")"):
        before = before.rstrip(" ")
        if before.endswith(",") and after.startswith(","):
            before, after = before[:-1], after[1:]
    return before, after
