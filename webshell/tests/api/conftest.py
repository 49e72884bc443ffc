"""The API's tests run on one plugin of their own, and on programs that hold somebody's token."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from marshmallow import Schema, fields
from werkzeug.test import TestResponse

from layers_core.contract import ArtefactKind, Permission, PluginMeta, hookimpl
from layers_core.db.base import now
from layers_webshell.accounts import service
from layers_webshell.testclient import Browser
from layers_webshell.testworld import World


class CardBody(Schema):
    """The body of a card."""

    text = fields.String(required=True)
    tags = fields.List(fields.String(), load_default=list)


class Cards:
    """A plugin with one kind that only leads may save, and with the wider audiences."""

    meta = PluginMeta(
        slug="cards",
        name="Cards",
        version="1",
        requires_core=">=0.1",
        summary="Cards",
        stores="Cards",
        seen_by="Whoever the writer chooses",
        opens_audiences=frozenset({"cluster", "network"}),
    )

    @hookimpl
    def layers_artefact_kinds(self) -> Iterable[ArtefactKind]:
        """Cards."""
        return [
            ArtefactKind(
                name="cards.card",
                version=1,
                schema=CardBody,
                label="Card",
                summary=lambda body: str(body["text"]),
                search_text=lambda body: str(body["text"]),
                page_template="cards/card.html",
                permission="cards.write",
            )
        ]

    @hookimpl
    def layers_permissions(self) -> Iterable[Permission]:
        """For leads."""
        return [Permission("cards.write", "Write cards", frozenset({"lead"}))]


@pytest.fixture(scope="module")
def web_plugins() -> Sequence[object]:
    """Only the cards."""
    return [Cards()]


@dataclass
class Program:
    """A program with somebody's token."""

    client: Browser
    token: str
    practice: str = "manor"

    @property
    def headers(self) -> dict[str, str]:
        """What each of its requests carries."""
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def address(self, path: str) -> str:
        """An address of its practice, or from the top where it begins with a slash."""
        return f"/api/v1{path}" if path.startswith("/") else f"/api/v1/practices/{self.practice}/{path}"

    def get(self, path: str, **query: Any) -> TestResponse:
        """Read."""
        return self.client.get(self.address(path), query_string=query or None, headers=self.headers)

    def post(self, path: str, values: Any = None, *, key: str = "", **more: Any) -> TestResponse:
        """Send JSON."""
        headers = self.headers | ({"Idempotency-Key": key} if key else {})
        return self.client.post(self.address(path), json=values, headers=headers, **more)

    def note(self, text: str, audience: str = "practice", **more: Any) -> str:
        """Save a plain note; gives its key."""
        values = {"kind": "core.note", "title": text[:100], "body": {"text": text}, "audience": audience, **more}
        answer = self.post("artefacts", values)
        assert answer.status_code == 201, answer.text
        return str(answer.json["id"])

    def titles(self, path: str = "artefacts", **query: Any) -> list[str]:
        """The titles of a list."""
        return [item["title"] for item in self.get(path, **query).json["items"]]


@pytest.fixture
def program_for(world: World, visitor: Browser) -> Callable[..., Program]:
    """`program_for("nurse")` gives a program with a new token of that role."""

    def make(role: str, practice: str = "manor", *, days: float = 30) -> Program:
        with world.database.write() as session:
            expires = now() + timedelta(days=days)
            token = service.make_api_token(session, world.people[role], "test", expires)
        return Program(visitor, token, practice)

    return make
