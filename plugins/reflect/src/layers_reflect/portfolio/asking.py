"""What an address of the portfolio asks for: whose sort of year, which one, narrowed to what. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from layers_core.contract import FormFields
from layers_reflect.portfolio.years import Period, period_of
from layers_reflect.profiles import ProfileView
from layers_reflect.reading import Wanted
from layers_reflect.timeline import filters
from layers_reflect.timeline.filters import Filters

OTHER = "other"


@dataclass(frozen=True)
class Asked:
    """A profession's period, and what narrows it."""

    profession: str
    period: Period
    filters: Filters

    @property
    def whole(self) -> Wanted:
        """All entries of the period."""
        return Wanted(since=self.period.since, until=self.period.until)

    @property
    def wanted(self) -> Wanted:
        """The entries of the period that the filters leave."""
        return replace(self.filters.wanted, since=self.period.since, until=self.period.until)

    @property
    def query(self) -> dict[str, Any]:
        """The query of an address that asks for the same profession and period."""
        return {"as": self.profession, "on": self.period.since.isoformat()}


def asked(values: FormFields, profile: ProfileView, today: date) -> Asked:
    """What a query asks for: `as` one of the person's professions, else their first; `on` a day, else today."""
    professions = profile.professions or (OTHER,)
    wished = values.get("as", "")
    profession = wished if wished in professions else professions[0]
    # Calendar years that end with this one, for whoever has not said when their three years end.
    ends = profile.cycle_ends or date(today.year, 12, 31)
    return Asked(profession, period_of(profession, _day(values.get("on", "")) or today, ends), filters.read(values))


def _day(text: str) -> date | None:
    """A day that leaves room for three years on either side; None for anything else."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1900 <= found.year <= 2200 else None
