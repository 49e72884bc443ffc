"""Ways in: the app's manifest, what other apps share, the bookmark."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import unescape
from io import BytesIO
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from layers_webshell import sharing
from layers_webshell.testclient import Browser, forms_of
from layers_webshell.testworld import World

ClientFor = Callable[..., Browser]
SHARED = {"title": "Letters people can read", "text": "18 point", "url": "https://example.org/a?b=c"}


@pytest.fixture(scope="module")
def web_plugins(ideas: object) -> Sequence[object]:
    return [ideas]


def test_the_app_opens_on_the_record_page_and_takes_what_is_shared(client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    manifest = nurse.get("/app.webmanifest")
    assert manifest.mimetype == "application/manifest+json"
    told = manifest.json
    assert (told["start_url"], told["scope"]) == ("/record", "/")
    for icon in told["icons"]:
        with Image.open(BytesIO(nurse.get(icon["src"]).data)) as picture:
            assert icon["sizes"] == f"{picture.width}x{picture.height}"
    assert told["share_target"] == {"action": "/record", "method": "GET", "params": {n: n for n in sharing.NAMES}}
    opened = nurse.get(f"/record?{urlencode(SHARED)}", follow_redirects=True)
    assert opened.request.path == "/manor/record"
    typed = next(form.fields["text"] for form in forms_of(opened.text) if "client_key" in form.names)
    assert typed == "Letters people can read\n18 point\nhttps://example.org/a?b=c"


def test_sharing_saves_nothing(world: World, client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    nurse.get(f"/record?{urlencode(SHARED)}", follow_redirects=True)
    assert "Letters people can read" not in nurse.get("/me").text


def test_a_visitor_signs_in_first_and_the_link_is_kept(client_for: ClientFor, world: World) -> None:
    visitor = client_for("nurse")
    visitor.send("/sign-out")
    answer = visitor.get(f"/record?{urlencode(SHARED)}")
    assert answer.status_code == 302
    assert "example.org" in answer.headers["Location"]


def test_the_service_worker_is_ours_and_is_asked_for_anew(client_for: ClientFor) -> None:
    worker = client_for("nurse").get("/sw.js")
    assert worker.mimetype == "text/javascript"
    assert worker.cache_control.no_cache
    assert "worker-src 'self'" in worker.headers["Content-Security-Policy"]
    assert "manifest-src 'self'" in worker.headers["Content-Security-Policy"]


def test_the_bookmark_leads_to_this_instance(client_for: ClientFor) -> None:
    page = unescape(client_for("nurse").get("/me/bookmarklet").text)
    assert "javascript:" in page
    assert "/record" in page


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "https://", "http://[", "//x"]
)
def test_only_addresses_of_the_web_are_taken(url: str) -> None:
    assert sharing.text_of({"title": "T", "url": url}) == "T"


@given(st.dictionaries(st.sampled_from(sharing.NAMES), st.text()))
def test_whatever_is_shared_is_plain_text_of_bounded_length(shared: dict[str, str]) -> None:
    text = sharing.text_of(shared)
    assert "\0" not in text
    assert len(text) <= len(sharing.NAMES) * (sharing.LONGEST + 1)
    assert sharing.text_of({"text": text}) in {text, text[: sharing.LONGEST].strip()} or len(text) > sharing.LONGEST


def test_a_word_that_is_shared_twice_is_said_once() -> None:
    link = "https://example.org/x"
    assert sharing.text_of({"title": "T", "text": "T", "url": link}) == f"T\n{link}"
    assert sharing.text_of({"title": "T", "text": f"See {link}", "url": link}) == f"T\nSee {link}"
