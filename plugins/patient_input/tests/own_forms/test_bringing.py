"""Forms that were made elsewhere: brought in on the page, answered by patients, and given out again."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from layers_core.forms import filling
from layers_core.forms.checking import check
from layers_core.forms.fields import field_name
from layers_core.forms.reading import read
from layers_core.testkit.forms import typed
from layers_patient_input.responses import written

from .conftest import STAFF, answers_in, link_to, opened

ClientFor = Callable[..., Any]
REAL = Path(__file__).resolve().parents[5] / "shared" / "data" / "questionnaires" / "questionnaire-example.json"
FORM: dict[str, Any] = {
    "resourceType": "Questionnaire",
    "status": "active",
    "title": "Hearing aids",
    "url": "https://example.org/hearing",
    "item": [
        {"linkId": "1", "prefix": "1.", "text": "Do you use one?", "type": "boolean", "code": [{"code": "x"}]},
        {
            "linkId": "2", "text": "Which side?", "type": "choice",
            "answerOption": [{"valueString": "Left"}, {"valueString": "Right"}],
            "enableWhen": [{"question": "1", "operator": "=", "answerBoolean": True}],
        },
    ],
}  # fmt: skip


def link_ids(resource: Any) -> Iterator[str]:
    for item in resource.get("item", []):
        yield item["linkId"]
        yield from link_ids(item)


def brought(browser: Any, text: str) -> str:
    """Bring a form in by pasting it, and keep it; gives its code."""
    looked = browser.submit(browser.get(f"{STAFF}/bring"), {"json": text})
    assert looked.status_code == 200, looked.text
    done = browser.submit(looked, {"do": "keep"})
    assert done.status_code == 303, done.text
    return str(done.headers["Location"].rpartition("/")[2])


def test_a_file_is_looked_at_before_it_is_kept(world: Any, client_for: ClientFor) -> None:
    manager = client_for("manager")
    page = manager.get(f"{STAFF}/bring")
    file = (io.BytesIO(json.dumps(FORM).encode()), "hearing.json")
    looked = manager.submit(page, {"file": file})
    assert looked.status_code == 200
    assert "Hearing aids" in looked.text
    assert "2 questions can be asked here" in looked.text
    # What is not used is told with its linkId.
    assert re.search(r"<td[^>]*>1</td><td[^>]*>code</td>", looked.text)
    assert "Which side?" in looked.text
    assert "You have no form of your own yet" in manager.get(STAFF).text
    done = manager.submit(looked, {"do": "keep"})
    assert done.status_code == 303
    code = done.headers["Location"].rpartition("/")[2]
    kept = manager.get(f"{STAFF}/{code}").text
    assert "What of the file is not used" in kept
    assert "has more in it than can be changed here" in kept
    assert json.loads(manager.get(f"{STAFF}/{code}/questionnaire.json").text) == FORM
    # It can be translated all the same, and given out with the translation in it.
    page = manager.get(f"{STAFF}/{code}/translate/cy")
    assert manager.submit(page, {"t0": "Cymhorthion clyw"}).status_code == 303
    told = read(json.loads(manager.get(f"{STAFF}/{code}/questionnaire.json").text)).questionnaire
    assert told is not None
    assert told.title.to("cy") == "Cymhorthion clyw"


def test_a_newer_file_is_a_version_of_the_same_form(world: Any, client_for: ClientFor) -> None:
    manager = client_for("manager")
    code = brought(manager, json.dumps(FORM))
    opened(manager, code)
    page = manager.get(f"{STAFF}/bring?form={code}")
    looked = manager.submit(page, {"json": json.dumps({**FORM, "title": "Hearing aids 2"})})
    assert manager.submit(looked, {"do": "keep"}).headers["Location"] == f"{STAFF}/{code}"
    assert "Version 2" in manager.get(f"{STAFF}/{code}").text
    assert manager.get(f"{STAFF}/bring?form=own.{'0' * 32}").status_code == 404


DEEP = (
    '{"resourceType":"Questionnaire","item":' + '[{"linkId":"a","type":"group","item":' * 300 + "[]" + "}]" * 300 + "}"
)


@pytest.mark.parametrize(
    "text",
    [
        "", "no JSON", "[]", "{}", "null", '{"resourceType": "Patient"}', "<Questionnaire/>", DEEP, "[" * 100_000,
        '{"resourceType": "Questionnaire", "item": {"linkId": 1}}', '"\\ud800"', "\x00",
        '{"resourceType": "Questionnaire", "title": {"a": 1}, "item": [5, null, {"linkId": "1", "type": "choice"}]}',
    ],
)  # fmt: skip
def test_broken_files_are_told_about_and_come_back(world: Any, client_for: ClientFor, text: str) -> None:
    manager = client_for("manager")
    for data in ({"json": text}, {"json": text, "do": "keep"}):
        answer = manager.send(f"{STAFF}/bring", data)
        assert answer.status_code in {200, 303, 422}
        assert answer.status_code != 422 or 'href="#json"' in answer.text
    file = (io.BytesIO(text.encode("utf-8", "surrogatepass")), "x.json")
    assert manager.send(f"{STAFF}/bring", {"file": file}).status_code in {200, 422}


def test_a_file_that_is_too_large_is_told_about(world: Any, client_for: ClientFor) -> None:
    manager = client_for("manager")
    file = (io.BytesIO(b" " * 400_000), "x.json")
    assert "larger than 300 kB" in manager.send(f"{STAFF}/bring", {"file": file}).text
    assert "longer than 300 kB" in manager.send(f"{STAFF}/bring", {"json": "x" * 400_000}).text


def test_names_in_a_file_are_explained_before_it_is_kept(world: Any, client_for: ClientFor) -> None:
    manager = client_for("manager")
    text = json.dumps({**FORM, "title": "How was Mr Smith?"})
    looked = manager.submit(manager.get(f"{STAFF}/bring"), {"json": text})
    stopped = manager.submit(looked, {"do": "keep"})
    assert stopped.status_code == 422
    assert "guard_why" in stopped.text
    kept = manager.submit(stopped, {"do": "keep", "guard_checked": "yes", "guard_why": "He agreed"})
    assert kept.status_code == 303


def test_scripts_in_a_file_stay_words(world: Any, client_for: ClientFor, visitor: Any) -> None:
    manager = client_for("manager")
    script = "<script>alert(1)</script>"
    option = {"valueCoding": {"code": script, "display": script}}
    item = {"linkId": script, "prefix": script, "text": script, "type": "choice", "answerOption": [option, option]}
    source = {
        **FORM,
        "title": script,
        "copyright": script,
        "item": [item, {**item, "linkId": "2", "maxLength": script}],
    }
    looked = manager.submit(manager.get(f"{STAFF}/bring"), {"json": json.dumps(source)})
    code = brought(manager, json.dumps(source))
    opened(manager, code)
    pages = [looked, *(manager.get(f"{STAFF}/{code}{tail}") for tail in ("", "/preview", "/results", "/translate/cy"))]
    pages += [visitor.get(f"/f/{link_to(world, code)}"), manager.get(STAFF)]
    assert all(page.status_code == 200 and "<script>alert" not in page.text for page in pages)


def test_one_more_answer_is_asked_for_without_a_script(world: Any, client_for: ClientFor, visitor: Any) -> None:
    manager = client_for("manager")
    item = {"linkId": "1", "text": "Which medicines?", "type": "string", "repeats": True}
    code = brought(manager, json.dumps({**FORM, "item": [item]}))
    opened(manager, code)
    form = read({**FORM, "item": [item]}).questionnaire
    assert form is not None
    name = field_name(form.items[0])
    page = visitor.get(f"/f/{link_to(world, code)}")
    more = visitor.submit(page, {f"{name}x1": "Aspirin", "add": name})
    assert more.status_code == 200
    assert 'value="Aspirin"' in more.text
    assert answers_in(world) == []
    assert visitor.submit(more, {f"{name}x2": "Insulin"}).status_code == 200
    assert written(answers_in(world)[0].items) == ["Aspirin", "Insulin"]
    # In a preview nothing is sent, so nothing can be asked for.
    assert 'name="add"' not in manager.get(f"{STAFF}/{code}/preview").text


@pytest.mark.real_files
def test_the_example_of_hl7_is_brought_in_answered_and_given_out_again(
    world: Any, client_for: ClientFor, visitor: Any
) -> None:
    """Through the pages alone, without JavaScript: no linkId is lost on the way."""
    manager, desk = client_for("manager"), client_for("receptionist")
    original = json.loads(REAL.read_text(encoding="utf-8"))
    wanted = list(link_ids(original))
    with REAL.open("rb") as file:
        looked = manager.submit(manager.get(f"{STAFF}/bring"), {"file": (io.BytesIO(file.read()), REAL.name)})
    for link_id in wanted:
        if link_id != "1.1.1.1.1.1":
            assert f">{link_id}</td>" in looked.text or link_id in looked.text
    code = manager.submit(looked, {"do": "keep"}).headers["Location"].rpartition("/")[2]
    out = json.loads(manager.get(f"{STAFF}/{code}/questionnaire.json").text)
    assert out == original
    assert list(link_ids(out)) == wanted
    opened(manager, code)
    form = read(original).questionnaire
    assert form is not None
    page = visitor.get(f"/f/{link_to(world, code)}")
    asked = [item for item in form.walk() if item.answered]
    for item in asked:
        assert f'name="{field_name(item)}"' in page.text, item.link_id
    answers = {item.link_id: "Yes" if item.options else "pT2" for item in asked}
    assert visitor.submit(page, typed(form, answers)).status_code == 200
    (kept,) = answers_in(world)
    (line,) = [json.loads(line) for line in desk.get(f"{STAFF}/{code}/answers.ndjson").text.splitlines()]
    assert check(form, line) == ()
    assert line["item"] == kept.items
    # What was written where the file names no answers counts as the patient's words.
    assert (kept.state, written(kept.items)) == ("waiting", ["pT2"])
    assert line["questionnaire"] == original["url"]
    # Every question was answered, so every linkId of the form stands in the response, in its place.
    assert list(_response_ids(line)) == wanted
    # And the page can be filled in again from what went out.
    assert dict(filling.values(form, line["item"]).pairs()) == typed(form, answers)


def _response_ids(entry: Any) -> Iterator[str]:
    for item in entry.get("item", []):
        yield item["linkId"]
        for answer in item.get("answer", []):
            yield from _response_ids(answer)
        yield from _response_ids(item)
