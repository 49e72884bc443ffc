"""What each column of a file is, and what a row says by that. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from typing import Any, Literal

from layers_patient_input.importing import meanings
from layers_patient_input.importing.csv_reading import LIMITS, Row
from layers_patient_input.importing.dates import Order, evidence, read_day
from layers_patient_input.redaction import cleaned
from layers_patient_input.schemas import TEXT_LIMIT
from layers_patient_input.wording import DEFAULT_LANGUAGE

Role = Literal["date", "answer", "text", "method", "language"]
ROLES: tuple[Role, ...] = ("date", "answer", "text", "method", "language")
NEEDED: tuple[Role, ...] = ("date", "answer")
_FIRST_DAY = date.fromisoformat(LIMITS["first_day"])
_ENOUGH = 0.6
"""A column is guessed by what is in it where so much of it can be read as that."""


@dataclass(frozen=True)
class Choices:
    """How the rows of a file are to be read.

    `columns` has the place of a column for each role that one has. `scale` is the scale of answers that several scales
    have (“Don’t know”); "" where nobody has said so. `own` says what else stands for which answer: by `plain` words, as
    `scale:code`. Rows of the days in `left_out` are here already from another file; `keep_all` says that they are not.
    """

    columns: Mapping[str, int] = field(default_factory=dict)
    method: str = ""
    language: str = DEFAULT_LANGUAGE
    order: Order | Literal[""] = ""
    scale: str = ""
    own: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[tuple[date, date], ...] = ()
    keep_all: bool = False

    def as_json(self) -> dict[str, Any]:
        """For a column of a table."""
        spans = [[first.isoformat(), last.isoformat()] for first, last in self.left_out]
        return {**asdict(self), "left_out": spans}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Choices:
        """What `as_json` gave."""
        known = {each.name for each in fields(cls)}
        spans = tuple((date.fromisoformat(first), date.fromisoformat(last)) for first, last in kept.get("left_out", ()))
        return cls(**{**{name: value for name, value in kept.items() if name in known}, "left_out": spans})


@dataclass(frozen=True)
class Reply:
    """An answer as a row tells it."""

    day: date
    scale: str
    score: str
    text: str
    method: str
    language: str


@dataclass(frozen=True)
class Wrong:
    """Why a row cannot be brought in: a code of data/import_faults.json, and what stands there."""

    code: str
    value: str = ""


@dataclass(frozen=True)
class Place:
    """Where and when the answers were given: the practice's time zone, and today there."""

    zone: str
    today: date


def guess(header: Sequence[str], sample: Sequence[Row], default_method: str = "") -> Choices:
    """What the columns seem to be, by their names, else by what is in them; free text by its name alone."""
    columns: dict[str, int] = {}
    for role in ROLES:
        place = meanings.column(role, header)
        if place is not None and place not in columns.values():
            columns[role] = place
    for role, readable in (("date", _is_day), ("answer", _is_answer)):
        if not _mostly(readable, sample, columns.get(role, -1)):
            taken = {place for other, place in columns.items() if other != role}
            free = [place for place in range(len(header)) if place not in taken and _mostly(readable, sample, place)]
            columns |= {role: free[0]} if free else {}
    return Choices(columns, method=default_method)


def is_answer(row: Row) -> bool:
    """Whether a row says when somebody answered what: then it holds no names of columns."""
    return any(map(_is_day, row.cells)) and any(map(_is_answer, row.cells))


def _is_day(cell: str) -> bool:
    return any(read_day(cell, order, "UTC") for order in ("day", "month"))


def _is_answer(cell: str) -> bool:
    return bool(meanings.answers(cell))


def _mostly(readable: Any, sample: Iterable[Row], place: int) -> bool:
    cells = [row.cells[place] for row in sample if 0 <= place < len(row.cells) and row.cells[place].strip()]
    return bool(cells) and sum(map(readable, cells)) >= _ENOUGH * len(cells)


