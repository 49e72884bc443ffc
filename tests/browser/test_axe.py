"""axe finds nothing serious on any page or state; none scrolls sideways at 320 px, and none asks another host.

The pages are those of the application's own map of addresses, so a new page is looked at without being named here.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from layers_core.testkit.databases import only_sqlite
from layers_core.testkit.servers import DatabaseSource, Schema

from .looking import Eye
from .stage import Stage, browsing, furnish, places, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow, only_sqlite]


@pytest.fixture(scope="module")
def stage(databases: DatabaseSource, database_schema: Schema, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The demo with something on every page, the same for all tests here."""
    address = databases.fresh(database_schema)
    with serving(address.url, tmp_path_factory.mktemp("axe")) as served:
        furnish(served)
        yield served
    databases.drop(address)


@pytest.fixture
def eye(stage: Stage) -> Iterator[Eye]:
    """Looks at pages; what it finds fails the test at its end, all at once."""
    looking = Eye(stage.url, stage.owner)
    yield looking
    assert looking.seen, "nothing was looked at"
    assert not looking.faults, "\n".join(["", *looking.faults])


def test_every_page(stage: Stage, browser: Browser, eye: Eye) -> None:
    ways = list(places(stage))
    for role in sorted({role for role, _endpoint, _address in ways}):
        with browsing(browser, stage, role) as page, eye.watching(page):
            for _role, endpoint, address in (way for way in ways if way[0] == role):
                answer = page.context.request.get(address)
                assert answer.ok or endpoint == "demo.sign_in", f"{address}: {answer.status} for {role or 'nobody'}"
                if answer.headers["content-type"].startswith("text/html"):
                    page.goto(address)
                    eye.look(page, endpoint, owned="/" + stage.world.slugs["home"] in address)
