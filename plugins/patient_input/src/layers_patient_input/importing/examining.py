"""Looking at a file before anything of it is kept: what its columns seem to be, what it holds, what is still to choose.

Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from layers_core.contract import Problem
from layers_core.i18n import gettext as _
from layers_patient_input.importing import meanings
from layers_patient_input.importing.csv_reading import Row
from layers_patient_input.importing.dates import Order, evidence, read_day
from layers_patient_input.importing.mapping import ROLES, Choices, Place, Reading, Reply, Wrong

_ENOUGH = 0.6
"""A column is guessed by what is in it where so much of it can be read as that."""
MOST_UNKNOWN = 12
"""So many different words that are no answer are named."""
_SAMPLES = 6


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


def _mostly(readable: Callable[[str], bool], sample: Iterable[Row], place: int) -> bool:
    cells = [row.cells[place] for row in sample if 0 <= place < len(row.cells) and row.cells[place].strip()]
    return bool(cells) and sum(map(readable, cells)) >= _ENOUGH * len(cells)


@dataclass(frozen=True)
class Examined:
    """What a file holds by these choices. `samples` are its first rows as they will be read.

    `unknown` are cells that are no answer, with their number; `orders` says how many days in numbers speak for which
    order; `scales` how many answers are on which scale alone, `shared` how many are on several. `of_others` are rows of
    days that other files had answers of; of them `left_out` will be. `example` is a day in numbers that could be two.
    """

    total: int
    good: int
    left_out: int
    of_others: int
    wrong: Mapping[str, int]
    unknown: Mapping[str, int]
    more_unknown: bool
    orders: Mapping[str, int]
    scales: Mapping[str, int]
    shared: int
    first_day: date | None
    last_day: date | None
    example: str
    samples: Sequence[tuple[Row, Reply | Wrong]]

    @property
    def bad(self) -> int:
        """How many rows cannot be brought in."""
        return sum(self.wrong.values())

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


def examine(rows: Iterable[Row], choices: Choices, place: Place) -> Examined:
    """Go through a file once, without keeping it."""
    reading = Reading(choices, place)
    total = good = left_out = of_others = shared = 0
    more = False
    wrong: dict[str, int] = {}
    unknown: dict[str, int] = {}
    orders: dict[str, int] = {}
    scales: dict[str, int] = {}
    first = last = None
    example = ""
    samples: list[tuple[Row, Reply | Wrong]] = []
    for row in rows:
        total += 1
        found = reading.read(row)
        if not row.fault:
            if order := evidence(reading.cell("date", row)):
                _count(orders, order)
                example = example or (reading.cell("date", row) if order == "either" else "")
            meant = meanings.answers(reading.cell("answer", row))
            shared += len(meant) > 1
            if len(meant) == 1:
                _count(scales, meant[0][0])
        if isinstance(found, Wrong):
            _count(wrong, found.code)
            known = meanings.plain(found.value)
            if found.code == "answer" and known:
                if known in unknown or len(unknown) < MOST_UNKNOWN:
                    _count(unknown, known)
                else:
                    more = True
        else:
            here = reading.here_already(found)
            good, left_out, of_others = good + (not here), left_out + here, of_others + reading.of_other_files(found)
            first, last = min(first or found.day, found.day), max(last or found.day, found.day)
        if len(samples) < _SAMPLES:
            samples.append((row, found))
    return Examined(
        total, good, left_out, of_others, wrong, unknown, more, orders, scales, shared, first, last, example, samples
    )


def settled(choices: Choices, examined: Examined) -> Choices:
    """The choices with what the file itself says about order and scale, where nobody has chosen."""
    return replace(choices, order=choices.order or examined.order, scale=choices.scale or examined.scale)


def problems(choices: Choices, examined: Examined) -> list[Problem]:
    """What has to be chosen before a file can be brought in; `choices` are settled. Fields are those of the form."""
    found: list[Problem] = []
    places = choices.columns.values()
    if "date" not in choices.columns:
        found.append(Problem(_("Choose the column with the date"), "column-date"))
    if "answer" not in choices.columns:
        found.append(Problem(_("Choose the column with the answer"), "column-answer"))
    if len(set(places)) < len(places):
        found.append(Problem(_("You chose one column for two things"), "column-date"))
    if not choices.method:
        found.append(Problem(_("Choose how these answers were collected"), "method"))
    if not choices.order and examined.orders:
        found.append(Problem(_("Choose how the dates are written"), "order"))
    if not choices.scale and examined.shared:
        found.append(Problem(_("Choose which question the answers “Don’t know” belong to"), "scale"))
    if not choices.same and examined.of_others:
        found.append(Problem(_("Choose whether these are the same answers"), "same"))
    if not found and not examined.good:
        found.append(Problem(_("No row can be brought in like this. Look at what is wrong with them"), "wrong"))
    return found


def _count(counts: dict[str, int], key: str) -> None:
    counts[key] = counts.get(key, 0) + 1
