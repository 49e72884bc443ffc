"""Forms through the application, with patient input alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select

from layers_core.practices.models import PublicLink
from layers_core.practices.service import ensure_public_link
from layers_patient_input.models import Answer
from layers_patient_input.plugin import Plugin

STAFF = "/manor/patient-input/forms"


@pytest.fixture(scope="module")
def web_plugins() -> Sequence[object]:
    """Patient input alone: it needs no other plugin."""
    pytest.importorskip("layers_webshell", reason="the pages are tried inside the web shell")
    return [Plugin()]


def link_to(world: Any, code: str, method: str = "online", practice: str = "manor") -> str:
    """The token of a working link to a form."""
    with world.database.write() as session:
        return str(ensure_public_link(session, world.practices[practice], "patient_input", code, method).token)


def answers_in(world: Any) -> list[Answer]:
    """What patients sent, oldest first."""
    with world.database.read() as session:
        return list(session.scalars(select(Answer).order_by(Answer.id)))


def links_in(world: Any) -> list[PublicLink]:
    """Every link."""
    with world.database.read() as session:
        return list(session.scalars(select(PublicLink)))


def built(browser: Any, title: str = "Flu") -> str:
    """A form that somebody builds on the page, with three questions; gives its code."""
    page = browser.get(f"{STAFF}/new")
    first = {"title": title, "q0-ask": "How was it?", "q0-options": "Good\nBad", "q0-required": "yes"}
    page = browser.submit(page, {**first, "add_kind": "long", "do": "add"})
    page = browser.submit(page, {"q1-ask": "Why?", "q1-only_if": only_if(page, "Bad"), "add_kind": "date", "do": "add"})
    done = browser.submit(page, {"q2-ask": "When?", "do": "save"})
    assert done.status_code == 303, done.text
    return str(done.headers["Location"].rpartition("/")[2])


def only_if(page: Any, answer: str) -> str:
    """The choice of a page that asks a question only of those who gave an answer."""
    found = re.search(rf'<option value="([^"]+={answer})"', page.text)
    assert found is not None
    return found.group(1)


def opened(browser: Any, code: str) -> None:
    """Open a form to patients."""
    assert browser.send(f"{STAFF}/{code}/state", {"do": "open"}).status_code == 303
