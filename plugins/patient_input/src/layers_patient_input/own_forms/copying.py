"""A new form that begins as a copy of another one. Pure."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import Any

from layers_core.i18n import gettext as _
from layers_core.vocabulary import vocabulary
from layers_patient_input.catalogue import Form, own_id
from layers_patient_input.own_forms import as_fhir
from layers_patient_input.own_forms.building import TITLE_LIMIT
from layers_patient_input.own_forms.service import Made
from layers_patient_input.wording import PACKAGE


def may_copy(code: str) -> bool:
    """Whether a form may be copied: not those whose words belong to somebody who fixes them."""
    entry = vocabulary("built_in_forms", PACKAGE).get(code, {"score": ""})
    return own_id(code) is not None or not {"score", "needs_permission"} & entry.keys()


def copy_of(form: Form) -> Made:
    """The copy: an own form whole, a built-in as one that can be built on. It has a title and an address of its own."""
    title = _("%(title)s (copy)", title=form.questionnaire.title.text or form.label)[:TITLE_LIMIT]

    def make(url: str, version: str) -> dict[str, Any]:
        source = form.questionnaire.source
        if own_id(form.code) is None:
            building = replace(as_fhir.simplified(form.questionnaire), title=title)
            return as_fhir.written(building, source, url, version)
        return deepcopy(dict(source)) | {"title": title, "url": url, "version": version}

    return make
