"""The two blueprints that the pages hang on."""

from __future__ import annotations

from datetime import date

from flask import Blueprint

from layers_core.contract import Body, Thing
from layers_patient_input import showing
from layers_patient_input.loop import statements
from layers_patient_input.loop.reading import PublicEntry

staff = Blueprint("patient_input", __name__)
public = Blueprint("patient_input_public", __name__)


@staff.app_template_global("patient_input_answer")
def shown_answer(body: Body) -> showing.ShownAnswer:
    """An answer's codes in words, for its page."""
    return showing.answer(body)


@staff.app_template_global("patient_input_day")
def shown_day(text: str) -> date | None:
    """The day that an entry's body holds; None for none, or for what somebody typed that is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@staff.app_template_filter("patient_input_statement")
def shown_statement(code: str) -> str:
    """A quality statement in words."""
    return statements.label(code)


@staff.app_template_filter("patient_input_source")
def shown_source(thing: Thing) -> tuple[str, str]:
    """A thing to choose: its key and its title."""
    return str(thing.id), thing.title


@staff.app_template_filter("patient_input_entry")
def shown_entry(entry: PublicEntry) -> tuple[str, str]:
    """An entry to choose: its key and its theme."""
    return str(entry.id), entry.theme
