"""England's bank holidays."""

from __future__ import annotations

from datetime import date
from functools import cache

from layers_patient_input.months import rules
from layers_patient_input.months.rules import Month


def deadline(month: Month) -> date:
    """The day on which a month's return is due in England."""
    return rules.deadline(month, _of_year(month.next.year))


@cache
def _of_year(year: int) -> frozenset[date]:
    # Not at the top: it takes a tenth of a second and 19 MB, and most pages ask for no deadline.
    from holidays import country_holidays

    return frozenset(country_holidays("GB", subdiv="ENG", years=year))
