"""Questions that practices and people make themselves: made, moved, changed, passed on, switched off."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from sqlalchemy import func, select

from layers_core.artefacts import reading as core_reading
from layers_core.contract import Draft
from layers_reflect.kinds import NOTE
from layers_reflect.models import OwnTemplate, OwnTemplateVersion
from layers_reflect.writing import quick_body

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from layers_webshell.testclient import Browser
    from layers_webshell.testworld import World

ClientFor = Callable[..., "Browser"]
FIRST = {"label": "After a home visit", "q0-ask": "What did you see?", "q0-required": "yes"}


def make(browser: Browser, **more: str) -> str:
    """Make a set of questions; gives its address."""
    page = browser.get("/manor/reflect/templates/new")
    saved = browser.submit(page, {**FIRST, "q1-ask": "What next?", "do": "save", **more})
    assert saved.status_code == 303, saved.text
    return saved.location


def link_on(browser: Browser, address: str) -> str:
    found = re.search(r"<code>([^<]+)</code>", browser.get(address).text)
    assert found is not None
    return unescape(found.group(1))


def note(world: World, role: str) -> UUID:
    return world.artefacts.save(world.actor(role), Draft(NOTE, "A step", quick_body("A step"))).id


def answered(world: World, role: str, key: UUID) -> dict[str, object]:
    with world.database.read() as session:
        found = core_reading.get(session, world.host, world.actor(role), key)
    assert found is not None
    return found.body


def test_questions_are_made_moved_and_answered(client_for: ClientFor, world: World) -> None:
    nurse = client_for("nurse")
    page = nurse.get("/manor/reflect/templates/new")
    page = nurse.submit(page, {**FIRST, "q1-ask": "What next?", "do": "add"})
    assert page.status_code == 200
    typed = {"q2-ask": "Who helped?", "q2-type": "choices", "q2-options": "Family\nNeighbours", "do": "up-2"}
    page = nurse.submit(page, typed)
    assert page.text.index("Who helped?") < page.text.index("What next?")
    saved = nurse.submit(page, {"do": "save"})
    assert saved.status_code == 303, saved.text
    code = f"own:{saved.location.rpartition('/')[2]}"
    key = note(world, "nurse")
    form = nurse.get(f"/manor/reflect/{key}/edit?template={code}")
    assert form.text.index("What did you see?") < form.text.index("Who helped?") < form.text.index("What next?")
    (choices,) = set(re.findall(r'name="(q[0-9a-f]{8})" type="checkbox"', form.text))
    assert nurse.submit(form, {choices: ["Family"]}).status_code == 303
    body = answered(world, "nurse", key)
    assert body["template"] == code
    assert ["Family"] in body["answers"].values()  # type: ignore[attr-defined]
    assert "Family" in nurse.get(f"/manor/things/{key}").text


def test_a_kept_note_keeps_the_questions_it_was_written_with(client_for: ClientFor, world: World) -> None:
    nurse = client_for("nurse")
    address = make(nurse)
    key, code = note(world, "nurse"), f"own:{address.rpartition('/')[2]}"
    assert (
        nurse.submit(nurse.get(f"/manor/reflect/{key}/edit?template={code}"), {}, action="/manor/reflect/").status_code
        == 303
    )
    page = nurse.get(address)
    assert nurse.submit(page, {"q0-ask": "What did you hear?", "do": "save"}).status_code == 303
    assert nurse.submit(page, {"q0-ask": "What did you hear?", "do": "save"}).status_code == 303, "the same, twice"
    assert nurse.submit(page, {"q0-ask": "What did you feel?", "do": "save"}).status_code == 409
    assert "What did you see?" in nurse.get(f"/manor/reflect/{key}/edit").text
    assert "What did you hear?" in nurse.get(f"/manor/reflect/{key}/edit?template={code}").text
    nurse.send(f"{address}/switch", {"on": ""})
    assert "What did you see?" in nurse.get(f"/manor/reflect/{key}/edit").text
    assert nurse.submit(nurse.get(f"/manor/reflect/{key}/edit"), {}, action="/manor/reflect/").status_code == 303
    with world.database.read() as session:
        versions = session.scalars(select(OwnTemplateVersion.version).order_by(OwnTemplateVersion.version)).all()
    assert versions == [1, 2]


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(client_for: ClientFor, world: World) -> None:
    nurse = client_for("nurse")
    page = nurse.get("/manor/reflect/templates/new")
    refused = nurse.submit(
        page, {"label": "", "q0-ask": "When?", "q0-type": "date", "q1-ask": "Which?", "q1-type": "choice", "do": "save"}
    )
    assert refused.status_code == 422
    for words in ('href="#label"', 'href="#q0-type"', 'href="#q1-options"', "When?", "Which?"):
        assert words in refused.text
    with world.database.read() as session:
        assert session.scalar(select(func.count()).select_from(OwnTemplate)) == 0


def test_what_is_wrong_is_said_at_its_own_question(client_for: ClientFor, world: World) -> None:
    nurse = client_for("nurse")
    page = nurse.submit(nurse.get("/manor/reflect/templates/new"), {**FIRST, "do": "add"})
    many = "\n".join(f"Choice {number}" for number in range(31))
    refused = nurse.submit(
        page, {"q0-ask": "", "q1-ask": "", "q1-options": many, "q1-type": "choice", "q2-ask": "x" * 201, "do": "save"}
    )
    assert refused.status_code == 422
    assert "Choice 30" in refused.text, "the choices of a question without words are kept"
    assert 'href="#q0-ask"' in refused.text
    assert 'href="#q0-options"' in refused.text
    assert 'href="#q1-ask"' in refused.text
    assert "prompt" not in refused.text
    for words in ("Enter a question of at most 200 characters", "Enter at most 30 choices of at most 200 characters"):
        assert words in refused.text
    empty = nurse.submit(nurse.get("/manor/reflect/templates/new"), {"label": "Ours", "do": "save"})
    assert empty.status_code == 422
    assert 'href="#q0-ask"' in empty.text
    assert 'name="q0-ask"' in empty.text


def test_the_guard_reads_questions_too(client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    page = nurse.get("/manor/reflect/templates/new")
    stopped = nurse.submit(page, {**FIRST, "q1-ask": "Did you ring 943 476 5919?", "do": "save"})
    assert stopped.status_code == 422
    assert "NHS number" in stopped.text
    assert nurse.submit(stopped, {"guard_checked": "yes", "do": "save"}).status_code == 303


def test_made_once_however_often_it_is_sent(client_for: ClientFor, world: World) -> None:
    nurse = client_for("nurse")
    page = nurse.get("/manor/reflect/templates/new")
    first = nurse.submit(page, {**FIRST, "do": "save"})
    assert nurse.submit(page, {**FIRST, "do": "save"}).location == first.location
    with world.database.read() as session:
        assert session.scalar(select(func.count()).select_from(OwnTemplate)) == 1


def test_who_sees_and_changes_them(client_for: ClientFor, world: World) -> None:
    manager, gp = client_for("manager"), client_for("gp")
    theirs, own = make(manager, owner="practice"), make(client_for("nurse"))
    seen = gp.get(theirs)
    assert "What did you see?" in seen.text
    assert 'name="do"' not in seen.text
    assert gp.send(theirs, {**FIRST, "questions": "1", "base": "1"}).status_code == 404
    assert gp.send(f"{theirs}/switch", {"on": ""}).status_code == 404
    assert (
        gp.send(
            "/manor/reflect/templates/new",
            {**FIRST, "questions": "1", "q0-id": "q1", "q0-type": "text", "owner": "practice"},
        ).status_code
        == 404
    )
    for other in (gp, manager):
        assert other.get(own).status_code == 404
        assert other.send(f"{own}/switch", {"on": ""}).status_code == 404
    key = note(world, "gp")
    code = f"own:{own.rpartition('/')[2]}"
    assert "What did you see?" not in gp.get(f"/manor/reflect/{key}/edit?template={code}").text
    assert client_for("neighbour").get(theirs.replace("manor", "riverside")).status_code == 404


@pytest.mark.parametrize("role", ["gp", "neighbour"])
def test_a_link_gives_a_copy_until_it_is_switched_off(client_for: ClientFor, world: World, role: str) -> None:
    nurse, other = client_for("nurse"), client_for(role)
    practice = "manor" if role == "gp" else "riverside"
    address = make(nurse)
    link = link_on(nurse, address)
    listed = other.get(f"/{practice}/reflect/templates")
    assert "After a home visit" not in listed.text
    looked_at = other.get(f"/{practice}/reflect/templates/copy", query_string={"link": link})
    assert "What did you see?" in looked_at.text
    copied = other.submit(looked_at, {}, action=f"/{practice}/reflect/")
    assert copied.status_code == 303
    assert copied.location != address
    nurse.send(f"{address}/switch", {"on": ""})
    assert other.get(f"/{practice}/reflect/templates/copy", query_string={"link": link}).status_code == 422
    assert "After a home visit" in other.get(f"/{practice}/reflect/templates").text, "the copy is their own"
    assert other.get(f"/{practice}/reflect/templates/copy?link=made.up").status_code == 422
    assert other.send(f"/{practice}/reflect/templates/copy", {"link": "made.up"}).status_code == 404


def test_own_questions_are_offered_where_a_note_begins_and_found_by_them(client_for: ClientFor, world: World) -> None:
    nurse = client_for("nurse")
    home = nurse.get("/manor/")
    assert "Write with other questions" in home.text
    made = nurse.submit(
        nurse.get("/manor/reflect/templates/new"),
        {"label": "Home visits", "q0-ask": "What was different at home?", "q0-help": "Think of the room"},
    )
    assert made.status_code == 303
    key = made.location.rpartition("/")[2]
    choice = nurse.get("/manor/reflect/questions").text
    assert f"write?template=own:{key}" in choice.replace("%3A", ":")
    assert choice.index("Home visits") < choice.index("Gibbs")
    assert "Home visits" not in client_for("gp").get("/manor/reflect/questions").text
    form = nurse.get(f"/manor/reflect/write?template=own:{key}")
    assert 'data-speak="What was different at home? Think of the room"' in form.text
    changed = nurse.get(f"/manor/reflect/templates/{key}")
    assert nurse.submit(changed, {"q0-ask": "What surprised you?"}).status_code == 303
    saved = nurse.submit(form, {first_field(form): "The stairs"})
    assert saved.status_code == 303, saved.text
    body = answered(world, "nurse", UUID(saved.location.rpartition("/")[2].partition("?")[0]))
    assert body["asked"][0]["ask"] == "What was different at home?", "the questions that stood in the form"  # type: ignore[index]
    assert client_for("gp").get(f"/manor/reflect/write?template=own:{key}").status_code == 404
    filtered = nurse.get(f"/manor/reflect/?form=own:{key}").text
    assert "The stairs" in filtered
    assert "Home visits" in filtered
    nothing = nurse.get(f"/manor/reflect/?form=own:{UUID(int=1)}").text
    assert "Nothing of yours fits that." in nothing
    assert "Nothing of yours fits that." not in nurse.get("/manor/reflect/?form=own:none").text


def first_field(page: TestResponse) -> str:
    found = re.search(r'<(?:textarea|input)[^>]* name="(q\w+)"', page.text)
    assert found, page.text
    return found[1]
