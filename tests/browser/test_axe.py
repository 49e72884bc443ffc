"""axe finds nothing serious on any page or state; none scrolls sideways at 320 px, and none asks another host.

The pages are those of the application's own map of addresses, so a new page is looked at without being named here.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from layers_core.testkit.databases import only_sqlite
from layers_core.testkit.servers import DatabaseSource, Schema

from .addresses import places
from .looking import FEWER, Eye
from .stage import Stage, browsing, furnish, staged
from .states import STATES

pytestmark = [pytest.mark.browser, pytest.mark.slow, only_sqlite]


@pytest.fixture(scope="module")
def stage(
    databases: DatabaseSource, database_schema: Schema, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """The demo with something on every page, the same for all tests here."""
    with staged(databases, database_schema, tmp_path_factory.mktemp("stage")) as served:
        furnish(served)
        yield served


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


def test_states_that_no_address_leads_to(stage: Stage, browser: Browser, eye: Eye) -> None:
    for role, ways in STATES.items():
        with browsing(browser, stage, role) as page, eye.watching(page):
            for name, way in ways.items():
                way(page, stage)
                at_home = page.url.startswith(stage.home + "/")
                eye.look(page, f"{name} ({role or 'nobody'})", owned=at_home, looks=FEWER)
                if not role:
                    page.context.clear_cookies()


def test_pages_for_patients_in_two_languages_and_sizes(stage: Stage, browser: Browser, eye: Eye) -> None:
    public = f"{stage.url}/p/{stage.world.slugs['home']}/patient-input"
    form = f"{stage.url}/f/{stage.world.public_form}"
    with browsing(browser, stage) as page, eye.watching(page):
        for wanted in ("?lang=ur&size=large", "?lang=ur", "?lang=en&size=large"):
            page.goto(form + wanted)
            assert page.locator("html").get_attribute("dir") == ("rtl" if "ur" in wanted else "ltr")
            eye.look(page, "the form", owned=True, looks=FEWER)
            page.locator("main button[type=submit]").click()
            expect(page.locator(".nhsuk-error-summary")).to_be_visible()
            eye.look(page, "the form refused", owned=True, looks=FEWER)
            page.locator("input[type=radio]").first.check()
            page.locator("textarea").fill("شکریہ")
            page.locator("main button[type=submit]").click()
            receipt = page.locator("code").inner_text()
            eye.look(page, "thanks", owned=True, looks=FEWER)
            page.goto(f"{public}/{wanted}")
            eye.look(page, "what we did", owned=True, looks=FEWER)
            page.goto(f"{public}/withdraw{wanted}")
            page.locator("#code").fill("nothing")
            page.locator("main button[type=submit]").click()
            eye.look(page, "no such answer", owned=True, looks=FEWER)
            page.locator("#code").fill(receipt)
            page.locator("main button[type=submit]").click()
            eye.look(page, "withdrawn", owned=True, looks=FEWER)
        assert page.context.cookies() == []
