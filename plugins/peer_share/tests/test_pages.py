"""Peer share's pages as a browser without JavaScript meets them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from layers_core.contract import Draft, PluginChoice

if TYPE_CHECKING:
    from layers_webshell.testclient import Browser
    from layers_webshell.testworld import World

ClientFor = Callable[..., "Browser"]


@pytest.fixture
def shared(world: World) -> UUID:
    """A note of the nurse's for the cluster."""
    draft = Draft(
        "core.note", "Print in 18 point", {"text": "Print in 18 point"}, audience=f"cluster:{world.cluster_id}"
    )
    return world.artefacts.save(world.actor("nurse"), draft).id


def ask(browser: Browser, need: str = "Who has large print labels?") -> str:
    page = browser.get("/manor/record?kind=peer_share.question")
    saved = browser.submit(page, {"need": need, "tried": "Asked the supplier", "audience": "practice"})
    assert saved.status_code == 303, saved.text
    return saved.location.partition("?")[0]


def test_used_it_comes_back_to_the_authors_home_in_words(client_for: ClientFor, shared: UUID) -> None:
    neighbour, nurse = client_for("neighbour"), client_for("nurse")
    page = neighbour.get(f"/riverside/things/{shared}")
    pressed = neighbour.submit(page, {"type": "used"}, action="/riverside/peer-share")
    assert pressed.status_code == 303
    after = neighbour.get(pressed.location)
    assert "You used this." in after.text
    home = nurse.get("/manor/").text
    assert "Used at another practice" in home
    assert f"/manor/things/{shared}" in home
    assert "Adeyemi" not in home
    came_back = nurse.get("/manor/peer-share/came-back")
    assert "Print in 18 point" in came_back.text
    seen = nurse.submit(came_back, action=f"/manor/peer-share/{shared}/seen")
    assert seen.location.endswith("/manor/peer-share/came-back")
    assert "Nothing new." in nurse.get(seen.location).text
    assert "Used at another practice" not in nurse.get("/manor/").text
    assert "Used at another practice" in nurse.get(f"/manor/things/{shared}").text


def test_thanks_can_be_said_on_the_things_own_page(client_for: ClientFor, shared: UUID) -> None:
    gp, nurse = client_for("gp"), client_for("nurse")
    gp.submit(gp.get(f"/manor/things/{shared}"), {"type": "used"}, action="/manor/peer-share")
    assert "Used by a colleague in your practice" in nurse.get("/manor/").text
    page = nurse.get(f"/manor/things/{shared}")
    assert nurse.submit(page, action=f"/manor/peer-share/{shared}/seen").location.endswith(f"/manor/things/{shared}")
    assert "Used by a colleague" not in nurse.get("/manor/").text


def test_the_line_is_checked_kept_and_shown_without_a_name(client_for: ClientFor, shared: UUID) -> None:
    neighbour = client_for("neighbour")
    form = neighbour.get(f"/riverside/peer-share/{shared}/used")
    stopped = neighbour.submit(form, {"note": "Ask jo@example.org"})
    assert stopped.status_code == 422
    assert "Ask jo@example.org" in stopped.text
    still = neighbour.submit(stopped, {"guard_checked": "yes"})
    assert still.status_code == 422
    saved = neighbour.submit(still, {"guard_checked": "yes", "guard_why": "A public mailbox"})
    assert saved.status_code == 303
    too_long = neighbour.submit(form, {"note": "x" * 301})
    assert too_long.status_code == 422
    assert 'href="#note"' in too_long.text
    for role in ("nurse", "gp"):
        text = client_for(role).get(f"/manor/things/{shared}").text
        assert "Ask jo@example.org" in text
        assert "Adeyemi" not in text


def test_useful_and_take_back(client_for: ClientFor, shared: UUID) -> None:
    gp = client_for("gp")
    gp.submit(gp.get(f"/manor/things/{shared}"), {"type": "useful"}, action="/manor/peer-share")
    page = gp.get(f"/manor/things/{shared}")
    assert "You found this useful." in page.text
    back = gp.submit(page, action=f"/manor/peer-share/{shared}/take-back")
    assert "Taken back." in gp.get(back.location).text
    assert "You found this useful." not in gp.get(back.location).text


@pytest.mark.parametrize("role", ["outsider", "former"])
@pytest.mark.parametrize("path", ["used", "respond", "take-back", "seen", "edit", "close", "reopen"])
def test_nobody_else_gets_anywhere(client_for: ClientFor, shared: UUID, role: str, path: str) -> None:
    browser = client_for(role)
    for slug in ("manor", "hilltop"):
        address = f"/{slug}/peer-share/{shared}/{path}"
        if path in {"used", "edit"}:
            assert browser.get(address).status_code == 404
        if path != "used":
            assert browser.send(address, {"type": "used", "outcome": "helped"}).status_code == 404
    assert "18 point" not in browser.get("/hilltop/peer-share/").text


