"""The home page: what stands where, what has the focus, and how many queries it takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from layers_core.artefacts.models import Exposure
from layers_core.contract import Promise
from layers_core.db.base import now
from layers_webshell.testclient import Browser
from layers_webshell.testworld import World

Write = Callable[..., UUID]
ClientFor = Callable[..., Browser]


@pytest.fixture(scope="module")
def web_plugins(ideas: object) -> Sequence[object]:
    return [ideas]


def bring_back(world: World) -> None:
    with world.database.write() as session:
        session.execute(update(Exposure).values(due_at=now() - timedelta(days=1)))


def test_the_record_box_is_first_and_focused(client_for: ClientFor) -> None:
    page = client_for("nurse").get("/manor/").text
    assert page.index("What did you learn?") < page.index("Ideas to look at")
    assert page.count("autofocus") == 1
    assert "autofocus" in page[page.index("<textarea") : page.index("</textarea>")]
    assert "Nothing waits for you" not in page, "a card waits"


def test_what_waits_for_somebody_stands_above_the_box_and_has_the_focus(client_for: ClientFor, write: Write) -> None:
    write("gp", "Waiting", "me")
    page = client_for("nurse").get("/manor/").text
    assert page.index("Ideas to look at") < page.index("What did you learn?")
    assert page.count("autofocus") == 1
    assert page.index("autofocus") < page.index("<textarea")


def test_the_audiences_say_how_many_people_each_reaches(client_for: ClientFor) -> None:
    page = client_for("nurse").get("/manor/").text
    assert "Not your manager" in page
    for words in ("Manor Street Surgery", "(5 people)", "Example Primary Care Network", "(6 people)", "(7 people)"):
        assert words in page


def test_only_one_s_own_promises_are_due_and_late_ones_say_so(client_for: ClientFor, write: Write) -> None:
    write("nurse", "Letters", promise=Promise("Print them large", date(2026, 1, 2)))
    write("gp", "Fridge", promise=Promise("Check the fridge", date(2099, 1, 2)))
    page = client_for("nurse").get("/manor/").text
    assert "Print them large" in page
    assert "Overdue" in page
    assert "2 January 2026" in page
    assert "Check the fridge" not in page


def test_at_most_three_things_come_back_and_one_tap_answers(world: World, client_for: ClientFor, write: Write) -> None:
    for number in range(5):
        write("nurse", f"Lesson {number}", kind="ideas.idea")
    assert "Worth seeing again" not in client_for("nurse").get("/manor/").text
    bring_back(world)
    nurse = client_for("nurse")
    page = nurse.get("/manor/")
    assert page.text.count("Your answer to: Lesson") == 3
    done = nurse.submit(page, {"answer": "still_true"}, action="/manor/again/")
    assert done.status_code == 303
    again = nurse.get("/manor/").text
    assert "Thank you. Your answer: Still true" in again
    assert "Your answer to: Lesson 0" not in again
    assert "Your answer to: Lesson 3" in again


def test_with_htmx_only_the_card_changes_and_a_second_tap_does_no_harm(
    world: World, client_for: ClientFor, write: Write
) -> None:
    write("nurse", "Lesson", kind="ideas.idea")
    bring_back(world)
    nurse = client_for("nurse")
    page = nurse.get("/manor/")
    header = {"HX-Request": "true"}
    first = nurse.submit(page, {"answer": "used_it"}, action="/manor/again/", headers=header)
    assert first.status_code == 200
    assert "Your answer: Used it" in first.text
    assert "<html" not in first.text
    second = nurse.submit(page, {"answer": "used_it"}, action="/manor/again/", headers=header)
    assert "You have answered this already" in second.text


def test_nobody_answers_for_somebody_else(world: World, client_for: ClientFor, write: Write) -> None:
    write("nurse", "Lesson", kind="ideas.idea")
    bring_back(world)
    with world.database.read() as session:
        exposure_id = session.scalars(select(Exposure.id)).one()
    answer = client_for("gp").send(f"/manor/again/{exposure_id}", {"answer": "used_it", "showing": "0"})
    assert answer.status_code == 404


def test_new_for_you_is_what_others_wrote(client_for: ClientFor, write: Write) -> None:
    write("gp", "From the doctor")
    write("nurse", "From myself")
    write("neighbour", "From next door", "network")
    write("gp", "Kept private", "me")
    page = client_for("nurse").get("/manor/").text
    assert "From the doctor" in page
    assert "From next door" in page
    assert "From myself" not in page
    assert "Kept private" not in page


@pytest.mark.parametrize("rows", [1, 50])
def test_six_queries_at_most_whatever_the_number_of_rows(
    world: World, client_for: ClientFor, write: Write, queries: Callable[[], Any], rows: int
) -> None:
    for number in range(rows):
        write("nurse", f"Mine {number}", kind="ideas.idea", promise=Promise("Do it", date(2026, 12, 4)))
        write("gp", f"Theirs {number}")
    bring_back(world)
    nurse = client_for("nurse")
    nurse.get("/manor/")
    with queries() as seen:
        assert nurse.get("/manor/").status_code == 200
    # The card of the plugin asks one of them.
    assert len(seen) <= 6, seen
