"""JSON that strangers wrote: parsed within limits, and cleaned of what no text may hold. It never raises.

The limits keep a hostile file below 200 MB of memory and five seconds (docs/decisions/0013-forms.md).
"""

from __future__ import annotations

import json
import stat
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from layers_core.forms.values import plain_text
from layers_core.i18n import gettext as _

MOST_BYTES = 4 * 1024 * 1024
MOST_NODES = 300_000
"""Objects, lists and values in one file."""
DEEPEST = 200
"""Levels of JSON; a form of 20 levels of items needs about 60."""
_MOST_DIGITS = 300
_MOST = 10**_MOST_DIGITS


@dataclass(frozen=True)
class Parsed:
    """What was read, or `problem`: why nothing was. `notes` are (what, why) of things that were put right."""

    data: Any = None
    problem: str = ""
    notes: tuple[tuple[str, str], ...] = ()


def parse_file(file: Path | bytes) -> Parsed:
    """The JSON of a file or of bytes that somebody uploaded."""
    if isinstance(file, bytes):
        return parse(file)
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            return Parsed(problem=_("This is not a file. Name a file that holds a form."))
        with file.open("rb") as stream:
            return parse(stream.read(MOST_BYTES + 1))
    except (OSError, ValueError):
        return Parsed(problem=_("The file cannot be read. Check its name and that you may open it."))


def parse(raw: bytes) -> Parsed:
    """The JSON of some bytes, or why it is none."""
    if len(raw) > MOST_BYTES:
        return Parsed(problem=_("The file is larger than %(size)s MB.", size=MOST_BYTES // 1024 // 1024))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Parsed(problem=_("The file is not UTF-8. Save it as UTF-8."))
    if text.lstrip()[:1] == "<":
        return Parsed(problem=_("The file is XML. Save the form as FHIR JSON."))
    twice: dict[str, None] = {}

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            seen: set[str] = set()
            twice.update((key, None) for key, _value in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        return found

    try:
        data = json.loads(
            text, object_pairs_hook=members, parse_int=_whole, parse_float=_decimal, parse_constant=_no_number
        )
    except RecursionError:
        return Parsed(problem=_too_deep())
    except ValueError as fault:
        at = f" ({fault})" if isinstance(fault, json.JSONDecodeError) else ""
        return Parsed(problem=_("The file is not JSON%(where)s.", where=at))
    notes = [(key[:200], _("The same name stands twice in one place; the last one counts.")) for key in twice]
    return Parsed(data, notes=tuple(notes))


def refusal(data: Any) -> str:
    """Why a Python value is too deep or too large to be looked at; empty where it is not."""
    return _survey(data)[0]


def clean(data: Any) -> Parsed:
    """Any Python value as JSON that a database takes. A value that is no JSON counts as null."""
    problem, dirty = _survey(data)
    if problem or not dirty:
        return Parsed(None if problem else data, problem)
    note = (_("characters"), _("Characters that no text may hold (NUL and the like) are taken out."))
    return Parsed(_cleaned(data), notes=(note,))


def _survey(data: Any) -> tuple[str, bool]:
    """Why a value is refused, and whether anything in it has to be cleaned. Level by level: no depth hurts."""
    level, depth, nodes, dirty = [data], 0, 0, False
    while level:
        nodes += len(level)
        if depth > DEEPEST:
            return _too_deep(), dirty
        if nodes > MOST_NODES:
            return _("The file has more than %(count)s parts.", count=f"{MOST_NODES:,}"), dirty
        below: list[Any] = []
        for node in level:
            if isinstance(node, dict):
                dirty = dirty or not all(isinstance(key, str) and plain_text(key) for key in node)
                below.extend(node.values())
            elif isinstance(node, list):
                below.extend(node)
            else:
                dirty = dirty or not _is_plain(node)
            if len(below) > MOST_NODES:
                break
        level, depth = below, depth + 1
    return "", dirty


def _is_plain(value: Any) -> bool:
    if isinstance(value, str):
        return plain_text(value)
    if isinstance(value, int):
        return bool(abs(value) < _MOST)
    return value is None or (isinstance(value, float) and isfinite(value))


def _cleaned(data: Any) -> Any:
    if isinstance(data, dict):
        return {plain(key): _cleaned(value) for key, value in data.items() if isinstance(key, str)}
    if isinstance(data, list):
        return [_cleaned(value) for value in data]
    if isinstance(data, str):
        return plain(data)
    return data if _is_plain(data) else None


def plain(text: str) -> str:
    """A text without the characters that no text may hold."""
    return text if plain_text(text) else "".join(sign for sign in text if plain_text(sign))


def _too_deep() -> str:
    return _("The file is nested too deeply: more than %(levels)s levels.", levels=DEEPEST)


def _whole(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise ValueError("A number is too long")
    return int(digits)


def _decimal(digits: str) -> float:
    if len(digits) > _MOST_DIGITS or not isfinite(number := float(digits)):
        raise ValueError("A number is too large")
    return number


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")
