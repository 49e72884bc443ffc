"""What holds for every form, every response and everything that is typed."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from layers_core.forms.checking import check, check_items
from layers_core.forms.enabling import enabled
from layers_core.forms.filling import Values, fill, initial, values
from layers_core.forms.model import Questionnaire
from layers_core.forms.reading import Read, read, read_file
from layers_core.forms.writing import response, write

from .samples import completed
from .strategies import any_json, form_like, hostile_fields, questionnaires, typed

# Other programs on the machine may be slow; the time of the code itself is measured where it matters.
calm = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


def sound(found: Read) -> None:
    """What every answer of the reader keeps."""
    assert found.ok == (found.questionnaire is not None)
    assert found.ok or found.reported
    assert 0 <= found.kept <= max(found.items, 0)
    if found.questionnaire:
        link_ids = [item.link_id for item in found.questionnaire.walk()]
        assert len(link_ids) == found.kept == len(set(link_ids))
        json.dumps(write(found.questionnaire), allow_nan=False).encode()


@calm
@given(any_json, form_like)
def test_any_json_is_read_and_checked(anything: Any, form: Any) -> None:
    for resource in (
        anything,
        {"resourceType": "Questionnaire", "item": anything},
        {"resourceType": "Questionnaire", "item": form},
    ):
        found = read(resource)
        sound(found)
        if found.questionnaire:
            for items in (anything, form):
                check(found.questionnaire, completed() | {"item": items})
                check(found.questionnaire, items)
                enabled(found.questionnaire, items)
                values(found.questionnaire, items)


@calm
@given(st.lists(form_like, max_size=4), st.lists(form_like, max_size=4), st.lists(st.sampled_from("abc"), min_size=8))
def test_what_looks_like_a_form_is_read_and_what_looks_like_a_response_is_checked(
    parts: list[Any], answers: list[Any], link_ids: list[str]
) -> None:
    names = iter(link_ids)
    items = [{"linkId": next(names), **part} for part in parts if isinstance(part, dict)]
    found = read({"resourceType": "Questionnaire", "item": items})
    sound(found)
    assert found.questionnaire
    given_items = [{"linkId": next(names), "answer": answers, "item": answers} for _number in range(3)]
    check_items(found.questionnaire, given_items)
    again = fill(found.questionnaire, values(found.questionnaire, given_items), "en")
    assert not [one for one in check_items(found.questionnaire, again.items) if one.what != "required"]


@calm
@given(st.binary(max_size=200))
def test_any_bytes_are_read(raw: bytes) -> None:
    sound(read_file(raw))
    sound(read_file(b'{"resourceType": "Questionnaire", "item": [' + raw + b"]}"))


@calm
@given(questionnaires())
def test_a_form_written_and_read_again_is_the_same(form: Questionnaire) -> None:
    written = json.loads(json.dumps(write(form)))
    found = read(written)
    assert found.questionnaire == form
    assert write(found.questionnaire) == written


@calm
@given(st.data())
def test_what_the_page_lets_through_fits_the_form(data: st.DataObject) -> None:
    form = data.draw(questionnaires())
    fields = data.draw(typed(form))
    filled = fill(form, fields, "en")
    misfits = check_items(form, filled.items)
    if filled.problems:
        assert {one.what for one in misfits} <= {"required"}
    else:
        cannot = {item.link_id for item in form.walk() if not item.answered}
        assert [one for one in misfits if one.link_id not in cannot] == []
    assert len({problem.field for problem in filled.problems}) == len(filled.problems)
    assert json.loads(json.dumps(filled.items)) == [*filled.items]


@calm
@given(st.data())
def test_what_was_answered_stands_in_the_inputs_again(data: st.DataObject) -> None:
    form = data.draw(questionnaires())
    filled = fill(form, data.draw(typed(form)), "en")
    assume(filled.items)
    again = fill(form, values(form, filled.items), "en")
    assert again.items == filled.items


@calm
@given(questionnaires())
def test_what_a_form_begins_with_is_nobodys_mistake(form: Questionnaire) -> None:
    filled = fill(form, initial(form), "en")
    assert all(str(problem.message).startswith(("Answer", "Shorten")) for problem in filled.problems)


@calm
@given(st.data())
def test_hostile_fields_never_raise(data: st.DataObject) -> None:
    form = data.draw(questionnaires())
    fields = Values()
    for name, value in data.draw(hostile_fields(form)).items():
        fields.add(name, value)
    filled = fill(form, fields, "cy")
    json.dumps(filled.items, allow_nan=False).encode()
    assert {one.what for one in check_items(form, filled.items)} <= {"required"}


def answers_in(items: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every entry that is an answered question."""
    for entry in items:
        if "answer" in entry:
            yield entry
        yield from answers_in(entry.get("item", []))
        for answer in entry.get("answer", []):
            yield from answers_in(answer.get("item", []))


@calm
@given(st.data())
def test_a_response_that_was_tampered_with_does_not_fit(data: st.DataObject) -> None:
    form = data.draw(questionnaires())
    filled = fill(form, data.draw(typed(form)), "en")
    items = copy.deepcopy([*filled.items])
    before = check_items(form, items)
    entries = list(answers_in(items))
    assume(entries)
    entry = data.draw(st.sampled_from(entries))
    asked = next(item for item in form.walk() if item.link_id == entry["linkId"])
    change = data.draw(st.sampled_from(("name", "type", "value", "several", "again", "twice")))
    if change == "name":
        entry["linkId"] += "?"
    elif change == "type":
        entry["answer"][0] = {"valueElse": True}
    elif change == "value":
        entry["answer"][0] = {
            name: [] if name.startswith("value") else part for name, part in entry["answer"][0].items()
        }
    elif change == "several":
        entry["answer"][0]["valueElse"] = True
    elif change == "again":
        assume(not asked.repeats)
        entry["answer"].append(entry["answer"][0])
    else:
        entry["item"] = [{"linkId": "elsewhere"}]
    assert {*check_items(form, items)} - {*before}


@calm
@given(st.data())
def test_a_response_is_complete_with_its_form(data: st.DataObject) -> None:
    form = data.draw(questionnaires())
    filled = fill(form, data.draw(typed(form)), "en")
    written = response(form, filled.items, authored=datetime(2026, 11, 22, 14, 5, tzinfo=UTC), language="en", id="r1")
    misfits = check(form, json.loads(json.dumps(written)))
    assert misfits == check_items(form, filled.items)
