"""The languages in which staff may write to patients: those of the practice."""

from __future__ import annotations

from layers_core.web import Submitted, current
from layers_patient_input.wording import DEFAULT_LANGUAGE, known


def languages() -> list[tuple[str, str]]:
    """The practice's languages as (code, name in itself)."""
    found = [(code, known(code)) for code in current.practice.languages]
    return [(code, language.name if language else code) for code, language in found]


def chosen_language(form: Submitted) -> str:
    """The language that was chosen in a form; the practice's first where none of its own was."""
    mine = current.practice.languages or (DEFAULT_LANGUAGE,)
    return form.get("language") if form.get("language") in mine else mine[0]
