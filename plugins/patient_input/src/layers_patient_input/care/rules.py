"""The rules of the CARE measure. No database, no request. Source of all of them: `data/care_report.json`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from layers_core.vocabulary import vocabulary
from layers_patient_input.wording import PACKAGE

RULES: Mapping[str, Any] = vocabulary("care_report", PACKAGE)
ITEMS: Sequence[str] = RULES["items"]
SCORES: Mapping[str, int] = RULES["scores"]

Filled = Mapping[str, str]
"""A form as it was filled in: the code chosen for each item; an item that was left out is missing."""


def scored(form: Filled) -> list[int]:
    """The scores of the items that were rated, 1 to 5 each."""
    return [SCORES[form[item]] for item in ITEMS if form.get(item) in SCORES]


def is_valid(form: Filled) -> bool:
    """Whether a form counts: at most two of its items do not apply or were left out."""
    return len(ITEMS) - len(scored(form)) <= int(RULES["most_missing"])


def total(form: Filled) -> Fraction:
    """A valid form's sum, 10 to 50: what was not rated counts as the mean of what was."""
    rated = scored(form)
    return Fraction(sum(rated) * len(ITEMS), len(rated))


@dataclass(frozen=True)
class ItemScores:
    """What was said of one item: the scores of those who rated it, and how many chose each answer.

    `answers` holds the scores' codes, then "does not apply"; `left_out` counts those who chose nothing.
    """

    item: str
    scores: Sequence[int]
    answers: Mapping[str, int]
    left_out: int


@dataclass(frozen=True)
class Report:
    """What a practitioner learns from their forms: the sum of each form, and each item's scores."""

    totals: Sequence[Fraction]
    items: Sequence[ItemScores]


@dataclass(frozen=True)
class Progress:
    """How far a round of forms is. `reported` is how many valid forms the report is about; 0 while there is none."""

    valid: int
    invalid: int
    reported: int

    @property
    def missing(self) -> int:
        """How many valid forms are missing for a first report."""
        return max(0, int(RULES["least_forms"]) - self.valid)


def progress(forms: Sequence[Filled]) -> Progress:
    """How far these forms are.

    There is no report on fewer than 25, and it takes in new ones five at a time: whoever keeps the one of yesterday
    learns from today's nothing about the one patient who came since.
    """
    valid = sum(1 for form in forms if is_valid(form))
    reported = valid - valid % RULES["step"] if valid >= RULES["least_forms"] else 0
    return Progress(valid, len(forms) - valid, reported)


def report(forms: Sequence[Filled]) -> Report | None:
    """The report on these forms, the first ones first; None while there are too few that are valid."""
    used = [form for form in forms if is_valid(form)][: progress(forms).reported]
    if not used:
        return None
    return Report([total(form) for form in used], [_item(item, used) for item in ITEMS])


def _item(item: str, forms: Sequence[Filled]) -> ItemScores:
    chosen = Counter(form.get(item) for form in forms)
    codes = (*SCORES, RULES["not_scored"])
    return ItemScores(
        item=item,
        scores=[SCORES[form[item]] for form in forms if form.get(item) in SCORES],
        answers={code: chosen[code] for code in codes},
        left_out=len(forms) - sum(chosen[code] for code in codes),
    )
