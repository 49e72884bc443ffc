"""The two blueprints that the pages hang on."""

from __future__ import annotations

from flask import Blueprint

from layers_core.contract import Body
from layers_patient_input import showing

staff = Blueprint("patient_input", __name__)
public = Blueprint("patient_input_public", __name__)


@staff.app_template_global("patient_input_answer")
def shown_answer(body: Body) -> showing.ShownAnswer:
    """An answer's codes in words, for its page."""
    return showing.answer(body)
