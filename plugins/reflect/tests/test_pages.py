"""Reflect's pages as a browser without JavaScript meets them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from layers_core.artefacts import reading as core_reading
from layers_core.artefacts.errors import DraftRefused
from layers_core.contract import Draft, GuardAnswer, PluginChoice
from layers_reflect import reading
from layers_reflect.kinds import NOTE

if TYPE_CHECKING:
    from layers_webshell.testclient import Browser
    from layers_webshell.testworld import World

SECRET = "I was short with her"
ClientFor = Callable[..., "Browser"]


def record(browser: Browser, what: str, **more: str) -> str:
    """Record something through the record page; gives the address of its page."""
    page = browser.get("/manor/record?kind=reflect.note")
    assert page.status_code == 200
    saved = browser.submit(page, {"what": what, "audience": "practice", **more})
    assert saved.status_code == 303, saved.text
    return saved.location.partition("?")[0]


def edit_address(thing: str) -> str:
    return f"/manor/reflect/{thing.rpartition('/')[2]}/edit"


def test_one_submit_with_a_private_part(client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    home = nurse.get("/manor/").text
    assert "What did you learn?" in home
    assert "So what? Now what?" in home
    assert "Only you. Not your manager. A court can require notes." in home
    thing = record(nurse, "Ask who can read it.\n\nThen print.", now_what="18 point", only_for_me=SECRET)
    mine = nurse.get(thing).text
    for words in ("Ask who can read it", "Then print.", "Now what?", "18 point", SECRET):
        assert words in mine
    for role in ("gp", "manager"):
        theirs = client_for(role).get(thing)
        assert theirs.status_code == 200
        assert "18 point" in theirs.text
        assert SECRET not in theirs.text
        assert "Only for me" not in theirs.text
        assert SECRET not in client_for(role).get("/manor/new").text
    assert client_for("neighbour").get(thing).status_code == 404


def test_a_refused_submit_keeps_everything_that_was_typed(client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    page = nurse.get("/manor/record?kind=reflect.note")
    empty = nurse.submit(page, {"what": " ", "now_what": "18 point", "only_for_me": SECRET})
    assert empty.status_code == 422
    for words in ("There is a problem", 'href="#what"', "18 point", SECRET):
        assert words in empty.text
    stopped = nurse.submit(empty, {"what": "She is 943 476 5919"})
    assert stopped.status_code == 422
    assert "NHS number" in stopped.text
    assert SECRET in stopped.text
    saved = nurse.submit(stopped, {"guard_checked": "yes"})
    assert saved.status_code == 303


def test_my_reflections_page_by_page(client_for: ClientFor, world: World) -> None:
    nurse = client_for("nurse")
    assert "Write your first reflection" in nurse.get("/manor/reflect/").text
    for number in range(21):
        world.artefacts.save(
            world.actor("nurse"), Draft(NOTE, f"Lesson {number:02}", {"answers": {"what": "x"}}, audience="me")
        )
    first = nurse.get("/manor/reflect/")
    assert "Lesson 20" in first.text
    assert "Lesson 00" not in first.text
    assert 'aria-current="page"' in first.text
    link = first.text.partition("/manor/reflect/?older=")[2].partition('"')[0]
    second = nurse.get(f"/manor/reflect/?older={link}")
    assert "Lesson 00" in second.text
    assert "Lesson 20" not in second.text
    assert nurse.get("/manor/reflect/?older=2026-11-22~x").status_code == 200
    assert nurse.get(f"/manor/reflect/?older=2026-11-22T10:00:00~{UUID(int=1)}").status_code == 200
    assert "Lesson" not in client_for("manager").get("/manor/reflect/").text


def test_editing_and_the_conflict_that_shows_both_texts(client_for: ClientFor, world: World) -> None:
    phone, desk = client_for("nurse"), client_for("nurse")
    thing = record(phone, "Ask first", now_what="Print")
    on_phone, at_desk = phone.get(edit_address(thing)), desk.get(edit_address(thing))
    assert "Ask first" in on_phone.text
    assert phone.submit(on_phone, {"what": "Ask twice", "only_for_me": SECRET}).status_code == 303
    assert phone.submit(on_phone, {"what": "Ask twice"}).status_code == 303, "the same submit twice is no conflict"
    conflict = desk.submit(at_desk, {"what": "Ask thrice"})
    assert conflict.status_code == 409
    assert "Ask twice" in conflict.text
    assert "Ask thrice" in conflict.text
    assert desk.submit(conflict, {"what": "Ask thrice"}).status_code == 303
    assert "Ask thrice" in desk.get(thing).text
    assert SECRET in desk.get(thing).text
    assert "only_for_me" not in desk.get(edit_address(thing)).text, "it has a page of its own by now"
    with world.database.read() as session:
        (aside,) = reading.asides_of(session, world.actor("nurse"), [UUID(thing.rpartition("/")[2])])
    own = desk.get(f"/manor/reflect/{aside.id}/edit")
    assert SECRET in own.text
    assert desk.submit(own, {"text": "I was tired"}).status_code == 303
    assert "I was tired" in desk.get(thing).text


def test_an_edit_is_checked_as_a_first_save_is(client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    thing = record(nurse, "Ask first")
    page = nurse.get(edit_address(thing))
    assert nurse.submit(page, {"what": ""}).status_code == 422
    stopped = nurse.submit(page, {"what": "She is 943 476 5919"})
    assert stopped.status_code == 422
    assert "NHS number" in stopped.text
    assert nurse.submit(stopped, {"guard_checked": "yes"}).status_code == 303
    assert "943 476 5919" in nurse.get(thing).text


@pytest.mark.parametrize("role", ["gp", "manager", "neighbour", "outsider", "former"])
def test_nobody_else_edits(client_for: ClientFor, role: str) -> None:
    thing = record(client_for("nurse"), "Mine", only_for_me=SECRET)
    other = client_for(role)
    assert other.get(edit_address(thing)).status_code == 404
    assert other.send(edit_address(thing), {"what": "Theirs", "revision": "1"}).status_code == 404


def test_an_aside_is_refused_to_everybody_else(client_for: ClientFor, world: World) -> None:
    nurse = client_for("nurse")
    thing = record(nurse, "Mine", only_for_me=SECRET)
    with world.database.read() as session:
        (aside,) = reading.asides_of(session, world.actor("nurse"), [UUID(thing.rpartition("/")[2])])
    address = f"/manor/things/{aside.id}"
    assert SECRET in nurse.get(address).text
    assert f"{address}/audience" not in nurse.get(address).text
    assert nurse.get(f"{address}/audience").status_code == 404
    assert nurse.send(f"{address}/audience", {"audience": "practice"}).status_code == 404
    with pytest.raises(DraftRefused):
        world.artefacts.share_copy(world.actor("nurse"), aside.id, "practice", GuardAnswer())
    for role in ("gp", "manager", "lead"):
        assert client_for(role).get(address).status_code == 404
        assert client_for(role).get(f"/manor/reflect/{aside.id}/edit").status_code == 404


@pytest.mark.parametrize("now_offered", ["quick_note", "gibbs"])
def test_a_form_that_waited_while_the_practice_chose_other_questions(
    client_for: ClientFor, world: World, now_offered: str
) -> None:
    nurse = client_for("nurse")
    page = nurse.get("/manor/record?kind=reflect.note")
    world.switch("manor", "reflect", PluginChoice("on", {"template": now_offered}))
    stopped = nurse.submit(page, {"what": "She is 943 476 5919", "so_what": "It matters", "now_what": "18 point"})
    assert stopped.status_code == 422
    for words in ("It matters", "18 point"):
        assert words in stopped.text
    saved = nurse.submit(stopped, {"guard_checked": "yes"})
    assert saved.status_code == 303
    for words in ("It matters", "18 point"):
        assert words in nurse.get(saved.location).text
    assert "So what?" not in nurse.get("/manor/record?kind=reflect.note").text


def test_switched_off_its_pages_are_gone_and_on_again_everything_is_back(client_for: ClientFor, world: World) -> None:
    nurse = client_for("nurse")
    thing = record(nurse, "Mine", only_for_me=SECRET)
    world.switch("manor", "reflect", PluginChoice("off"))
    assert nurse.get("/manor/reflect/").status_code == 404
    assert nurse.get(edit_address(thing)).status_code == 404
    assert SECRET not in nurse.get(thing).text
    world.switch("manor", "reflect", PluginChoice("on", {"template": "quick_note"}))
    assert SECRET in nurse.get(thing).text
    assert "So what?" not in nurse.get("/manor/").text
    with world.database.read() as session:
        kept = core_reading.get(session, world.host, world.actor("nurse"), UUID(thing.rpartition("/")[2]))
    assert kept is not None
    assert kept.body["template"] == "what_so_what_now_what"
