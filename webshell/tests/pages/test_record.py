"""Recording: one submit saves everything, and whatever goes wrong keeps what was typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from layers_core.artefacts.models import Action, Artefact, Link
from layers_core.usage.models import UsageEventRow
from layers_webshell.testclient import Browser
from layers_webshell.testworld import World

Write = Callable[..., UUID]
ClientFor = Callable[..., Browser]
WORDS = "We never ask which size of print people need."


@pytest.fixture(scope="module")
def web_plugins(ideas: object) -> Sequence[object]:
    return [ideas]


def count(world: World, model: Any) -> int:
    with world.database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_one_submit_records_promises_and_shares(world: World, client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    page = nurse.get("/manor/")
    values = {
        "text": WORDS,
        "promise": "18-point letters",
        "due-day": "4",
        "due-month": "12",
        "due-year": "2026",
        "audience": f"cluster:{world.cluster_id}",
    }
    saved = nurse.submit(page, values, action="/manor/record")
    assert saved.status_code == 303
    shown = nurse.get(saved.location).text
    assert "Seen by: Example Primary Care Network" in shown
    assert "18-point letters" in shown
    assert "4 December 2026" in shown
    assert client_for("neighbour").get(saved.location.replace("/manor/", "/riverside/")).status_code == 200
    assert client_for("outsider").get(saved.location.replace("/manor/", "/hilltop/")).status_code == 404
    again = nurse.submit(page, values, action="/manor/record")
    assert again.location == saved.location
    assert count(world, Artefact) == count(world, Action) == 1


def test_it_is_private_unless_the_writer_says_otherwise(client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    saved = nurse.submit(nurse.get("/manor/"), {"text": WORDS}, action="/manor/record")
    assert "Seen by: Only you" in nurse.get(saved.location).text
    assert client_for("manager").get(saved.location).status_code == 404


def refusals(world: World) -> list[tuple[dict[str, str], str, str]]:
    return [
        ({"text": ""}, "Write down your idea", 'href="#text"'),
        ({"text": "No"}, "Say it differently", 'href="#text"'),
        ({"text": WORDS, "due-day": "31", "due-month": "2", "due-year": "2027"}, "Enter a real date", "#due-day"),
        ({"text": WORDS, "due-day": "3", "due-month": "2", "due-year": "2027"}, "Say what you will do", "#promise"),
        ({"text": WORDS, "audience": "cluster:nonsense"}, "Choose who should see it", "#audience"),
    ]


@pytest.mark.parametrize("number", range(5))
def test_what_can_be_mended_is_said_and_everything_typed_is_kept(
    world: World, client_for: ClientFor, number: int
) -> None:
    values, message, link = refusals(world)[number]
    typed = {"promise": "" if "#promise" in link else "Print them large", **values}
    before = count(world, UsageEventRow)
    nurse = client_for("nurse")
    refused = nurse.submit(nurse.get("/manor/"), typed, action="/manor/record")
    assert refused.status_code == 422
    assert message in refused.text
    assert link in refused.text
    for name in ("text", "promise", "due-day"):
        assert typed.get(name, "") in refused.text
    assert count(world, Artefact) == 0
    assert count(world, UsageEventRow) == before


def test_marked_words_are_shown_and_saved_only_once_looked_at(world: World, client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    text = "Mr Ahmed Khan of M13 9PL could not read his letter"
    stopped = nurse.submit(nurse.get("/manor/"), {"text": text, "audience": "practice"}, action="/manor/record")
    assert stopped.status_code == 422
    assert "<mark>M13 9PL</mark>" in stopped.text
    assert text in stopped.text
    assert 'name="guard_why"' not in stopped.text
    assert count(world, Artefact) == 0
    unread = nurse.submit(stopped, {"text": text}, action="/manor/record")
    assert unread.status_code == 422
    saved = nurse.submit(unread, {"guard_checked": "yes"}, action="/manor/record")
    assert saved.status_code == 303


def test_a_wider_audience_wants_a_reason_for_marked_words(world: World, client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    values = {"text": "Call 020 7946 0018 about it", "audience": "network"}
    stopped = nurse.submit(nurse.get("/manor/"), values, action="/manor/record")
    assert 'name="guard_why"' in stopped.text
    unexplained = nurse.submit(stopped, {"guard_checked": "yes"}, action="/manor/record")
    assert unexplained.status_code == 422
    saved = nurse.submit(
        unexplained, {"guard_checked": "yes", "guard_why": "The surgery's own number"}, action="/manor/record"
    )
    assert saved.status_code == 303


def test_what_grows_out_of_another_thing_is_linked_to_it(world: World, client_for: ClientFor, write: Write) -> None:
    first = write("gp", "A patient could not read a letter")
    nurse = client_for("nurse")
    page = nurse.get(f"/manor/record?prompted_by={first}")
    assert "A patient could not read a letter" in page.text
    saved = nurse.submit(page, {"text": WORDS}, action="/manor/record")
    assert saved.status_code == 303
    with world.database.read() as session:
        link = session.scalars(select(Link)).one()
    assert (link.type, link.to_id) == ("prompted_by", first)


def test_nothing_grows_out_of_what_one_may_not_see(client_for: ClientFor, write: Write) -> None:
    hidden = write("gp", "Kept private", "me")
    nurse = client_for("nurse")
    assert nurse.get(f"/manor/record?prompted_by={hidden}").status_code == 404
    values = {"kind": "ideas.idea", "text": WORDS, "prompted_by": str(hidden)}
    # It may have gone while somebody wrote: what they typed is there to copy.
    for wrong in (values, {**values, "kind": "core.mystery"}):
        gone = nurse.send("/manor/record", {**wrong, "draft_of": "record:ideas.idea a-key"})
        assert gone.status_code == 404
        assert WORDS in gone.text
        assert str(hidden) not in gone.text
        assert "record:ideas.idea" not in gone.text


def test_up_to_three_related_things_are_offered_with_why_and_connected_by_one_tap(
    world: World, client_for: ClientFor, write: Write
) -> None:
    related = write("gp", "Large print: offer letters in 18 point to people with poor sight")
    write("gp", "Letters in large print cost nothing", "me")
    write("gp", "The spirometer was out of date")
    nurse = client_for("nurse")
    saved = nurse.submit(
        nurse.get("/manor/"), {"text": "She asked for a letter in large print"}, action="/manor/record"
    )
    page = nurse.get(saved.location)
    assert "Large print: offer letters" in page.text
    assert "Both mention: letter, large, print" in page.text
    assert "cost nothing" not in page.text
    assert "spirometer" not in page.text
    connected = nurse.submit(page, {"other": str(related)}, action=saved.location.partition("?")[0] + "/connect")
    assert connected.status_code == 303
    assert "Supported by" in nurse.get(f"/manor/things/{related}").text
