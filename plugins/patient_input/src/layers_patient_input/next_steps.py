"""What may come next on an answer or a theme: a way into each tool that the practice uses, which are data."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import url_for

from layers_core.contract import PracticeView
from layers_core.i18n import gettext as _
from layers_core.vocabulary import vocabulary
from layers_patient_input.wording import PACKAGE


def steps(practice: PracticeView, thing_id: UUID) -> list[tuple[str, str]]:
    """The ways on from a thing as (words, address), in the data's order; none into a tool that is switched off."""
    return [
        (_(step["label"]), url_for(step["endpoint"], **_filled(step["values"], thing_id)))
        for step in vocabulary("next_steps", PACKAGE).values()
        if not step["tool"] or step["tool"] in practice.mix.enabled
    ]


def _filled(values: dict[str, str], thing_id: UUID) -> dict[str, Any]:
    return {name: value.replace("{thing}", str(thing_id)) for name, value in values.items()}
