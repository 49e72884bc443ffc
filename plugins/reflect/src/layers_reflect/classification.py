"""What a note counts as: the schemes of data/classification.json, and who uses which."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from functools import cache
from typing import Any

from layers_core.contract import Body
from layers_core.vocabulary import vocabulary

PACKAGE = "layers_reflect"
SCHEMES = ("types", "domains", "categories", "themes")
TOPICS = "topics"
MOST_TOPICS = 10


def codes(scheme: str) -> Mapping[str, str]:
    """The codes of a scheme with their English words. Raises KeyError for an unknown scheme."""
    found: Mapping[str, str] = vocabulary("classification", PACKAGE)[scheme]["codes"]
    return found


def heading(scheme: str) -> str:
    """The English name of a scheme. Raises KeyError for an unknown one."""
    return str(vocabulary("classification", PACKAGE)[scheme]["label"])


def known_professions() -> Mapping[str, str]:
    """The professions that one may choose, with their English words."""
    return {code: entry["label"] for code, entry in vocabulary("professions", PACKAGE).items()}


@cache
def assumed(membership: str) -> tuple[str, ...]:
    """The professions that somebody is taken for who said nothing: by the core's profession of their membership."""
    known = vocabulary("professions", PACKAGE)
    found = tuple(code for code, entry in known.items() if membership in entry["memberships"])
    return found or ("other",)


def schemes_for(professions: Collection[str]) -> tuple[str, ...]:
    """The schemes that people of these professions classify by, in order, each once."""
    known = vocabulary("professions", PACKAGE)
    used = {scheme for code in professions if code in known for scheme in known[code]["classifies"]}
    return tuple(scheme for scheme in SCHEMES if scheme in used)


def no_facts() -> dict[str, Any]:
    """What is known about an event of which nothing was said; a new dict each time."""
    return {
        "date": None,
        "minutes": 0,
        "participatory_minutes": 0,
        "importance": None,
        **{scheme: [] for scheme in SCHEMES},
        TOPICS: [],
    }


def tags(body: Body) -> set[tuple[str, str]]:
    """Everything that a note counts as, as (scheme, code), with its topics."""
    return {(scheme, code) for scheme in (*SCHEMES, TOPICS) for code in body["about"][scheme]}


def credits(minutes: int) -> float:
    """CPD credits of so many minutes. One hour with a reflection is one credit (RCGP)."""
    return minutes / int(vocabulary("years", PACKAGE)["minutes_per_credit"])


def appraisal_year(day: date) -> int:
    """The calendar year in which the appraisal year of a day began (1 April to 31 March)."""
    begins = vocabulary("years", PACKAGE)["appraisal_begins"]
    return day.year if (day.month, day.day) >= (begins["month"], begins["day"]) else day.year - 1


def year_name(began: int) -> str:
    """An appraisal year as people write it: "2025-26"."""
    return f"{began}-{(began + 1) % 100:02}"
