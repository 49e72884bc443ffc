"""The values of answers: which of FHIR's types a question takes, what a value of a type looks like, how two compare.

Types and formats: https://hl7.org/fhir/R4/datatypes.html. A pattern is tried on short texts alone, so none can be made
to run for long.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from layers_core.forms.model import Option, Value

ANSWERS: Mapping[str, tuple[str, ...]] = {
    "boolean": ("Boolean",),
    "decimal": ("Decimal",),
    "integer": ("Integer",),
    "date": ("Date",),
    "dateTime": ("DateTime",),
    "time": ("Time",),
    "string": ("String",),
    "text": ("String",),
    "url": ("Uri",),
    "choice": ("Coding", "String", "Integer", "Date", "Time", "Reference"),
    "open-choice": ("Coding", "String", "Integer", "Date", "Time", "Reference"),
    "attachment": ("Attachment",),
    "reference": ("Reference",),
    "quantity": ("Quantity",),
}
"""The types of answers by the type of question: https://hl7.org/fhir/R4/valueset-item-type.html."""
OPTIONS = ("Coding", "String", "Integer", "Date", "Time", "Reference")
"""The types that `answerOption.value[x]` may have."""
LONGEST_STRING = 1024 * 1024
"""Characters in a string: https://hl7.org/fhir/R4/datatypes.html#string."""
_INTEGER = 2**31
_LONGEST_PATTERN = 40
_MOST_DIGITS = 300
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?", re.ASCII)
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2}(?:\.\d+)?)(Z|[+-]\d{2}:\d{2})", re.ASCII)
_TIME = re.compile(r"\d{2}:\d{2}:\d{2}(\.\d+)?", re.ASCII)
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d{1,3})?", re.ASCII)
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def plain_text(text: str) -> bool:
    """Whether FHIR and a database take the text: no control characters but tab and line ends, no half characters."""
    return not _FORBIDDEN.search(text) and (text.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in text))


def number(data: Any) -> Decimal | None:
    """A JSON number, or a text that holds one, exactly; None for anything else, infinity and truth included."""
    if isinstance(data, bool):
        return None
    if isinstance(data, str) and (len(data) > _LONGEST_PATTERN or not _NUMBER.fullmatch(data)):
        return None
    if not isinstance(data, int | float | Decimal | str):
        return None
    if isinstance(data, int) and abs(data) >= 10**_MOST_DIGITS:
        return None
    read = Decimal(str(data))
    return read if read.is_finite() and abs(read.adjusted()) <= _MOST_DIGITS else None


def _is_string(data: Any) -> bool:
    return isinstance(data, str) and 0 < len(data) <= LONGEST_STRING and plain_text(data)


def _is_text(data: Any) -> bool:
    return _is_string(data) and bool(data.strip())


def _is_integer(data: Any) -> bool:
    return isinstance(data, int) and not isinstance(data, bool) and -_INTEGER <= data < _INTEGER


def _is_decimal(data: Any) -> bool:
    return isinstance(data, int | float | Decimal) and not isinstance(data, bool) and number(data) is not None


def _is_date(data: Any) -> bool:
    if not (isinstance(data, str) and len(data) <= _LONGEST_PATTERN and _DATE.fullmatch(data)):
        return False
    return _real(lambda: date.fromisoformat(data + "-01-01"[len(data) - 4 :]))


def _is_moment(data: Any) -> bool:
    if _is_date(data):
        return True
    return isinstance(data, str) and len(data) <= _LONGEST_PATTERN and moment_of(data) is not None


def _is_time(data: Any) -> bool:
    if not (isinstance(data, str) and len(data) <= _LONGEST_PATTERN and _TIME.fullmatch(data)):
        return False
    return _real(lambda: time.fromisoformat(data[:8]))


def _is_uri(data: Any) -> bool:
    return _is_text(data) and not any(sign.isspace() for sign in data)


def _strings(data: Any, names: Iterable[str]) -> bool:
    return isinstance(data, dict) and all(_is_string(data[name]) for name in names if name in data)


def _is_coding(data: Any) -> bool:
    return _strings(data, ("system", "version", "code", "display")) and bool(data.get("code") or data.get("display"))


def _is_quantity(data: Any) -> bool:
    return _strings(data, ("unit", "system", "code", "comparator")) and _is_decimal(data.get("value"))


def _is_reference(data: Any) -> bool:
    return _strings(data, ("reference", "type", "display")) and bool(
        data.get("reference") or data.get("identifier") or data.get("display")
    )


def _is_attachment(data: Any) -> bool:
    return _strings(data, ("contentType", "url", "title", "data")) and bool(data)


