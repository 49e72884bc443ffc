"""The journeys work in a browser that runs no scripts, on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from layers_core.testkit.servers import DatabaseSource, Schema

from .hands import Pointing
from .journeys import JOURNEYS
from .looking import PHONE
from .stage import Stage, browsing, staged

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def stage(
    databases: DatabaseSource, database_schema: Schema, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """The demo on one kind of database."""
    with staged(databases, database_schema, tmp_path_factory.mktemp("stage")) as served:
        yield served


@pytest.mark.parametrize("journey", JOURNEYS)
def test_journey(stage: Stage, browser: Browser, journey: str) -> None:
    with browsing(browser, stage, java_script_enabled=False, viewport=PHONE) as page:
        JOURNEYS[journey](Pointing(page), stage)
        assert not page.locator("body.js-enabled").count(), "a script ran"
