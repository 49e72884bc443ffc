"""Nothing typed is lost: drafts and the outbox, in a real browser whose connection comes and goes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from sqlalchemy import select

from layers_core.artefacts.models import Artefact, Draft
from layers_core.contract import Draft as NewNote
from layers_core.testkit.servers import DatabaseSource, Schema
from layers_webshell.accounts import service as accounts

from .hands import Pointing, button, field
from .stage import PASSWORD, SLOW_MS, Stage, staged
from .states import MARKED

pytestmark = [pytest.mark.browser, pytest.mark.slow]

KEPT = "Kept on this device."
SHELL_IS_KEPT = """async () => {
  const pages = await caches.has("layers-shell") ? await (await caches.open("layers-shell")).keys() : [];
  return pages.length > 0 && Boolean((await navigator.serviceWorker.getRegistration())?.active);
}"""
REMAINS = """async () => ({
  workers: (await navigator.serviceWorker.getRegistrations()).length,
  caches: (await caches.keys()).length,
  databases: (await indexedDB.databases()).length,
  stored: Object.keys({...localStorage, ...sessionStorage}),
})"""
NOTHING = {"workers": 0, "caches": 0, "databases": 0, "stored": ["htmx-current-path-for-history"]}
"""What htmx stores until the tab closes is the address of the page."""


@pytest.fixture(scope="module")
def stage(
    databases: DatabaseSource, database_schema: Schema, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """The demo on one kind of database."""
    with staged(databases, database_schema, tmp_path_factory.mktemp("stage")) as served:
        yield served


@contextmanager
def phone(browser: Browser) -> Iterator[BrowserContext]:
    """A device that stays in somebody's hands while its pages come and go."""
    context = browser.new_context(viewport={"width": 360, "height": 740})
    context.set_default_timeout(SLOW_MS)
    yield context
    context.close()


def ready(context: BrowserContext, stage: Stage, role: str = "nurse") -> Page:
    """Somebody's own device on the record page, with what it needs for the time without a connection."""
    page = context.new_page()
    stage.enter(page, role)
    page.goto(f"{stage.home}/record")
    until_shell_is_kept(page)
    return page


