"""The plain note of a practice whose mix is empty: recorded, changed, and both texts shown where two people met."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import pytest

from layers_webshell.testclient import Browser

ClientFor = Callable[..., Browser]


def client_key(page: str) -> str:
    found = re.search(r'data-draft=.*?name="client_key" value="([^"]+)"', page, re.DOTALL)
    assert found
    return found[1]


@pytest.fixture(scope="module")
def web_plugins() -> Sequence[object]:
    """No plugin at all."""
    return []


def test_record_and_change_a_note_without_any_plugin(client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    saved = nurse.submit(nurse.get("/manor/"), {"text": "Letters are too small", "audience": "practice"})
    page = nurse.get(saved.location)
    assert "Letters are too small" in page.text
    where = saved.location.partition("?")[0].replace("/things/", "/notes/") + "/edit"
    first, second = nurse.get(where), nurse.get(where)
    assert nurse.submit(first, {"text": "Letters need 18 point"}).status_code == 303
    late = nurse.submit(second, {"text": "Letters need 20 point"})
    assert late.status_code == 409
    assert client_key(late.text) == client_key(second.text), "its draft is known by it, and goes once it is saved"
    assert "Letters need 18 point" in late.text
    assert "Letters need 20 point" in late.text
    assert nurse.submit(late, {"text": "Letters need 18 to 20 point"}).status_code == 303
    assert "18 to 20 point" in nurse.get(saved.location).text
    assert client_for("gp").get(where).status_code == 404


def test_an_empty_note_is_sent_back(client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    refused = nurse.submit(nurse.get("/manor/"), {"text": " "})
    assert refused.status_code == 422
    assert "Write down what you learnt" in refused.text
