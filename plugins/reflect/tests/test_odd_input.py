"""Forms and addresses as nobody means them: refused with words or read as well as they can be, and never an error."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from layers_core.artefacts import reading as core_reading
from layers_core.contract import Draft, Thing
from layers_reflect.kinds import NOTE
from layers_reflect.writing import quick_body

if TYPE_CHECKING:
    from layers_webshell.testclient import Browser
    from layers_webshell.testworld import World

ClientFor = Callable[..., "Browser"]
LONG = "9" * 5000


def written(world: World, audience: str = "me") -> UUID:
    return world.artefacts.save(world.actor("nurse"), Draft(NOTE, "Ask first", quick_body("Ask first"), audience)).id


def edit(key: UUID) -> str:
    return f"/manor/reflect/{key}/edit"


def kept(world: World, key: UUID) -> Thing:
    with world.database.read() as session:
        found = core_reading.get(session, world.host, world.actor("nurse"), key)
    assert found is not None
    return found


def test_a_day_and_a_choice_without_a_place_are_kept_as_they_were(client_for: ClientFor, world: World) -> None:
    key, nurse = written(world), client_for("nurse")
    form = nurse.get(f"{edit(key)}?template=pdp_item")
    given = {"by-day": "4", "by-month": "12", "by-year": "2026", "completed": "partly"}
    assert nurse.submit(form, given).status_code == 303
    elsewhere = nurse.get(f"{edit(key)}?template=gibbs")
    assert "4 December 2026" in elsewhere.text
    assert nurse.submit(elsewhere, {}, action=edit(key)).status_code == 303
    assert nurse.get(f"/manor/things/{key}").status_code == 200
    back = nurse.get(f"{edit(key)}?template=pdp_item")
    assert nurse.submit(back, {}, action=edit(key)).status_code == 303
    answers = kept(world, key).body["answers"]
    assert (answers["by"], answers["completed"]) == ("2026-12-04", "partly")


@pytest.mark.parametrize("day", ["31", "4-12-2026", "soon"])
def test_a_day_that_is_none_stands_through_other_questions(client_for: ClientFor, world: World, day: str) -> None:
    key, nurse = written(world), client_for("nurse")
    form = nurse.get(f"{edit(key)}?template=pdp_item")
    for other in ("pdp_item", "gibbs"):
        under = nurse.submit(form, {"by-day": day, "by-month": "2", "do": "use", "use_template": other})
        assert under.status_code == 200
        assert day in under.text


@pytest.mark.parametrize("year", [LONG, "99999999999999999999", "26", "0"])
def test_a_year_that_is_none(client_for: ClientFor, world: World, year: str) -> None:
    key, nurse = written(world), client_for("nurse")
    form = nurse.get(f"{edit(key)}?template=pdp_item")
    when = {f"{name}-{part}": "1" for name in ("by", "about-date") for part in ("day", "month")}
    refused = nurse.submit(form, {**when, "by-year": year, "about-date-year": year})
    assert refused.status_code == 422
    assert refused.text.count("Enter a real date") >= 2
    chosen = nurse.submit(
        nurse.get("/manor/reflect/about-me"), {"cycle-day": "1", "cycle-month": "1", "cycle-year": year}
    )
    assert chosen.status_code == 422
    there = nurse.get("/manor/reflect/", query_string={"to-day": "1", "to-month": "1", "to-year": year})
    assert there.status_code == 200
    assert "Enter a real date" in there.text


@pytest.mark.parametrize("number", [LONG, "99999999999999999999", "-1", "x"])
def test_numbers_that_no_form_holds(client_for: ClientFor, world: World, number: str) -> None:
    key, nurse = written(world), client_for("nurse")
    form = nurse.get(edit(key))
    assert nurse.submit(form, {"revision": number, "what": "Ask twice"}).status_code == 409
    assert nurse.submit(form, {"template_version": number}).status_code == 303
    made = nurse.submit(nurse.get("/manor/reflect/templates/new"), {"label": "Ours", "q0-ask": "What?"})
    page = nurse.get(made.location)
    assert nurse.submit(page, {"base": number, "label": "Mine"}).status_code == 409
    assert nurse.submit(page, {"questions": number}).status_code == 422
    code = f"own:{made.location.rpartition('/')[2]}"
    under = nurse.get(f"{edit(key)}?template={code}")
    assert nurse.submit(under, {"template_version": number}, action=edit(key)).status_code == 303
    new = nurse.get(f"/manor/reflect/write?template={code}")
    assert nurse.submit(new, {"template_version": number}).status_code == 422


@pytest.mark.parametrize(
    "others",
    [
        "[" * 100_000,
        "{",
        "5",
        '[{"template": "x"}]',
        json.dumps([{"template": "pdp_item", "id": "by", "prompt": "", "answer": "tomorrow"}]),
        json.dumps([{"template": "pdp_item", "id": "by", "prompt": "", "answer": ["a", "b"]}]),
        json.dumps([{"template": "significant_event", "id": "attendees", "prompt": "Who", "answer": "gp"}]),
        json.dumps([{"template": "x", "id": "y", "prompt": "Half a letter", "answer": "\ud800"}]),
        json.dumps([{"template": "x", "id": "y", "prompt": "Nothing", "answer": ["\0"]}]),
    ],
)
def test_answers_without_a_place_that_no_form_sent(client_for: ClientFor, world: World, others: str) -> None:
    key, nurse = written(world), client_for("nurse")
    saved = nurse.submit(nurse.get(edit(key)), {"others": others})
    assert saved.status_code == 303
    assert nurse.get(f"/manor/things/{key}").status_code == 200
    assert nurse.get(edit(key)).status_code == 200


def test_what_is_only_for_me_is_not_lost_where_fewer_see_the_note_meanwhile(
    client_for: ClientFor, world: World
) -> None:
    key, nurse = written(world, "practice"), client_for("nurse")
    form = nurse.get(edit(key))
    world.artefacts.narrow(world.actor("nurse"), key, "me")
    again = nurse.submit(form, {"only_for_me": "I was tired"})
    assert again.status_code == 409
    assert "I was tired" in again.text
    assert nurse.submit(again, {}, action=edit(key)).status_code == 303
    assert "I was tired" in nurse.get(f"/manor/things/{key}").text
