"""The CQC's quality statements as codes such as `safe.learning_culture`: for staff alone, and optional."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from layers_core.i18n import gettext as _
from layers_core.vocabulary import vocabulary
from layers_patient_input.wording import PACKAGE

_QUESTIONS: Mapping[str, Any] = vocabulary("quality_statements", PACKAGE)
CODES: tuple[str, ...] = tuple(
    f"{question}.{name}" for question, entry in _QUESTIONS.items() for name in entry["statements"]
)


def label(code: str) -> str:
    """A statement in words, with its key question; the code itself where this version does not know it."""
    question, _dot, name = code.partition(".")
    entry = _QUESTIONS.get(question, {"label": "", "statements": {}})
    if name not in entry["statements"]:
        return code
    return _("%(question)s: %(statement)s", question=_(entry["label"]), statement=_(entry["statements"][name]))


def choices() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Each key question with its statements as (code, words)."""
    for question, entry in _QUESTIONS.items():
        yield _(entry["label"]), [(f"{question}.{name}", _(text)) for name, text in entry["statements"].items()]