class Reading:
    """Reads rows by choices; what many rows say alike is worked out once."""

    def __init__(self, choices: Choices, place: Place) -> None:
        self._choices, self._place = choices, place
        self._known: dict[tuple[Role, str], Any] = {}

    def read(self, row: Row) -> Reply | Wrong:
        """What a row says. Nothing of one that is wrong is kept."""
        if row.fault:
            return Wrong(row.fault)
        day = self._each("date", row, self._day)
        if isinstance(day, Wrong):
            return day
        answer = self._each("answer", row, self._answer)
        if isinstance(answer, Wrong):
            return answer
        method = self._each("method", row, self._method)
        if isinstance(method, Wrong):
            return method
        language = self._each("language", row, self._language)
        if isinstance(language, Wrong):
            return language
        text = cleaned(self.cell("text", row))
        if len(text) > TEXT_LIMIT:
            return Wrong("long")
        return Reply(day, answer[0], answer[1], text, method, language)

    def here_already(self, reply: Reply) -> bool:
        """Whether the answers of that day came with another file."""
        return any(first <= reply.day <= last for first, last in self._choices.left_out)

    def cell(self, role: Role, row: Row) -> str:
        """What stands in the column of a role; "" where the row, or the file, has none."""
        place = self._choices.columns.get(role, -1)
        return row.cells[place] if 0 <= place < len(row.cells) else ""

    def _each(self, role: Role, row: Row, read: Any) -> Any:
        cell = cleaned(self.cell(role, row)[: meanings.LONGEST])
        if (role, cell) not in self._known:
            if len(self._known) > LIMITS["rows_a_step"]:
                # Times of day differ from row to row.
                self._known.clear()
            self._known[role, cell] = read(cell)
        return self._known[role, cell]

    def _day(self, cell: str) -> date | Wrong:
        if not cell:
            return Wrong("no_date")
        day = read_day(cell, self._choices.order or "day", self._place.zone)
        if day is None:
            return Wrong("date", cell)
        if day > self._place.today:
            return Wrong("future", cell)
        return Wrong("early", cell) if day < _FIRST_DAY else day

    def _answer(self, cell: str) -> tuple[str, str] | Wrong:
        if not cell:
            return Wrong("no_answer")
        if own := self._choices.own.get(meanings.plain(cell)):
            scale, _colon, code = own.partition(":")
            return scale, code
        found = meanings.answers(cell)
        mine = [meaning for meaning in found if meaning[0] == self._choices.scale] if len(found) > 1 else found
        return mine[0] if mine else Wrong("answer", cell)

    def _method(self, cell: str) -> str | Wrong:
        if not cell:
            return self._choices.method or Wrong("method")
        return meanings.method(cell) or Wrong("method", cell)

    def _language(self, cell: str) -> str | Wrong:
        if not cell:
            return self._choices.language
        return meanings.language(cell) or Wrong("language", cell)


@dataclass(frozen=True)
class Examined:
    """What a file holds by these choices. `samples` are its first rows as they will be read.

    `unknown` are cells that are no answer, with their number; `orders` says how many days in numbers speak for which
    order; `scales` how many answers are on which scale alone, `shared` how many are on several.
    """

    total: int
    good: int
    left_out: int
    wrong: Mapping[str, int]
    unknown: Mapping[str, int]
    more_unknown: bool
    orders: Mapping[str, int]
    scales: Mapping[str, int]
    shared: int
    first_day: date | None
    last_day: date | None
    samples: Sequence[tuple[Row, Reply | Wrong]]

    @property
    def order(self) -> Order | Literal[""]:
        """The order that its days speak for; "" where they say nothing, or both."""
        if bool(self.orders.get("day")) == bool(self.orders.get("month")):
            return ""
        return "day" if self.orders.get("day") else "month"

    @property
    def scale(self) -> str:
        """The one scale that its answers are on; "" where they are on several, or on none alone."""
        return next(iter(self.scales)) if len(self.scales) == 1 else ""


def examine(
    rows: Iterable[Row], choices: Choices, place: Place, most_samples: int = 6, most_unknown: int = 12
) -> Examined:
    """Go through a file once, without keeping it."""
    reading = Reading(choices, place)
    total = good = left_out = shared = 0
    more = False
    wrong: dict[str, int] = {}
    unknown: dict[str, int] = {}
    orders: dict[str, int] = {}
    scales: dict[str, int] = {}
    first = last = None
    samples: list[tuple[Row, Reply | Wrong]] = []
    for row in rows:
        total += 1
        found = reading.read(row)
        if not row.fault:
            if order := evidence(reading.cell("date", row)):
                _count(orders, order)
            meant = meanings.answers(reading.cell("answer", row))
            shared += len(meant) > 1
            if len(meant) == 1:
                _count(scales, meant[0][0])
        if isinstance(found, Wrong):
            _count(wrong, found.code)
            if found.code == "answer" and not meanings.answers(found.value):
                known = meanings.plain(found.value)
                if known in unknown or len(unknown) < most_unknown:
                    _count(unknown, known)
                else:
                    more = True
        else:
            here = reading.here_already(found)
            good, left_out = good + (not here), left_out + here
            first, last = min(first or found.day, found.day), max(last or found.day, found.day)
        if len(samples) < most_samples:
            samples.append((row, found))
    return Examined(total, good, left_out, wrong, unknown, more, orders, scales, shared, first, last, samples)


def settled(choices: Choices, examined: Examined) -> Choices:
    """The choices with what the file itself says about order and scale, where nobody has chosen."""
    return replace(choices, order=choices.order or examined.order, scale=choices.scale or examined.scale)


def _count(counts: dict[str, int], key: str) -> None:
    counts[key] = counts.get(key, 0) + 1
