"""The rules of a month of the Friends and Family Test. No database, no request.

Source of all of them: `data/fft_month.json`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, Literal

from layers_core.vocabulary import vocabulary
from layers_patient_input.wording import PACKAGE

RULES: Mapping[str, Any] = vocabulary("fft_month", PACKAGE)
SCALE: str = RULES["scale"]
"""The scale that the return is made on; answers on another are never added to it."""

State = Literal["open", "due", "missed", "sent", "earlier"]


@dataclass(frozen=True, order=True)
class Month:
    """A month of the calendar; `number` is 1 to 12."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Month:
        """The month of a day."""
        return cls(day.year, day.month)

    @classmethod
    def read(cls, text: str) -> Month:
        """The month that is written as 2026-11. Raises ValueError for anything else."""
        if len(text) != len("2026-11"):
            raise ValueError(text)
        return cls.of(date.fromisoformat(f"{text}-01"))

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.number, 1)

    @property
    def next(self) -> Month:
        """The month after it."""
        return self.later(1)

    @property
    def previous(self) -> Month:
        """The month before it."""
        return self.later(-1)

    def later(self, months: int) -> Month:
        """The month that is so many months later."""
        year, number = divmod(self.year * 12 + self.number - 1 + months, 12)
        return Month(year, number + 1)


BEGAN = Month.read(RULES["began"])
"""The first month in which general practices asked the question."""


def newest_first(first: Month, last: Month) -> list[Month]:
    """The months from `first` to `last`, the newest first; none where `first` is after `last`."""
    months = []
    while last >= first:
        months.append(last)
        last = last.previous
    return months


def deadline(month: Month, closed: Collection[date]) -> date:
    """The day on which a month's return is due; `closed` holds the bank holidays of the month after it."""
    left, day = RULES["deadline"], month.next.first
    while True:
        left -= day.weekday() < 5 and day not in closed
        if not left:
            return day
        day += timedelta(days=1)


def state(month: Month, today: date, due: date, *, sent: bool, since: Month) -> State:
    """How a month's return stands. `since` is the month in which the practice began to ask here.

    Months before that hold answers that were brought in: nobody is asked for a return that went another way.
    """
    if sent:
        return "sent"
    if month >= Month.of(today):
        return "open"
    if month < since:
        return "earlier"
    return "due" if today <= due else "missed"


@dataclass(frozen=True)
class Figures:
    """The answers of a month on one scale, by the code of the answer and by the code of the method."""

    answers: Mapping[str, int]
    methods: Mapping[str, int]

    @property
    def total(self) -> int:
        """All answers."""
        return sum(self.answers.values())

    def minus(self, other: Figures) -> Figures:
        """What was added since the other figures; below zero for what was taken away."""
        return Figures(_less(self.answers, other.answers), _less(self.methods, other.methods))

    @property
    def changed(self) -> bool:
        """Whether a difference holds anything."""
        return any(self.answers.values()) or any(self.methods.values())


def figures(counts: Iterable[tuple[str, str, int]]) -> Figures:
    """The sums of (answer, method, count)."""
    answers: dict[str, int] = {}
    methods: dict[str, int] = {}
    for answer, method, count in counts:
        answers[answer] = answers.get(answer, 0) + count
        methods[method] = methods.get(method, 0) + count
    return Figures(answers, methods)


def for_return(counted: Figures) -> Figures:
    """Figures on the return's scale with exactly the return's fields, in its order; zero where nothing was counted.

    Raises ValueError for an answer or method that the return has no field for: nothing is left out in silence.
    """
    fields = RULES["return"]
    return Figures(
        _in_fields(counted.answers, fields["answers"]),
        _in_fields(counted.methods, fields["methods"]),
    )


def positive(answers: Mapping[str, int]) -> int:
    """How many said very good or good."""
    return sum(answers.get(code, 0) for code in RULES["positive"])


def negative(answers: Mapping[str, int]) -> int:
    """How many said poor or very poor."""
    return sum(answers.get(code, 0) for code in RULES["negative"])


def share(part: int, whole: int) -> Fraction | None:
    """A share of all answers, “don’t know” included; None where there are none, since it is undefined then."""
    return Fraction(part, whole) if whole else None


def percent(value: Fraction) -> int:
    """A share in whole per cent, halves upwards."""
    return (200 * value.numerator + value.denominator) // (2 * value.denominator)


def _less(counts: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {code: counts.get(code, 0) - other.get(code, 0) for code in {**other, **counts}}


def _in_fields(counts: Mapping[str, int], fields: Mapping[str, str]) -> dict[str, int]:
    if unknown := counts.keys() - fields.keys():
        raise ValueError(f"The return has no field for {', '.join(sorted(unknown))}")
    return {code: counts.get(code, 0) for code in fields}
