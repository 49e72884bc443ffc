"""Reading the day of an answer as suppliers write it. Pure.

“3/4/2026” is two days: which one is meant is a choice for the whole file (`Order`), shown before anything is kept.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale

Order = Literal["day", "month"]
"""What comes first where a day is written in numbers with its year last."""
Evidence = Literal["day", "month", "either", ""]

_LONGEST = 48
_TIME = (
    r"(?:[T ,]+(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,][0-9]{1,9})?)?"
    r"(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?(?: ?(?P<zone>Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2}))?)?"
)
_YEAR = r"(?P<year>20[0-9]{2}|[0-9]{2})"
_MONTH = r"(?P<name>[A-Za-z]{3,9})\.?"
_PATTERNS = tuple(
    re.compile(rf"{pattern}{_TIME}\Z")
    for pattern in (
        r"(?P<year>20[0-9]{2})[-/.](?P<month>[0-9]{1,2})[-/.](?P<day>[0-9]{1,2})",
        r"(?P<year>20[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})",
        rf"(?:[A-Za-z]{{3,9}},? )?(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?[-/ ]{_MONTH}[-/, ]{{1,2}}{_YEAR}",
        rf"(?:[A-Za-z]{{3,9}},? )?{_MONTH} (?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?,? {_YEAR}",
    )
)
_NUMBERS = re.compile(rf"(?P<first>[0-9]{{1,2}})(?P<by>[-/.])(?P<second_part>[0-9]{{1,2}})(?P=by){_YEAR}{_TIME}\Z")


def read_day(text: str, order: Order, zone: str) -> date | None:
    """The day that a text means, where the practice is; None for a text that is no day.

    A time with an offset from UTC is taken to the practice's zone first: half past eleven in the evening by UTC is the
    next day in a British summer.
    """
    text = " ".join(text[: _LONGEST + 1].split())
    if len(text) > _LONGEST:
        return None
    if found := _NUMBERS.match(text):
        first, second = int(found["first"]), int(found["second_part"])
        day, month = (first, second) if order == "day" else (second, first)
    else:
        found = next((match for pattern in _PATTERNS if (match := pattern.match(text))), None)
        if found is None:
            return None
        named = found.groupdict().get("name")
        month = _months().get(named.casefold(), 0) if named else int(found["month"])
        day = int(found["day"])
    try:
        return _in_zone(date(_year(found["year"]), month, day), found, zone)
    except ValueError:
        return None


def evidence(text: str) -> Evidence:
    """What a text says about the order of a file: which comes first, that it could be either, or nothing."""
    found = _NUMBERS.match(" ".join(text[:_LONGEST].split()))
    if found is None:
        return ""
    first, second = int(found["first"]), int(found["second_part"])
    if first == second:
        return ""
    if first > 12:
        return "day"
    return "month" if second > 12 else "either"


def _year(text: str) -> int:
    return int(text) if len(text) == len("2026") else 2000 + int(text)


def _in_zone(day: date, found: re.Match[str], zone: str) -> date:
    """The day in a zone, where the text has a time and an offset. Raises ValueError for a time that there is not."""
    if not found["hour"]:
        return day
    hour = int(found["hour"])
    if found["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(hour)
        hour = hour % 12 + (12 if found["half"] in "Pp" else 0)
    at = time(hour, int(found["minute"]), int(found["second"] or 0))
    if not found["zone"]:
        return day
    return datetime.combine(day, at, _offset(found["zone"])).astimezone(ZoneInfo(zone)).date()


def _offset(text: str) -> timezone:
    if text[0] not in "+-":
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    away = timedelta(hours=hours, minutes=minutes)
    return timezone(-away if text[0] == "-" else away)


@cache
def _months() -> dict[str, int]:
    """The numbers of the English months by name and abbreviation."""
    english = Locale("en").months["format"]
    names = {
        name.casefold().rstrip("."): number
        for width in ("wide", "abbreviated")
        for number, name in english[width].items()
    }
    return names | {"sept": 9}
