"""What the tests of guidelines share: the application with this plugin alone, and recommendations to work with."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from layers_core.usage.models import UsageEventRow
from layers_guidelines.pasting import split
from layers_guidelines.plugin import Plugin
from layers_guidelines.service import Source, Typed, add_by_hand

if TYPE_CHECKING:
    from layers_webshell.testclient import Browser
    from layers_webshell.testworld import World

ClientFor = Callable[..., "Browser"]
DATA = Path(__file__).parents[4] / "shared" / "data" / "guidelines"
SOURCE = Source(
    guideline="Accessible information (example)",
    source_name="Example Guideline Group",
    source_url="https://guidelines.example/accessible",
    licence="Made up for tests",
    version_label="1.0",
    dated=date(2025, 3, 1),
)
LARGE_PRINT = "1.2 Ask people in which format they can read letters, and print them at 18 point where they need it."


@pytest.fixture(scope="module")
def web_plugins() -> Sequence[object]:
    """Guidelines alone."""
    return [Plugin()]


@pytest.fixture
def recommendation(world: World) -> UUID:
    """A recommendation that the lead typed in."""
    return typed(world)


def typed(world: World, text: str = LARGE_PRINT, role: str = "lead", **source: Any) -> UUID:
    """A recommendation typed in by somebody; gives its key."""
    given = Source(**{**SOURCE.__dict__, **source})
    (pasted,) = split(text)
    return add_by_hand(world.artefacts, world.actor(role), given, Typed(pasted, "strong-for", "low")).id


def events(world: World) -> list[str]:
    """The usage events so far, oldest first, without those of reading and of the mix."""
    with world.database.read() as session:
        rows = session.scalars(select(UsageEventRow.name).order_by(UsageEventRow.sequence))
        return [name for name in rows if name not in {"core.viewed", "core.mix_decided"}]


def choose(browser: Browser, *files: tuple[str, bytes], practice: str = "manor") -> TestResponse:
    """Choose files on the import page and send them."""
    data = {"csrf_token": browser.csrf_token(), "files": [(BytesIO(content), name) for name, content in files]}
    return browser.post(f"/{practice}/guidelines/import", data=data, content_type="multipart/form-data")


def save_chosen(browser: Browser, page: TestResponse, **values: str) -> TestResponse:
    """Press "Save" in the preview."""
    return browser.submit(page, {"step": "save", **values}, action="/manor/guidelines/import/preview")


def plan(**changes: Any) -> bytes:
    """A small guideline in FHIR R4, with everything that has to be there."""
    given: dict[str, Any] = {
        "resourceType": "PlanDefinition",
        "url": "https://guidelines.example/PlanDefinition/print",
        "version": "1.0",
        "date": "2025-03-01",
        "title": "Large print",
        "status": "active",
        "publisher": "Example Guideline Group",
        "copyright": "Made up for tests",
        "description": "Print letters at 18 point.",
    }
    return json.dumps({name: value for name, value in {**given, **changes}.items() if value is not None}).encode()


def real_files(*patterns: str) -> list[tuple[str, bytes]]:
    """Real guideline files that stand beside the repository, by name below their folder, for tests so marked."""
    found = sorted(path for pattern in patterns for path in DATA.glob(pattern))
    assert found, patterns
    return [(path.relative_to(DATA).as_posix(), path.read_bytes()) for path in found]
