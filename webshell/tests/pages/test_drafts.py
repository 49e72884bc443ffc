"""Drafts: what is typed is kept for its writer alone, offered again, and gone once it is saved."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Sequence
from datetime import timedelta
from html import unescape
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from layers_core.artefacts.models import Artefact, Draft, Exposure
from layers_core.db.base import now
from layers_core.usage.models import UsageEventRow
from layers_webshell.testclient import Browser
from layers_webshell.testworld import World

ClientFor = Callable[..., Browser]
KEY = "a-key-of-this-form"
FORM = "record:ideas.idea"
ABOUT = {"draft_form": FORM, "draft_page": "/manor/", "draft_typed": "text"}
TYPED = {**ABOUT, "client_key": KEY, "kind": "ideas.idea", "audience": "me"}
WORDS = "We never ask which size of print people need."


@pytest.fixture(scope="module")
def web_plugins(ideas: object) -> Sequence[object]:
    return [ideas]


def kept(world: World) -> list[Draft]:
    with world.database.read() as session:
        return list(session.scalars(select(Draft).order_by(Draft.id)))


def events(world: World) -> int:
    with world.database.read() as session:
        return session.scalar(select(func.count()).select_from(UsageEventRow)) or 0


def test_what_is_typed_is_kept_without_a_trace_in_the_log_and_offered_to_its_writer_alone(
    world: World, client_for: ClientFor
) -> None:
    nurse, before = client_for("nurse"), events(world)
    answer = nurse.send("/manor/drafts", {**TYPED, "text": WORDS})
    assert answer.status_code == 200
    assert "Only you can see it" in answer.text
    assert nurse.send("/manor/drafts", {**TYPED, "text": f"{WORDS} So I will."}).status_code == 200
    (draft,) = kept(world)
    assert "csrf_token" not in draft.fields
    assert events(world) == before
    offered = nurse.get(f"/manor/drafts?form={FORM}&key=another").text
    assert "You were writing this" in offered
    held = re.search(r"data-draft-fields='([^']+)'", offered)
    assert held
    assert json.loads(unescape(held[1]))["text"] == [f"{WORDS} So I will."]
    assert WORDS in nurse.get("/me/outbox").text
    for other in ("gp", "manager"):
        assert WORDS not in client_for(other).get(f"/manor/drafts?form={FORM}&key=another").text
        assert WORDS not in client_for(other).get("/me/outbox").text


def test_a_form_is_not_offered_its_own_draft(client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    nurse.send("/manor/drafts", {**TYPED, "text": WORDS})
    assert WORDS not in nurse.get(f"/manor/drafts?form={FORM}&key={KEY}").text


def test_a_form_that_knows_of_its_draft_keeps_it_up_to_date(world: World, client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    for words in (WORDS, f"{WORDS} So I will."):
        # A form that came back with problems holds it already.
        answer = nurse.send("/manor/drafts", {**TYPED, "draft_of": f"{FORM} {KEY}", "text": words})
        assert answer.status_code == 200
    assert [draft.fields["text"] for draft in kept(world)] == [[f"{WORDS} So I will."]]


def test_two_windows_keep_two_drafts(world: World, client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    for key, words in (("one", "First window"), ("two", "Second window")):
        nurse.send("/manor/drafts", {**TYPED, "client_key": key, "text": words})
    assert len(kept(world)) == 2
    offered = nurse.get(f"/manor/drafts?form={FORM}&key=three").text
    assert "First window" in offered
    assert "Second window" in offered


def test_the_request_that_saves_drops_the_draft(world: World, client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    nurse.send("/manor/drafts", {**TYPED, "text": WORDS})
    refused = nurse.send("/manor/record", {**TYPED, "draft_of": f"{FORM} {KEY}", "text": ""})
    assert refused.status_code == 422
    assert len(kept(world)) == 1
    saved = nurse.send("/manor/record", {**TYPED, "draft_of": f"{FORM} {KEY}", "text": WORDS})
    assert saved.status_code == 303
    assert kept(world) == []
    late = nurse.send("/manor/drafts", {**TYPED, "text": WORDS})
    assert late.status_code == 204, "a draft that arrives after its form was saved is not kept"
    assert kept(world) == []


def test_an_answer_that_leads_to_no_saved_thing_drops_no_draft(
    world: World, client_for: ClientFor, write: Callable[..., UUID]
) -> None:
    """A form may come back without being refused, for example under other questions."""
    nurse = client_for("nurse")
    nurse.send("/manor/drafts", {**TYPED, "text": WORDS})
    write("nurse", "Lesson", kind="ideas.idea")
    with world.database.write() as session:
        session.execute(update(Exposure).values(due_at=now() - timedelta(days=1)))
        address = f"/manor/again/{session.scalars(select(Exposure.id)).one()}"
    values = {"draft_of": f"{FORM} {KEY}", "later": "week", "showing": "0"}
    assert nurse.send(address, values, headers={"HX-Request": "true"}).status_code == 200
    assert len(kept(world)) == 1


def test_what_was_typed_is_told_from_keys_and_choices(client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    nurse.send("/manor/drafts", {**TYPED, "text": WORDS, "kept_file": "a-key-of-a-file", "shade": "a-choice"})
    listed = nurse.get("/me/outbox").text
    assert WORDS in listed
    for private in ("a-key-of-a-file", "a-choice", "record:ideas.idea"):
        assert private not in listed


def test_nobody_drops_the_draft_of_somebody_else(world: World, client_for: ClientFor) -> None:
    client_for("nurse").send("/manor/drafts", {**TYPED, "text": WORDS})
    gp = client_for("gp")
    assert gp.send(f"/me/drafts/{kept(world)[0].id}/drop").status_code == 404
    saved = gp.send("/manor/record", {**TYPED, "draft_of": f"{FORM} {KEY}", "text": "Mine"})
    assert saved.status_code == 303
    assert len(kept(world)) == 1


def test_without_javascript_a_draft_is_continued_or_thrown_away(world: World, client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    nurse.send("/manor/drafts", {**TYPED, "text": WORDS, "promise": "Larger print"})
    listed = nurse.get("/me/outbox")
    link = re.search(r'href="(/manor/record\?draft=[^"]+)"', listed.text)
    assert link
    page = nurse.get(link[1])
    assert WORDS in page.text
    assert "Larger print" in page.text
    assert nurse.submit(page, {"audience": "me"}, action="/manor/record").status_code == 303
    again = nurse.submit(nurse.get(link[1]), action="/manor/record")
    with world.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Artefact)) == 1, "its client key makes a repeat harmless"
    assert again.status_code == 303
    other = client_for("gp").get(link[1])
    assert WORDS not in other.text
    assert nurse.submit(nurse.get("/me/outbox"), action="/me/drafts/").status_code == 303
    assert kept(world) == []


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"draft_form": ""}, 400),
        ({"draft_form": "two words"}, 400),
        ({"client_key": ""}, 400),
        ({"text": "x" * 100_001}, 413),
    ],
)
def test_what_is_no_draft_is_refused(world: World, client_for: ClientFor, wrong: dict[str, str], status: int) -> None:
    assert client_for("nurse").send("/manor/drafts", {**TYPED, **wrong}).status_code == status
    assert kept(world) == []


def test_what_was_left_for_90_days_goes(world: World, client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    nurse.send("/manor/drafts", {**TYPED, "client_key": "old", "text": "Old"})
    with world.database.write() as session:
        session.execute(update(Draft).values(updated_at=now() - timedelta(days=91)))
    nurse.send("/manor/drafts", {**TYPED, "client_key": "new", "text": "New"})
    assert [draft.fields["text"] for draft in kept(world)] == [["New"]]


def test_a_locked_device_keeps_no_draft_of_whoever_types_on_it(world: World, client_for: ClientFor) -> None:
    nurse = client_for("nurse", own_device=False)
    nurse.get("/manor/")
    nurse.stand_idle(16)
    answer = nurse.send("/manor/drafts", {**TYPED, "text": "Somebody else at the desk"})
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in")
    assert kept(world) == []
    assert "kept" not in answer.headers["Location"]


def test_a_draft_is_in_what_its_writer_downloads(world: World, client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    nurse.send("/manor/drafts", {**TYPED, "text": WORDS})
    with zipfile.ZipFile(io.BytesIO(nurse.get("/me/download").data)) as archive:
        assert WORDS in archive.read("everything.json").decode()
