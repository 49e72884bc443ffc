"""The time that a portfolio is about: an appraisal year, an NMC cycle or a calendar year. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from layers_core.vocabulary import vocabulary
from layers_reflect.classification import PACKAGE, appraisal_year, year_name

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """From a day to a day, both included, with the name that people give it; empty where its dates are its name."""

    since: date
    until: date
    name: str = ""

    @property
    def before(self) -> date:
        """A day of the period before."""
        return self.since - DAY

    @property
    def after(self) -> date:
        """A day of the period after."""
        return self.until + DAY

    @property
    def months(self) -> list[date]:
        """The first day of each month that has days of the period, in order."""
        first = self.since.replace(day=1)
        found = []
        while first <= self.until:
            found.append(first)
            first = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
        return found


def span_of(profession: str) -> str:
    """The kind of period that a profession looks at. Raises KeyError for an unknown profession."""
    return str(vocabulary("portfolio", PACKAGE)[profession]["span"])


def period_of(profession: str, day: date, cycle_ends: date | None = None) -> Period:
    """The period of a profession that a day lies in.

    Doctors: 1 April to 31 March. Nurses: the NMC's three years that end on the day of `cycle_ends`, or three years
    before or after it; where it is not known, three calendar years that end with the day's own. Everybody else: the
    calendar year. Raises KeyError for an unknown profession.
    """
    span = span_of(profession)
    if span == "appraisal_year":
        began, begins = appraisal_year(day), vocabulary("years", PACKAGE)["appraisal_begins"]
        since = date(began, begins["month"], begins["day"])
        return Period(since, _years_later(since, 1) - DAY, year_name(began))
    if span == "nmc_cycle":
        return _cycle(day, cycle_ends or date(day.year, 12, 31))
    return Period(date(day.year, 1, 1), date(day.year, 12, 31), str(day.year))


def _cycle(day: date, ends: date) -> Period:
    years = int(vocabulary("years", PACKAGE)["nmc_cycle_years"])
    steps = (day.year - ends.year) // years - 1
    while (until := _years_later(ends, steps * years)) < day:
        steps += 1
    return Period(_years_later(ends, (steps - 1) * years) + DAY, until)


def _years_later(day: date, years: int) -> date:
    """The same day in another year; 28 February for a 29th that this year has not."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