def until_shell_is_kept(page: Page) -> None:
    """Wait until the device has what it needs for the time without a connection."""
    for _ in range(SLOW_MS // 50):
        if page.evaluate(SHELL_IS_KEPT):
            return
        page.wait_for_timeout(50)
    raise AssertionError("the page for the time without a connection was never kept")


def write(page: Page, words: str) -> None:
    """Write into the record box's first field and save."""
    page.locator("form#record textarea").first.fill(words)
    button(page, "Save").click()


def written(stage: Stage, words: str) -> list[Artefact]:
    """The things whose title begins with these words."""
    with stage.database.read() as session:
        return list(session.scalars(select(Artefact).where(Artefact.title.startswith(words))))


def sign_in(page: Page, stage: Stage, role: str, *, own: bool = True) -> None:
    """Sign in on the page that asks for it."""
    hand = Pointing(page)
    hand.fill("Your work e-mail address", stage.email(role))
    hand.fill("Password", PASSWORD)
    if own:
        field(page, "This is my own device").check()
    hand.press("Sign in")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def none_waits(page: Page, stage: Stage) -> None:
    """The outbox says that it is empty."""
    page.goto(f"{stage.url}/me/outbox")
    expect(page.get_by_text("Nothing waits on this device.")).to_be_visible()


def test_a_note_written_without_a_connection_outlives_its_tab_and_is_sent_once(stage: Stage, browser: Browser) -> None:
    words = "A note from the car park"
    with phone(browser) as context:
        page = ready(context, stage)
        context.set_offline(True)
        write(page, words)
        expect(page.get_by_text(KEPT)).to_be_visible()
        page.close()
        page = context.new_page()
        page.goto(f"{stage.url}/record")
        expect(page.get_by_role("heading", name="Record without a connection")).to_be_visible()
        expect(page.locator("[data-outbox-list]").get_by_text(words)).to_be_visible()
        write(page, f"{words}, and another")
        expect(page.locator("[data-outbox-entries] > li")).to_have_count(2)
        assert written(stage, words) == []
        context.set_offline(False)
        expect(page.locator("[data-outbox-entries] > li")).to_have_count(0, timeout=SLOW_MS)
        none_waits(page, stage)
    assert sorted(thing.title for thing in written(stage, words)) == [words, f"{words}, and another"]


def test_with_a_connection_it_is_saved_as_ever(stage: Stage, browser: Browser) -> None:
    with phone(browser) as context:
        page = ready(context, stage)
        write(page, "An ordinary note")
        page.wait_for_url("**/things/*?saved=1")
        assert len(written(stage, "An ordinary note")) == 1
        none_waits(page, stage)


def test_an_ended_sign_in_asks_again_and_then_sends(stage: Stage, browser: Browser) -> None:
    words = "Written after the sign-in had ended"
    with phone(browser) as context:
        page = ready(context, stage)
        with stage.database.write() as session:
            accounts.end_all(session, stage.account("nurse"))
        write(page, words)
        expect(page.get_by_label("Password", exact=True)).to_be_visible()
        assert written(stage, words) == []
        sign_in(page, stage, "nurse")
        expect(page.get_by_text("Nothing waits on this device.")).to_be_visible()
    assert len(written(stage, words)) == 1


def test_nobody_sends_or_sees_what_the_one_before_wrote_on_the_same_device(stage: Stage, browser: Browser) -> None:
    words = "Only the nurse wrote this"
    with phone(browser) as context:
        page = ready(context, stage)
        page.route("**/outbox", lambda route: route.abort())
        write(page, words)
        expect(page.get_by_text(KEPT)).to_be_visible()
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("heading", name="Before you sign out")).to_be_visible()
        expect(page.get_by_text(words)).to_be_visible()
        button(page, "Keep it on this device and sign out").click()
        page.unroute("**/outbox")
        sign_in(page, stage, "gp")
        page.goto(f"{stage.url}/me/outbox")
        expect(page.get_by_text("Nothing waits on this device.")).to_be_visible()
        expect(page.get_by_text(words)).to_have_count(0)
        assert written(stage, words) == []
        page.get_by_role("button", name="Sign out").click()
        sign_in(page, stage, "nurse")
        none_waits(page, stage)
    (thing,) = written(stage, words)
    assert thing.author_id == stage.world.people["nurse"]


def test_two_tabs_send_an_entry_once(stage: Stage, browser: Browser) -> None:
    words = "Two tabs want to send this"
    with phone(browser) as context:
        first = ready(context, stage)
        second = context.new_page()
        second.goto(f"{stage.url}/me/outbox")
        context.set_offline(True)
        write(first, words)
        expect(second.get_by_text(words)).to_be_visible()
        context.set_offline(False)
        expect(second.get_by_text("Nothing waits on this device.")).to_be_visible()
        none_waits(first, stage)
    assert len(written(stage, words)) == 1


