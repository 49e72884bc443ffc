"""The tablet in the waiting room, in a real browser whose connection comes and goes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from itsdangerous import TimestampSigner
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from sqlalchemy import select

from layers_core.artefacts.followup import today_in
from layers_core.db.base import now
from layers_core.testkit.databases import only_sqlite
from layers_core.testkit.servers import DatabaseSource, Schema
from layers_patient_input import receipts
from layers_patient_input.models import Answer
from layers_patient_input.responses import written
from layers_patient_input.ways_in import service as ways_in

from .looking import FEWER, Eye
from .stage import SLOW_MS, Stage, staged

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TABLET = {"width": 1024, "height": 768}
KEPT = "Thank you. Your answer is kept"
THANKS = "Thank you. We have your answer"
PAGES_ARE_KEPT = """async () => navigator.serviceWorker.controller !== null
  && (await caches.has("layers-kiosk-pages")) && (await (await caches.open("layers-kiosk-files")).keys()).length > 10"""
ENTRIES = """() => new Promise((resolve) => {
  const asked = indexedDB.open("layers-kiosk", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("entries", { keyPath: "key" });
  asked.onsuccess = () => {
    const all = asked.result.transaction("entries").objectStore("entries").getAll();
    all.onsuccess = () => { asked.result.close(); resolve(all.result); };
  };
})"""
EVERYTHING_KEPT = """async () => {
  const said = [JSON.stringify({...localStorage, ...sessionStorage})];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const key of await cache.keys()) said.push(key.url, await (await cache.match(key)).text());
  }
  return said.join("\\n") + document.documentElement.outerHTML;
}"""


@pytest.fixture(scope="module")
def stage(
    databases: DatabaseSource, database_schema: Schema, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """The demo on one kind of database."""
    with staged(databases, database_schema, tmp_path_factory.mktemp("stage")) as served:
        yield served


@pytest.fixture
def kiosk(stage: Stage) -> str:
    """The address of the practice's tablet."""
    manager = stage.world.actor(stage.database, stage.host, "manager")
    return f"{stage.url}/f/{ways_in.open_way_in(stage.service, manager, 'fft', 'kiosk')}"


@contextmanager
def tablet(browser: Browser, **options: Any) -> Iterator[BrowserContext]:
    """A tablet that stands there while its pages come and go."""
    context = browser.new_context(viewport=TABLET, has_touch=True, **options)
    context.set_default_timeout(SLOW_MS)
    yield context
    assert context.cookies() == []
    context.close()


def opened(context: BrowserContext, kiosk: str) -> Page:
    """The kiosk's page, kept for times without a connection."""
    page = context.new_page()
    page.goto(kiosk)
    until(page, PAGES_ARE_KEPT)
    return page


