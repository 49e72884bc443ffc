"""What Sample does, as somebody meets it in a browser without JavaScript."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import select

from layers_core.usage.models import UsageEventRow
from layers_sample.plugin import Plugin

PAGE = "/manor/sample/"


@pytest.fixture(scope="module")
def web_plugins() -> Sequence[object]:
    """The application has this plugin alone."""
    return [Plugin()]


def add(browser: Any, text: str, topic: str) -> Any:
    return browser.submit(browser.get(PAGE), {"text": text, "topic": topic}, follow_redirects=True)


def test_a_new_entry_is_on_the_home_page(client_for: Callable[..., Any]) -> None:
    nurse = client_for("nurse")
    assert "Nobody has added an entry yet" in nurse.get("/manor/").text
    page = add(nurse, "The blue chairs squeak", "place")
    assert "Your entry is saved." in page.text
    assert "The blue chairs squeak" in client_for("gp").get("/manor/").text


def test_entries_are_found_by_topic(client_for: Callable[..., Any]) -> None:
    nurse = client_for("nurse")
    add(nurse, "The blue chairs squeak", "place")
    assert "The blue chairs squeak" in nurse.get(PAGE, query_string={"topic": "place"}).text
    assert "The blue chairs squeak" not in nurse.get(PAGE, query_string={"topic": "people"}).text


def test_a_form_that_is_not_complete_comes_back_with_what_was_typed(client_for: Callable[..., Any]) -> None:
    nurse = client_for("nurse")
    page = nurse.send(PAGE, {"text": "The blue chairs squeak", "topic": "garden"})
    assert page.status_code == 422
    assert "Choose a topic" in page.text
    assert "The blue chairs squeak" in page.text


def test_nobody_else_sees_it(client_for: Callable[..., Any]) -> None:
    add(client_for("nurse"), "The blue chairs squeak", "place")
    neighbour = client_for("neighbour")
    assert neighbour.get(PAGE).status_code == 404
    assert "The blue chairs squeak" not in neighbour.get("/riverside/").text


def test_the_log_says_that_it_was_filed_and_holds_no_words(client_for: Callable[..., Any], world: Any) -> None:
    nurse = client_for("nurse")
    for text in ("The blue chairs squeak", "The front door sticks"):
        add(nurse, text, "place")
    with world.database.read() as session:
        query = select(UsageEventRow.props).where(UsageEventRow.name == "sample.entry_filed")
        assert list(session.scalars(query.order_by(UsageEventRow.sequence))) == [{"first": True}, {"first": False}]
