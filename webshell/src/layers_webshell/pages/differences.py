"""Bodies as fields with names, and what changed between two of them, word by word. No database, no request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from layers_core.contract import ArtefactKind
from layers_core.i18n import gettext as _

Piece = tuple[Literal["same", "gone", "new"], str]

TOKEN = re.compile(r"\s+|[^\s]+")
# Comparing is quadratic; beyond this a whole field is shown as replaced.
MOST_TOKENS = 4000


@dataclass(frozen=True)
class Field:
    """A field of a body, with a name for people and its value as text."""

    name: str
    text: str


@dataclass(frozen=True)
class ChangedField:
    """A field that differs between two states, as pieces that stayed, went and came."""

    name: str
    pieces: tuple[Piece, ...]


def fields_of(body: Mapping[str, Any], kind: ArtefactKind | None = None) -> list[Field]:
    """A body as its kind tells it, else its fields in their order, nested ones by their path; empty ones left out."""
    return [Field(name, text) for name, text in _named(body, kind).items() if text]


def changes(
    before: Mapping[str, Any], after: Mapping[str, Any], kind: ArtefactKind | None = None
) -> list[ChangedField]:
    """The fields whose text differs, in the order of the later state, removed ones last."""
    old, new = _named(before, kind), _named(after, kind)
    return [
        ChangedField(name, _compare(old.get(name, ""), new.get(name, "")))
        for name in {**new, **old}
        if old.get(name, "") != new.get(name, "")
    ]


def _named(body: Mapping[str, Any], kind: ArtefactKind | None) -> dict[str, str]:
    named: dict[str, list[str]] = {}
    for name, text in kind.told(dict(body)) if kind and kind.told else _flat(body):
        named.setdefault(name, []).append(text)
    return {name: "\n".join(texts) for name, texts in named.items()}


def _flat(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, part in value.items():
            name = str(key).replace("_", " ")
            yield from _flat(part, f"{path} {name}" if path else name.capitalize())
    elif isinstance(value, list | tuple):
        if any(isinstance(part, Mapping | list | tuple) for part in value):
            for number, part in enumerate(value, 1):
                yield from _flat(part, f"{path} {number}")
        else:
            yield path, ", ".join(str(part) for part in value)
    elif isinstance(value, bool):
        yield path, _("yes") if value else _("no")
    elif value is not None:
        yield path, str(value)


def _compare(before: str, after: str) -> tuple[Piece, ...]:
    old, new = TOKEN.findall(before), TOKEN.findall(after)
    if max(len(old), len(new)) > MOST_TOKENS:
        whole: tuple[Piece, ...] = (("gone", before), ("new", after))
        return tuple(piece for piece in whole if piece[1])
    pieces: list[Piece] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(("same", "".join(old[i1:i2])))
            continue
        if i2 > i1:
            pieces.append(("gone", "".join(old[i1:i2])))
        if j2 > j1:
            pieces.append(("new", "".join(new[j1:j2])))
    return tuple(pieces)
