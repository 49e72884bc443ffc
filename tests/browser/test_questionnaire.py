"""A form with a question that is not asked of everybody, in a browser: with scripts and without, and by keys alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from layers_core.testkit.databases import only_sqlite
from layers_core.testkit.servers import DatabaseSource, Schema
from layers_patient_input.models import Answer

from .hands import Keys, Pointing
from .looking import FEWER, PHONE, Eye
from .stage import Stage, browsing, furnish, staged

pytestmark = [pytest.mark.browser, pytest.mark.slow, only_sqlite]

WHY = "What kept you from it? (optional)"
TOLD = "Only if “Did you have your flu vaccination?” is “No”:"
THANKS = "Thank you. We have your answer"


@pytest.fixture(scope="module")
def stage(
    databases: DatabaseSource, database_schema: Schema, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """The demo, with a form of the practice's own."""
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


def kept(stage: Stage) -> list[str]:
    """The linkIds that the newest answer answers, groups included."""
    with stage.database.read() as session:
        items = session.scalars(select(Answer.items).order_by(Answer.id.desc()).limit(1)).one()
    return [item["linkId"] for item in items]


def form(page: Page, stage: Stage, query: str = "") -> None:
    """Open the practice's own form."""
    page.goto(f"{stage.url}/f/{stage.own_form}{query}")


@pytest.mark.parametrize("keys", [False, True], ids=["pointing", "keys"])
def test_with_scripts_only_what_is_asked_is_seen_and_sent(stage: Stage, browser: Browser, *, keys: bool) -> None:
    with browsing(browser, stage, viewport=PHONE) as page:
        hand = Keys(page) if keys else Pointing(page)
        form(page, stage)
        why = page.get_by_label(WHY)
        expect(why).to_be_hidden()
        expect(page.get_by_text(TOLD)).to_be_hidden()
        hand.choose("No")
        expect(why).to_be_visible()
        hand.fill(WHY, "I was ill")
        # What was typed is there again when the answer changes back, and is not sent while it is not asked.
        hand.choose("Yes")
        expect(why).to_be_hidden()
        hand.choose("No")
        expect(why).to_have_value("I was ill")
        hand.choose("Yes")
        hand.choose("In the evening")
        hand.press("Send my answer")
        expect(page.get_by_role("heading", name=THANKS)).to_be_visible()
    assert kept(stage) == ["vaccine", "next"]


def test_a_page_that_comes_back_shows_what_is_asked(stage: Stage, browser: Browser) -> None:
    with browsing(browser, stage) as page:
        form(page, stage)
        Pointing(page).choose("No")
        page.goto(f"{stage.url}/p/{stage.world.slugs['home']}/patient-input/")
        page.go_back()
        no = page.get_by_label("No", exact=True)
        why = page.get_by_label(WHY)
        expect(why).to_be_visible() if no.is_checked() else expect(why).to_be_hidden()


@pytest.mark.parametrize("keys", [False, True], ids=["pointing", "keys"])
def test_without_scripts_the_page_says_of_whom_it_is_asked(stage: Stage, browser: Browser, *, keys: bool) -> None:
    with browsing(browser, stage, viewport=PHONE, java_script_enabled=False) as page:
        hand = Keys(page) if keys else Pointing(page)
        form(page, stage)
        expect(page.get_by_text(TOLD)).to_be_visible()
        hand.choose("Yes")
        hand.fill(WHY, "I was ill")
        hand.press("Send my answer")
        problem = page.locator(".nhsuk-error-summary a")
        expect(problem).to_contain_text("it is only asked if")
        expect(page.get_by_label(WHY)).to_have_value("I was ill")
        hand.choose("No")
        hand.press("Send my answer")
        expect(page.get_by_role("heading", name=THANKS)).to_be_visible()
    assert kept(stage) == ["vaccine", "why"]


def test_the_friends_and_family_test_loads_no_script_for_what_it_has_not(stage: Stage, browser: Browser) -> None:
    with browsing(browser, stage) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{stage.url}/f/{stage.world.public_form}", wait_until="networkidle")
        assert not [url for url in asked if "asking" in url]
        form(page, stage)
        page.wait_for_load_state("networkidle")
        assert [url for url in asked if "asking" in url]


def test_the_form_looks_right_in_each_state(stage: Stage, browser: Browser, eye: Eye) -> None:
    with browsing(browser, stage) as page, eye.watching(page):
        for query in ("", "?lang=ur", "?lang=pl&size=large"):
            form(page, stage, query)
            eye.look(page, f"own form {query}", owned=True, looks=FEWER)
            page.locator("input[type=radio]").nth(1).check()
            eye.look(page, f"own form, asked {query}", owned=True, looks=FEWER)
            form(page, stage, query)
            page.locator("main button[type=submit]").last.click()
            expect(page.locator(".nhsuk-error-summary")).to_be_visible()
            eye.look(page, f"own form refused {query}", owned=True, looks=FEWER)
            page.locator(".nhsuk-error-summary a").first.click()
            expect(page.locator("input[type=radio]").first).to_be_focused()


def test_a_form_is_built_and_opened_by_keys_alone(stage: Stage, browser: Browser, eye: Eye) -> None:
    with browsing(browser, stage, "manager") as page, eye.watching(page):
        keys = Keys(page)
        page.goto(f"{stage.home}/patient-input/forms")
        keys.follow("Make a form")
        keys.fill("Title", "The new telephones")
        keys.fill("Question", "Did you get through?")
        keys.fill("Answers to choose, one on each line", "At once\nIn the end\nNo")
        eye.look(page, "building", owned=True, looks=FEWER)
        keys.press("Add it")
        # The focus is where one goes on writing.
        expect(page.locator("#q1-ask")).to_be_focused()
        page.keyboard.type("What happened?")
        keys.press("Save as a draft")
        expect(page.locator(".nhsuk-error-summary")).to_be_focused()
        eye.look(page, "building refused", owned=True, looks=FEWER)
        page.locator("#q1-options").focus()
        page.keyboard.type("It rang\nIt was engaged")
        keys.press("Save as a draft")
        expect(page.get_by_role("heading", level=1)).to_contain_text("The new telephones")
        keys.follow("See it as patients do")
        expect(page.get_by_role("heading", name="As patients see it")).to_be_visible()
        eye.look(page, "preview", owned=True, looks=FEWER)
        page.go_back()
        expect(page.get_by_role("heading", level=1)).to_contain_text("The new telephones")
        keys.press("Open it to patients")
        expect(page.get_by_role("heading", level=1)).to_contain_text("The new telephones Open")