def until(page: Page, holds: str) -> None:
    """Wait until something holds that takes a promise to know."""
    for _ in range(SLOW_MS // 50):
        if page.evaluate(holds):
            return
        time.sleep(0.05)
    raise AssertionError(f"this never held: {holds}")


def again(page: Page) -> None:
    """Wait until a button may be pressed once more: pressing it twice within a second is pressing it once."""
    page.wait_for_timeout(1_100)


def answer(page: Page, words: str, score: str = "Poor") -> None:
    """What a patient does."""
    page.get_by_label(score, exact=True).check()
    page.locator("textarea").fill(words)
    page.locator("#submit").click()


def kept(stage: Stage, words: str) -> list[Answer]:
    """The answers whose words begin so."""
    with stage.database.read() as session:
        rows = session.scalars(select(Answer).order_by(Answer.id))
        return [row for row in rows if " ".join(written(row.items)).startswith(words)]


def waits_for(page: Page, number: int) -> None:
    """So many answers wait on the tablet."""
    line = page.locator("[data-kiosk-waiting]")
    if number:
        expect(line).to_have_text(f"Answers that wait for the connection: {number}")
    else:
        until(page, f"async () => (await ({ENTRIES})()).length === 0")
        expect(line).to_be_hidden()


def test_answers_without_a_connection_outlive_the_page_and_are_sent_once(
    stage: Stage, browser: Browser, kiosk: str
) -> None:
    words = "No connection"
    with tablet(browser) as context:
        page = opened(context, kiosk)
        context.set_offline(True)
        answer(page, f"{words} one")
        expect(page.get_by_role("heading", name=KEPT)).to_be_focused()
        first = page.locator("[data-kiosk-receipt]").inner_text()
        waits_for(page, 1)
        page.close()
        page = context.new_page()
        page.goto(kiosk)
        waits_for(page, 1)
        answer(page, f"{words} two")
        expect(page.get_by_role("heading", name=KEPT)).to_be_visible()
        second = page.locator("[data-kiosk-receipt]").inner_text()
        waits_for(page, 2)
        assert kept(stage, words) == []
        context.set_offline(False)
        page.goto(kiosk)
        waits_for(page, 0)
        assert words not in page.evaluate(EVERYTHING_KEPT)
    found = kept(stage, words)
    assert [" ".join(written(row.items)) for row in found] == [f"{words} one", f"{words} two"]
    assert [row.receipt_hash for row in found] == [receipts.hash_of(first), receipts.hash_of(second)]
    assert {row.method for row in found} == {"kiosk"}


def test_a_story_without_a_connection_is_sent_whole(stage: Stage, browser: Browser) -> None:
    manager = stage.world.actor(stage.database, stage.host, "manager")
    kiosk = f"{stage.url}/f/{ways_in.open_way_in(stage.service, manager, 'story', 'kiosk')}"
    words = "What happened without a connection"
    with tablet(browser) as context:
        page = opened(context, kiosk)
        context.set_offline(True)
        page.locator("input[type=radio]").first.check()
        for box in page.locator("textarea").all():
            box.fill(words)
        page.locator("#submit").click()
        waits_for(page, 1)
        context.set_offline(False)
        page.goto(kiosk)
        waits_for(page, 0)
    (found,) = kept(stage, words)
    assert (found.form, found.method) == ("story", "kiosk")
    assert written(found.items).count(words) == 3


def test_a_lost_reply_is_no_second_answer(stage: Stage, browser: Browser, kiosk: str) -> None:
    words = "Its reply was lost"

    def swallow(route: Route) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        route.fetch()
        route.abort()

    with tablet(browser) as context:
        page = opened(context, kiosk)
        page.route("**/f/*", swallow)
        answer(page, words)
        expect(page.get_by_role("heading", name=KEPT)).to_be_visible()
        shown = page.locator("[data-kiosk-receipt]").inner_text()
        assert len(kept(stage, words)) == 1
        page.unroute_all()
        page.goto(kiosk)
        waits_for(page, 0)
    (found,) = kept(stage, words)
    assert found.receipt_hash == receipts.hash_of(shown)


@pytest.mark.parametrize(("page_age", "days_ago"), [(3, 2), (0, 0)])
def test_an_answer_keeps_its_day_where_the_tablets_clock_can_be_believed(
    stage: Stage, browser: Browser, kiosk: str, monkeypatch: pytest.MonkeyPatch, page_age: int, days_ago: int
) -> None:
    words = f"دو دن پہلے {page_age}"
    with tablet(browser) as context, monkeypatch.context() as patch:
        # Its page was made so many days ago by our clock; it is answered two days ago by the tablet's.
        patch.setattr(TimestampSigner, "get_timestamp", lambda _self: int(now().timestamp()) - page_age * 24 * 3600)
        context.clock.install(time=now() - timedelta(days=2))
        page = context.new_page()
        page.goto(f"{kiosk}?lang=ur")
        expect(page.locator("html")).to_have_attribute("dir", "rtl")
        until(page, PAGES_ARE_KEPT)
        page.route("**/f/*", lambda route: route.fulfill(status=503, body="busy"))
        page.locator("input[type=radio]").nth(3).check()
        page.locator("textarea").fill(words)
        page.locator("#submit").click()
        until(page, f"async () => (await ({ENTRIES})()).length === 1")
        page.close()
        patch.undo()
        context.clock.set_system_time(now())
        page = context.new_page()
        page.goto(kiosk)
        waits_for(page, 0)
    (found,) = kept(stage, words)
    assert (today_in("Europe/London") - found.received_on, found.language) == (timedelta(days=days_ago), "ur")


def test_thanks_leave_by_themselves_with_the_language_and_stay_when_asked(browser: Browser, kiosk: str) -> None:
    with tablet(browser) as context:
        page = opened(context, kiosk)
        page.clock.install()
        page.goto(f"{kiosk}?lang=pl&size=large")
        page.locator("input[type=radio]").first.check()
        page.locator("#submit").click()
        receipt = page.locator("code").inner_text()
        page.clock.fast_forward(16_000)
        page.wait_for_url(kiosk)
        expect(page.locator("html")).to_have_attribute("lang", "en")
        page.go_back()
        assert receipt not in page.content()
        page.goto(kiosk)
        answer(page, "Staying")
        page.get_by_role("button", name="Stay on this page").click()
        page.clock.fast_forward(40_000)
        expect(page.get_by_role("heading", name=THANKS)).to_be_visible()
        page.clock.fast_forward(60_000)
        page.wait_for_url(kiosk)
        expect(page.locator("textarea")).to_have_value("")


def test_nobody_finds_what_the_one_before_did_not_send(stage: Stage, browser: Browser, kiosk: str) -> None:
    words = "Left before it was sent"
    with tablet(browser) as context:
        page = context.new_page()
        page.clock.install()
        page.goto(kiosk)
        until(page, PAGES_ARE_KEPT)
        page.locator("textarea").fill(words)
        page.clock.run_for(62_000)
        asked = page.get_by_role("dialog", name="Are you still there?")
        expect(asked).to_be_visible()
        asked.get_by_role("button", name="I need more time").click()
        page.clock.run_for(50_000)
        expect(asked).to_be_hidden()
        expect(page.locator("textarea")).to_have_value(words)
        page.clock.run_for(42_000)
        expect(page.locator("textarea")).to_have_value("")
        page.go_back()
        assert words not in page.content()
    assert kept(stage, words) == []


def test_without_a_connection_the_page_says_what_is_missing(stage: Stage, browser: Browser, kiosk: str) -> None:
    with tablet(browser) as context:
        page = opened(context, kiosk)
        context.set_offline(True)
        page.locator("textarea").fill("Nothing is chosen")
        page.locator("#submit").click()
        summary = page.get_by_role("alert").filter(has_text="Answer every question that is not optional")
        expect(summary).to_be_focused()
        summary.get_by_role("link").click()
        expect(page.get_by_label("Very good", exact=True)).to_be_focused()
        waits_for(page, 0)
        page.get_by_label("Poor", exact=True).check()
        again(page)
        page.locator("#submit").click()
        waits_for(page, 1)
        context.set_offline(False)
        page.goto(kiosk)
        waits_for(page, 0)
    assert len(kept(stage, "Nothing is chosen")) == 1


def test_what_waits_goes_through_the_link_that_took_the_old_ones_place(
    stage: Stage, browser: Browser, kiosk: str
) -> None:
    words = "The link was renewed meanwhile"
    with tablet(browser) as context:
        page = opened(context, kiosk)
        context.set_offline(True)
        answer(page, words)
        waits_for(page, 1)
        context.set_offline(False)
        manager = stage.world.actor(stage.database, stage.host, "manager")
        renewed = ways_in.renew(stage.service, manager, kiosk.rpartition("/")[2])
        page.goto(kiosk)
        expect(page.get_by_text("not collecting answers now")).to_be_visible()
        page.goto(f"{stage.url}/f/{renewed}")
        waits_for(page, 0)
        # The old page is not kept either.
        context.set_offline(True)
        with pytest.raises(Exception, match="ERR_"):
            page.goto(kiosk)
    assert len(kept(stage, words)) == 1


def test_a_kiosk_without_javascript_thanks_and_starts_again(stage: Stage, browser: Browser, kiosk: str) -> None:
    words = "Without a script"
    with tablet(browser, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(kiosk)
        answer(page, words)
        expect(page.get_by_role("heading", name=THANKS)).to_be_visible()
        refresh = page.locator("noscript meta[http-equiv=refresh], meta[http-equiv=refresh]")
        assert refresh.get_attribute("content") == f"15;url=/f/{kiosk.rpartition('/')[2]}"
    assert len(kept(stage, words)) == 1


@only_sqlite
def test_every_state_in_two_languages_is_fit_to_be_used(stage: Stage, browser: Browser, kiosk: str) -> None:
    eye = Eye(stage.url, stage.owner)
    with tablet(browser) as context:
        page = opened(context, kiosk)
        for query in ("", "?lang=ur&size=large"):
            page.clock.install()
            page.goto(kiosk + query)
            eye.look(page, "the kiosk", owned=True, looks=FEWER)
            page.locator("textarea").fill("Words")
            page.clock.run_for(62_000)
            eye.look(page, "the kiosk asks who is there", owned=True, looks=FEWER)
            page.locator("dialog button").click()
            context.set_offline(True)
            page.locator("#submit").click()
            expect(page.locator("[data-kiosk-missing]")).to_be_visible()
            eye.look(page, "the kiosk misses an answer", owned=True, looks=FEWER)
            page.locator("input[type=radio]").first.check()
            page.clock.run_for(1_100)
            page.locator("#submit").click()
            expect(page.locator("[data-kiosk-receipt]")).to_be_visible()
            eye.look(page, "the kiosk has kept an answer", owned=True, looks=FEWER)
            context.set_offline(False)
            page.goto(kiosk + query)
            page.locator("input[type=radio]").first.check()
            page.locator("#submit").click()
            expect(page.locator("[data-kiosk-leaves]")).to_be_visible()
            eye.look(page, "the kiosk thanks", owned=True, looks=FEWER)
    assert eye.seen == 10
    assert not eye.faults, "\n".join(["", *eye.faults])
