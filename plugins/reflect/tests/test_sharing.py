"""What colleagues get of a reflection that is shared: its answers, and nothing that is for the writer's portfolio."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from layers_core.contract import Draft, GuardAnswer
from layers_core.privacy import identifiers
from layers_reflect.kinds import NOTE
from layers_reflect.prompts import newest
from layers_reflect.writing import new_body

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from layers_webshell.testclient import Browser
    from layers_webshell.testworld import World

ClientFor = Callable[..., "Browser"]
FACTS = {
    "date": "2026-05-04",
    "minutes": 95,
    "participatory_minutes": 35,
    "importance": 3,
    "types": ["significant_events"],
    "domains": ["trust"],
    "categories": ["cpd"],
    "themes": ["preserve_safety"],
    "topics": ["Zoster"],
}
LEFT = {"template": "gibbs", "id": "feelings", "prompt": "Feelings", "answer": "Qualm"}
MARKED = "I rang Mrs Khan on 07700 900123"


def body(first: str = "Ask first") -> dict[str, Any]:
    """A reflection with all that a portfolio counts, and an answer to an earlier question."""
    made = new_body(newest("what_so_what_now_what"), {"what": first, "so_what": "It saves a call"}, FACTS)
    return {**made, "other": [LEFT]}


def shared(nurse: Browser, key: str, **more: str) -> str:
    """Share it with the practice in the page; gives the copy's key."""
    page = nurse.get(f"/manor/things/{key}/audience")
    answer = nurse.submit(page, {"audience": "practice", **more})
    assert answer.status_code == 303, answer.text
    return answer.location.rpartition("/")[2].partition("?")[0]


def program(browser: Browser, client: FlaskClient) -> Callable[[str], Any]:
    """What reads the API as somebody, with a token that they made in the page."""
    made = browser.submit(browser.get("/me/tokens"), {"name": "test", "days": "7"})
    found = re.search(r"layers_[\w-]+", made.text)
    assert found, made.text
    headers = {"Authorization": f"Bearer {found[0]}"}
    return lambda path: client.get(f"/api/v1/practices/manor/{path}", headers=headers)


def nothing_of_the_portfolio(text: str) -> bool:
    return not any(word in text for word in ("Zoster", "95", "Significant", "significant", "preserve"))


@pytest.mark.parametrize("way", ["copy", "shared at first"])
def test_colleagues_get_the_answers_and_nothing_of_the_portfolio(
    client_for: ClientFor, world: World, visitor: FlaskClient, way: str
) -> None:
    nurse, gp = client_for("nurse"), client_for("gp")
    first = "practice" if way == "shared at first" else "me"
    original = str(world.artefacts.save(world.actor("nurse"), Draft(NOTE, "Ask first", body(), first)).id)
    key = shared(nurse, original) if way == "copy" else original
    page = gp.get(f"/manor/things/{key}")
    assert page.status_code == 200
    assert "It saves a call" in page.text
    for path in (f"things/{key}", f"things/{key}/versions", "new", ""):
        assert "Zoster" not in gp.get(f"/manor/{path}").text, path
    assert "Ask first" in gp.get("/manor/search?q=saves").text
    assert f"/things/{key}" not in gp.get("/manor/search?q=Zoster").text
    read = program(gp, visitor)
    told = read(f"artefacts/{key}")
    assert told.json["body"]["answers"]["so_what"] == "It saves a call"
    assert nothing_of_the_portfolio(str(told.json["body"]))
    assert "Zoster" not in read("artefacts").text
    mine = program(nurse, visitor)(f"artefacts/{original}").json["body"]
    assert (mine["about"]["minutes"], mine["about"]["topics"]) == (95, ["Zoster"])
    assert told.json["body"]["other"] == mine["other"] == [LEFT], "an answer goes along"


def test_a_copy_is_withdrawn_and_the_original_stays(client_for: ClientFor, world: World) -> None:
    nurse, gp = client_for("nurse"), client_for("gp")
    original = str(world.artefacts.save(world.actor("nurse"), Draft(NOTE, "Ask first", body())).id)
    key = shared(nurse, original)
    assert gp.get(f"/manor/things/{key}").status_code == 200
    assert gp.get(f"/manor/things/{original}").status_code == 404
    withdrawn = nurse.submit(nurse.get(f"/manor/things/{key}"), {}, action=f"/manor/things/{key}/withdraw")
    assert withdrawn.status_code == 303
    assert gp.get(f"/manor/things/{key}").status_code == 404
    assert "Ask first" not in gp.get("/manor/search?q=saves").text
    assert "1 hour 35 minutes" in nurse.get(f"/manor/things/{original}").text


def test_what_the_guard_marks_is_shown_before_a_copy_is_made(client_for: ClientFor, world: World) -> None:
    looked = GuardAnswer(identifiers.fingerprint([MARKED]))
    nurse = client_for("nurse")
    saved = world.artefacts.save(world.actor("nurse"), Draft(NOTE, "A call", body(MARKED), guard=looked))
    page = nurse.get(f"/manor/things/{saved.id}/audience")
    stopped = nurse.submit(page, {"audience": "practice"})
    assert stopped.status_code == 422
    assert "07700 900123" in stopped.text
    assert "A call" not in client_for("gp").get("/manor/new").text
    assert nurse.submit(stopped, {"audience": "practice", "guard_checked": "1"}).status_code == 303
    assert "A call" in client_for("gp").get("/manor/new").text
