"""What the pages for entering have in common."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import abort

from layers_core.artefacts.errors import DraftRefused, NotFound
from layers_core.i18n import gettext as _
from layers_core.vocabulary import label
from layers_core.web import current, parse_uuid
from layers_patient_input import catalogue, showing
from layers_patient_input.catalogue import FFT
from layers_patient_input.entering import service
from layers_patient_input.entering.reading import Typed
from layers_patient_input.schemas import settings_of
from layers_patient_input.wording import PACKAGE, Language, chosen


@dataclass(frozen=True)
class Shown:
    """An entry with its codes in words."""

    entry: Typed
    score: str
    method: str


def shown(entries: Iterable[Typed]) -> list[Shown]:
    """Entries as a page lists them."""
    return [
        Shown(entry, showing.score(entry.scale, entry.score), label("methods", entry.method, PACKAGE))
        for entry in entries
    ]


def scores(language: Language | None = None) -> list[tuple[str, str]]:
    """The answers on the scale, in its order, as (code, words); those of a patient’s language come first."""
    form = catalogue.built_in(FFT, settings_of(current.practice))
    found = []
    for option in form.scores():
        code = str(option.value.data["code"])
        words = showing.score(form.scale, code)
        theirs = option.label.to(language.code) if language else words
        found.append((code, words if words == theirs else f"{theirs} – {words}"))
    return found


def language_of(code: str) -> Language:
    """The language that was chosen; else the one that patients are asked in first."""
    return chosen(code or next(iter(current.practice.languages), ""), settings_of(current.practice))


def taken_out(key: str) -> tuple[str, str]:
    """Take an answer out; gives what to say of it and in which tone. Answers 404 where it is not there (any more)."""
    answer = parse_uuid(key) or abort(404)
    try:
        service.take_out(current.artefacts, current.actor, answer)
    except NotFound:
        abort(404)
    except DraftRefused as refused:
        return str(refused.problems[0].message), "info"
    return _("Taken out. No figure counts it any more."), "success"
