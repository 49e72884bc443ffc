"""Ages of single people: "94-year-old", "aged 91", "93yo", "she is 95", "72M". Ranges and limits are nobody's age."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from layers_core.privacy.finders import Hit
from layers_core.privacy.vocabulary import data

RARE_FROM = 90
OLDEST = 120
ADULT = 18

_UNITS = (
    r"%|kg|mg|g\b|ml|mm|cm|m\b|bpm|beats|per\b|percent|units?|points?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|"
    r"people|patients|times|calls|out\b|degrees|years?\b(?! (?:old|of age))|yrs?\b(?! old)|-|/|to [0-9]|"
    r"or (?:over|older|more)|and (?:over|older|above)|plus\b|\+|on air"
)
_NO_UNIT = rf"(?![\w%/°+])(?![.,:][0-9])(?!\s?(?:{_UNITS}))"
_NUMBER = r"(?P<age>[0-9]{1,3})"
_TENS = "ninety"
_ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_SUBJECTS = (
    "he|she|they|who|patient|man|woman|lady|gentleman|mother|father|mum|dad|husband|wife|gran|grandmother|grandfather|"
    "grandma|grandad|aunt|uncle|resident|carer|brother|sister|daughter|son|neighbour|pt"
)
_FORMS = (
    # 94-year-old, 94 yr old, 94 years of age; not "90-year-olds", "over 90 years old"
    (
        "before",
        rf"(?<![\w.,/\-]){_NUMBER}[ \-]{{0,2}}(?:years?|yrs?|y)[ \-.]{{0,2}}(?:old|of age)(?!\w)",
    ),
    ("before", rf"(?<![\w.,/\-]){_NUMBER} ?-?(?:yo|y/o|y\.o\.?)(?!\w)"),
    ("sexed", rf"(?<![\w.,/\-]){_NUMBER} ?(?:yo|y/o|y|yr|yrs)?[ /]?(?P<sex>[MF])(?![\w'/])"),
    ("alone", rf"(?<!\w)(?:aged?|age of|turned|turning)[ :=]{{1,3}}{_NUMBER}{_NO_UNIT}"),
    (
        "number",
        rf"(?<!\w)(?:{_SUBJECTS})(?: ?'s| is| was| turned)(?: now| only| nearly| almost| just)? {_NUMBER}{_NO_UNIT}",
    ),
    ("of", rf"(?<!\w)(?:man|woman|lady|gentleman|patient) of {_NUMBER}{_NO_UNIT}"),
    ("birthday", rf"(?<![\w.,/\-]){_NUMBER}(?:st|nd|rd|th) birthday(?!\w)"),
)
_AGE = tuple((shape, re.compile(form, re.IGNORECASE if shape != "sexed" else 0)) for shape, form in _FORMS)
_SPELLED = re.compile(
    rf"(?<!\w)(?P<aged>aged |age )?{_TENS}(?:[ \-](?:{'|'.join(_ONES)}))?"
    r"(?:[ \-]years?[ \-]old|[ \-]years? of age)?(?!\w)",
    re.IGNORECASE,
)
_WORD_FOR_AGE = re.compile(r"(?<!\w)(?:super)?(?:nonagenarian|centenarian)(?!\w)", re.IGNORECASE)
_LIMIT_BEFORE = re.compile(
    r"(?:(?<![^\W_])(?:over|under|above|below|than|least|most|to|until|from|temp\.?|temperature|T|Fr|size)"
    r"|[<>≥≤])[ \-=:]{0,3}$"
)
_LIMIT_WINDOW = 16

_FOLLOWING = re.compile(r" {1,2}([^\W\d_]{2,30})")


@cache
def _people() -> frozenset[str]:
    """The words before which "older" or "adult" can stand: "man", "Polish", "retired"."""
    clues = data("clues")
    listed = [*clues["sexes"], *clues["ethnicities"], *clues["life_stages"], *clues["jobs"], *clues["people"]]
    return frozenset(word.partition(" ")[0].lower() for word in listed)


class Age(NamedTuple):
    """An age found: its place, the years, how it is written, and the sex where a letter gives it."""

    start: int
    end: int
    years: int
    shape: str
    sex: str


def find_ages(text: str) -> list[Age]:
    """Every age of a single person in the text; "before" stands before a noun, "alone" and "number" do not."""
    found = []
    for shape, form in _AGE:
        for match in form.finditer(text):
            years = int(match["age"])
            if years > OLDEST or _LIMIT_BEFORE.search(text, max(0, match.start() - _LIMIT_WINDOW), match.start()):
                continue
            sex = match["sex"] if shape == "sexed" else ""
            start = match.start("age") if shape in ("number", "of") else match.start()
            end = match.end("age") if shape in ("number", "of") else match.end()
            found.append(Age(start, end, years, shape, sex))
    return sorted(found)


def find_old_ages(text: str, ages: Sequence[Age]) -> Iterator[Hit]:
    """Find ages over 89, in figures or words. ``ages`` are those of `find_ages`."""
    for age in ages:
        if age.years >= RARE_FROM:
            yield Hit(age.start, age.end, "age", wording_shape(text, age))
    for match in _SPELLED.finditer(text):
        if match["aged"] or match[0].lower().endswith(("old", "age")):
            yield Hit(match.start(), match.end(), "age", "alone" if match["aged"] else "before")
    for match in _WORD_FOR_AGE.finditer(text):
        yield Hit(match.start(), match.end(), "age", "noun")


def wording_shape(text: str, age: Age) -> str:
    """How other words would stand in its place: "before" a noun, "alone", or "" where only the writer can say."""
    if age.shape == "before":
        following = _FOLLOWING.match(text, age.end)
        return "before" if following and following[1].lower() in _people() else "noun"
    return "alone" if age.shape in ("alone", "number") else ""
