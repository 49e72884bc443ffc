"""One answer's inputs: what was typed, read as a value of FHIR; and a value as what stands in the inputs.

The names of inputs stand in `fields`. A value that cannot be read raises Wrong, whose words say what to do.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from layers_core.forms.fields import OTHER, FormFields, option_key
from layers_core.forms.model import Item, Value
from layers_core.forms.values import LONGEST_STRING, fits, moment_of, number, same
from layers_core.i18n import format_number
from layers_core.i18n import gettext as _

YEARS = range(1000, 10_000)
_LONGEST = 60
_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?(?::\d{2})?\s*([ap]\.?m\.?)?", re.ASCII)
_DECIMAL = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
# Everything below a space except the line break and the tab: PostgreSQL refuses NUL, and none of them is a letter.
_NO_LETTERS = {code: None for code in (*range(32), 127) if chr(code) not in "\n\t"}


class Wrong(Exception):
    """An answer that cannot be read. `message` says what to do; `end` is what the input's name adds to the answer's."""

    def __init__(self, message: str, end: str = "") -> None:
        super().__init__(message)
        self.message, self.end = message, end


def typed(fields: FormFields, name: str) -> str:
    """What somebody typed: one kind of line end, no control characters, no space around it."""
    text = str(fields.get(name) or "").replace("\r\n", "\n").replace("\r", "\n").translate(_NO_LETTERS)
    return "".join("\ufffd" if "\ud800" <= sign <= "\udfff" else sign for sign in text).strip()


def one(item: Item, name: str, fields: FormFields, zone: ZoneInfo) -> Value | None:
    """The answer in the inputs of a name; None where they are empty. Raises Wrong."""
    if item.type in ("choice", "open-choice"):
        return _choice(item, name, fields)
    if item.type == "quantity":
        return _quantity(item, name, fields)
    if item.type in ("date", "dateTime"):
        return _day(item, name, fields, zone)
    text = typed(fields, name)
    if not text:
        return None
    if item.type == "boolean":
        if text not in ("true", "false"):
            raise Wrong(_("Choose yes or no"))
        return Value("Boolean", text == "true")
    if item.type in ("integer", "decimal"):
        return _number(item.type, text)
    if item.type == "time":
        return Value("Time", _clock(text).isoformat("seconds"))
    if item.type == "url":
        return Value("Uri", _short(item, _address(text)))
    return Value("String", _short(item, text))


def ticked(item: Item, name: str, fields: FormFields) -> Iterator[tuple[str, Value]]:
    """The answers ticked, each with its option's key, in the order of the options. Raises Wrong."""
    keys = {typed_key for typed_key in fields.getlist(name) if typed_key}
    options = {option_key(option): option.value for option in item.options}
    other = typed(fields, f"{name}-other") if item.type == "open-choice" else ""
    if keys - {*options} - ({OTHER} if item.type == "open-choice" else set()):
        raise Wrong(_("Choose from the answers shown"))
    for key, value in options.items():
        if key in keys:
            yield key, value
    if other:
        yield OTHER, Value("String", _short(item, other, "-other"))
    elif OTHER in keys:
        raise Wrong(_("Write your other answer, or choose another one"), "-other")


