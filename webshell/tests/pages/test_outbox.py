"""The outbox's door: an entry is taken once, for its owner alone, under the same rules as the form."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import func, select

from layers_core.artefacts.models import Artefact, Draft
from layers_webshell.accounts.models import SignIn
from layers_webshell.own_device import owner_mark
from layers_webshell.testclient import Browser
from layers_webshell.testworld import World

ClientFor = Callable[..., Browser]
ENTRY = {"kind": "ideas.idea", "client_key": "entry-1", "audience": "practice", "text": "Print letters larger"}


@pytest.fixture(scope="module")
def web_plugins(ideas: object) -> Sequence[object]:
    return [ideas]


def things(world: World) -> int:
    with world.database.read() as session:
        return session.scalar(select(func.count()).select_from(Artefact)) or 0


def owned(world: World, role: str) -> dict[str, str]:
    return {**ENTRY, "owner": owner_mark(world.people[role])}


def test_an_entry_that_comes_twice_is_saved_once(world: World, client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    asked = nurse.get("/manor/outbox").json
    assert asked["owner"] == owner_mark(world.people["nurse"])
    first = nurse.post("/manor/outbox", data={**owned(world, "nurse"), "csrf_token": asked["csrf_token"]})
    again = nurse.send("/manor/outbox", owned(world, "nurse"))
    assert first.json["state"] == again.json["state"] == "saved"
    assert first.json["url"] == again.json["url"]
    assert things(world) == 1
    assert "Print letters larger" in nurse.get(first.json["url"]).text


def test_nobody_sends_what_somebody_else_wrote(world: World, client_for: ClientFor) -> None:
    gp = client_for("gp")
    for entry in (owned(world, "nurse"), ENTRY):
        answer = gp.send("/manor/outbox", entry)
        assert (answer.status_code, answer.json["state"]) == (409, "other_person")
    assert things(world) == 0


def test_an_entry_needs_a_token_and_its_practice(world: World, client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    assert nurse.post("/manor/outbox", data=owned(world, "nurse")).status_code == 400
    assert nurse.send("/riverside/outbox", owned(world, "nurse")).status_code == 404
    assert nurse.get("/riverside/outbox").status_code == 404
    assert things(world) == 0


def test_what_has_to_be_mended_says_so_and_keeps_its_draft(world: World, client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    form = f"record:ideas.idea {ENTRY['client_key']}"
    nurse.send("/manor/drafts", {**ENTRY, "draft_form": "record:ideas.idea"})
    marked = {**owned(world, "nurse"), "text": "Mrs Khan, NHS number 943 476 5919, could not read it", "draft_of": form}
    answer = nurse.send("/manor/outbox", marked)
    assert (answer.status_code, answer.json["state"]) == (200, "refused")
    assert answer.json["problems"] == ["Check the words that we marked"]
    with world.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Draft)) == 1
    answer = nurse.send("/manor/outbox", {**owned(world, "nurse"), "draft_of": form})
    assert answer.json["state"] == "saved"
    with world.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Draft)) == 0


def test_the_page_for_no_connection_holds_nothing_of_anybody(world: World, client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    nurse.send("/manor/record", {**ENTRY, "text": "A word of mine"})
    page = nurse.get("/manor/record/offline").text
    for private in (world.actor("nurse").name, "A word of mine", "csrf_token", str(world.people["nurse"])):
        assert private not in page
    assert 'name="text"' in page


def test_a_shared_device_is_told_to_keep_nothing(client_for: ClientFor) -> None:
    shared, own = client_for("nurse", own_device=False).get("/manor/").text, client_for("gp").get("/manor/").text
    for mark in ("layers-owner", "layers-shell", "data-outbox", "app.webmanifest"):
        assert mark not in shared
        assert mark in own
    assert '<meta name="layers-device" content="shared">' in shared


def test_a_device_that_is_given_away_is_a_shared_one(world: World, client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    page = nurse.submit(nurse.get("/me/outbox"), action="/me/device", follow_redirects=True)
    assert '<meta name="layers-device" content="shared">' in page.text
    with world.database.read() as session:
        signed_in = session.scalars(select(SignIn)).all()
    assert [row.own_device for row in signed_in if row.account_id == world.accounts["nurse"]] == [False]
    nurse.stand_idle(16)
    assert nurse.get("/manor/").status_code == 302
