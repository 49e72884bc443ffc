"""A practice whose mix offers no record form still records: the plain note stands in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from layers_webshell.testclient import Browser


@pytest.fixture(scope="module")
def web_plugins() -> Sequence[object]:
    return []


def test_a_plain_note_is_recorded_read_and_found(client_for: Callable[..., Browser]) -> None:
    nurse = client_for("nurse")
    page = nurse.get("/manor/")
    assert "(5 people)" in page.text
    assert "Example Primary Care Network" not in page.text
    text = "Ask about print size.\nEvery time somebody registers."
    saved = nurse.submit(page, {"text": text, "audience": "practice"}, action="/manor/record")
    assert saved.status_code == 303
    gp = client_for("gp")
    shown = gp.get(saved.location).text
    assert "Ask about print size." in shown
    assert "Every time somebody registers." in shown
    assert "Ask about print size." in gp.get("/manor/new").text
    assert "Every time somebody registers." in gp.get("/manor/new").text
    assert saved.location.partition("?")[0] in gp.get("/manor/search?q=registers").text


def test_an_empty_note_says_what_to_do(client_for: Callable[..., Browser]) -> None:
    nurse = client_for("nurse")
    refused = nurse.submit(nurse.get("/manor/"), {"text": "  "}, action="/manor/record")
    assert refused.status_code == 422
    assert "Write down what you learnt" in refused.text
