"""What is there in a period and what is missing, against data/portfolio.json. Pure: no database, no request."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Any
from uuid import UUID

from layers_core.i18n import gettext as _
from layers_core.vocabulary import vocabulary
from layers_reflect import prompts
from layers_reflect.classification import PACKAGE, codes, credits
from layers_reflect.portfolio.years import Period

TEMPLATE = "template"


@dataclass(frozen=True)
class Fact:
    """One note as it counts: when, how long, and its (scheme, code) pairs. Copies are never among them."""

    id: UUID
    happened_on: date
    minutes: int
    participatory_minutes: int
    template: str
    codes: frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Sum:
    """A total in hours (or credits, which are hours), with the customary figure where there is one."""

    id: str
    label: str
    hours: float
    target: int | None
    note: str

    @property
    def to_go(self) -> float:
        """What is left to the customary figure, in whole tenths; 0 where it is reached or there is none."""
        return max(0.0, ceil(round(((self.target or 0) - self.hours) * 10, 6)) / 10)


@dataclass(frozen=True)
class Line:
    """So many notes of one code, and how many are asked for at least."""

    scheme: str
    code: str
    label: str
    found: int
    least: int
    template: str
    note: str

    @property
    def missing(self) -> int:
        """How many are still missing."""
        return max(0, self.least - self.found)


@dataclass(frozen=True)
class Part:
    """Lines under one heading."""

    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Month:
    """What happened in one month, by the month's first day."""

    first: date
    entries: int
    hours: float


@dataclass(frozen=True)
class Overview:
    """Everything that a portfolio's page shows of a period."""

    entries: int
    sums: tuple[Sum, ...]
    parts: tuple[Part, ...]
    drawn: str
    """What the months add up: the label of one of the sums."""
    months: tuple[Month, ...]

    @property
    def missing(self) -> int:
        """How many lines still miss something."""
        return sum(1 for part in self.parts for line in part.lines if line.missing)


def overview(profession: str, period: Period, facts: Iterable[Fact]) -> Overview:
    """What a profession's period adds up to. Facts outside it do not count. Raises KeyError for a profession."""
    rules = vocabulary("portfolio", PACKAGE)[profession]
    found = [fact for fact in facts if period.since <= fact.happened_on <= period.until]
    drawn = next(rule for rule in rules["sums"] if rule["id"] == rules["chart"])
    return Overview(
        len(found),
        tuple(_sum(rule, found) for rule in rules["sums"]),
        tuple(_part(rule, found) for rule in rules["parts"]),
        _(drawn["label"]),
        tuple(_month(first, drawn, found) for first in period.months),
    )


def _minutes(rule: dict[str, Any], facts: Iterable[Fact]) -> int:
    within = tuple(rule["within"]) if rule["within"] else None
    return sum(getattr(fact, rule["field"]) for fact in facts if within is None or within in fact.codes)


def _sum(rule: dict[str, Any], facts: Sequence[Fact]) -> Sum:
    return Sum(rule["id"], _(rule["label"]), credits(_minutes(rule, facts)), rule["target"], _(rule["note"]))


def _part(rule: dict[str, Any], facts: Sequence[Fact]) -> Part:
    scheme = rule["scheme"]
    return Part(_(rule["heading"]), tuple(_line(scheme, line, facts) for line in rule["lines"]))


def _line(scheme: str, rule: dict[str, Any], facts: Sequence[Fact]) -> Line:
    code = rule["code"]
    if scheme == TEMPLATE:
        label, found = prompts.newest(code).label, sum(fact.template == code for fact in facts)
    else:
        label, found = codes(scheme)[code], sum((scheme, code) in fact.codes for fact in facts)
    return Line(scheme, code, _(label), found, rule["least"], rule["template"], _(rule.get("note", "")))


def _month(first: date, rule: dict[str, Any], facts: Sequence[Fact]) -> Month:
    here = [fact for fact in facts if fact.happened_on.replace(day=1) == first]
    return Month(first, len(here), credits(_minutes(rule, here)))