TYPES: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "Boolean": (lambda data: isinstance(data, bool), "true or false"),
    "Decimal": (_is_decimal, "a number"),
    "Integer": (_is_integer, "a whole number"),
    "Date": (_is_date, "a real date such as 2026-11-22, 2026-11 or 2026"),
    "DateTime": (_is_moment, "a real date, or a date and time with its zone, such as 2026-11-22T14:05:00Z"),
    "Time": (_is_time, "a time such as 14:05:00"),
    "String": (_is_text, "text"),
    "Uri": (_is_uri, "an address without spaces"),
    "Coding": (_is_coding, "a coding with a code or a display"),
    "Quantity": (_is_quantity, "a number with a unit"),
    "Reference": (_is_reference, "a reference"),
    "Attachment": (_is_attachment, "an attachment"),
}
"""By type: whether JSON is such a value, and what it has to be, in words."""


def fits(type_: str, data: Any) -> bool:
    """Whether JSON is a value of one of FHIR's types; False for a type that no answer has."""
    return type_ in TYPES and TYPES[type_][0](data)


def _real(make: Callable[[], object]) -> bool:
    try:
        make()
    except ValueError:
        return False
    return True


def moment_of(data: str) -> datetime | None:
    """The moment that a date and time with its zone names; None for a date alone, and for anything else."""
    found = _MOMENT.fullmatch(data)
    if found is None:
        return None
    day, hour, zone = found.groups()
    whole, _, part = hour.partition(".")
    try:
        return datetime.fromisoformat(f"{day}T{whole}.{(part + '000000')[:6]}{'+00:00' if zone == 'Z' else zone}")
    except ValueError:
        return None


def compare(one: Value, other: Value) -> int | None:
    """-1, 0 or 1 for less, equal or greater; None where the two cannot be ordered.

    Dates that are not equally exact are compared as far as both go: whether 2026-11 is before 2026-11-22 cannot be
    told. A moment has the day that it names. Quantities are compared only in the same unit.
    """
    if not (fits(one.type, one.data) and fits(other.type, other.data)):
        return None
    types = {one.type, other.type}
    if types <= {"Date", "DateTime"}:
        return _compare_dates(one.data, other.data)
    if types <= {"Integer", "Decimal"}:
        return _sign(number(one.data), number(other.data))
    if types == {"Time"}:
        return _sign(_clock(one.data), _clock(other.data))
    if types == {"Quantity"} and _unit(one.data) == _unit(other.data):
        return _sign(number(one.data["value"]), number(other.data["value"]))
    return None


def same(one: Value, other: Value, alone: Container[str] | None = None) -> bool:
    """Whether two values are equal. Codings are by system and code.

    Where one of two codings lacks its system, the code is enough if it is among `alone`, the codes that one option
    only has (`lone_codes`), or if nothing is known of the options: files and systems often leave the system out.
    """
    if one.type == other.type == "Coding" and isinstance(one.data, Mapping) and isinstance(other.data, Mapping):
        return _same_coding(one.data, other.data, alone)
    if one.type == other.type == "Reference" and isinstance(one.data, Mapping) and isinstance(other.data, Mapping):
        return all(one.data.get(part) == other.data.get(part) for part in ("reference", "identifier", "display"))
    if one.type == other.type and one.type in ("Boolean", "String", "Uri", "Date"):
        return type(one.data) is type(other.data) and bool(one.data == other.data)
    return compare(one, other) == 0


def lone_codes(options: Iterable[Option]) -> frozenset[str]:
    """The codes that only one of the options has, so that they mean it even without their system."""
    codes = Counter(str(option.value.data.get("code")) for option in options if option.value.type == "Coding")
    return frozenset(code for code, count in codes.items() if count == 1)


def _same_coding(one: Mapping[str, Any], other: Mapping[str, Any], alone: Container[str] | None) -> bool:
    code = one.get("code")
    if not (code and other.get("code")):
        return not (code or other.get("code")) and one.get("display") == other.get("display")
    if code != other["code"]:
        return False
    systems = one.get("system"), other.get("system")
    return systems[0] == systems[1] or (not all(systems) and (alone is None or code in alone))


def _compare_dates(one: str, other: str) -> int | None:
    first, second = moment_of(one), moment_of(other)
    if first and second:
        return _sign(first, second)
    one, other = one[:10], other[:10]
    shared = min(len(one), len(other))
    order = _sign(one[:shared], other[:shared])
    exact = len(one) == len(other) and not (first or second)
    return order if order or exact else None


def _clock(data: str) -> tuple[str, str]:
    return data[:8], data[9:].rstrip("0")


def _unit(data: Mapping[str, Any]) -> object:
    return data.get("code") or data.get("unit")


def _sign(one: Any, other: Any) -> int:
    return int(one > other) - int(one < other)
