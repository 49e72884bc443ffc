"""HL7's own example: imported, answered on its page and exported again, without losing a linkId."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from layers_core.forms.checking import check
from layers_core.forms.fields import Field, layout, option_key
from layers_core.forms.filling import Values, fill
from layers_core.forms.reading import read, read_file
from layers_core.forms.writing import response, write

DATA = Path(__file__).parents[4] / "shared" / "data" / "questionnaires"
FORM, OTHERS_RESPONSE = DATA / "questionnaire-example.json", DATA / "questionnaireresponse-example-bluebook.json"

pytestmark = pytest.mark.real_files


def link_ids(resource: Any) -> Iterator[str]:
    if isinstance(resource, dict):
        yield from ([resource["linkId"]] if "linkId" in resource else [])
        for value in resource.values():
            yield from link_ids(value)
    elif isinstance(resource, list):
        for value in resource:
            yield from link_ids(value)


def answer_all(fields: tuple[Field, ...], values: Values) -> None:
    """Choose the first answer of everything, as somebody for whom every question is asked."""
    for field in fields:
        if field.item.type == "choice":
            values.add(field.name, option_key(field.item.options[0]) if field.item.options else "T2")
        for slot in field.slots:
            answer_all(slot.fields, values)


def test_imported_answered_and_exported() -> None:
    found = read_file(FORM)
    source = json.loads(FORM.read_text(encoding="utf-8"))
    expected = list(link_ids(source))
    assert (found.ok, found.items, found.kept) == (True, len(expected), len(expected))
    form = found.questionnaire
    assert form is not None
    assert [item.link_id for item in form.walk()] == expected
    assert [option.label.text for option in form.items[0].items[0].options] == ["Yes", "No", "Don't know"]

    typed = Values()
    answer_all(layout(form, typed), typed)
    filled = fill(form, typed, "en")
    assert filled.problems == ()
    written = response(form, filled.items, authored=datetime(2026, 11, 22, tzinfo=UTC), language="en")
    assert list(link_ids(written)) == expected, "every item is answered, in the order of the form"
    assert check(form, written) == ()

    exported = write(form)
    assert exported == source
    again = read(exported)
    assert again.questionnaire == form
    assert check(again.questionnaire, written) == ()


def test_a_no_closes_what_hangs_on_it() -> None:
    form = read_file(FORM).questionnaire
    assert form is not None
    typed = Values()
    comorbidity = layout(form, typed)[0].slots[0].fields[0]
    typed.add(comorbidity.name, option_key(comorbidity.item.options[1]))
    filled = fill(form, typed, "en")
    assert filled.problems == ()
    assert list(link_ids(list(filled.items))) == ["1", "1.1"]


def test_the_response_to_another_form_fits_nowhere() -> None:
    form = read_file(FORM).questionnaire
    assert form is not None
    others = json.loads(OTHERS_RESPONSE.read_text(encoding="utf-8"))
    misfits = check(form, others)
    assert [one.link_id for one in misfits] == list(link_ids(others))
    assert {one.what for one in misfits} == {"linkId"}


def test_a_response_is_no_form() -> None:
    found = read_file(OTHERS_RESPONSE)
    assert (found.ok, found.reported[0].what) == (False, "resourceType")
