"""A portfolio between the database and a file: plain values that every writer takes and every reader gives.

Nothing here knows the database or a format. Entries come as an iterable that is read once, so that a portfolio of any
size passes through in flat memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, BinaryIO, Protocol
from uuid import UUID

Answers = Mapping[str, Any]
NOTED_LIMIT = 10_000
WORDS_LIMIT = 300
"""How long what a report quotes of a file may be: an address or a name there may fill megabytes."""
ENTRIES_LIMIT = 20_000
"""How many entries of one file are read: two a working day for forty years. More would hold a page up for minutes."""


class Refused(ValueError):
    """A file that cannot be read as a portfolio at all; the message says why and what to do."""


@dataclass(frozen=True)
class FileRecord:
    """A file that belongs to an entry. `open` gives its content from the start; `digest` is its SHA-256 in hex.

    `description` says what a picture shows.
    """

    name: str
    media_type: str
    size: int
    digest: str
    open: Callable[[], BinaryIO] = field(compare=False, repr=False)
    description: str = ""


class Files(Protocol):
    """The files that came with a portfolio."""

    def by_digest(self, digest: str) -> Callable[[], BinaryIO] | None:
        """What opens the file with that SHA-256; None where it did not come along."""

    def by_path(self, path: str, name: str) -> FileRecord | None:
        """The file at a place relative to the feed; None where it did not come along."""


@dataclass(frozen=True)
class ActionRecord:
    """A promise made about an entry, and what came of it: `outcome` is a code of the core's, None while it is open."""

    expectation: str
    due_on: date | None
    outcome: str | None
    what_happened: str
    created_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True)
class LinkRecord:
    """A link from an entry to another thing (or from the other, when `reverse`), of a type of the core's."""

    type: str
    to: UUID
    reverse: bool = False


@dataclass(frozen=True)
class Entry:
    """One thing that a person wrote.

    `id` is the same wherever the entry goes: an entry that was brought here keeps the id that it came with. `template`
    is a code or "own:<id>"; empty for a kind without questions. `answers` are texts, or lists of codes, by field;
    `asked` are the questions themselves where no installed template has them. `about` says when it happened and what it
    counts as. `other` is whatever else the kind's body holds, as JSON has it. `part_of` are the
    episodes that gather it, for tools that want it said at both ends; an episode's own body is what counts. Times are
    in UTC.
    """

    id: UUID
    kind: str
    title: str
    template: str
    template_version: int
    answers: Answers
    asked: tuple[Mapping[str, Any], ...]
    about: Mapping[str, Any]
    language: str
    created_at: datetime
    updated_at: datetime
    links: tuple[LinkRecord, ...] = ()
    actions: tuple[ActionRecord, ...] = ()
    files: tuple[FileRecord, ...] = ()
    other: Mapping[str, Any] = field(default_factory=dict)
    part_of: tuple[UUID, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Portfolio:
    """A person's entries on their way out. `entries` may be read once only."""

    person_name: str
    made_at: datetime
    entries: Iterable[Entry]


@dataclass(frozen=True)
class NotUnderstood:
    """Something in a file that was not taken over: what it is, where it stands, and why it was left."""

    what: str
    place: str
    why: str


@dataclass
class Report:
    """What became of a file: entries read, kept as new, here already, and everything that was not taken over.

    `marked` counts kept entries in which words may identify somebody. `more` counts what was not understood beyond the
    first 10,000, which are listed.
    """

    read: int = 0
    kept: int = 0
    here_already: int = 0
    links: int = 0
    marked: int = 0
    not_understood: list[NotUnderstood] = field(default_factory=list)
    more: int = 0

    def note(self, what: str, place: str, why: str) -> None:
        """Say that something was not taken over."""
        if len(self.not_understood) < NOTED_LIMIT:
            self.not_understood.append(NotUnderstood(_short(what), _short(place), _short(why)))
        else:
            self.more += 1


def _short(words: str) -> str:
    return words if len(words) <= WORDS_LIMIT else f"{words[: WORDS_LIMIT - 1]}…"
