"""The journeys work by keys alone, the focus is always to be seen, and it goes where it helps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from layers_core.testkit.databases import only_sqlite
from layers_core.testkit.servers import DatabaseSource, Schema

from .hands import LOOK, MOST_STOPS, Keys
from .journeys import JOURNEYS
from .looking import PHONE
from .stage import Stage, browsing, staged

pytestmark = [pytest.mark.browser, pytest.mark.slow, only_sqlite]

FOCUSED = "() => document.activeElement"
STOPS = """() => [...document.querySelectorAll(
  "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']"
)].filter((it) => it.checkVisibility({ checkOpacity: false, checkVisibilityCSS: true }) && !it.disabled
  && (it.type !== "radio" || it.checked || (!document.querySelector(`input[name="${it.name}"]:checked`)
    && it === document.querySelector(`input[name="${it.name}"]`)))).length"""
"""How many places of a page Tab should stop at: of a group of radios, one."""


@pytest.fixture(scope="module")
def stage(
    databases: DatabaseSource, database_schema: Schema, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """The demo."""
    with staged(databases, database_schema, tmp_path_factory.mktemp("stage")) as served:
        yield served


@pytest.mark.parametrize("path", ["/things/{one_page}", "/mix", "/mix/change/reflect", "/guidelines/decide/{explain}"])
def test_tab_stops_everywhere_once_and_each_stop_is_seen(stage: Stage, browser: Browser, path: str) -> None:
    with browsing(browser, stage, "lead") as page:
        page.goto(stage.home + path.format(**stage.things))
        expected = page.evaluate(STOPS)
        seen = list(tabbing(page))
        assert len(seen) == expected, seen
        assert "Suggest a change to this page" in seen[-1]


def tabbing(page: Page) -> Iterator[str]:
    """Tab from the page's beginning to its end; gives each stop's markup. Each must show its focus."""
    page.evaluate("() => window.scrollTo(0, 0)")
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate_handle(FOCUSED).as_element()
        assert stop is not None
        if stop.evaluate("it => it === document.body"):
            return
        markup, focused = stop.evaluate("it => it.outerHTML.slice(0, 200)"), stop.evaluate(LOOK)
        assert stop.evaluate(IN_VIEW), f"out of sight: {markup}"
        page.evaluate("it => it.blur()", stop)
        plain = stop.evaluate(LOOK)
        stop.evaluate("it => it.focus()")
        assert focused != plain, f"looks the same with focus: {markup}"
        yield markup
    raise AssertionError("Tab never leaves the page")


IN_VIEW = """it => { const box = (it.labels?.[0] ?? it).getBoundingClientRect();
  return box.bottom > 0 && box.top < innerHeight && box.width > 0 }"""


def test_the_skip_link_leads_past_the_menu(stage: Stage, browser: Browser) -> None:
    with browsing(browser, stage, "lead") as page:
        page.goto(stage.home + "/new")
        page.keyboard.press("Tab")
        skip = page.get_by_role("link", name="Skip to main content")
        expect(skip).to_be_focused()
        expect(skip).to_be_in_viewport(ratio=1)
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("() => document.querySelector('main').contains(document.activeElement)")


def test_after_a_refusal_the_focus_is_on_what_is_wrong(stage: Stage, browser: Browser) -> None:
    with browsing(browser, stage, "lead") as page:
        page.goto(stage.home + "/record?kind=reflect.note")
        Keys(page).press("Save")
        expect(page.locator(".nhsuk-error-summary")).to_be_focused()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_label("What did you learn?")).to_be_focused()


def test_the_menu_on_a_phone_opens_and_closes(stage: Stage, browser: Browser) -> None:
    with browsing(browser, stage, "lead", viewport=PHONE) as page:
        page.goto(stage.home + "/new")
        more, mix = page.get_by_role("button", name="More"), page.get_by_role("link", name="Mix")
        expect(more).to_have_attribute("aria-expanded", "false")
        for _ in range(MOST_STOPS):
            page.keyboard.press("Tab")
            if more.evaluate("it => it === document.activeElement"):
                break
        page.keyboard.press("Enter")
        expect(mix).to_be_visible()
        page.keyboard.press("Escape")
        expect(mix).to_be_hidden()
        expect(more).to_be_focused()


@pytest.mark.parametrize("journey", JOURNEYS)
def test_journey(stage: Stage, browser: Browser, journey: str) -> None:
    with browsing(browser, stage) as page:
        JOURNEYS[journey](Keys(page), stage)
