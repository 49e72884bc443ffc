"""Goal 10, and ten seconds from the lock screen: what goes over the air to a phone, and when somebody can type on it.

A real browser in the shape of a phone, slowed down to a cheap one on a poor 3G line. The address is that of the app's
own button for recording. Unlocking the phone and pressing that button are the person's; the rest is measured. The
service worker is left out, which would hand over the kept page after five seconds without an answer.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright

from bench.databases import Loaded
from bench.goals.setting import Setting, pages_of, toolkit
from bench.report import Figure, median
from bench.visiting import HERE, Visitor, Worker
from conftest import CHROMIUM_FLAGS, chromium

FIRST_KB, LATER_KB, USABLE, TYPING = 60.0, 15.0, 2.0, 10.0
SLOW_LINE = {"offline": False, "latency": 400, "downloadThroughput": 400_000 / 8, "uploadThroughput": 400_000 / 8}
"""The browser's own "slow 3G": 400 kbit/s, 400 ms there and back."""
SLOW_PROCESSOR = {"rate": 4}
FIELD = "form#record textarea"
FOCUSED = f"{FIELD}:focus"


@dataclass
class Line:
    """A phone's page, what it got over the line, and who else was asked."""

    page: Page
    session: CDPSession
    received: float = 0.0
    strangers: set[str] = field(default_factory=set)

    def count(self) -> None:
        """Begin to count."""
        self.session.on("Network.loadingFinished", self._finished)
        self.page.on("request", self._asked)

    def _finished(self, told: dict[str, float]) -> None:
        self.received += told["encodedDataLength"] / 1000

    def _asked(self, request: object) -> None:
        address = getattr(request, "url", "")
        if not address.startswith((f"http://{HERE}", "data:", "blob:")):
            self.strangers.add(address)


def run(setting: Setting) -> Iterator[Figure]:
    """Bytes and times on one kind of database: a browser does not know which one it is."""
    kind = setting.kinds[0]
    loaded = setting.loaded(kind, setting.small)
    with toolkit(loaded) as (worker, visitor), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(CHROMIUM_FLAGS))
        visits = [_visit(browser, worker, visitor, loaded) for _round in range(setting.repeats)]
        browser.close()
    wanted = {"first": FIRST_KB, "later": LATER_KB}
    for name, what in (("first", "on the first visit"), ("later", "on a later visit")):
        for page in ("home", "record"):
            received = median(visit[f"{page} {name}"] for visit in visits)
            yield Figure(10, f"{page} page, {what}", kind, received, wanted[name], unit="kB")
    for page, limit in (("home", USABLE), ("record", USABLE)):
        waited = median(visit[f"{page} usable"] for visit in visits)
        yield Figure(10, f"{page} page usable on slow 3G, a later visit", kind, waited, limit, unit="s")
    for name in ("first", "later"):
        waited = median(visit[f"typing {name}"] for visit in visits)
        detail = "the app's button, slow 3G, a slow processor"
        yield Figure(
            10, f"from the app's button to typing, {name} visit", kind, waited, TYPING, unit="s", detail=detail
        )
    strangers = sum(visit["strangers"] for visit in visits)
    yield Figure(10, "requests to another host", kind, strangers, 0, unit="")


def _visit(browser: Browser, worker: Worker, visitor: Visitor, loaded: Loaded) -> dict[str, float]:
    seen: dict[str, float] = {"strangers": 0}
    pages = {"home": pages_of(loaded)["home"], "record": "/record"}
    for name, path in pages.items():
        context = _phone(browser, visitor)
        for turn in ("first", "later"):
            line = _open(context)
            line.count()
            waited = _go(line.page, f"http://{HERE}:{worker.port}{path}", FOCUSED if name == "record" else "main h1")
            line.page.wait_for_load_state("networkidle")
            seen[f"{name} {turn}"] = line.received
            seen["strangers"] += len(line.strangers)
            if turn == "later":
                seen[f"{name} usable"] = waited
            if name == "record":
                seen[f"typing {turn}"] = waited
            line.page.close()
        context.close()
    return seen


def _phone(browser: Browser, visitor: Visitor) -> BrowserContext:
    context = browser.new_context(
        viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True, service_workers="block"
    )
    name, _equals, value = visitor.cookie.partition("=")
    context.add_cookies([{"name": name, "value": value, "domain": HERE, "path": "/"}])
    return context


def _open(context: BrowserContext) -> Line:
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW_LINE)
    session.send("Emulation.setCPUThrottlingRate", SLOW_PROCESSOR)
    return Line(page, session)


def _go(page: Page, address: str, wanted: str) -> float:
    """Seconds until what somebody came for is there; on a form, until a letter that they type is in it."""
    began = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.locator(wanted).first.wait_for()
    if wanted == FOCUSED:
        page.keyboard.press("a")
        page.wait_for_function(f"document.querySelector('{FOCUSED}').value === 'a'")
    return time.perf_counter() - began
