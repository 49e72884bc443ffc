"""What patients read before they open a form: the text message, and the words of a poster. In the page's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from layers_core.i18n import gettext as _
from layers_core.vocabulary import vocabulary
from layers_patient_input import catalogue
from layers_patient_input.wording import PACKAGE, Language

# One of these letters would make a text message hold less than half as much.
_SMALL_ALPHABET = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "–": "-", "…": "..."})
_INVITATIONS: Mapping[str, Any] = vocabulary("invitations", PACKAGE)


def text_message(code: str, practice: str, address: str) -> str:
    """The text message that invites patients to a form, with the marks that the small alphabet has."""
    return _(_words(code)["text"], practice=practice, address=address).translate(_SMALL_ALPHABET)


def poster_title(form: catalogue.Form, language: Language) -> str:
    """The heading of a form's poster: for a practice's own form its title."""
    words = _words(form.code)["poster"]
    return _(words) if words else form.questionnaire.title.to(language.code) or form.label


def _words(code: str) -> Mapping[str, str]:
    words: Mapping[str, str] = _INVITATIONS.get(code) or _INVITATIONS[catalogue.OWN]
    return words