def test_a_lost_answer_does_not_save_it_twice(stage: Stage, browser: Browser) -> None:
    words = "Its answer was lost on the way"

    def swallow(route: Route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        route.fetch()
        route.abort()

    with phone(browser) as context:
        page = ready(context, stage)
        page.route("**/outbox", swallow)
        write(page, words)
        expect(page.get_by_text(KEPT)).to_be_visible()
        assert len(written(stage, words)) == 1
        page.unroute("**/outbox")
        none_waits(page, stage)
    assert len(written(stage, words)) == 1


def test_a_server_that_fails_gets_it_later(stage: Stage, browser: Browser) -> None:
    words = "The server was busy"
    with phone(browser) as context:
        page = ready(context, stage)
        page.route("**/outbox", lambda route: route.fulfill(status=503, body="{}", content_type="application/json"))
        page.route("**/me/outbox", lambda route: route.continue_())
        write(page, words)
        expect(page.get_by_text(KEPT)).to_be_visible()
        page.goto(f"{stage.url}/me/outbox")
        expect(page.get_by_text("Waits to be sent")).to_be_visible()
        button(page, "Send now").click()
        expect(page.get_by_text("There is no connection just now.")).to_be_visible()
        page.unroute_all()
        button(page, "Send now").click()
        expect(page.get_by_text("Nothing waits on this device.")).to_be_visible()
    assert len(written(stage, words)) == 1


def test_marked_words_are_looked_at_in_the_outbox(stage: Stage, browser: Browser) -> None:
    with phone(browser) as context:
        page = ready(context, stage)
        context.set_offline(True)
        write(page, MARKED)
        expect(page.get_by_text(KEPT)).to_be_visible()
        context.set_offline(False)
        page.goto(f"{stage.url}/me/outbox")
        expect(page.get_by_text("To look at")).to_be_visible()
        expect(page.get_by_text(MARKED)).to_be_visible()
        expect(page.get_by_text("Check the words that we marked")).to_be_visible()
        assert written(stage, MARKED[:20]) == []
        button(page, "Look at it and save").click()
        expect(page.locator("form#record textarea").first).to_have_value(MARKED)
        page.locator("form#record textarea").first.fill("Somebody could not read her letter, so I rang her")
        button(page, "Save").click()
        page.wait_for_url("**/things/*?saved=1")
        none_waits(page, stage)
    assert len(written(stage, "Somebody could not read")) == 1


def test_a_shared_device_keeps_nothing(stage: Stage, browser: Browser) -> None:
    with phone(browser) as context:
        page = context.new_page()
        page.goto(f"{stage.url}/sign-in")
        sign_in(page, stage, "nurse", own=False)
        page.goto(f"{stage.home}/record")
        page.locator("form#record textarea").first.fill("Typed on a shared PC")
        page.wait_for_load_state("networkidle")
        assert page.evaluate(REMAINS) == NOTHING


@pytest.mark.parametrize("way", ["Sign out", "This is not my own device"])
def test_signing_out_and_giving_a_device_away_leave_nothing_on_it(stage: Stage, browser: Browser, way: str) -> None:
    with phone(browser) as context:
        page = ready(context, stage)
        page.goto(f"{stage.url}/me/outbox")
        until_shell_is_kept(page)
        with page.expect_navigation():
            page.get_by_role("button", name=way).click()
        page.wait_for_load_state("networkidle")
        assert page.evaluate(REMAINS) == NOTHING


def test_a_device_is_not_given_away_with_notes_on_it(stage: Stage, browser: Browser) -> None:
    with phone(browser) as context:
        page = ready(context, stage)
        page.route("**/outbox", lambda route: route.continue_() if "/me/" in route.request.url else route.abort())
        write(page, "Not to be left behind")
        expect(page.get_by_text(KEPT)).to_be_visible()
        page.goto(f"{stage.url}/me/outbox")
        expect(page.get_by_text("Not to be left behind")).to_be_visible()
        button(page, "This is not my own device").click()
        expect(page.get_by_text("Send or delete what waits on this device first.")).to_be_visible()
        page.locator("[data-outbox-list]").get_by_text("Delete", exact=True).click()
        button(page, "Delete it from this device").click()
        expect(page.get_by_text("Nothing waits on this device.")).to_be_visible()
        assert written(stage, "Not to be left behind") == []


def test_what_is_typed_is_offered_again_and_gone_once_saved(stage: Stage, browser: Browser) -> None:
    words = "Half a thought, then the telephone rang"
    with phone(browser) as context:
        page = ready(context, stage, "gp")
        page.locator("form#record textarea").first.fill(words)
        expect(page.get_by_text("Kept as a draft")).to_be_visible()
        page.close()
        page = context.new_page()
        page.goto(f"{stage.home}/record")
        expect(page.get_by_text("You were writing this on")).to_be_visible()
        page.get_by_role("button", name="Continue").click()
        expect(page.locator("form#record textarea").first).to_have_value(words)
        button(page, "Save").click()
        page.wait_for_url("**/things/**")
    assert len(written(stage, words)) == 1
    with stage.database.read() as session:
        assert session.scalars(select(Draft).where(Draft.person_id == stage.world.people["gp"])).all() == []


def is_kept(stage: Stage, role: str) -> bool:
    """Whether a draft of somebody's arrives in time: the page that sent it is gone by then."""
    for _ in range(SLOW_MS // 50):
        with stage.database.read() as session:
            if session.scalars(select(Draft).where(Draft.person_id == stage.world.people[role])).first():
                return True
        time.sleep(0.05)
    return False


def test_what_is_typed_when_a_page_closes_is_kept(stage: Stage, browser: Browser) -> None:
    words = "Closed before the pause was over"
    with phone(browser) as context:
        page = ready(context, stage, "manager")
        page.locator("form#record[data-draft-keeps]").wait_for()
        page.locator("form#record textarea").first.fill(words)
        page.goto("about:blank")
        assert is_kept(stage, "manager"), "no draft arrived"
        page.goto(f"{stage.home}/record")
        expect(page.get_by_text(words)).to_be_visible()
        page.get_by_role("button", name="Throw away").click()
        expect(page.get_by_text(words)).to_have_count(0)
        page.reload()
        page.wait_for_load_state("networkidle")
        expect(page.get_by_text(words)).to_have_count(0)


def test_what_is_typed_and_not_sent_without_a_connection_waits_on_the_device(stage: Stage, browser: Browser) -> None:
    words = "Neither finished nor connected"
    with phone(browser) as context:
        page = ready(context, stage, "lead")
        context.set_offline(True)
        page.locator("form#record textarea").first.fill(words)
        expect(page.locator("[data-outbox-number]")).to_have_text("1")
        page.close()
        page = context.new_page()
        page.goto(f"{stage.url}/me/outbox")
        expect(page.get_by_text("Not finished")).to_be_visible()
        page.locator("[data-outbox-list]").get_by_role("link", name="Continue").click()
        expect(page.locator("form#record textarea").first).to_have_value(words)
        context.set_offline(False)
        button(page, "Save").click()
        page.wait_for_url("**/things/**")
        none_waits(page, stage)
    assert len(written(stage, words)) == 1


def test_a_shared_link_comes_into_the_form_with_and_without_a_connection(stage: Stage, browser: Browser) -> None:
    with phone(browser) as context:
        page = ready(context, stage)
        for offline in (False, True):
            context.set_offline(offline)
            page.goto(f"{stage.url}/record?title=Letters&url=https%3A%2F%2Fexample.org%2Fa")
            expect(page.locator("form#record textarea").first).to_have_value("Letters\nhttps://example.org/a")


def test_nobody_mends_what_somebody_else_wrote_on_the_same_device(stage: Stage, browser: Browser) -> None:
    with phone(browser) as context:
        page = ready(context, stage)
        context.set_offline(True)
        write(page, MARKED)
        expect(page.get_by_text(KEPT)).to_be_visible()
        context.set_offline(False)
        page.goto(f"{stage.url}/me/outbox")
        expect(page.get_by_text("To look at")).to_be_visible()
        stage.enter(context.new_page(), "gp")
        button(page, "Look at it and save").click()
        expect(page.get_by_text("Somebody else is signed in on this device now.")).to_be_visible()
        assert page.url.endswith("/me/outbox")
        expect(page.get_by_text(MARKED)).to_be_visible()


def test_the_page_for_no_connection_goes_when_somebody_else_signs_in(stage: Stage, browser: Browser) -> None:
    """Also when they record in no practice and so have no such page of their own."""
    with phone(browser) as context:
        page = ready(context, stage)
        stage.enter(page, "evaluator")
        page.wait_for_function("""async () => !(await caches.has("layers-shell"))""")


def test_a_note_that_the_server_cannot_take_does_not_hold_up_the_others(stage: Stage, browser: Browser) -> None:
    with phone(browser) as context:
        page = ready(context, stage)
        context.set_offline(True)
        write(page, "Stuck for the moment")
        expect(page.get_by_text(KEPT)).to_be_visible()
        page.close()
        page = context.new_page()
        page.goto(f"{stage.url}/record")
        write(page, "Behind the stuck one")
        expect(page.get_by_text(KEPT)).to_be_visible()
        entries = page.locator("[data-outbox-entries] > li")
        expect(entries).to_have_count(2)

        def busy(route: Route) -> None:
            stuck = b"Stuck for the moment" in (route.request.post_data_buffer or b"")
            later = {"status": 503, "json": {"state": "later"}}
            route.fulfill(**later) if stuck else route.continue_()

        page.route("**/outbox", busy)
        context.set_offline(False)
        expect(entries).to_have_count(1)
        assert len(written(stage, "Behind the stuck one")) == 1
        page.unroute("**/outbox")
        none_waits(page, stage)
    assert len(written(stage, "Stuck for the moment")) == 1


def test_a_change_that_cannot_be_sent_stays_in_its_form(stage: Stage, browser: Browser) -> None:
    words = "Changed on the train"
    lead = stage.world.actor(stage.database, stage.host, "lead")
    note = stage.service.save(lead, NewNote("core.note", "A plain note", {"text": "A plain note"}, "practice")).id
    with phone(browser) as context:
        page = ready(context, stage, "lead")
        page.goto(f"{stage.home}/notes/{note}/edit")
        page.locator("form[data-draft-keeps]").wait_for()
        context.set_offline(True)
        text = page.locator("form[data-draft] textarea").first
        text.fill(words)
        button(page, "Save").click()
        expect(page.get_by_text("There is no connection just now.").first).to_be_visible()
        expect(text).to_have_value(words)
        context.set_offline(False)
        page = context.new_page()
        page.goto(f"{stage.url}/me/outbox")
        go_on = page.locator("[data-outbox-list]").get_by_role("link", name="Continue")
        query = str(go_on.get_attribute("href")).partition("?")[2]
        shell = context.new_page()
        shell.goto(f"{stage.home}/record/offline?{query}")
        expect(shell.locator("[data-outbox-list]").get_by_text(words)).to_be_visible()
        expect(shell.locator("form#record textarea").first).to_have_value("")
        go_on.click()
        text = page.locator("form[data-draft] textarea").first
        expect(text).to_have_value(words)
        button(page, "Save").click()
        page.wait_for_url("**/things/**")
        none_waits(page, stage)
    assert [thing.id for thing in written(stage, words)] == [note]


def test_a_draft_of_a_refused_form_comes_back_without_its_keys(stage: Stage, browser: Browser) -> None:
    with phone(browser) as context:
        page = context.new_page()
        page.goto(f"{stage.url}/sign-in")
        sign_in(page, stage, "gp", own=False)
        page.goto(f"{stage.home}/record")
        page.locator("#files").set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"Words"})
        write(page, MARKED)
        expect(page.get_by_text("Kept: a.txt")).to_have_count(1)
        expect(page.get_by_text("Kept as a draft")).to_be_visible()
        page.locator("form#record textarea").first.fill("Nobody in it any more")
        page.evaluate("document.querySelector('[data-draft-said]').remove()")
        expect(page.get_by_text("Kept as a draft")).to_be_visible()
        page = context.new_page()
        page.goto(f"{stage.home}/record")
        write(page, MARKED)
        expect(page.get_by_text("Could this point to a person?")).to_be_visible()
        page.locator("form#record[data-draft-keeps]").wait_for()
        page.wait_for_load_state("networkidle")
        expect(page.get_by_role("button", name="Continue")).to_have_count(0)
        page.goto(f"{stage.home}/record")
        offered = page.locator("section").filter(has_text="Nobody in it any more")
        offered.get_by_role("button", name="Continue").click()
        expect(page.locator("form#record textarea").first).to_have_value("Nobody in it any more")


