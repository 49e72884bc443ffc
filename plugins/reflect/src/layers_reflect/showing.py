"""What pages show of a note beside its answers: its facts in words, and the fields for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from layers_core.contract import Actor, FormFields
from layers_core.i18n import gettext as _
from layers_core.vocabulary import vocabulary
from layers_reflect import reading
from layers_reflect.classification import codes, heading
from layers_reflect.facts import scheme_field
from layers_reflect.profiles import profile_of
from layers_reflect.prompts import PACKAGE, Template
from layers_reflect.titles import CUT

TOPICS_OFFERED = 12


def without_title(answered: Sequence[tuple[str, str]], title: str) -> list[tuple[str, str]]:
    """The answers, the first one without the sentence that stands above it as the title already."""
    if not answered or title.endswith(CUT):
        return list(answered)
    (prompt, first), *more = answered
    words, rest = title.split(), first
    for word in words:
        rest = rest.lstrip()
        if not rest.startswith(word):
            return list(answered)
        rest = rest[len(word) :]
    rest = rest.removeprefix(".").strip()
    return [(prompt, rest), *more] if rest else list(more)


@dataclass(frozen=True)
class SchemeFields:
    """The boxes of one scheme: the field's name, its heading, codes with words, and those that are ticked."""

    field: str
    heading: str
    items: list[tuple[str, str]]
    chosen: list[str]


@dataclass(frozen=True)
class FactFields:
    """The part of the form about the event: boxes by scheme, steps of importance, topics used before."""

    schemes: list[SchemeFields]
    importance: list[tuple[str, str]]
    topics: list[str]
    with_others: bool
    beside: tuple[str, ...]
    open: bool


def shown_facts(
    session: Session, actor: Actor, template: Template, values: FormFields | Mapping[str, Any]
) -> FactFields:
    """What stands in the form for this actor and template: two queries."""
    profile = profile_of(session, actor)
    schemes = [_scheme(scheme, values) for scheme in profile.schemes]
    return FactFields(
        schemes=schemes,
        importance=[(code, _(words)) for code, words in vocabulary("importance", PACKAGE).items()],
        topics=reading.topics(session, actor)[:TOPICS_OFFERED],
        with_others="categories" in profile.schemes or "participatory_minutes" in template.asks,
        beside=template.asks,
        open=bool(template.asks or template.implies) or any(part.chosen for part in schemes),
    )


def _scheme(scheme: str, values: FormFields | Mapping[str, Any]) -> SchemeFields:
    name = scheme_field(scheme)
    chosen = values.getlist(name) if hasattr(values, "getlist") else []
    return SchemeFields(name, _(heading(scheme)), [(code, _(words)) for code, words in codes(scheme).items()], chosen)


def month_names() -> list[str]:
    """The months in order, in the reader's language."""
    return [
        *(_("January"), _("February"), _("March"), _("April"), _("May"), _("June")),
        *(_("July"), _("August"), _("September"), _("October"), _("November"), _("December")),
    ]
