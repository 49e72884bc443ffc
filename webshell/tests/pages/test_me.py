"""Your things and what is recorded about one's use: complete, and nobody else's."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select

from layers_core.artefacts.models import Action
from layers_core.contract import Draft, GuardAnswer, PluginChoice, Promise
from layers_core.practices import service
from layers_core.usage import consent
from layers_core.usage.models import Consent
from layers_webshell.testclient import Browser
from layers_webshell.testworld import World

Write = Callable[..., UUID]
ClientFor = Callable[..., Browser]


@pytest.fixture(scope="module")
def web_plugins(ideas: object) -> Sequence[object]:
    return [ideas]


def test_everything_one_wrote_is_listed_once_page_by_page(client_for: ClientFor, write: Write) -> None:
    for number in range(45):
        write("nurse", f"note {number:02}", "me" if number % 2 else "practice")
    write("gp", "note 99")
    nurse = client_for("nurse")
    found: list[str] = []
    path = "/me"
    while path:
        page = nurse.get(path).text
        found += re.findall(r">note (\d\d)<", page)
        older = re.search(r'href="([^"]+)" rel="next"', page)
        path = older.group(1) if older else ""
    assert found == [f"{number:02}" for number in reversed(range(45))]


def test_one_s_own_words_stay_whatever_the_practice_switches_off(
    world: World, client_for: ClientFor, write: Write
) -> None:
    key = write("nurse", "Offer large print to all", kind="ideas.idea")
    draft = Draft("ideas.idea", "Large print", {"text": "Offer large print to those who ask"})
    world.artefacts.revise(world.actor("nurse"), key, draft, 1)
    world.switch("manor", "ideas", PluginChoice("off"))
    nurse = client_for("nurse")
    assert "Large print" in nurse.get("/me").text
    page = nurse.get(f"/me/things/{key}").text
    assert "Offer large print to those who ask" in page
    assert "Offer large print to all" in page
    assert f"remark on {key}" in page


def test_nobody_else_opens_them(client_for: ClientFor, visitor: Browser, write: Write) -> None:
    key = write("nurse", "Mine alone")
    for role in ("manager", "lead", "gp", "neighbour", "outsider", "operator", "evaluator"):
        assert client_for(role).get(f"/me/things/{key}").status_code == 404
        assert "Mine alone" not in client_for(role).get("/me").text
    assert visitor.get("/me").status_code == 302
    assert visitor.get("/me/download").status_code == 302


def test_somebody_who_left_still_reads_their_things(client_for: ClientFor) -> None:
    page = client_for("former").get("/me")
    assert page.status_code == 200
    assert "You belong to no practice now" in page.text
    assert "You have written nothing yet" in page.text


def test_open_promises_lead_to_where_they_are_closed(world: World, client_for: ClientFor, write: Write) -> None:
    write("nurse", "Letters", promise=Promise("Print them large", date(2026, 1, 2)))
    with world.database.read() as session:
        action_id = session.scalars(select(Action.id)).one()
    page = client_for("nurse").get("/me").text
    assert f"/manor/actions/{action_id}" in page
    assert "Overdue" in page
    world.artefacts.close_action(world.actor("nurse"), action_id, "adopt", "Done", GuardAnswer())
    assert "Print them large" not in client_for("nurse").get("/me").text


def test_a_promise_made_where_somebody_works_no_more_leads_nowhere(
    world: World, client_for: ClientFor, write: Write
) -> None:
    write("nurse", "Letters", promise=Promise("Print them large"))
    nurse = world.actor("nurse")
    assert nurse.person_id is not None
    with world.database.write() as session:
        service.leave(session, nurse.person_id, nurse.practice.id)
    page = client_for("nurse").get("/me").text
    assert "Print them large" in page
    assert "/manor/actions/" not in page


def test_the_download_holds_everything_and_nothing_of_others(world: World, client_for: ClientFor, write: Write) -> None:
    key = write("nurse", "Never ask", kind="ideas.idea", promise=Promise("Print them large"))
    draft = Draft("ideas.idea", "Now ask", {"text": "Now ask <b>everybody</b>"})
    world.artefacts.revise(world.actor("nurse"), key, draft, 1)
    withdrawn = write("nurse", "Taken back")
    world.artefacts.withdraw(world.actor("nurse"), withdrawn)
    other = write("gp", "Written by the doctor")
    world.artefacts.comment(world.actor("nurse"), other, "A comment of mine", GuardAnswer())
    world.artefacts.comment(world.actor("gp"), key, "A comment of the doctor", GuardAnswer())
    answer = client_for("nurse").get("/me/download")
    assert answer.mimetype == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    data = json.loads(archive.read("everything.json"))
    assert {thing["title"]: thing["state"] for thing in data["things"]} == {
        "Now ask": "live",
        "Taken back": "withdrawn",
    }
    versions = next(thing["versions"] for thing in data["things"] if thing["title"] == "Now ask")
    assert [version["title"] for version in versions] == ["Never ask", "Now ask"]
    assert [promise["expectation"] for promise in data["promises"]] == ["Print them large"]
    assert [comment["text"] for comment in data["comments"]] == ["A comment of mine"]
    assert {row["values"]["artefact_id"] for row in data["plugins"]} == {str(key), str(withdrawn)}
    assert {event["name"] for event in data["use"]} >= {"core.recorded", "core.revised", "core.commented"}
    page = archive.read("read-me.html").decode()
    assert "Now ask &lt;b&gt;everybody&lt;/b&gt;" in page
    for text in (page, json.dumps(data)):
        assert "doctor" not in text


def test_a_plugin_that_does_not_answer_stops_the_download(
    world: World, client_for: ClientFor, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = write("nurse", "Still here")
    monkeypatch.setattr(world.host.doors, "missing", {"ideas": "for a test"})
    nurse = client_for("nurse")
    refused = nurse.get("/me/download")
    assert refused.status_code == 503
    assert "not complete yet" in refused.text
    page = nurse.get(f"/me/things/{key}")
    assert page.status_code == 200
    assert "Still here" in page.text
    assert "could not be read just now" in page.text


def test_use_is_said_in_plain_words_to_its_person_alone(client_for: ClientFor, write: Write) -> None:
    key = write("gp", "Something new")
    nurse = client_for("nurse")
    nurse.get(f"/manor/things/{key}")
    mine = nurse.get("/me/use").text
    assert "You opened a thing&#39;s page." in mine
    assert "You saved something new." not in mine
    assert "Something new" not in mine
    theirs = client_for("gp").get("/me/use").text
    assert "You saved something new." in theirs
    assert "Who was chosen to see it: practice" in theirs
    assert "Whether it grew out of another thing: no" in theirs
    assert "opened" not in theirs
    for role in ("manager", "lead"):
        assert "You opened a thing" not in client_for(role).get("/me/use").text


def test_long_use_is_paged(client_for: ClientFor, write: Write) -> None:
    for number in range(60):
        write("gp", f"note {number}")
    gp = client_for("gp")
    first = gp.get("/me/use").text
    older = re.search(r'href="([^"]+)" rel="next"', first)
    assert older
    assert first.count("You saved something new.") == 50
    assert gp.get(older.group(1)).text.count("You saved something new.") == 10


def test_a_person_opts_in_and_out_and_each_answer_is_kept(world: World, client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    person = world.people["nurse"]
    page = nurse.get("/me/use")
    assert "You do not take part" in page.text
    for _twice in range(2):
        assert nurse.send("/me/use/evaluation", {"evaluation": "yes"}).status_code == 303
    assert "You have taken part since" in nurse.get("/me/use").text
    nurse.submit(nurse.get("/me/use"), {"evaluation": "no"}, action="/me/use/evaluation")
    assert "You do not take part" in nurse.get("/me/use").text
    nurse.send("/me/use/evaluation", {"evaluation": "yes"})
    with world.database.read() as session:
        rows = list(session.scalars(select(Consent).where(Consent.person_id == person).order_by(Consent.given_at)))
        assert consent.given_at(session, person) == rows[1].given_at
        assert consent.given_at(session, world.people["gp"]) is None
    assert [row.withdrawn_at is None for row in rows] == [False, True]


def test_a_token_is_shown_once_and_stopped(client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    form = nurse.get("/me/tokens")
    assert nurse.submit(form, {"name": ""}, action="/me/tokens").status_code == 422
    made = nurse.submit(form, {"name": "My reader", "days": "7"}, action="/me/tokens")
    shown = re.search(r'value="(layers_[^"]+)"', made.text)
    assert shown
    listed = nurse.get("/me/tokens")
    assert "My reader" in listed.text
    assert shown.group(1) not in listed.text
    assert "My reader" not in client_for("gp").get("/me/tokens").text
    stop = re.search(r'action="(/me/tokens/[^"]+/withdraw)"', listed.text)
    assert stop
    assert client_for("gp").send(stop.group(1)).status_code == 404
    assert nurse.submit(listed, {}, action=stop.group(1)).status_code == 303
    assert "My reader" not in nurse.get("/me/tokens").text
    assert nurse.send("/me/tokens", {"name": "For ever", "days": "9999"}).status_code == 422


@pytest.mark.parametrize("role", ["nurse", "manager", "evaluator", "operator"])
def test_the_pages_that_few_may_open_are_shown_to_those(client_for: ClientFor, role: str) -> None:
    browser = client_for(role)
    page = browser.get("/me").text
    for path in ("/evaluation", "/operator"):
        assert (f'href="{path}"' in page) == (browser.get(path).status_code == 200)
