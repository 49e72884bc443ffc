"""The guard's words: versioned data (`data/*.json`) and the sentences that explain a finding."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Final

from layers_core.i18n import LazyString
from layers_core.i18n import lazy_gettext as _l

# The keys are the data's `types`; a test holds the two together.
LABELS: Final[dict[str, LazyString]] = {
    "nhs_number": _l("NHS number"),
    "birth_date": _l("date of birth"),
    "phone": _l("phone number"),
    "postcode": _l("postcode"),
    "email": _l("email address"),
    "name": _l("name"),
    "staff": _l("name of somebody who works here"),
    "nino": _l("National Insurance number"),
    "address": _l("street address"),
    "age": _l("age over 89"),
    "combination": _l("rare combination"),
}

WHY: Final[dict[str, LazyString]] = {
    "nhs_number": _l("This is a valid NHS number. It points to one person."),
    "birth_date": _l("This looks like a date of birth. With a place or a condition it can point to one person."),
    "phone": _l("This looks like a phone number. It can be traced to a person."),
    "postcode": _l("This looks like a full postcode. It covers about 15 homes."),
    "email": _l("This looks like an email address. It can be traced to a person."),
    "name": _l("This looks like a person’s name."),
    "staff": _l("This looks like the name of somebody who works, or worked, at your practice."),
    "nino": _l("This looks like a National Insurance number. It points to one person."),
    "address": _l("This looks like a street address. It points to one household."),
    "age": _l("Few people reach this age, so the age alone can point to one person."),
    "combination": _l("Each of these is common, but together they can point to one person."),
}

KINDS_OF_CLUE: Final[dict[str, LazyString]] = {
    "age": _l("age"),
    "sex": _l("sex"),
    "ethnicity": _l("ethnicity or religion"),
    "job": _l("job"),
    "place": _l("place"),
    "date": _l("date"),
    "condition": _l("condition"),
}


class _Listed:
    """Kinds of clues as words with commas, in the language of whoever reads them."""

    def __init__(self, kinds: Sequence[str]) -> None:
        self.kinds = tuple(kinds)

    def __str__(self) -> str:
        return ", ".join(str(KINDS_OF_CLUE[kind]) for kind in self.kinds)


def why_combined(kinds: Sequence[str]) -> LazyString:
    """Why clues of these kinds are marked, naming the kinds."""
    return _l("Each of these is common, but together they can point to one person: %(kinds)s.", kinds=_Listed(kinds))


@cache
def data(name: str = "identifiers") -> dict[str, Any]:
    """Return the content of one vocabulary file (`data/<name>.json`), read once. Raises FileNotFoundError."""
    text = files("layers_core.privacy").joinpath(f"data/{name}.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@cache
def words(*path: str, file: str = "identifiers") -> frozenset[str]:
    """Return one list of a vocabulary file as a set, for example ``words("titles", "cased")``."""
    found: Any = data(file)
    for step in path:
        found = found[step]
    return frozenset(found)


def version() -> str:
    """Return the version of the vocabulary in force, a date such as ``2026-11-22``."""
    return str(data()["version"])