def shown(item: Item, value: Value, name: str, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    """The names and values of inputs that hold an answer: `one` or `ticked` reads it from them again."""
    data = value.data
    if item.type in ("choice", "open-choice"):
        yield from _choice_shown(item, value, name)
    elif value.type == "Quantity":
        yield name, _plain(data.get("value"))
        units = [option for option in item.options if data.get("code") in (None, option.value.data.get("code"))]
        if len(item.options) > 1:
            yield from ((f"{name}-unit", option_key(option)) for option in units[:1])
        elif not item.options and data.get("unit"):
            yield f"{name}-unit", str(data["unit"])
    elif value.type in ("Date", "DateTime"):
        day = data
        if (moment := moment_of(data)) is not None:
            local = _local(moment, zone)
            day = local.date().isoformat()
            yield f"{name}-time", local.time().isoformat("minutes")
        yield from zip((f"{name}-year", f"{name}-month", f"{name}-day"), day.split("-"), strict=False)
    elif value.type == "Time":
        yield name, data[:5]
    elif value.type == "Boolean":
        yield name, "true" if data else "false"
    else:
        yield name, _plain(data)


def _choice(item: Item, name: str, fields: FormFields) -> Value | None:
    if not item.options:
        text = typed(fields, name)
        if not text:
            return None
        text = _short(item, text)
        # Nothing is known of the list that the answer should come from, so it is a coding in words alone.
        return Value("String", text) if item.type == "open-choice" else Value("Coding", {"display": text})
    answers = list(ticked(item, name, fields))
    if len(answers) > 1:
        raise Wrong(_("Choose one answer, or remove what you wrote as another"), "-other")
    return answers[0][1] if answers else None


def _choice_shown(item: Item, value: Value, name: str) -> Iterator[tuple[str, str]]:
    chosen = next((option for option in item.options if same(value, option.value)), None)
    if chosen:
        yield name, option_key(chosen)
    elif not item.options:
        yield name, str(value.data.get("display") or value.data.get("code") if value.type == "Coding" else value.data)
    elif item.type == "open-choice":
        yield name, OTHER
        yield f"{name}-other", str(value.data)


def _quantity(item: Item, name: str, fields: FormFields) -> Value | None:
    text, unit = typed(fields, name), typed(fields, f"{name}-unit")
    units = {option_key(option): option.value.data for option in item.options}
    if not text:
        if unit and not units:
            raise Wrong(_("Enter a number, or remove the unit"))
        return None
    amount = {"value": _number("decimal", text).data}
    if len(units) == 1:
        return Value("Quantity", amount | next(iter(units.values())))
    if units and unit not in units:
        raise Wrong(_("Choose a unit"), "-unit")
    return Value("Quantity", amount | (units[unit] if units else {"unit": unit} if unit else {}))


def _number(type_: str, text: str) -> Value:
    """A number in any script's digits. A comma is the decimal point, unless three digits follow it: that is unclear."""
    plain = "".join(str(unicodedata.digit(sign)) if sign.isdecimal() else sign for sign in text[:_LONGEST])
    plain = plain.replace("٫", ".").replace("−", "-").replace(" ", "").replace("\u00a0", "")
    if "," in plain and not re.search(r",\d{3}(\D|$)", plain):
        plain = plain.replace(",", ".")
    if len(text) >= _LONGEST or not _DECIMAL.fullmatch(plain):
        if type_ == "integer":
            raise Wrong(_("Enter a whole number, for example 12"))
        raise Wrong(_("Enter a number, for example 12 or 12.5"))
    exact = Decimal(plain)
    if type_ == "integer":
        if not fits("Integer", int(exact)) or exact != int(exact):
            raise Wrong(_("Enter a whole number, for example 12"))
        return Value("Integer", int(exact))
    return Value("Decimal", int(exact) if exact == exact.to_integral_value() else float(exact))


def _day(item: Item, name: str, fields: FormFields, zone: ZoneInfo) -> Value | None:
    parts = [typed(fields, f"{name}-{part}") for part in ("day", "month", "year")]
    clock = typed(fields, f"{name}-time") if item.type == "dateTime" else ""
    if not any(parts):
        if clock:
            raise Wrong(_("Enter the date as well as the time"), "-day")
        return None
    try:
        day, month, year = (int(part) if len(part) <= 4 else 0 for part in parts)
        if year not in YEARS:
            raise ValueError(f"No year {year}")
        found = date(year, month, day)
    except ValueError:
        raise Wrong(_("Enter a real date, for example 4 12 2026"), "-day") from None
    if item.type == "date" or not clock:
        return Value("Date" if item.type == "date" else "DateTime", found.isoformat())
    try:
        moment = datetime.combine(found, _clock(clock), zone)
    except Wrong as wrong:
        raise Wrong(wrong.message, "-time") from None
    # FHIR's zones have whole minutes; those of the 19th century had not.
    exact = moment.utcoffset() or timedelta()
    return Value("DateTime", (moment.astimezone(UTC) if exact.seconds % 60 else moment).isoformat(timespec="seconds"))


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    """A moment in a zone; as it is where it would fall out of the years that there are."""
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return moment


def _clock(text: str) -> time:
    found = _CLOCK.fullmatch(text[:_LONGEST].lower()) if len(text) < _LONGEST else None
    if found and (found[2] or found[3]):
        hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "")[:1]
        if half and 1 <= hour <= 12:
            hour = hour % 12 + (12 if half == "p" else 0)
        elif half:
            hour = 24
        if hour < 24 and minute < 60:
            return time(hour, minute)
    raise Wrong(_("Enter a time, for example 14:05 or 2:05pm"))


def _address(text: str) -> str:
    scheme, _colon, rest = text.partition("://")
    if scheme.lower() not in ("http", "https") or "." not in rest.split("/")[0].strip(".") or len(text.split()) > 1:
        raise Wrong(_("Enter a full web address, for example https://www.nhs.uk"))
    return text


def _short(item: Item, text: str, end: str = "") -> str:
    most = min(item.max_length or LONGEST_STRING, LONGEST_STRING)
    if len(text) > most:
        raise Wrong(
            _(
                "Shorten this to %(most)s characters. It has %(count)s.",
                most=format_number(most),
                count=format_number(len(text)),
            ),
            end,
        )
    return text


def _plain(data: object) -> str:
    exact = number(data)
    if isinstance(data, str) or exact is None:
        return str(data)
    return format(exact, "f")
