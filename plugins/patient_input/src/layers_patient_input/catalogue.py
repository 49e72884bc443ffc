"""The forms that there are: the toolkit's own, which are data, and those that a practice built or imported."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from layers_core.contract import PracticeView
from layers_core.forms.model import Item, Option, Questionnaire, Words
from layers_core.forms.reading import read
from layers_core.i18n import gettext as _
from layers_core.vocabulary import vocabulary
from layers_patient_input.models import FormVersion, OwnForm
from layers_patient_input.schemas import TEXT_LIMIT
from layers_patient_input.wording import LANGUAGES, PACKAGE, own_words

FFT = "fft"
OWN = "own"
_WRITTEN = ("string", "text", "url", "choice", "open-choice")
"""The types of question that may be answered in words of one's own."""
_BUILT_IN = "built_in_forms"


@dataclass(frozen=True)
class Form:
    """A form to be asked. `code` is a built-in's, or `own.` and the hexadecimal key of a practice's own.

    `score` is the linkId of the question whose answer is the form's score on the scale of version `scale`; both are
    empty for a form without one.
    """

    code: str
    version: int
    questionnaire: Questionnaire
    label: str
    scale: str = ""
    score: str = ""

    @property
    def counted_as(self) -> str:
        """The version that totals are kept under: answers on different scales are never added up."""
        return self.scale or str(self.version)

    def item(self, link_id: str) -> Item:
        """A question by its linkId. Raises KeyError."""
        for item in self.questionnaire.walk():
            if item.link_id == link_id:
                return item
        raise KeyError(link_id)

    def scores(self) -> tuple[Option, ...]:
        """What may be chosen as the form's score; empty for a form without one."""
        return self.item(self.score).options if self.score else ()


def built_in(code: str, settings: Mapping[str, Any]) -> Form:
    """One of the toolkit's own forms, with a practice's words in their places. Raises KeyError.

    NHS England fixes the question of the Friends and Family Test; a practice may put words before it and chooses the
    free-text question that follows.
    """
    entry, form = vocabulary(_BUILT_IN, PACKAGE)[code], _built_in(code)
    items = list(form.questionnaire.items)
    for place, item in enumerate(items):
        if item.link_id == entry.get("prefixed"):
            items[place] = replace(item, text=_before(item.text, own_words("question_prefix", settings)))
        elif item.link_id == entry.get("own_question"):
            items[place] = replace(item, text=_instead(item.text, own_words("free_text_question", settings)))
    return replace(form, label=_(entry["label"]), questionnaire=replace(form.questionnaire, items=tuple(items)))


def own_code(form_id: UUID) -> str:
    """The code of a practice's own form."""
    return f"{OWN}.{form_id.hex}"


def own_id(code: str) -> UUID | None:
    """The key of the practice's own form that a code names; None for any other code."""
    kind, _dot, key = code.partition(".")
    try:
        return UUID(hex=key) if kind == OWN else None
    except ValueError:
        return None


def find(
    session: Session, practice: PracticeView, settings: Mapping[str, Any], code: str, version: int = 0
) -> Form | None:
    """A form by its code; an own one at a version, or 0 for its newest. None for one that this practice does not have.

    A built-in form is given as it is now, whichever version is asked for: an answer holds the words it was given to.
    """
    if code in vocabulary(_BUILT_IN, PACKAGE):
        return built_in(code, settings)
    form_id = own_id(code)
    if form_id is None:
        return None
    row = session.execute(
        select(OwnForm.version, OwnForm.title, FormVersion.number, FormVersion.questionnaire)
        .join(FormVersion, FormVersion.form_id == OwnForm.id)
        .where(
            OwnForm.id == form_id,
            OwnForm.practice_id == practice.id,
            FormVersion.number == (version or OwnForm.version),
        )
    ).one_or_none()
    questionnaire = read(row.questionnaire).questionnaire if row else None
    return Form(code, row.number, _short(questionnaire), row.title) if row and questionnaire else None


def _short(form: Questionnaire) -> Questionnaire:
    """The form with no text longer than staff can release."""
    return replace(form, items=tuple(map(_short_item, form.items)))


def _short_item(item: Item) -> Item:
    written = item.type in _WRITTEN and not (item.type == "choice" and item.options)
    most = min(item.max_length or TEXT_LIMIT, TEXT_LIMIT) if written else item.max_length
    return replace(item, max_length=most, items=tuple(map(_short_item, item.items)))


@cache
def _built_in(code: str) -> Form:
    entry = vocabulary(_BUILT_IN, PACKAGE)[code]
    text = files(PACKAGE).joinpath("data", "forms", f"{code}.json").read_text(encoding="utf-8")
    questionnaire = read(json.loads(text)).questionnaire
    assert questionnaire is not None, f"data/forms/{code}.json is no form"
    return Form(code, entry["version"], questionnaire, entry["label"], entry.get("scale", ""), entry.get("score", ""))


def _before(words: Words, prefixes: Mapping[str, str]) -> Words:
    """The words with the practice's own before them, language by language."""

    def joined(language: str) -> str:
        return " ".join(filter(None, (prefixes.get(language), words.to(language))))

    return Words(joined("en"), {code: joined(code) for code in LANGUAGES if code in words.translations})


def _instead(words: Words, own: Mapping[str, str]) -> Words:
    """The words with the practice's own in their place, in the languages in which it has some."""
    return Words(
        own.get("en") or words.text,
        {**words.translations, **{code: text for code, text in own.items() if code != "en"}},
    )
