"""The page that brings a portfolio in, as somebody in a browser meets it."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

PAGE = "/manor/reflect/portfolio/bring"
FEED = (
    b'<feed xmlns="http://www.w3.org/2005/Atom">'
    b"<entry><title>Wound care</title><id>urn:x:1</id><updated>2025-03-04T00:00:00Z</updated>"
    b"<content>Ask Mrs Alice Jones, 07700 900123</content><strange/></entry></feed>"
)


def bring(client: Any, content: bytes, name: str = "feed.xml") -> Any:
    return client.submit(client.get(PAGE), {"file": (io.BytesIO(content), name)})


def test_a_file_comes_in_and_the_page_says_what_became_of_it(client_for: Callable[..., Any]) -> None:
    nurse = client_for("nurse")
    assert "Only you can see what comes in" in nurse.get(PAGE).text
    page = bring(nurse, FEED)
    assert page.status_code == 200
    for words in ("1 entry read", "1 entry is new here", "may say who somebody is", "&lt;strange&gt;", "urn:x:1"):
        assert words in page.text
    assert "Wound care" in nurse.get("/manor/reflect/?until=2100-01-01").text
    assert "1 entry was here already" in bring(nurse, FEED).text
    assert "Wound care" not in client_for("gp").get("/manor/reflect/?until=2100-01-01").text


def test_what_is_no_portfolio_is_refused_with_words(client_for: Callable[..., Any]) -> None:
    nurse = client_for("nurse")
    refused = bring(nurse, b"Dear diary")
    assert (refused.status_code, "not well-formed" in refused.text) == (422, True)
    nothing = bring(nurse, b"", "")
    assert (nothing.status_code, "Choose a file" in nothing.text) == (422, True)
