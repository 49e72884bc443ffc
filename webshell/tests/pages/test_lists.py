"""What's new and search: one stream page by page, and words found and marked."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import pytest

from layers_core.contract import PluginChoice
from layers_webshell.testclient import Browser
from layers_webshell.testworld import World

Write = Callable[..., UUID]
ClientFor = Callable[..., Browser]


@pytest.fixture(scope="module")
def web_plugins(ideas: object) -> Sequence[object]:
    return [ideas]


def walk(client: Browser, path: str, pattern: str) -> list[str]:
    """The matches of every page from here on, following "Older"."""
    found: list[str] = []
    while path:
        page = client.get(path)
        assert page.status_code == 200
        found += re.findall(pattern, page.text)
        older = re.search(r'href="([^"]+)" rel="next"', page.text)
        path = older.group(1).replace("&amp;", "&") if older else ""
    return found


@pytest.mark.parametrize(("start", "word"), [("/manor/new", ""), ("/manor/search?q=fridge", "fridge ")])
def test_every_thing_appears_once_newest_first(client_for: ClientFor, write: Write, start: str, word: str) -> None:
    for number in range(45):
        write("gp", f"{word}note {number:02}")
    write("gp", "fridge note kept private", "me")
    write("outsider", "fridge note of another practice")
    found = walk(client_for("nurse"), start, rf"thing__title\" href=\"[^\"]+\">{word}note (\d\d)")
    assert found == [f"{number:02}" for number in reversed(range(45))]


def test_chips_keep_one_kind_and_none_of_what_is_switched_off(
    world: World, client_for: ClientFor, write: Write
) -> None:
    write("gp", "An idea to try", kind="ideas.idea")
    write("gp", "A plain note")
    nurse = client_for("nurse")
    only = nurse.get("/manor/new?kind=ideas.idea").text
    assert "An idea to try" in only
    assert "A plain note" not in only
    world.switch("manor", "ideas", PluginChoice("off"))
    assert "An idea to try" not in nurse.get("/manor/new").text
    assert "An idea to try" not in nurse.get("/manor/new?kind=ideas.idea").text
    assert ">Idea</a>" not in nurse.get("/manor/new").text
    assert "An idea to try" not in nurse.get("/manor/search?q=idea").text


@pytest.mark.parametrize("word", ["x", "%%%", "MjAyNnwx", "a" * 500, "9" * 40])
def test_a_cursor_that_is_none_gives_the_first_page(client_for: ClientFor, write: Write, word: str) -> None:
    write("gp", "Newest")
    nurse = client_for("nurse")
    assert "Newest" in nurse.get("/manor/new", query_string={"older": word}).text
    if not word.isdigit() or len(word) > 18:
        assert "Newest" in nurse.get("/manor/search", query_string={"q": "newest", "older": word}).text


def test_found_words_are_marked_and_nothing_else_becomes_a_tag(client_for: ClientFor, write: Write) -> None:
    write("gp", "Title\nThe <script>alert(1)</script> spirometer & its \x02filter\x03")
    page = client_for("nurse").get("/manor/search?q=spirometer").text
    assert "<mark>spirometer</mark>" in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


ODD = ["'", '"', "a AND", "NEAR(", "*", ":", "()", "ß'; DROP TABLE x", "a\x00b", "🙂", "x" * 5000]


@pytest.mark.parametrize("query", ODD)
def test_search_takes_whatever_is_typed(client_for: ClientFor, query: str) -> None:
    assert client_for("nurse").get("/manor/search", query_string={"q": query}).status_code == 200


def test_an_empty_result_says_what_to_do(client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    assert "Try fewer words" in nurse.get("/manor/search?q=nothinglikethis").text
    assert "There is nothing here yet" in nurse.get("/manor/new?kind=ideas.idea").text
    assert "Nothing was found" not in nurse.get("/manor/search").text


@pytest.mark.parametrize("rows", [1, 50])
def test_four_queries_at_most(client_for: ClientFor, write: Write, queries: Callable[[], Any], rows: int) -> None:
    for number in range(rows):
        write("gp", f"fridge {number}")
    nurse = client_for("nurse")
    for path in ("/manor/new", "/manor/search?q=fridge"):
        nurse.get(path)
        with queries() as seen:
            nurse.get(path)
        assert len(seen) <= 4, seen
