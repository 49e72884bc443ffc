"""What a list of one's own entries is narrowed to, as an address says it. Pure: no database, no request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from layers_core.contract import FormFields
from layers_core.i18n import gettext as _
from layers_core.vocabulary import label, vocabulary
from layers_core.web import parse_uuid
from layers_reflect import prompts
from layers_reflect.classification import PACKAGE, SCHEMES, TOPICS, codes
from layers_reflect.kinds import AS_EPISODE
from layers_reflect.reading import Wanted

IMPORTANT = (2, 3)
NO_OWN: Mapping[str, str] = MappingProxyType({})
MOST = 12
"""More than so many at once narrow to nothing anyway."""


@dataclass(frozen=True)
class Filters:
    """What is wanted: `counts` are (scheme, code), all of them; `forms` are templates, any of them; `important` at
    least that step; `until` the last day."""

    counts: tuple[tuple[str, str], ...] = ()
    forms: tuple[str, ...] = ()
    important: int | None = None
    until: date | None = None

    @property
    def any(self) -> bool:
        """Whether anything narrows."""
        return self != Filters()

    @property
    def query(self) -> dict[str, Any]:
        """The query of the address that says the same; empty values are left out."""
        said = {
            "counts": [f"{scheme}:{code}" for scheme, code in self.counts],
            "form": list(self.forms),
            "important": self.important,
            "until": self.until.isoformat() if self.until else None,
        }
        return {name: value for name, value in said.items() if value}

    @property
    def wanted(self) -> Wanted:
        """The same for the reading of entries."""
        return Wanted(until=self.until, codes=self.counts, templates=self.forms, importance=self.important)


@dataclass(frozen=True)
class Chip:
    """One choice as a link: to add it, or, where it is in force, to remove it. `leads_to` is what is wanted then."""

    words: str
    chosen: bool
    leads_to: Filters


def read(values: FormFields) -> Filters:
    """The filters of an address. What is unknown, such as a code of an older version, does not narrow."""
    counts = []
    for word in values.getlist("counts")[:MOST]:
        scheme, _colon, code = word.partition(":")
        known = code in codes(scheme) if scheme in SCHEMES else scheme == TOPICS and bool(code.strip())
        if known and (scheme, code) not in counts:
            counts.append((scheme, code))
    forms = [code for code in values.getlist("form")[:MOST] if _is_form(code)]
    important = values.get("important", "")
    return Filters(
        tuple(counts),
        tuple(dict.fromkeys(forms)),
        int(important) if important in {str(step) for step in IMPORTANT} else None,
        _day(values.get("until", "")),
    )


def _is_form(code: str) -> bool:
    """Whether notes may be written with a form of that code. Somebody's own is looked for among their notes alone."""
    if code.startswith(prompts.OWN):
        return parse_uuid(code.removeprefix(prompts.OWN)) is not None
    return code in {*vocabulary("templates", PACKAGE), AS_EPISODE}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def words_of(scheme: str, code: str) -> str:
    """A code as people read it; a topic is its own words."""
    return code if scheme == TOPICS else _(codes(scheme)[code])


def chosen(filters: Filters, own: Mapping[str, str] = NO_OWN) -> list[Chip]:
    """What is in force, each with what remains without it; `own` are the names of own templates by code."""
    chips = [_count(filters, count) for count in filters.counts]
    chips += [_form(filters, code, own) for code in filters.forms]
    if filters.important:
        chips.append(_importance(filters, filters.important))
    return chips


def offered(
    filters: Filters, schemes: Sequence[str], *, episodes: bool = False, own: Mapping[str, str] = NO_OWN
) -> list[tuple[str, list[Chip]]]:
    """Everything else that one may narrow by, under headings; `episodes` where these are in the list as well.

    `own` are the names of own templates by code.
    """
    groups: list[tuple[str, list[Chip]]] = [
        (
            _(vocabulary("classification", PACKAGE)[scheme]["label"]),
            [_count(filters, (scheme, code)) for code in codes(scheme)],
        )
        for scheme in schemes
    ]
    forms = [*vocabulary("templates", PACKAGE), *([AS_EPISODE] if episodes else []), *own]
    groups.append((_("Written as"), [_form(filters, code, own) for code in forms]))
    groups.append((_("How important"), [_importance(filters, step) for step in IMPORTANT]))
    return [(heading, [chip for chip in chips if not chip.chosen]) for heading, chips in groups]


def _count(filters: Filters, count: tuple[str, str]) -> Chip:
    there = count in filters.counts
    left = tuple(known for known in filters.counts if known != count)
    return Chip(words_of(*count), there, replace(filters, counts=left if there else (*left, count)))


def _form(filters: Filters, code: str, own: Mapping[str, str]) -> Chip:
    there = code in filters.forms
    left = tuple(known for known in filters.forms if known != code)
    return Chip(_form_words(code, own), there, replace(filters, forms=left if there else (*left, code)))


def _form_words(code: str, own: Mapping[str, str]) -> str:
    if code == AS_EPISODE:
        return _("Episode")
    return own.get(code, _("Own questions")) if code.startswith(prompts.OWN) else _(prompts.newest(code).label)


def _importance(filters: Filters, step: int) -> Chip:
    there = filters.important == step
    words = label("importance", str(step), PACKAGE)
    return Chip(words, there, replace(filters, important=None if there else step))
