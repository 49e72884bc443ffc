"""Names that their writer marked as such: "Mrs Khan", "my name is Amina", "Name: J Smith".

A name without a title or a cue is not found; no page may claim that a text holds no names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from layers_core.privacy.finders import Hit
from layers_core.privacy.vocabulary import data, words

_MOST_WORDS = 4
_MOST_LETTERS = 40
# A letter with the marks that may sit on it (typed apart, or vowel signs of Urdu and Arabic).
_LETTER = r"(?:[^\W\d_][\u0300-\u036f\u064b-\u0655\u0670]{0,2})"
_WORD = re.compile(rf"{_LETTER}{{1,{_MOST_LETTERS}}}(?:['\-]{_LETTER}{{1,{_MOST_LETTERS}}}){{0,3}}(?![\w@])")
_GAP = re.compile(r"\.?[ ]{1,2}|\.(?=[^\W\d_])")


@cache
def _titles() -> re.Pattern[str]:
    titles = sorted(words("titles", "cased") | words("titles", "uncased"), key=len, reverse=True)
    return re.compile(rf"(?<![\w'\-])({'|'.join(map(re.escape, titles))})(?:\. ?| {{1,2}})(?=[^\W\d_])", re.IGNORECASE)


@cache
def _cues() -> re.Pattern[str]:
    def any_of(which: str) -> str:
        return "|".join(map(re.escape, sorted(data()["name_cues"][which], key=len, reverse=True)))

    return re.compile(
        rf"(?<![\w'\-])(?:(?P<any>{any_of('any_case')})[ :,]{{1,3}}"
        rf"|(?P<capitalised>{any_of('capitalised')})[ :,\n]{{1,3}}"
        rf"|(?P<uncased>{any_of('uncased')})[ :]{{1,3}}|(?P<label>{any_of('labels')})[ ]?[:=][ ]{{0,3}})(?=[^\W\d_])",
        re.IGNORECASE,
    )


def find_names(text: str) -> Iterator[Hit]:
    """Find titled names and names after a cue; the title belongs to the name, the cue does not."""
    for match in _titles().finditer(text):
        end = _name_end(text, match.end(), lower_case=_lower_case_after(match[1]), capitals=match[1].isupper())
        if end and _title_counts(match[1], text[max(0, match.start() - 2) : match.start()]):
            yield Hit(match.start(), end, "name")
    for match in _cues().finditer(text):
        if match["label"] and _last_word(text, match.start()) in words("name_cues", "not_before_label"):
            continue
        end = _name_end(text, match.end(), lower_case=2 if match["any"] else 0, capitals=False)
        if end:
            yield Hit(match.end(), end, "name")


def _title_counts(title: str, before: str) -> bool:
    """Tell whether the letters can be a title: not "mRS" (a score), "MS" (an illness) or "468 ms" (a time)."""
    lower = title.lower()
    if title == lower and before[:1].isdigit() and lower in words("titles", "cased"):
        return False
    if lower in words("titles", "uncased"):
        return True
    if title.isupper():
        return lower in words("titles", "also_capitals")
    return title in (lower, lower.capitalize())


def _lower_case_after(title: str) -> int:
    return 1 if title.lower() in words("titles", "also_lower_case") and not title.isupper() else 0


def _last_word(text: str, position: int) -> str:
    before = text[max(0, position - _MOST_LETTERS) : position].split()
    return before[-1].lower() if before else ""


def _name_end(text: str, start: int, *, lower_case: int, capitals: bool) -> int | None:
    """Return where the name that starts here ends, or ``None`` if the words are no name.

    ``lower_case`` says how many words may be written small ("mrs khan"); ``capitals`` wants capitals throughout.
    """
    end: int | None = None
    real_words = 0
    position = start
    for count in range(_MOST_WORDS):
        match = _WORD.match(text, position)
        if not match or (match[0].lower() in words("not_names") and not _is_initial(match[0], text, match.end())):
            break
        word = match[0]
        if capitals and not word.isupper():
            break
        uncased = word.lower() == word.upper()
        # Scripts without capitals do not show where a name ends: one word is marked, not a sentence.
        if uncased and end is not None:
            break
        small = not uncased and not word[0].isupper()
        if small and (count >= lower_case or len(word) < 3):
            break
        end = match.end()
        real_words += len(word) > 1
        gap = _GAP.match(text, end)
        if not gap or (text[end] == "." and len(word) > 1):
            break
        position = gap.end()
    return end if real_words else None


def _is_initial(word: str, text: str, end: int) -> bool:
    """Tell an initial ("Dr A Smith", "Mrs I. Khan") from the words "A" and "I"."""
    follows = text[end : end + 3].lstrip(". ")
    return len(word) == 1 and word.isupper() and follows[:1].isupper()
