"""The forms that answers in a file were given to: the Friends and Family Test on each of its scales."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

from layers_core.forms.model import Value, Words
from layers_core.forms.reading import read
from layers_patient_input import responses
from layers_patient_input.catalogue import FFT, Form, built_in
from layers_patient_input.importing.mapping import Reply
from layers_patient_input.service import Given
from layers_patient_input.wording import PACKAGE

_TEXT = "text"


def form_of(scale: str, settings: Mapping[str, Any], question: str) -> Form:
    """The test on a scale. `question` are the words over the column of free text: what was asked, as far as is known.

    Raises FileNotFoundError for a scale that has no form.
    """
    form = built_in(FFT, settings)
    if scale != form.scale:
        form = _earlier(scale)
    items = tuple(
        replace(item, text=Words(question)) if item.link_id == _TEXT else item for item in form.questionnaire.items
    )
    return replace(form, questionnaire=replace(form.questionnaire, items=items))


def given(form: Form, reply: Reply) -> Given:
    """A row as a response to its form."""
    words = [Value("String", reply.text)] if reply.text else []
    answers = {form.score: [responses.scored(form, reply.score)], _TEXT: words}
    return Given(form, reply.language, responses.made(form, reply.language, answers))


@cache
def _earlier(scale: str) -> Form:
    text = files(PACKAGE).joinpath("data", "forms", f"{FFT}_{scale}.json").read_text(encoding="utf-8")
    questionnaire = read(json.loads(text)).questionnaire
    assert questionnaire is not None, f"data/forms/{FFT}_{scale}.json is no form"
    # Version 0: from before the toolkit asked.
    return replace(built_in(FFT, {}), version=0, questionnaire=questionnaire, scale=scale)
