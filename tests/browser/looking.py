"""What is looked at on every page: axe, room at 320 px, title, heading, and what the browser complains about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page, Response, TimeoutError

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
ZOOMED = {"width": 320, "height": 256}
"""What is left of 1280 × 1024 at 400 % zoom; as narrow as the narrowest phone."""
AXE = Axe().axe_script
GRAVE = ("serious", "critical")
EVERYTHING = {"resultTypes": ["violations"]}
COLOURS = {**EVERYTHING, "runOnly": ["color-contrast"]}
LOOKS = ((DESK, "light", EVERYTHING), (DESK, "dark", COLOURS), (PHONE, "dark", EVERYTHING), (PHONE, "light", COLOURS))
"""At each size everything once; what a scheme alone can change is its colours."""
FEWER = (LOOKS[0], LOOKS[2])
"""For a state of a page that has been looked at in all four: each size and each scheme once."""
UNFOLD = "() => document.querySelectorAll('details').forEach((it) => { it.open = true })"
SETTLED = "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"
SETTLE_MS = 500
"""The header's menu follows a change of the window's size within a few frames."""
TOO_WIDE = """() => {
  const room = document.documentElement.clientWidth, wide = document.documentElement.scrollWidth;
  if (wide <= room) return "";
  const scrolls = (it) =>
    it !== document.body && (getComputedStyle(it).overflowX !== "visible" || scrolls(it.parentElement));
  const out = [...document.body.querySelectorAll("*")].filter(
    (it) => { const box = it.getBoundingClientRect(); return (box.right > room + 1 || box.left < -1) && box.width > 0 }
  ).filter((it) => !scrolls(it.parentElement));
  return `${wide} px wide: ` + out.slice(0, 3).map((it) => it.outerHTML.slice(0, 120)).join(" | ");
}"""


class Complaints:
    """What a browser complains about while it shows a page."""

    def __init__(self, page: Page, url: str) -> None:
        self._url, self.said = url, list[str]()
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.said.append(f"a script failed: {error}"))
        page.on("response", self._response)
        page.on("request", lambda request: self._elsewhere(request.url))

    def _console(self, message: ConsoleMessage) -> None:
        # That the page itself is a 404 or a 422 is what the test asked for; other files are seen to in _response.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.said.append(f"console: {message.text[:300]}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            self.said.append(f"{response.status} for {response.url}")

    def _elsewhere(self, address: str) -> None:
        if not address.startswith((self._url + "/", "data:")):
            self.said.append(f"another host is asked: {address}")


class Eye:
    """Looks at pages and keeps what is wrong with them."""

    def __init__(self, url: str, owner: str) -> None:
        self._url, self._owner = url, owner
        self.faults: list[str] = []
        self.seen = 0

    @contextmanager
    def watching(self, page: Page) -> Iterator[None]:
        """Note what the browser complains about, until the block ends."""
        complaints = Complaints(page, self._url)
        yield
        self.faults += [f"{page.url}: {words}" for words in complaints.said]

    def look(self, page: Page, name: str, *, owned: bool, looks: tuple[Any, ...] = LOOKS) -> None:
        """Look at the page that is open. `owned`: it belongs to the practice, and its title says so."""
        self.seen += 1
        found = [*self._words(page, owned=owned)]
        page.evaluate(UNFOLD)
        page.evaluate(AXE)
        for size, scheme, options in looks:
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=scheme)
            found += [f"{fault} at {size['width']} px, {scheme}" for fault in _grave(page, options)]
        page.set_viewport_size(ZOOMED)
        with suppress(TimeoutError):
            page.wait_for_function(SETTLED, timeout=SETTLE_MS)
        if wide := page.evaluate(TOO_WIDE):
            found.append(f"scrolls sideways at 320 px: {wide}")
        page.set_viewport_size(DESK)
        page.emulate_media(color_scheme="light")
        self.faults += [f"{name} ({page.url}): {fault}" for fault in dict.fromkeys(found)]

    def _words(self, page: Page, *, owned: bool) -> Iterator[str]:
        title, headings = page.title(), page.locator("h1").count()
        if headings != 1:
            yield f"{headings} headings of the first level"
        if owned and not re.fullmatch(rf"\S.* – {re.escape(self._owner)}", title):
            yield f"the title is {title!r}, not the page's name and the practice's"
        if not title.strip():
            yield "no title"


def _grave(page: Page, options: dict[str, Any]) -> Iterator[str]:
    """What axe calls serious or critical."""
    for violation in page.evaluate("options => axe.run(options).then((found) => found.violations)", options):
        if violation["impact"] in GRAVE:
            nodes = violation["nodes"]
            where = "; ".join(f"{node['html'][:160]} {_measured(node)}" for node in nodes[:3])
            yield f"axe {violation['id']} ×{len(nodes)}: {where}"


def _measured(node: dict[str, Any]) -> str:
    """The colours that axe found too close, where it is about colours."""
    data = next((check["data"] for check in node["any"] if check["id"] == "color-contrast"), None)
    return f"({data['fgColor']} on {data['bgColor']} = {data['contrastRatio']})" if data else ""
