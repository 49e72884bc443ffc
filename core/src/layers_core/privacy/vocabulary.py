"""The guard's words: versioned data (`data/identifiers.json`) and the sentences that explain a finding."""

from __future__ import annotations

import json
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
}

WHY: Final[dict[str, LazyString]] = {
    "nhs_number": _l("This is a valid NHS number. It points to one person."),
    "birth_date": _l("This looks like a date of birth. With a place or a condition it can point to one person."),
    "phone": _l("This looks like a phone number. It can be traced to a person."),
    "postcode": _l("This looks like a full postcode. It covers about 15 homes."),
    "email": _l("This looks like an email address. It can be traced to a person."),
    "name": _l("This looks like a person’s name."),
}


@cache
def data() -> dict[str, Any]:
    """Return the vocabulary file's content, read once."""
    text = files("layers_core.privacy").joinpath("data/identifiers.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@cache
def words(*path: str) -> frozenset[str]:
    """Return one list of the vocabulary as a set, for example ``words("titles", "cased")``."""
    found: Any = data()
    for step in path:
        found = found[step]
    return frozenset(found)


def version() -> str:
    """Return the version of the vocabulary in force, a date such as ``2026-11-22``."""
    return str(data()["version"])
