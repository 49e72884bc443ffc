"""The share of patients' concerns that led to a change: the one figure on the public page. Pure.

A **concern** is a released answer in which whoever looked at it found something critical: mildly or more
(data/criticalities.json). It **led to a change** where patients can read an entry that grew out of it, or the patient
can read a reply to it, and that entry or reply says that a change was made or is planned (data/changes.json). This is
Care Opinion's share of stories whose response shows a change, taken over concerns.

Counted are the concerns received in the twelve full months before the present one, so that the figure stays put within
a month but for what the practice itself does. It is shown from eight concerns on, in whole tenths, rounded down: what
it says is never better than what was done, and no number of patients from 1 to 7 can be worked out from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from layers_core.vocabulary import vocabulary
from layers_patient_input.wording import PACKAGE

LEAST = 8
MONTHS = 12
CRITICAL: tuple[str, ...] = tuple(code for code in vocabulary("criticalities", PACKAGE) if code != "none")
CHANGING: tuple[str, ...] = tuple(code for code, entry in vocabulary("changes", PACKAGE).items() if entry["counts"])


@dataclass(frozen=True)
class Window:
    """The days from `first` to `last` whose concerns count."""

    first: date
    last: date


def window(today: date) -> Window:
    """The twelve full months before the month of a day."""
    this_month = today.replace(day=1)
    return Window(this_month.replace(year=this_month.year - MONTHS // 12), this_month - timedelta(days=1))


def tenths(concerns: int, changed: int) -> int | None:
    """How many of ten concerns led to a change, rounded down; None where there are too few concerns to say.

    Raises ValueError where more led to a change than there are.
    """
    if not 0 <= changed <= concerns:
        raise ValueError(f"{changed} of {concerns}")
    return 10 * changed // concerns if concerns >= LEAST else None
