"""Dates of birth.

A date counts as one of birth where the words beside it say so (DOB, born), where it follows a marked name, or where
it stands alone, whole and with a four-digit year, and would make an adult's age. A date that the sentence ties to an
event ("seen on 12 March 1998", "by 4 December 2026") does not: clinical notes are full of those.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache

from layers_core.privacy.finders import Hit
from layers_core.privacy.vocabulary import data, words

ADULT_AGE = 18
OLDEST_AGE = 120

_WINDOW = 24
_LAST_WORD = re.compile(r"([^\W\d_]+)[\s:,(]*$")


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    month = "|".join(sorted(data()["months"], key=len, reverse=True))
    year = "(?P<y>[0-9]{4}|[0-9]{2})"
    ordinal = "(?:st|nd|rd|th)?"
    edge_before, edge_after = r"(?<![0-9])(?<![0-9][/.\-])", r"(?![0-9])(?![/\-][0-9])"
    forms = (
        r"(?P<d>[0-9]{1,2})(?P<s>[/.\-])(?P<m>[0-9]{1,2})(?P=s)(?P<y>[0-9]{4}|[0-9]{2})",
        r"(?P<y>[0-9]{4})(?P<s>[/.\-])(?P<m>[0-9]{1,2})(?P=s)(?P<d>[0-9]{1,2})",
        rf"(?P<d>[0-9]{{1,2}}){ordinal}[ \-]{{0,2}}(?:of )?(?P<name>{month})[ \-.,']{{0,3}}{year}",
        rf"(?<![^\W\d_])(?P<name>{month})\.? ?(?P<d>[0-9]{{1,2}}){ordinal},? {{1,2}}(?P<y>[0-9]{{4}})",
    )
    return tuple(re.compile(edge_before + form + edge_after, re.IGNORECASE) for form in forms)


@cache
def _spaced_after_birth_words() -> re.Pattern[str]:
    """Shapes that are dates only because the words say so: ``DOB 12 03 1954``, ``DOB 12031954``."""
    return re.compile(r"(?<![0-9])(?P<d>[0-9]{2})[ ]?(?P<m>[0-9]{2})[ ]?(?P<y>[0-9]{4})(?![0-9])")


@cache
def _birth_words(which: str) -> re.Pattern[str]:
    choices = "|".join(re.escape(word) for word in sorted(words(which), key=len, reverse=True))
    return re.compile(rf"(?<![^\W\d_])(?:{choices})(?![^\W\d_])", re.IGNORECASE)


def _as_date(match: re.Match[str], today: date) -> date | None:
    """Return the date that the match spells, the latest one not after today for a two-digit year."""
    groups = match.groupdict()
    year, day = int(groups["y"]), int(groups["d"])
    month = data()["months"][groups["name"].lower()] if groups.get("name") else int(groups["m"])
    if len(groups["y"]) == 2:
        year += 2000 if year <= today.year % 100 else 1900
    if month > 12 and day <= 12:  # the American order
        day, month = month, day
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _age(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def find_birth_dates(text: str, names: Sequence[Hit], today: date) -> Iterator[Hit]:
    """Find dates of birth; ``names`` are the names already marked, ``today`` decides what is past."""
    name_ends = {hit.end for hit in names}
    for pattern in _patterns():
        for match in pattern.finditer(text):
            born = _as_date(match, today)
            if born is None or born > today or _age(born, today) > OLDEST_AGE:
                continue
            stands_alone = len(match["y"]) == 4 and not _says_event(text, match.start())
            if (
                (stands_alone and _age(born, today) >= ADULT_AGE)
                or _says_birth(text, match)
                or _follows_name(text, match.start(), name_ends)
            ):
                yield Hit(match.start(), match.end(), "birth_date")
    for match in _spaced_after_birth_words().finditer(text):
        born = _as_date(match, today)
        if born and born <= today and _age(born, today) <= OLDEST_AGE and _says_birth(text, match):
            yield Hit(match.start(), match.end(), "birth_date")


def _says_birth(text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start() - _WINDOW) : match.start()].rpartition("\n\n")[2]
    after = text[match.end() : match.end() + _WINDOW // 2]
    return bool(_birth_words("birth_words_before").search(before) or _birth_words("birth_words_after").search(after))


def _follows_name(text: str, start: int, name_ends: set[int]) -> bool:
    return any(start - gap in name_ends and not text[start - gap : start].strip(" ,(:;-\n") for gap in range(1, 5))


def _says_event(text: str, start: int) -> bool:
    last = _LAST_WORD.search(text[max(0, start - _WINDOW) : start])
    return bool(last and last[1].lower() in words("event_words_before"))