def test_the_author_has_no_buttons(client_for: ClientFor, shared: UUID) -> None:
    nurse = client_for("nurse")
    assert "Did this help you?" not in nurse.get(f"/manor/things/{shared}").text
    assert nurse.get(f"/manor/peer-share/{shared}/used").status_code == 404
    assert nurse.send(f"/manor/peer-share/{shared}/respond", {"type": "used"}).status_code == 404


def test_the_shared_stream(client_for: ClientFor, shared: UUID, world: World) -> None:
    neighbour = client_for("neighbour")
    page = neighbour.get("/riverside/peer-share/")
    assert "Print in 18 point" in page.text
    assert "Nadia Brown, Manor Street Surgery" in page.text
    assert "Nothing has been shared" in client_for("outsider").get("/hilltop/peer-share/").text
    cluster = f"cluster:{world.cluster_id}"
    for number in range(20):
        draft = Draft("core.note", f"Later {number:02}", {"text": "x"}, audience=cluster)
        world.artefacts.save(world.actor("nurse"), draft)
    first = neighbour.get("/riverside/peer-share/")
    assert "Print in 18 point" not in first.text
    older = first.text.partition("/riverside/peer-share/?older=")[2].partition('"')[0]
    assert "Print in 18 point" in neighbour.get(f"/riverside/peer-share/?older={older}").text


def test_ask_answer_close_ask_again(client_for: ClientFor) -> None:
    nurse, gp = client_for("nurse"), client_for("gp")
    question = ask(nurse)
    listed = gp.get("/manor/peer-share/questions")
    assert "Who has large print labels?" in listed.text
    page = gp.get(question)
    assert "Asked the supplier" in page.text
    assert "Answer in a comment below" in page.text
    assert gp.submit(page, {"comment": "The library has"}).status_code == 303
    mine = nurse.get(question)
    assert "The library has" in mine.text
    closed = nurse.submit(mine, {"outcome": "helped"})
    assert closed.status_code == 303
    assert "This helped" in gp.get(question).text
    assert "Who has large print labels?" not in gp.get("/manor/peer-share/questions").text
    address = f"/manor/peer-share/{question.rpartition('/')[2]}"
    assert nurse.submit(nurse.get(question), action=f"{address}/reopen").status_code == 303
    assert "Who has large print labels?" in gp.get("/manor/peer-share/questions").text
    assert gp.send(f"{address}/close", {"outcome": "helped"}).status_code == 404


def test_a_question_to_nobody_is_sent_back(client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    page = nurse.get("/manor/record?kind=peer_share.question")
    alone = nurse.submit(page, {"need": "Who knows?", "audience": "me"})
    assert alone.status_code == 422
    assert "Choose whom you want to ask" in alone.text
    assert "Who knows?" in alone.text


def test_changing_a_question_and_the_conflict_that_shows_both_texts(client_for: ClientFor) -> None:
    phone, desk = client_for("nurse"), client_for("nurse")
    question = ask(phone)
    address = f"/manor/peer-share/{question.rpartition('/')[2]}/edit"
    on_phone, at_desk = phone.get(address), desk.get(address)
    assert phone.submit(on_phone, {"need": ""}).status_code == 422
    assert phone.submit(on_phone, {"need": "Who prints braille?"}).status_code == 303
    assert phone.submit(on_phone, {"need": "Who prints braille?"}).status_code == 303
    conflict = desk.submit(at_desk, {"need": "Who prints labels?"})
    assert conflict.status_code == 409
    assert "Who prints braille?" in conflict.text
    assert "Who prints labels?" in conflict.text
    stopped = desk.submit(conflict, {"need": "Who rang 943 476 5919?"})
    assert stopped.status_code == 422
    assert desk.submit(stopped, {"need": "Who prints labels?"}).status_code == 303
    assert "Who prints labels?" in desk.get(question).text
    assert client_for("gp").get(address).status_code == 404


def test_switched_off_nothing_of_it_is_left_to_see(client_for: ClientFor, shared: UUID, world: World) -> None:
    neighbour, nurse = client_for("neighbour"), client_for("nurse")
    neighbour.send(f"/riverside/peer-share/{shared}/respond", {"type": "used"})
    world.switch("manor", "peer_share", PluginChoice("off"))
    home = nurse.get("/manor/").text
    assert "Used at another practice" not in home
    assert "/manor/peer-share/" not in home
    assert nurse.get("/manor/peer-share/").status_code == 404
    page = nurse.get(f"/manor/things/{shared}")
    assert page.status_code == 200, "what was shared is still its author's to read"
    assert "What came back" not in page.text
    world.switch("manor", "peer_share", PluginChoice("on"))
    assert "Used at another practice" in nurse.get("/manor/").text
