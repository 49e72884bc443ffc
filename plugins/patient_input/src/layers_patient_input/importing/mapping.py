"""What each column of a file is, and what a row says by that. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from typing import Any, Literal

from layers_patient_input.importing import meanings
from layers_patient_input.importing.csv_reading import LIMITS, Row
from layers_patient_input.importing.dates import Order, read_day
from layers_patient_input.redaction import cleaned
from layers_patient_input.schemas import TEXT_LIMIT
from layers_patient_input.wording import DEFAULT_LANGUAGE

Role = Literal["date", "answer", "text", "method", "language"]
ROLES: tuple[Role, ...] = ("date", "answer", "text", "method", "language")
_FIRST_DAY = date.fromisoformat(LIMITS["first_day"])


@dataclass(frozen=True)
class Choices:
    """How the rows of a file are to be read.

    `columns` has the place of a column for each role that one has. `scale` is the scale of answers that several scales
    have (“Don’t know”); "" where nobody has said so. `own` says what else stands for which answer: by `plain` words, as
    `scale:code`. `others` are the days that other files had answers of; `same` says whether rows of those days are the
    same answers, which are left out then.
    """

    columns: Mapping[str, int] = field(default_factory=dict)
    method: str = ""
    language: str = DEFAULT_LANGUAGE
    order: Order | Literal[""] = ""
    scale: str = ""
    own: Mapping[str, str] = field(default_factory=dict)
    others: tuple[tuple[date, date], ...] = ()
    same: Literal["", "yes", "no"] = ""

    def as_json(self) -> dict[str, Any]:
        """For a column of a table."""
        return {**asdict(self), "others": [[first.isoformat(), last.isoformat()] for first, last in self.others]}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Choices:
        """What `as_json` gave."""
        known = {each.name for each in fields(cls)}
        spans = tuple((date.fromisoformat(first), date.fromisoformat(last)) for first, last in kept.get("others", ()))
        return cls(**{**{name: value for name, value in kept.items() if name in known}, "others": spans})


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

    def of_other_files(self, reply: Reply) -> bool:
        """Whether another file had answers of that day."""
        return any(first <= reply.day <= last for first, last in self._choices.others)

    def here_already(self, reply: Reply) -> bool:
        """Whether it came with another file."""
        return self._choices.same == "yes" and self.of_other_files(reply)

    def cell(self, role: Role, row: Row) -> str:
        """What stands in the column of a role; "" where the row, or the file, has none."""
        place = self._choices.columns.get(role, -1)
        return row.cells[place] if 0 <= place < len(row.cells) else ""

    def _each(self, role: Role, row: Row, read: Any) -> Any:
        cell = self.cell(role, row)[: meanings.LONGEST]
        found = self._known.get((role, cell))
        if found is None:
            if len(self._known) > LIMITS["rows_a_step"]:
                # Times of day differ from row to row.
                self._known.clear()
            found = self._known[role, cell] = read(cleaned(cell))
        return found

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
        if not found:
            return Wrong("answer", cell)
        mine = [meaning for meaning in found if meaning[0] == self._choices.scale] if len(found) > 1 else found
        return mine[0] if mine else Wrong("scale", cell)

    def _method(self, cell: str) -> str | Wrong:
        if not cell:
            # Nobody begins before one is chosen.
            return self._choices.method
        return meanings.method(cell) or Wrong("method", cell)

    def _language(self, cell: str) -> str | Wrong:
        if not cell:
            return self._choices.language
        return meanings.language(cell) or Wrong("language", cell)
