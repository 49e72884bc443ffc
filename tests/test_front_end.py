"""The built stylesheet and scripts, on a page of the design system's parts: dark, right to left, large, on paper."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

DIST = Path(__file__).resolve().parents[1] / "webshell" / "src" / "layers_webshell" / "static" / "dist"
PARTS = """<!doctype html>
<html lang="{lang}" dir="{dir}" class="{classes}"><head><meta charset="utf-8"><title>Parts</title>
<meta name="viewport" content="width=device-width">
<link rel="icon" href="/static/dist/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/static/dist/nhsuk.css">
<script type="module" src="/static/dist/layers.js"></script></head>
<body class="nhsuk-template__body">
<header class="nhsuk-header" role="banner"><div class="nhsuk-header__container nhsuk-width-container">
<a class="nhsuk-header__service-name" href="/">Example practice</a></div></header>
<div class="nhsuk-width-container"><main class="nhsuk-main-wrapper" id="maincontent">
<h1 class="nhsuk-heading-l">What did you learn?</h1>
<p class="nhsuk-body">Some <a href="/elsewhere">linked words</a>, <mark>marked words</mark> and <em>others</em>.</p>
<form><fieldset class="nhsuk-fieldset"><legend class="nhsuk-fieldset__legend">Who should see it?</legend>
<div class="nhsuk-radios"><div class="nhsuk-radios__item">
<input class="nhsuk-radios__input" id="me" name="who" type="radio" value="me">
<label class="nhsuk-label nhsuk-radios__label" for="me">Only me</label></div></div></fieldset>
<div class="nhsuk-form-group nhsuk-form-group--error"><label class="nhsuk-label" for="words">Words</label>
<div class="nhsuk-hint">In your own words</div><span class="nhsuk-error-message">Write something</span>
<input class="nhsuk-input nhsuk-input--error" id="words" name="words"></div>
<div class="nhsuk-button-group"><button class="nhsuk-button">Save</button>
<button class="nhsuk-button nhsuk-button--secondary">Keep as a draft</button></div></form>
<div class="nhsuk-warning-callout"><h2 class="nhsuk-warning-callout__label">A name?</h2>
<p>It <a href="/w">may name</a> one.</p></div>
<div class="nhsuk-inset-text"><p>Inset</p></div>
<div class="nhsuk-card"><div class="nhsuk-card__content">
<h2 class="nhsuk-card__heading">A card</h2><p>Words</p></div></div>
<article class="layers-card layers-card--due"><h2 class="layers-card__title nhsuk-heading-s">Due</h2>
<p class="layers-why">Because it is due</p><strong class="nhsuk-tag">New</strong>
<strong class="nhsuk-tag nhsuk-tag--yellow">Trial</strong></article>
<ul class="layers-chips"><li><a class="layers-chip" href="/a" aria-current="true">All</a></li>
<li><a class="layers-chip" href="/b">Mine</a></li></ul>
<table class="nhsuk-table"><caption class="nhsuk-table__caption">Figures</caption>
<thead><tr><th scope="col">Week</th><th scope="col">People</th></tr></thead>
<tbody><tr><td>1</td><td>12</td></tr></tbody></table>
<details class="nhsuk-details"><summary class="nhsuk-details__summary">
<span class="nhsuk-details__summary-text">Only for
me</span></summary><div class="nhsuk-details__text">Folded</div></details>
</main></div></body></html>
"""

pytestmark = pytest.mark.browser


class Parts(SimpleHTTPRequestHandler):
    """Serves the built files under /static/dist/ and the page under /LANG/DIRECTION/CLASS."""

    def do_GET(self) -> None:
        if self.path.startswith("/static/dist/"):
            self.path = self.path.removeprefix("/static/dist")
            super().do_GET()
            return
        lang, direction, classes = self.path.strip("/").split("/")
        body = PARTS.format(lang=lang, dir=direction, classes=classes).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", "default-src 'self'")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Parts, directory=str(DIST))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("where", ["en/ltr/plain", "ur/rtl/layers-large-print"])
def test_every_part_has_contrast_and_a_name(page: Page, site: str, scheme: str, where: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{site}/{where}")
    page.wait_for_selector("body.nhsuk-frontend-supported", timeout=5000)
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
    assert found.violations_count == 0, found.generate_report()


def test_dark_mode_is_dark(page: Page, site: str) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(f"{site}/en/ltr/plain")
    ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert max(int(part) for part in re.findall(r"\d+", ground)[:3]) < 60, ground


@pytest.mark.parametrize(("direction", "side"), [("ltr", "left"), ("rtl", "right")])
def test_a_radio_stands_where_reading_starts(page: Page, site: str, direction: str, side: str) -> None:
    page.goto(f"{site}/en/{direction}/plain")
    button, label = (page.locator(part).bounding_box() for part in (".nhsuk-radios__input", ".nhsuk-radios__label"))
    assert button is not None
    assert label is not None
    assert (button["x"] < label["x"]) == (side == "left")
    drawn = page.evaluate(
        "side => getComputedStyle(document.querySelector('.nhsuk-radios__label'), '::before')[side]", side
    )
    assert float(drawn.removesuffix("px")) < 5


@pytest.mark.parametrize("where", ["en/ltr/plain", "ur/rtl/layers-large-print"])
def test_nothing_is_wider_than_a_small_phone(page: Page, site: str, where: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{site}/{where}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_large_print_is_18_points(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(f"{site}/en/ltr/layers-large-print")
    size = page.evaluate("getComputedStyle(document.querySelector('p.nhsuk-body')).fontSize")
    assert float(size.removesuffix("px")) >= 24  # 18 points are 24 pixels


def test_on_paper_there_is_nothing_to_press(page: Page, site: str) -> None:
    page.goto(f"{site}/en/ltr/plain")
    page.emulate_media(media="print")
    assert not page.get_by_role("button", name="Save").is_visible()
    assert page.get_by_text("Because it is due").is_visible()


def test_nothing_is_asked_of_another_host_or_missing(page: Page, site: str) -> None:
    asked: list[str] = []
    broken: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("response", lambda response: broken.append(response.url) if response.status >= 400 else None)
    page.on("console", lambda message: broken.append(message.text) if message.type == "error" else None)
    page.goto(f"{site}/en/ltr/plain")
    page.wait_for_load_state("networkidle")
    assert [url for url in asked if not url.startswith(site)] == []
    assert broken == []
    css = (DIST / "nhsuk.css").read_text(encoding="utf-8")
    for name in re.findall(r"url\([\"']?images/([\w.-]+)", css):
        assert (DIST / "images" / name).is_file()
