"""A person's own tokens: made, shown once, used, stopped, and nobody else's."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select

from layers_core.db.base import now
from layers_webshell.accounts import service
from layers_webshell.accounts.models import ApiToken
from layers_webshell.testclient import Browser
from layers_webshell.testworld import World

ClientFor = Callable[..., Browser]


@pytest.fixture(scope="module")
def web_plugins() -> Sequence[object]:
    """None is needed."""
    return []


def make(browser: Browser, **values: str) -> str:
    page = browser.get("/me/tokens")
    made = browser.submit(page, {"name": "Phone", "days": "30", **values}, action="/me/tokens")
    assert made.status_code == 200
    found = re.search(r'value="(layers_[^"]+)"', made.text)
    assert found
    return found[1]


def status(visitor: Browser, token: str) -> int:
    return visitor.get("/api/v1/practices", headers={"Authorization": f"Bearer {token}"}).status_code


def test_a_token_is_shown_once_works_and_is_stopped(world: World, client_for: ClientFor, visitor: Browser) -> None:
    nurse = client_for("nurse")
    token = make(nurse)
    listed = nurse.get("/me/tokens")
    assert "Phone" in listed.text
    assert token[:12] in listed.text
    assert token not in listed.text
    assert status(visitor, token) == 200
    with world.database.read() as session:
        kept = session.scalars(select(ApiToken)).one()
        assert token not in (kept.token_hash, kept.name)
        assert timedelta(days=29) < kept.expires_at - now() <= timedelta(days=30)
    stopped = nurse.submit(listed, {}, action="/me/tokens/")
    assert stopped.status_code == 303
    assert status(visitor, token) == 401
    assert "Stop this token" not in nurse.get("/me/tokens").text


def test_another_person_sees_and_stops_none(world: World, client_for: ClientFor, visitor: Browser) -> None:
    token = make(client_for("nurse"), name="Nadia's phone")
    with world.database.read() as session:
        token_id = session.scalars(select(ApiToken.id)).one()
    for role in ("gp", "manager", "operator"):
        other = client_for(role)
        assert "phone" not in other.get("/me/tokens").text
        assert other.send(f"/me/tokens/{token_id}/withdraw").status_code == 404
    assert status(visitor, token) == 200
    assert visitor.get("/me/tokens").status_code == 302


def test_what_is_missing_or_too_much(world: World, client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    for values, words in (
        ({"name": " ", "days": "30"}, "Say what the token is for"),
        ({"name": "x" * 101, "days": "30"}, "100 characters or fewer"),
        ({"name": "Phone", "days": "3650"}, "Choose how long"),
        ({"name": "Phone"}, "Choose how long"),
    ):
        refused = nurse.send("/me/tokens", values)
        assert refused.status_code == 422
        assert words in refused.text
    with world.database.write() as session:
        for _number in range(20):
            service.make_api_token(session, world.people["nurse"], "many", now() + timedelta(days=1))
    assert "You have 20 tokens" in nurse.send("/me/tokens", {"name": "One more", "days": "30"}).text
    assert client_for("gp").send("/me/tokens", {"name": "Mine", "days": "365"}).status_code == 200


def test_a_hostile_name_is_shown_as_text(client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    make(nurse, name='<script>alert("1")</script>')
    assert "<script>alert" not in nurse.get("/me/tokens").text
