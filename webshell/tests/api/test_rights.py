"""Who gets what through the API: the token's person, in the practice of the address, and nobody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from layers_core.contract import PluginChoice
from layers_core.practices.service import leave
from layers_webshell.accounts.models import Account, ApiToken
from layers_webshell.testclient import Browser
from layers_webshell.testworld import MANOR, World

ProgramFor = Callable[..., Any]

PATHS = ("artefacts", "artefacts/{note}", "artefacts/{note}/trail", "artefacts/{note}/actions", "actions", "mix",
         "search?q=letters")  # fmt: skip


@pytest.fixture
def note(program_for: ProgramFor) -> str:
    """A note for the practice."""
    return str(program_for("nurse").note("Larger letters", promise={"expectation": "Print at 18 points"}))


def test_members_of_the_practice_alone(note: str, world: World, program_for: ProgramFor) -> None:
    members = {"gp", "nurse", "receptionist", "manager", "lead"}
    for role in world.people:
        program = program_for(role)
        for path in PATHS:
            answer = program.get(path.format(note=note))
            assert answer.status_code == (200 if role in members else 404), (role, path)
            assert role in members or "Larger" not in answer.text


def test_a_note_is_not_there_under_another_practice(note: str, program_for: ProgramFor) -> None:
    neighbour = program_for("neighbour", "riverside")
    assert neighbour.get(f"artefacts/{note}").status_code == 404
    assert neighbour.get(f"artefacts/{note}/trail").status_code == 404
    assert neighbour.post(f"artefacts/{note}/links", {"type": "answers", "to": note}).status_code == 404
    assert neighbour.titles() == []
    assert neighbour.titles("search", q="letters") == []


def test_each_audience_sees_its_own(world: World, program_for: ProgramFor) -> None:
    nurse = program_for("nurse")
    for audience in ("me", "practice", f"cluster:{world.cluster_id}", "network"):
        nurse.note(f"Letters {audience.partition(':')[0]}", audience, guard=None)
    seen = {
        role: set(program_for(role, practice).titles("search", q="letters"))
        for role, practice in (("nurse", "manor"), ("gp", "manor"), ("neighbour", "riverside"), ("outsider", "hilltop"))
    }
    every = {"Letters me", "Letters practice", "Letters cluster", "Letters network"}
    assert seen["nurse"] == every
    assert seen["gp"] == every - {"Letters me"}
    assert seen["neighbour"] == {"Letters cluster", "Letters network"}
    assert seen["outsider"] == {"Letters network"}


def test_page_two_and_the_trail_leak_nothing(program_for: ProgramFor) -> None:
    nurse, gp = program_for("nurse"), program_for("gp")
    secret = nurse.note("A private thought", "me")
    shown = [nurse.note(f"Shown {number}") for number in range(4)]
    nurse.note("Grown from both", links=[{"type": "prompted_by", "to": secret}, {"type": "answers", "to": shown[0]}])
    titles, cursor = [], None
    while True:
        page = gp.get("artefacts", limit=2, **({"cursor": cursor} if cursor else {})).json
        titles += [item["title"] for item in page["items"]]
        cursor = page["next"]
        if not cursor:
            break
    assert titles == ["Grown from both", "Shown 3", "Shown 2", "Shown 1", "Shown 0"]
    trail = gp.get(f"artefacts/{shown[0]}/trail")
    assert {thing["title"] for thing in trail.json["things"]} == {"Shown 0", "Grown from both"}
    assert secret not in trail.text
    assert len(nurse.get(f"artefacts/{shown[0]}/trail").json["things"]) == 3


def test_only_tokens_that_work(world: World, visitor: Browser, program_for: ProgramFor) -> None:
    nurse, late = program_for("nurse"), program_for("nurse", days=-1)
    assert nurse.get("/practices").status_code == 200
    for program in (late, program_for("nurse", days=0)):
        answer = program.get("/practices")
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert answer.json["code"] == 401
    with world.database.write() as session:
        session.execute(update(ApiToken).values(withdrawn_at=ApiToken.created_at))
    assert nurse.get("/practices").status_code == 401
    for header in ("", "Bearer", "Bearer ", "Basic bnVyc2U6eA==", f"Token {nurse.token}", "Bearer \udcff x"):
        answer = visitor.get("/api/v1/practices", headers={"Authorization": header} if header else {})
        assert answer.status_code == 401


def test_a_closed_account_takes_its_tokens_along(world: World, program_for: ProgramFor) -> None:
    nurse = program_for("nurse")
    with world.database.write() as session:
        session.execute(update(Account).where(Account.person_id == world.people["nurse"]).values(active=False))
    assert nurse.get("/practices").status_code == 401


def test_a_cookie_opens_nothing_and_none_is_set(client_for: Callable[..., Browser], program_for: ProgramFor) -> None:
    browser = client_for("nurse")
    assert browser.get("/manor/").status_code == 200
    assert browser.get("/api/v1/practices").status_code == 401
    assert browser.post("/api/v1/practices/manor/artefacts", json={}).status_code == 401
    for answer in (program_for("nurse").get("/practices"), program_for("nurse").post("artefacts", {})):
        assert "Set-Cookie" not in answer.headers


def test_who_leaves_keeps_their_own_events_and_nothing_else(world: World, program_for: ProgramFor) -> None:
    nurse = program_for("nurse")
    nurse.note("Before I left")
    with world.database.write() as session:
        leave(session, world.people["nurse"], world.practices[MANOR])
    assert nurse.get("/practices").json == {"items": []}
    assert nurse.get("artefacts").status_code == 404
    assert [event["name"] for event in nurse.get("/events").json["items"]] == ["core.recorded"]
    assert program_for("gp").get("/events").json["items"] == []


def test_events_are_ones_own_page_by_page(program_for: ProgramFor) -> None:
    nurse, gp = program_for("nurse"), program_for("gp")
    gp.note("Mine")
    for number in range(3):
        nurse.note(f"Note {number}")
    first = nurse.get("/events", limit=2).json
    second = nurse.get("/events", limit=2, cursor=first["next"]).json
    assert (len(first["items"]), len(second["items"]), second["next"]) == (2, 1, None)
    assert first["items"][0]["practice"] == "Manor Street Surgery"
    assert first["items"][0]["props"] == {"audience": "practice", "prompted": False}


def test_permissions_are_the_service_s_own(program_for: ProgramFor) -> None:
    card = {"kind": "cards.card", "title": "A card", "body": {"text": "Ask first"}}
    assert program_for("nurse").post("artefacts", card).status_code == 404
    assert program_for("lead").post("artefacts", card).status_code == 201
    assert program_for("lead").post("artefacts", {**card, "kind": "cards.none"}).status_code == 404
    names = {role: [kind["name"] for kind in program_for(role).get("mix").json["kinds"]] for role in ("nurse", "lead")}
    assert "cards.card" in names["lead"]
    assert "cards.card" not in names["nurse"]


def test_what_is_switched_off_is_left_out(world: World, program_for: ProgramFor) -> None:
    lead = program_for("lead")
    card = lead.post(
        "artefacts", {"kind": "cards.card", "title": "A card", "body": {"text": "Ask first"}, "audience": "practice"}
    ).json["id"]
    note = lead.note("A note", links=[{"type": "prompted_by", "to": card}])
    assert lead.titles() == ["A note", "A card"]
    world.switch(MANOR, "cards", PluginChoice("off"))
    assert lead.titles() == ["A note"]
    assert lead.titles("artefacts", kind="cards.card") == []
    assert lead.titles("search", q="ask") == []
    for path in ("", "/trail", "/actions"):
        assert lead.get(f"artefacts/{card}{path}").status_code == 404
    box = next(thing for thing in lead.get(f"artefacts/{note}/trail").json["things"] if thing["id"] == card)
    assert (box["available"], box["title"]) == (False, "A card")
    assert [plugin["state"] for plugin in lead.get("mix").json["plugins"]] == ["off"]
    assert lead.post("artefacts", {"kind": "cards.card", "title": "x", "body": {"text": "x"}}).status_code == 404


def test_no_answer_holds_an_email_address(world: World, note: str, program_for: ProgramFor) -> None:
    nurse = program_for("nurse")
    for path in ("/practices", "/events", *PATHS):
        answer = nurse.get(path.format(note=note))
        assert answer.status_code == 200
        assert "@" not in answer.text
        assert str(world.people["nurse"]) not in answer.text
