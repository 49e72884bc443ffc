"""The form that an address names, or 404."""

from __future__ import annotations

from flask import abort

from layers_core.web import current
from layers_patient_input import catalogue
from layers_patient_input.catalogue import Form
from layers_patient_input.own_forms import reading
from layers_patient_input.own_forms.reading import OwnView
from layers_patient_input.schemas import settings_of

LONGEST_CODE = 40


def form_of(code: str, version: int = 0) -> Form:
    """A form of the practice, built in or its own."""
    settings = settings_of(current.practice)
    found = catalogue.find(current.session, current.practice, settings, code[:LONGEST_CODE], version)
    return found or abort(404)


def own_of(code: str) -> OwnView:
    """One of the practice's own forms in its newest version."""
    key = catalogue.own_id(code[:LONGEST_CODE])
    found = reading.find(current.session, current.practice.id, key) if key else None
    return found or abort(404)
