"""The pages of forms through the application: built, changed, translated, opened, counted, and shown to patients."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from layers_core.contract import PluginChoice
from layers_core.forms.reading import read
from layers_core.testkit.forms import typed

from .conftest import STAFF, answers_in, built, link_to, only_if, opened

ClientFor = Callable[..., Any]


def questionnaire(browser: Any, code: str) -> Any:
    found = read(json.loads(browser.get(f"{STAFF}/{code}/questionnaire.json").text)).questionnaire
    assert found is not None
    return found


def names(browser: Any, code: str) -> list[str]:
    """The linkIds of the questions, in order."""
    return [item.link_id for item in questionnaire(browser, code).items]


def test_a_form_is_built_looked_at_and_opened(world: Any, client_for: ClientFor, visitor: Any) -> None:
    manager = client_for("manager")
    assert "You have no form of your own yet" in manager.get(STAFF).text
    code = built(manager)
    assert "Draft" in manager.get(STAFF).text
    page = manager.get(f"{STAFF}/{code}")
    assert "Patients don’t see it yet" in page.text
    preview = manager.get(f"{STAFF}/{code}/preview").text
    assert preview.index("not for urgent help") < preview.index("How was it?") < preview.index("Why?")
    assert "Only if “How was it?” is “Bad”" in preview
    assert "<form method=" not in preview.split("layers-preview")[1].split("</main>")[0]
    token = link_to(world, code)
    assert visitor.get(f"/f/{token}").status_code == 410
    opened(manager, code)
    assert "How was it?" in visitor.get(f"/f/{token}").text
    assert "1 link leads to it" in manager.get(STAFF).text


def test_what_is_wrong_is_told_and_nothing_typed_is_lost(world: Any, client_for: ClientFor) -> None:
    manager = client_for("manager")
    page = manager.get(f"{STAFF}/new")
    refused = manager.submit(page, {"title": "", "q0-ask": "Typed", "q0-options": "One", "do": "save"})
    assert refused.status_code == 422
    assert "Give the form a title" in refused.text
    assert 'href="#q0-options"' in refused.text
    assert 'value="Typed"' in refused.text
    assert "One</textarea>" in refused.text
    done = manager.submit(refused, {"title": "T", "q0-options": "One\nTwo", "do": "save"})
    assert done.status_code == 303


def test_buttons_of_the_page_save_nothing(world: Any, client_for: ClientFor) -> None:
    manager = client_for("manager")
    page = manager.get(f"{STAFF}/new")
    page = manager.submit(page, {"q0-ask": "First", "add_kind": "yes_no", "do": "add"})
    page = manager.submit(page, {"q1-ask": "Second", "do": "up-1"})
    assert page.status_code == 200
    assert page.text.index('value="Second"') < page.text.index('value="First"')
    # The focus goes with the question that was moved.
    assert re.search(r'id="q0-ask"[^>]* autofocus', page.text)
    page = manager.submit(page, {"do": "remove-0"})
    assert 'value="Second"' not in page.text
    assert "You have no form of your own yet" in manager.get(STAFF).text


def test_a_moved_question_that_depends_on_a_later_one_is_asked_about(world: Any, client_for: ClientFor) -> None:
    manager = client_for("manager")
    code = built(manager)
    page = manager.submit(manager.get(f"{STAFF}/{code}/build"), {"do": "up-1"})
    refused = manager.submit(page, {"do": "save"})
    assert refused.status_code == 422
    assert "comes later" in refused.text
    assert manager.submit(refused, {"q0-only_if": "", "do": "save"}).status_code == 303


def test_changing_an_open_form_makes_a_version(world: Any, client_for: ClientFor) -> None:
    manager = client_for("manager")
    code = built(manager)
    opened(manager, code)
    stale = manager.get(f"{STAFF}/{code}/build")
    done = manager.submit(manager.get(f"{STAFF}/{code}/build"), {"title": "Newer", "do": "save"})
    assert done.status_code == 303
    assert "Version 2" in manager.get(f"{STAFF}/{code}").text
    conflict = manager.submit(stale, {"title": "Mine", "do": "save"})
    assert conflict.status_code == 409
    assert 'value="Mine"' in conflict.text
    assert manager.submit(conflict, {"do": "save"}).status_code == 303
    assert "Version 3" in manager.get(f"{STAFF}/{code}").text


def test_a_form_is_translated_beside_its_own_words(world: Any, client_for: ClientFor, visitor: Any) -> None:
    manager = client_for("manager")
    code = built(manager)
    assert "Translated: 0 of 6 texts" in manager.get(f"{STAFF}/{code}").text
    path = f"{STAFF}/{code}/translate/ur"
    page = manager.get(path)
    assert page.text.index("How was it?") < page.text.index(">Good<") < page.text.index(">When?<")
    assert manager.submit(page, {"t1": "کیسا رہا؟", "t2": "اچھا"}, action="").status_code == 303
    assert "Translated: 2 of 6 texts" in manager.get(f"{STAFF}/{code}").text
    opened(manager, code)
    shown = visitor.get(f"/f/{link_to(world, code)}?lang=ur").text
    assert "کیسا رہا؟" in shown
    # What is not translated says in which language it is.
    assert '<span lang="en" dir="auto">Bad</span>' in shown
    too_long = manager.submit(manager.get(path), {"t0": "x" * 1_001})
    assert too_long.status_code == 422
    assert "x" * 1_001 in too_long.text
    assert manager.get(f"{STAFF}/{code}/translate/xx").status_code == 404


def test_names_in_a_form_stop_it_until_it_is_said_why_they_may_stay(world: Any, client_for: ClientFor) -> None:
    manager = client_for("manager")
    page = manager.get(f"{STAFF}/new")
    typed_in = {"title": "How was Mr Smith?", "q0-ask": "Well?", "q0-options": "Yes\nNo", "do": "save"}
    stopped = manager.submit(page, typed_in)
    assert stopped.status_code == 422
    assert "guard_why" in stopped.text
    done = manager.submit(stopped, {"guard_checked": "yes", "guard_why": "He knows", "do": "save"})
    assert done.status_code == 303


def test_a_form_is_copied_closed_opened_again_and_drafts_removed(
    world: Any, client_for: ClientFor, visitor: Any
) -> None:
    manager = client_for("manager")
    code = built(manager)
    opened(manager, code)
    token = link_to(world, code)
    copied = manager.send(f"{STAFF}/{code}/copy")
    copy = copied.headers["Location"].rpartition("/")[2]
    assert "Flu (copy)" in manager.get(STAFF).text
    assert names(manager, copy) == names(manager, code)
    assert manager.send(f"{STAFF}/{copy}/state", {"do": "discard"}).status_code == 303
    assert manager.get(f"{STAFF}/{copy}").status_code == 404
    refused = manager.send(f"{STAFF}/{code}/state", {"do": "discard"})
    assert refused.status_code == 422
    assert manager.send(f"{STAFF}/{code}/state", {"do": "close"}).status_code == 303
    gone = visitor.get(f"/f/{token}")
    assert gone.status_code == 410
    assert "not collecting answers now" in gone.text
    assert "01632 960100" in gone.text
    opened(manager, code)
    assert visitor.get(f"/f/{token}").status_code == 200
    for built_in, status in (("story", 303), ("fft", 404), ("care", 404)):
        assert manager.send(f"{STAFF}/{built_in}/copy").status_code == status


@pytest.mark.parametrize("role", ["nurse", "receptionist"])
def test_others_look_and_change_nothing(world: Any, client_for: ClientFor, role: str) -> None:
    manager, other = client_for("manager"), client_for(role)
    code = built(manager)
    page = other.get(f"{STAFF}/{code}")
    assert page.status_code == 200
    for words in ("Change it", "Open it", "Make a copy", "Remove this draft"):
        assert words not in page.text
    assert "Make a form" not in other.get(STAFF).text
    for path in ("new", "bring", f"{code}/build", f"{code}/translate/ur"):
        assert other.get(f"{STAFF}/{path}").status_code == 404
    assert other.send(f"{STAFF}/{code}/state", {"do": "open"}).status_code == 404
    assert other.send(f"{STAFF}/{code}/copy").status_code == 404
    # The other practice knows nothing of it.
    neighbour = client_for("neighbour")
    for tail in ("", "/preview", "/questionnaire.json", "/results"):
        assert neighbour.get(f"/riverside/patient-input/forms/{code}{tail}").status_code == 404


def test_patients_words_of_a_form_are_looked_at_like_all_others(
    world: Any, client_for: ClientFor, visitor: Any
) -> None:
    manager = client_for("manager")
    code = built(manager)
    opened(manager, code)
    form = questionnaire(manager, code)
    first, why, _when = names(manager, code)
    token = link_to(world, code)
    page = visitor.get(f"/f/{token}")
    thanks = visitor.submit(page, typed(form, {first: "Bad", why: "It hurt my arm"}))
    assert thanks.status_code == 200
    assert re.search(r'<code dir="ltr">[0-9A-Z-]{19}</code>', thanks.text)
    (kept,) = answers_in(world)
    assert (kept.form, kept.form_version, kept.state) == (code, 1, "waiting")
    results = manager.get(f"{STAFF}/{code}/results").text
    assert "1 answer" in results
    assert "It hurt my arm" not in results
    desk = client_for("receptionist")
    look = desk.get(f"/manor/patient-input/answers/{kept.id}")
    assert "It hurt my arm" in look.text
    assert desk.submit(look, {"do": "as_is"}, action="/manor/patient-input/answers").status_code == 303
    assert "It hurt my arm" in manager.get(f"{STAFF}/{code}/results").text
    assert "It hurt my arm" in client_for("nurse").get(f"{STAFF}/{code}/results").text


def test_results_are_chosen_by_month_method_and_version(world: Any, client_for: ClientFor, visitor: Any) -> None:
    manager = client_for("manager")
    code = built(manager)
    opened(manager, code)
    form, first = questionnaire(manager, code), names(manager, code)[0]
    for method, answer in (("online", "Good"), ("kiosk", "Bad"), ("online", "Good")):
        page = visitor.get(f"/f/{link_to(world, code, method)}")
        assert visitor.submit(page, typed(form, {first: answer})).status_code == 200
    page = manager.get(f"{STAFF}/{code}/results")
    assert "3 answers" in page.text
    assert "67%" in page.text
    assert "1 answer" in manager.submit(page, {"method": "kiosk"}).text
    page = manager.submit(manager.get(f"{STAFF}/{code}/build"), {"add_kind": "several", "do": "add"})
    assert manager.submit(page, {"q3-ask": "When?", "q3-options": "A\nB", "do": "save"}).status_code == 303
    form = questionnaire(manager, code)
    patient = visitor.get(f"/f/{link_to(world, code)}")
    sent = typed(form, {first: "Good", form.items[3].link_id: "A"})
    assert visitor.submit(patient, sent).status_code == 200
    newer = manager.get(f"{STAFF}/{code}/results")
    assert "Patients could choose several answers" in newer.text
    assert "1 answer" in newer.text
    assert "3 answers" in manager.submit(newer, {"version": "1"}).text
    page = manager.get(f"{STAFF}/{code}/results?version=1")
    for query in ("from=x&to=y&method=z&version=99&before=1", "from=2999-13", "before=2026-01-01_x", "version=1%00"):
        assert manager.get(f"{STAFF}/{code}/results?{query}").status_code == 200
    # Nothing on the page leads to another page of numbers: a form is sent instead.
    assert "results?" not in page.text


def test_responses_go_to_those_who_look_at_answers_alone(world: Any, client_for: ClientFor, visitor: Any) -> None:
    manager, desk = client_for("manager"), client_for("receptionist")
    code = built(manager)
    opened(manager, code)
    form, (first, why, _when) = questionnaire(manager, code), names(manager, code)
    page = visitor.get(f"/f/{link_to(world, code)}")
    receipt = visitor.submit(page, typed(form, {first: "Bad", why: "It hurt"})).text
    out = desk.get(f"{STAFF}/{code}/answers.ndjson")
    assert out.mimetype == "application/fhir+ndjson"
    (line,) = [json.loads(line) for line in out.text.splitlines()]
    assert [item["linkId"] for item in line["item"]] == [first, why]
    assert f"{STAFF}/{code}/answers.ndjson" in desk.get(f"{STAFF}/{code}/results").text
    for role in ("nurse", "gp"):
        assert client_for(role).get(f"{STAFF}/{code}/answers.ndjson").status_code == 404
        assert "answers.ndjson" not in client_for(role).get(f"{STAFF}/{code}/results").text
    found = re.search(r'<code dir="ltr">([0-9A-Z-]{19})</code>', receipt)
    assert found is not None
    withdraw = visitor.get("/p/manor/patient-input/withdraw")
    assert visitor.submit(withdraw, {"code": found.group(1)}).status_code == 200
    assert desk.get(f"{STAFF}/{code}/answers.ndjson").text == ""


# What patients meet


@pytest.mark.parametrize("code", ["fft", "story", "tip", "need"])
def test_every_form_that_comes_with_the_toolkit_is_answered_on_one_page(
    world: Any, client_for: ClientFor, visitor: Any, code: str
) -> None:
    form = questionnaire(client_for("manager"), code)
    page = visitor.get(f"/f/{link_to(world, code, 'kiosk' if code == 'need' else 'online')}")
    assert page.status_code == 200
    assert "Set-Cookie" not in page.headers
    text = page.text
    assert text.index("not for urgent help") < text.index("<h1")
    assert "not a way to make a complaint" in text
    assert "We do not ask who you are" in text
    assert "layers-asked" not in text or "data-asked" in text
    answers = {item.link_id: _an_answer(item) for item in form.walk() if item.answered}
    thanks = visitor.submit(page, typed(form, answers))
    assert thanks.status_code == 200, thanks.text
    (kept,) = answers_in(world)
    assert kept.form == code
    assert {entry["linkId"] for entry in kept.items} == set(answers)


def _an_answer(item: Any) -> str:
    if item.options:
        return str(item.options[0].label.text)
    return "true" if item.type == "boolean" else "https://www.nhs.uk" if item.type == "url" else "Words"


@pytest.mark.parametrize("code", ["story", "tip", "need"])
def test_a_form_with_nothing_in_it_is_not_sent(world: Any, visitor: Any, code: str) -> None:
    refused = visitor.submit(visitor.get(f"/f/{link_to(world, code)}"), {})
    assert refused.status_code == 422
    assert "There is a problem" in refused.text
    assert answers_in(world) == []


def test_an_answer_to_what_was_not_asked_comes_back_with_what_to_do(
    world: Any, client_for: ClientFor, visitor: Any
) -> None:
    manager = client_for("manager")
    code = built(manager)
    opened(manager, code)
    form, (first, why, _when) = questionnaire(manager, code), names(manager, code)
    page = visitor.get(f"/f/{link_to(world, code)}")
    assert "Only if “How was it?” is “Bad”:" in page.text
    # Without JavaScript the question stands there; whoever answers it all the same is told.
    refused = visitor.submit(page, typed(form, {first: "Good", why: "My words"}))
    assert refused.status_code == 422
    assert "it is only asked if “How was it?” is “Bad”" in html.unescape(refused.text)
    assert "My words</textarea>" in refused.text
    assert visitor.submit(refused, typed(form, {why: ""})).status_code == 200
    (kept,) = answers_in(world)
    assert [entry["linkId"] for entry in kept.items] == [first]


def test_a_page_that_was_open_while_the_form_changed_is_taken_as_it_was_asked(
    world: Any, client_for: ClientFor, visitor: Any
) -> None:
    manager = client_for("manager")
    code = built(manager)
    opened(manager, code)
    form, first = questionnaire(manager, code), names(manager, code)[0]
    page = visitor.get(f"/f/{link_to(world, code)}")
    build = manager.get(f"{STAFF}/{code}/build")
    assert manager.submit(build, {"q0-options": "Fine\nBad", "do": "save"}).status_code == 303
    assert visitor.submit(page, typed(form, {first: "Good"})).status_code == 200
    assert answers_in(world)[0].form_version == 1
    fresh = visitor.get(f"/f/{link_to(world, code)}")
    assert visitor.submit(fresh, typed(questionnaire(manager, code), {first: "Fine"})).status_code == 200
    assert answers_in(world)[1].form_version == 2
    for version in ("99", "-1", "x", "9" * 30, "0"):
        sent = visitor.submit(fresh, {"version": version, **typed(questionnaire(manager, code), {first: "Fine"})})
        assert sent.status_code in {200, 410}


@pytest.mark.parametrize("code", ["own", "own.", "own.x", f"own.{'0' * 32}", "nothing", "care", "fft.x"])
def test_a_link_to_no_form_collects_nothing(world: Any, visitor: Any, code: str) -> None:
    page = visitor.get(f"/f/{link_to(world, code)}")
    assert page.status_code == 410
    assert "not collecting answers now" in page.text


def test_a_form_of_one_practice_is_not_asked_at_another(world: Any, client_for: ClientFor, visitor: Any) -> None:
    manager = client_for("manager")
    code = built(manager)
    opened(manager, code)
    world.switch("riverside", "patient_input", PluginChoice("on"))
    assert visitor.get(f"/f/{link_to(world, code, practice='riverside')}").status_code == 410


@pytest.mark.parametrize("text", ["\x00", "x" * 60_000, "<script>alert(1)</script>", "=1+1", "\u202e"])
def test_hostile_words_are_no_fault(world: Any, client_for: ClientFor, visitor: Any, text: str) -> None:
    manager = client_for("manager")
    page = manager.get(f"{STAFF}/new")
    fields = {"title": text, "q0-ask": text, "q0-options": f"{text}\n{text}2", "q0-help": text, "q0-only_if": text}
    raw = {**fields, "q0-kind": "one", "q0-id": text, "q0-most": text, "questions": "1", "do": "save"}
    answer = manager.send(f"{STAFF}/new", raw)
    assert answer.status_code in {303, 422}
    assert "<script>alert" not in answer.text
    assert manager.send(f"{STAFF}/new", {**raw, "do": text, "add_kind": text}).status_code in {200, 422}
    assert page.status_code == 200
    code = built(manager)
    opened(manager, code)
    form, (first, why, _when) = questionnaire(manager, code), names(manager, code)
    patient = visitor.get(f"/f/{link_to(world, code)}")
    sent = visitor.submit(patient, typed(form, {first: "Bad", why: text}))
    assert sent.status_code in {200, 422}
    assert "<script>alert" not in sent.text
    assert only_if(manager.get(f"{STAFF}/{code}/build"), "Bad")
