"""Rare combinations: clues that are common one by one and together point to one person.

At least three kinds of clue count (age or life stage, sex, ethnicity, job, place, date, condition): together in one
sentence, or over the whole note where no more than a few sentences lie between them. The guidance of the GMC, the
Academy of Medical Royal Colleges and the ICO names these kinds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from layers_core.privacy.finders import Hit
from layers_core.privacy.finders.ages import ADULT, Age, wording_shape
from layers_core.privacy.finders.tokens import Phrases, Token, beside
from layers_core.privacy.vocabulary import data, words

FEWEST_KINDS = 3
ORDER = ("age", "sex", "ethnicity", "job", "place", "date", "condition")
# Who somebody is. A date and a place alone are in most notes; they count where a sentence tells of a person.
_OF_A_PERSON = frozenset({"age", "ethnicity", "job"})
_ACROSS_A_NOTE = frozenset({"age", "sex", "ethnicity", "job", "place", "condition"})
_NEARBY = 2  # sentences

_SENTENCE_END = re.compile(r"[.!?]+\s+(?=[^\W\d_a-z])|\n+")
_DECADE = re.compile(
    r"(?<!\w)in (?:his|her|their) (?:early |mid[ -]|late )?"
    r"(?:(?:teen|twent|thirt|fort|fift|sixt|sevent|eight|ninet)ie?s|teens|[1-9]0'?s)(?!\w)",
    re.IGNORECASE,
)
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_DATE = re.compile(
    r"(?<!\w)on (?:the )?(?:[0-9]{1,2}[/.\-][0-9]{1,2}[/.\-](?:[0-9]{4}|[0-9]{2})"
    rf"|[0-9]{{1,2}}(?:st|nd|rd|th)? (?:of )?(?:{_MONTHS})[a-z]{{0,6}}(?: [0-9]{{4}}| [0-9]{{2}})?)(?![\w/])",
    re.IGNORECASE,
)


class Clue(NamedTuple):
    """A word or two that tell something about a person: place, kind, and how to say it more safely (a code)."""

    start: int
    end: int
    kind: str
    detail: str


@cache
def _phrases() -> Phrases[tuple[str, str]]:
    clues = data("clues")
    return Phrases(
        dict.fromkeys(clues["life_stages"], ("age", "stage"))
        | dict.fromkeys(clues["sexes"], ("sex", ""))
        | dict.fromkeys(clues["conditions"], ("condition", ""))
        | dict.fromkeys(clues["ethnicities"], ("ethnicity", ""))
        | dict.fromkeys(clues["jobs"], ("job", ""))
        | dict.fromkeys(clues["work_cues"], ("work", "clause"))
        | {phrase: ("place", phrase.rpartition(" ")[2]) for phrase in clues["place_cues"]}
    )


def find_combinations(text: str, found: Sequence[Token], ages: Sequence[Age]) -> Iterator[Hit]:
    """Find clues that make a rare combination; each clue is a hit of its own that names the kinds of all.

    ``found`` are the text's words, ``ages`` the ages in it.
    """
    clues = sorted(_clues(text, found, ages))
    if len({clue.kind for clue in clues} | ({"sex"} if clues else set())) < FEWEST_KINDS:
        return
    clues = _with_pronouns(found, clues)
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    by_sentence: dict[int, list[Clue]] = {}
    sentence = 0
    for clue in clues:
        while sentence < len(ends) and clue.start >= ends[sentence]:
            sentence += 1
        by_sentence.setdefault(sentence, []).append(clue)
    for number in sorted(by_sentence):
        group = _combined(by_sentence[number]) or _combined_nearby(by_sentence, number)
        kinds = tuple(kind for kind in ORDER if any(clue.kind == kind for clue in group))
        for clue in group:
            yield Hit(clue.start, clue.end, "combination", f"{clue.kind}.{clue.detail}".rstrip("."), kinds)


def _combined(clues: Sequence[Clue]) -> Sequence[Clue]:
    kinds = {clue.kind for clue in clues}
    return clues if len(kinds) >= FEWEST_KINDS and kinds & _OF_A_PERSON else ()


def _combined_nearby(by_sentence: dict[int, list[Clue]], number: int) -> Sequence[Clue]:
    """The clues of this sentence and the next ones, where it begins to tell of a person and they go on."""
    here = [clue for clue in by_sentence[number] if clue.kind in _ACROSS_A_NOTE]
    if len({clue.kind for clue in here}) < FEWEST_KINDS - 1:
        return ()
    for after in range(number + 1, number + 1 + _NEARBY):
        here += [clue for clue in by_sentence.get(after, ()) if clue.kind in _ACROSS_A_NOTE]
    return _combined(here)


def _with_pronouns(found: Sequence[Token], clues: list[Clue]) -> list[Clue]:
    """The clues with the first "he" or "she", where no other word gives the sex."""
    if any(clue.kind == "sex" for clue in clues):
        return clues
    pronouns = data("clues")["pronouns"]
    first = next((token for token in found if token.lower in pronouns), None)
    return sorted([*clues, Clue(first.start, first.end, "sex", "")]) if first else clues


def _clues(text: str, found: Sequence[Token], ages: Sequence[Age]) -> Iterator[Clue]:
    for age in ages:
        child = "child." if age.years < ADULT else ""
        yield Clue(age.start, age.end - len(age.sex), "age", f"{child}{wording_shape(text, age)}")
        if age.sex:
            yield Clue(age.end - 1, age.end, "sex", "letter")
    for match in _DECADE.finditer(text):
        yield Clue(match.start(), match.end(), "age", "decade")
    for match in _DATE.finditer(text):
        yield Clue(match.start(), match.end(), "date", "")
    for first, after, (kind, detail) in _phrases().find(text, found):
        start, end = found[first].start, found[after - 1].end
        if kind == "place":
            last = _place_end(text, found, after)
            if last:
                # "in Whitby" alone: the words before it ("lives", "shop") may stay.
                yield Clue(found[after - 1].start, found[last - 1].end, kind, detail)
        elif kind == "work":
            last = _work_end(text, found, after)
            if last:
                yield Clue(start, found[last - 1].end, "job", detail)
        elif kind != "ethnicity" or found[first].titled:
            yield Clue(start, end, kind, detail)


def _place_end(text: str, found: Sequence[Token], first: int) -> int:
    """Where the place's name ends that begins at this word; 0 where it names no place."""
    after = first
    while after < len(found) and after - first < 2:
        token = found[after]
        if not beside(text, found[after - 1], token) or not token.titled or token.word[0].isdigit():
            break
        if token.stem in words("not_places", file="clues") or token.lower.endswith("'s") or len(token.word) < 3:
            break
        after += 1
    return after if after > first else 0


def _work_end(text: str, found: Sequence[Token], first: int) -> int:
    """Where a job's name ends: the word after "works as a", and the one that belongs to it."""
    after = first
    if (
        after < len(found)
        and found[after].lower in ("a", "an", "the", "our", "one")
        and beside(text, found[after - 1], found[after])
    ):
        after += 1
    if after >= len(found) or not beside(text, found[after - 1], found[after]) or not found[after].word.isalpha():
        return 0
    more = f" {found[after + 1].lower}" if after + 1 < len(found) else " "
    return after + 2 if found[after].lower + more in words("jobs", file="clues") else after + 1
