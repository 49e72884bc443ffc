"""What people without an account meet, and what every answer says to the visitor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from itsdangerous import TimestampSigner

from layers_core import web
from layers_core.contract import PluginChoice
from layers_core.db.base import now
from layers_core.host.loader import Host
from layers_core.practices.models import PublicLink
from layers_core.practices.service import ensure_public_link
from layers_core.settings import Settings
from layers_webshell.app import create_app
from layers_webshell.testclient import Browser, forms_of
from layers_webshell.testworld import MANOR, World


@pytest.fixture
def link(world: World) -> str:
    """The token of the probe's form at the manor."""
    with world.database.write() as session:
        return ensure_public_link(session, world.practices[MANOR], "probe", "tell").token


def change(world: World, token: str, **values: object) -> None:
    with world.database.write() as session:
        row = session.get_one(PublicLink, token)
        for name, value in values.items():
            setattr(row, name, value)


def test_a_form_by_token_works_without_cookie_and_counts_a_repeat_once(visitor: Browser, link: str) -> None:
    page = visitor.get(f"/f/{link}")
    assert page.status_code == 200
    assert "Manor Street Surgery" in page.text
    assert "Sign out" not in page.text
    (form,) = [form for form in forms_of(page.text) if form.method == "post"]
    first = visitor.post(f"/f/{link}", data=form.fields)
    again = visitor.post(f"/f/{link}", data=form.fields)
    assert first.text == again.text != "None"
    assert visitor.post(f"/f/{link}", data={"nonce": "made up"}).text == "None"
    for answer in (page, first, again):
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Vary"] == "Accept-Encoding"
    other = visitor.get(f"/f/{link}")
    (fresh,) = [form for form in forms_of(other.text) if form.method == "post"]
    assert visitor.post(f"/f/{link}", data=fresh.fields).text != first.text


def test_a_page_that_stays_open_makes_a_key_for_each_submit(app: Flask) -> None:
    """The key is the page's own, so that what is sent once more from a newer page is still the same submit."""
    own, other = "A" * 22, "B" * 22
    with app.test_request_context():
        older, newer = web.public_nonce("link"), web.public_nonce("link")
        keys = [web.read_nonce(nonce, "link", own=part) for nonce in (older, newer) for part in (own, other)]
        assert [found.key if found else None for found in keys] == [f"own.{own}", f"own.{other}"] * 2
        assert web.nonce_key(older, "link") not in {f"own.{own}", web.nonce_key(newer, "link")}
        for wrong in ("short", "A" * 65, "A" * 21 + "/", "A" * 22 + "\n"):
            assert web.read_nonce(older, "link", own=wrong) is None
        assert web.read_nonce(older, "another link", own=own) is None
        assert web.read_nonce("made up", "link", own=own) is None


def test_a_nonce_lives_a_day_or_as_long_as_its_reader_says(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.test_request_context():
        made = now()
        nonce = web.public_nonce("link")
        monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _self: int(made.timestamp()) + 25 * 3600)
        assert web.nonce_key(nonce, "link") is None
        found = web.read_nonce(nonce, "link", hours=48)
        assert found is not None
        assert abs(found.made_at - made) < timedelta(seconds=2)


def test_public_pages_set_no_cookie_even_for_somebody_signed_in(
    client_for: Callable[..., Browser], visitor: Browser
) -> None:
    for client in (visitor, client_for("nurse")):
        answer = client.get("/p/manor/probe/?lang=ur&size=large")
        assert answer.status_code == 200
        assert 'lang="ur" dir="rtl" class="layers-large-print"' in answer.text
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert "Nadia" not in answer.text


@pytest.mark.parametrize(
    ("values", "status"),
    [({"withdrawn_at": now()}, 410), ({"expires_at": now() - timedelta(days=1)}, 410), ({"form": "gone"}, 410)],
    ids=["withdrawn", "expired", "form gone"],
)
def test_a_spent_link_says_how_else_to_reach_the_practice(
    world: World, visitor: Browser, link: str, values: dict[str, object], status: int
) -> None:
    change(world, link, **values)
    answer = visitor.get(f"/f/{link}")
    assert answer.status_code == status
    assert "not collecting answers now" in answer.text
    assert "01632 960100" in answer.text
    assert visitor.post(f"/f/{link}", data={"words": "x"}).status_code == status


def test_a_switched_off_form_and_an_unknown_token(world: World, visitor: Browser, link: str) -> None:
    world.switch(MANOR, "probe", PluginChoice("off"))
    assert visitor.get(f"/f/{link}").status_code == 410
    assert visitor.get("/f/nonsense").status_code == 404
    assert visitor.get("/f/" + "x" * 500).status_code == 404


def test_every_answer_carries_the_headers(client_for: Callable[..., Browser], visitor: Browser) -> None:
    nurse = client_for("nurse")
    for answer in (
        nurse.get("/manor/"),
        nurse.get("/nowhere/"),
        visitor.get("/sign-in"),
        visitor.get("/p/manor/probe/"),
    ):
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Strict-Transport-Security" not in answer.headers
    assert "noindex" in nurse.get("/manor/").headers["X-Robots-Tag"]
    assert "X-Robots-Tag" not in visitor.get("/p/manor/probe/").headers
    assert "Cookie" in nurse.get("/manor/").headers["Vary"]


def test_over_https_the_cookie_is_locked_to_the_host(settings: Settings, host: Host, world: World) -> None:
    secure = create_app(
        replace(settings, base_url="https://layers.example", trusted_hosts=("layers.example",)), host=host
    )
    answer = secure.test_client().get("/sign-in", base_url="https://layers.example")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-layers=")
    for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert word in cookie
    assert "max-age=" in answer.headers["Strict-Transport-Security"]


def test_another_host_is_refused(visitor: Browser) -> None:
    assert visitor.get("/sign-in", headers={"Host": "evil.example"}).status_code == 400
    assert visitor.get("/sign-in", headers={"Host": "127.0.0.1:8000"}).status_code == 200


def test_errors_are_pages(client_for: Callable[..., Browser], visitor: Browser) -> None:
    nurse = client_for("nurse")
    wrong = visitor.post("/health")
    assert wrong.status_code == 405
    assert "GET" in wrong.headers["Allow"]
    large = nurse.send("/manor/probe/write", {"learnt": "x" * (1024 * 1024 + 10)})
    assert large.status_code == 413
    assert "too large" in large.text
    assert "Page not found" in nurse.get("/manor/none").text


def test_static_files_may_be_kept_and_are_only_those(visitor: Browser) -> None:
    page = visitor.get("/sign-in").text
    address = page.split('rel="stylesheet" href="', 1)[1].split('"', 1)[0]
    answer = visitor.get(address)
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    assert visitor.get("/static/layers/../../app.py").status_code == 404
    assert visitor.get("/static/none/x.css").status_code == 404