def test_what_is_typed_just_before_signing_out_is_kept(stage: Stage, browser: Browser) -> None:
    with phone(browser) as context:
        page = context.new_page()
        page.goto(f"{stage.url}/sign-in")
        sign_in(page, stage, "receptionist", own=False)
        page.goto(f"{stage.home}/record")
        page.locator("form#record[data-draft-keeps]").wait_for()
        page.locator("form#record textarea").first.fill("Somebody else needs the PC")
        page.get_by_role("button", name="Sign out").click()
        assert is_kept(stage, "receptionist"), "no draft arrived"


def test_saving_while_speaking_saves_what_was_said(stage: Stage, browser: Browser) -> None:
    with phone(browser) as context:
        context.add_init_script("""navigator.mediaDevices.getUserMedia = async () => {
          const sound = new AudioContext();
          const target = sound.createMediaStreamDestination();
          const tone = sound.createOscillator();
          tone.connect(target);
          tone.start();
          return target.stream;
        }""")
        page = ready(context, stage)
        page.get_by_text("Add a photo, a voice note or a document").click()
        button(page, "Record a voice note").click()
        expect(page.get_by_text("Recording…")).to_be_visible()
        page.wait_for_timeout(300)
        write(page, "Said while walking")
        page.wait_for_url("**/things/*?saved=1")
        expect(page.get_by_role("link", name="Voice note 1.webm")).to_be_visible()
