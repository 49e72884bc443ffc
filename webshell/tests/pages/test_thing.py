"""A thing's page: who may open it, what stands on it, and what people do with it there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from layers_core.artefacts.models import Action, Comment
from layers_core.contract import Draft, NewLink, PluginChoice, Promise
from layers_core.usage.models import UsageEventRow
from layers_webshell.testclient import Browser
from layers_webshell.testworld import World

Write = Callable[..., UUID]
ClientFor = Callable[..., Browser]


@pytest.fixture(scope="module")
def web_plugins(ideas: object) -> Sequence[object]:
    return [ideas]


def events(world: World, name: str) -> int:
    with world.database.read() as session:
        return session.scalar(select(func.count()).where(UsageEventRow.name == name)) or 0


def test_it_shows_the_thing_its_panel_and_who_can_see_it(client_for: ClientFor, write: Write) -> None:
    key = write("gp", "Offer large print", kind="ideas.idea")
    page = client_for("nurse").get(f"/manor/things/{key}").text
    assert "<title>Offer large print – Manor Street Surgery</title>" in page
    assert "Said by Ideas about Offer large print: listen" in page
    assert "Dr Grace Okafor" in page
    order = ["Who can see it", "What Ideas says", "What we will do about it", "Comments", "What led to it", "History"]
    places = [page.index(words) for words in order]
    assert places == sorted(places)
    assert f"/manor/things/{key}/audience" not in page
    assert "Take this out of sight" not in page


def test_what_is_not_for_somebody_does_not_exist(client_for: ClientFor, write: Write) -> None:
    key = write("gp", "Kept private", "me")
    nurse = client_for("nurse")
    other = write("nurse", "Mine")
    for path in ("", "/versions", "/audience"):
        assert nurse.get(f"/manor/things/{key}{path}").status_code == 404
    posts: dict[str, dict[str, str]] = {
        "/comments": {"comment": "Hello"},
        "/promises": {"promise": "Do it"},
        "/connect": {"other": str(other)},
        "/withdraw": {},
        "/restore": {},
        "/audience": {"audience": "network"},
    }
    for path, values in posts.items():
        assert nurse.send(f"/manor/things/{key}{path}", values).status_code == 404, path
    assert nurse.send(f"/manor/things/{other}/connect", {"other": str(key)}).status_code == 404


def test_opening_it_counts_once_a_day_and_only_for_those_who_may(
    world: World, client_for: ClientFor, write: Write
) -> None:
    key = write("gp", "Offer large print")
    nurse = client_for("nurse")
    nurse.get(f"/manor/things/{key}")
    nurse.get(f"/manor/things/{key}")
    client_for("outsider").get(f"/hilltop/things/{key}")
    assert events(world, "core.viewed") == 1


def test_comments_are_added_and_one_s_own_removed(world: World, client_for: ClientFor, write: Write) -> None:
    key = write("gp", "Offer large print")
    nurse, gp = client_for("nurse"), client_for("gp")
    page = nurse.get(f"/manor/things/{key}")
    action = f"/manor/things/{key}/comments"
    first = nurse.submit(page, {"comment": "We could ask <b>at</b> registration"}, action=action)
    assert first.status_code == 303
    nurse.submit(page, {"comment": "We could ask <b>at</b> registration"}, action=action)
    shown = gp.get(f"/manor/things/{key}")
    assert shown.text.count("We could ask &lt;b&gt;at&lt;/b&gt; registration") == 1
    assert "Remove your comment" not in shown.text
    with world.database.read() as session:
        comment_id = session.scalars(select(Comment.id)).one()
    assert gp.send(f"{action}/{comment_id}/withdraw").status_code == 404
    mine = nurse.get(f"/manor/things/{key}")
    assert nurse.submit(mine, {}, action=f"{action}/{comment_id}/withdraw").status_code == 303
    assert "at registration" not in gp.get(f"/manor/things/{key}").text


@pytest.mark.parametrize(
    ("form", "values", "message", "link"),
    [
        ("comments", {"comment": " "}, "Enter your comment", "#comment"),
        ("comments", {"comment": "Ring 020 7946 0018"}, "Check the words that we marked", "#guard_checked"),
        ("promises", {"promise": "", "due-day": "3"}, "Enter a real date", "#due-day"),
        ("promises", {"promise": ""}, "Say what you will do", "#promise"),
    ],
)
def test_a_refused_form_stands_on_the_page_with_what_was_typed(
    client_for: ClientFor, write: Write, form: str, values: dict[str, str], message: str, link: str
) -> None:
    key = write("gp", "Offer large print")
    nurse = client_for("nurse")
    refused = nurse.submit(nurse.get(f"/manor/things/{key}"), values, action=f"/manor/things/{key}/{form}")
    assert refused.status_code == 422
    assert "<title>Error: Offer large print" in refused.text
    assert message in refused.text
    assert f'href="{link}"' in refused.text
    assert all(value in refused.text for value in values.values() if value.strip())


def test_a_marked_comment_is_kept_once_it_was_looked_at(client_for: ClientFor, write: Write) -> None:
    key = write("gp", "Offer large print")
    nurse = client_for("nurse")
    action = f"/manor/things/{key}/comments"
    stopped = nurse.submit(nurse.get(f"/manor/things/{key}"), {"comment": "Ring 020 7946 0018"}, action=action)
    assert nurse.submit(stopped, {"guard_checked": "yes"}, action=action).status_code == 303
    assert "020 7946 0018" in client_for("gp").get(f"/manor/things/{key}").text


def test_a_promise_is_made_and_closed_by_its_owner_alone(world: World, client_for: ClientFor, write: Write) -> None:
    key = write("gp", "Offer large print")
    nurse, gp = client_for("nurse"), client_for("gp")
    values = {"promise": "Print letters large", "due-day": "4", "due-month": "12", "due-year": "2026"}
    page = nurse.get(f"/manor/things/{key}")
    assert nurse.submit(page, values, action=f"/manor/things/{key}/promises").status_code == 303
    nurse.submit(page, values, action=f"/manor/things/{key}/promises")
    with world.database.read() as session:
        action_id = session.scalars(select(Action.id)).one()
    seen = gp.get(f"/manor/things/{key}").text
    assert "Print letters large" in seen
    assert "Say what happened" not in seen
    assert gp.get(f"/manor/actions/{action_id}").status_code == 404
    assert gp.send(f"/manor/actions/{action_id}", {"outcome": "adopt", "what_happened": "Done"}).status_code == 404
    form = nurse.get(f"/manor/actions/{action_id}")
    empty = nurse.submit(form, {"what_happened": "Six people asked"}, action="")
    assert empty.status_code == 422
    assert "Six people asked" in empty.text
    closed = nurse.submit(empty, {"outcome": "adapt"}, action="")
    assert closed.status_code == 303
    assert "Six people asked" in gp.get(f"/manor/things/{key}").text
    assert "We changed it" in gp.get(f"/manor/things/{key}").text
    assert "We changed it" in nurse.get(f"/manor/actions/{action_id}").text


def test_the_trail_is_a_picture_and_a_list(world: World, client_for: ClientFor, write: Write) -> None:
    answer = write("receptionist", "A patient could not read a letter")
    hidden = write("gp", "A private thought", "me")
    note = write("nurse", "We never ask", links=(NewLink("prompted_by", answer),), promise=Promise("Ask", None))
    world.artefacts.link(world.actor("gp"), hidden, NewLink("prompted_by", note))
    page = client_for("nurse").get(f"/manor/things/{note}").text
    picture = page[page.index('<svg class="layers-trail"') : page.index("</svg>", page.index("layers-trail"))]
    assert picture.count("<rect") == 3
    assert picture.count('<path class="layers-trail__link"') == 2
    assert picture.count("layers-trail__box--here") == 1
    assert '<title id="trail-title">' in picture
    assert "<desc" in picture
    listed = page[page.index("layers-trail-list") :]
    assert f'Prompted by: <a href="/manor/things/{answer}">A patient could not read a letter</a>' in listed
    assert "For: " in listed
    assert "A private thought" not in page
    alone = client_for("gp").get(f"/manor/things/{write('gp', 'Alone')}").text
    assert "Nothing is connected with this yet" in alone
    assert "layers-trail-list" not in alone


def test_history_shows_what_changed_to_those_who_could_see_it(
    world: World, client_for: ClientFor, write: Write
) -> None:
    key = write("nurse", "We never ask about print")
    assert "has not been changed" in client_for("gp").get(f"/manor/things/{key}").text
    draft = Draft("core.note", "We now ask about print", {"text": "We now ask about print"})
    world.artefacts.revise(world.actor("nurse"), key, draft, 1)
    assert "See earlier versions" in client_for("gp").get(f"/manor/things/{key}").text
    versions = client_for("gp").get(f"/manor/things/{key}/versions").text
    assert "<del>never</del><ins>now</ins>" in versions


def test_sharing_a_private_thing_makes_a_copy_and_its_earlier_versions_stay_private(
    world: World, client_for: ClientFor, write: Write
) -> None:
    key = write("nurse", "I was wrong about the cousin", "me")
    draft = Draft("core.note", "I was wrong", {"text": "I was wrong"})
    world.artefacts.revise(world.actor("nurse"), key, draft, 1)
    nurse, gp = client_for("nurse"), client_for("gp")
    form = nurse.get(f"/manor/things/{key}/audience")
    assert nurse.send(f"/manor/things/{key}/audience").status_code == 422
    shared = nurse.submit(form, {"audience": "practice"}, action="")
    assert shared.status_code == 303
    assert str(key) not in shared.location
    assert gp.get(f"/manor/things/{key}").status_code == 404
    copy = gp.get(shared.location)
    assert "I was wrong" in copy.text
    assert "cousin" not in gp.get(shared.location + "/versions").text
    assert "cousin" not in copy.text


def test_narrowing_acts_at_once(client_for: ClientFor, write: Write) -> None:
    key = write("nurse", "For the network", "network")
    neighbour, nurse = client_for("neighbour"), client_for("nurse")
    assert neighbour.get(f"/riverside/things/{key}").status_code == 200
    form = nurse.get(f"/manor/things/{key}/audience")
    assert nurse.submit(form, {"audience": "practice"}, action="").status_code == 303
    assert neighbour.get(f"/riverside/things/{key}").status_code == 404
    assert client_for("gp").get(f"/manor/things/{key}").status_code == 200


def test_what_is_withdrawn_is_gone_for_all_and_comes_back_from_your_things(client_for: ClientFor, write: Write) -> None:
    key = write("nurse", "Taken back")
    nurse, gp = client_for("nurse"), client_for("gp")
    assert gp.send(f"/manor/things/{key}/withdraw").status_code == 404
    page = nurse.get(f"/manor/things/{key}")
    assert nurse.submit(page, {}, action=f"/manor/things/{key}/withdraw").status_code == 303
    assert gp.get(f"/manor/things/{key}").status_code == 404
    assert nurse.get(f"/manor/things/{key}").status_code == 404
    mine = nurse.get(f"/me/things/{key}")
    assert "Out of sight" in mine.text
    assert nurse.submit(mine, {}, action=f"/manor/things/{key}/restore").status_code == 303
    assert gp.get(f"/manor/things/{key}").status_code == 200


def test_switched_off_it_shows_its_title_alone(world: World, client_for: ClientFor, write: Write) -> None:
    key = write("nurse", "Offer large print to everybody who asks for it", kind="ideas.idea")
    draft = Draft("ideas.idea", "Large print", {"text": "Offer it to everybody"})
    world.artefacts.revise(world.actor("nurse"), key, draft, 1)
    world.switch("manor", "ideas", PluginChoice("off"))
    page = client_for("nurse").get(f"/manor/things/{key}")
    assert page.status_code == 200
    assert "Large print" in page.text
    assert "Your practice has switched this off" in page.text
    assert "Offer it to everybody" not in page.text
    assert "<form action" not in page.text
    assert client_for("nurse").get(f"/manor/things/{key}/versions").status_code == 404


@pytest.mark.parametrize("rows", [1, 50])
def test_six_queries_at_most_whatever_hangs_on_it(
    world: World, client_for: ClientFor, write: Write, queries: Callable[[], Any], rows: int
) -> None:
    key = write("nurse", "The middle of everything")
    for number in range(rows):
        links = (NewLink("prompted_by", key),)
        write("gp", f"Grown out of it {number}", links=links, promise=Promise("Do it", date(2026, 12, 4)))
    page = client_for("nurse")
    page.get(f"/manor/things/{key}")
    with queries() as seen:
        assert page.get(f"/manor/things/{key}").status_code == 200
    # After the response the reader's key in the usage log is looked up; that is no part of the page.
    assert len([one for one in seen if "core_actor_key" not in one]) <= 6, seen
