"""Somebody who means harm, outside: floods, replays, forged seals, guessed codes, huge bodies."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from layers_core import web
from layers_core.testkit.forms import typed
from layers_patient_input.catalogue import built_in
from layers_patient_input.models import Answer
from layers_patient_input.plugin import Plugin
from layers_patient_input.ways_in import service as ways_in

throttle = pytest.importorskip("layers_webshell.throttle", reason="the pages are tried inside the web shell")

WORDS = "I could not read my letter because the print was so small"
NONCE = re.compile(r'name="nonce" value="([^"]+)"')
RECEIPT = re.compile(r'<code dir="ltr">([0-9A-Z-]{19})</code>')


@pytest.fixture(scope="module")
def web_plugins() -> Sequence[object]:
    """Patient input alone."""
    return [Plugin()]


class Clock:
    """The clock that attempts are counted by; it only moves when it is told to."""

    def __init__(self) -> None:
        self.moment = 1_000_000.0

    def monotonic(self) -> float:
        """Seconds since some moment."""
        return self.moment


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Time that passes for limits alone."""
    made = Clock()
    monkeypatch.setattr(throttle, "time", made)
    return made


@dataclass
class Outside:
    """Whoever knows the address of Manor's poster, and what came of what they sent."""

    app: Any
    world: Any
    token: str
    words: str = WORDS
    address: str = "203.0.113.77"
    agent: str = "Telephone-of-one-patient/7.7"

    def way_in(self, method: str, role: str = "manager") -> str:
        """Another way in; gives its token."""
        return ways_in.open_way_in(self.world.artefacts, self.world.actor(role), "fft", method)

    def answers(self) -> list[Answer]:
        """What was kept, oldest first."""
        with self.world.database.read() as session:
            return list(session.scalars(select(Answer).order_by(Answer.id)))

    def fields(self, words: str = WORDS) -> dict[str, str]:
        """What a page sends besides what is hidden in it."""
        return typed(built_in("fft", {}).questionnaire, {"score": "poor", "text": words})

    def nonce(self, token: str = "") -> str:
        """What each page that is shown holds, without the cost of showing it."""
        with self.app.app_context():
            return web.public_nonce(token or self.token)

    def held(self, client: Any, token: str = "") -> str:
        """The same from a page that is shown."""
        shown = client.get(f"/f/{token or self.token}", environ_overrides={"REMOTE_ADDR": self.address})
        found = NONCE.search(shown.text)
        assert found
        return found[1]

    def post(self, nonce: str = "", *, token: str = "", address: str = "", words: str = WORDS, **more: str) -> Any:
        """Send the form from an address, with a good seal unless it is given."""
        token = token or self.token
        return self.app.test_client(use_cookies=False).post(
            f"/f/{token}",
            data={"nonce": nonce or self.nonce(token), **self.fields(words), **more},
            environ_overrides={"REMOTE_ADDR": address or self.address},
            headers={"User-Agent": self.agent},
        )

    def receipts(self, answer: Any) -> list[str]:
        """The receipt codes that a page shows."""
        return RECEIPT.findall(answer.text)

    def use_up(self, scope: str, key: str, number: int, limit: str) -> None:
        """So many others came within the hour."""
        with self.app.app_context():
            for _time in range(number):
                assert web.within_limit(scope, key, limit)


@pytest.fixture
def outside(app: Any, world: Any) -> Outside:
    """Somebody outside, with the link of Manor's poster."""
    token = ways_in.open_way_in(world.artefacts, world.actor("manager"), "fft", "online")
    return Outside(app, world, token)
