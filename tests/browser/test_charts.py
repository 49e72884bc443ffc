"""Charts in a real browser: nothing serious for axe, readable where there is little room, and open on paper."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from waitress.server import create_server

from layers_core.testkit.databases import only_sqlite

from ..gallery import Gallery, shown
from .looking import Eye

pytestmark = [pytest.mark.browser, only_sqlite]

NARROW, WIDE = 320, 1280
TEXTS = """(chart) => [...chart.querySelectorAll("text")].map((it) => {
  const box = it.getBoundingClientRect();
  return [box.left, box.top, box.right, box.bottom];
}).filter((box) => box[2] > box[0])"""


@pytest.fixture(scope="module")
def web_plugins() -> Sequence[object]:
    return [Gallery()]


@pytest.fixture
def url(app: Flask) -> Iterator[str]:
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    threading.Thread(target=server.run, daemon=True).start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()


@pytest.fixture
def page(browser: Browser, url: str) -> Iterator[Page]:
    opened = browser.new_page()
    opened.goto(f"{url}/p/manor/gallery/")
    yield opened
    opened.close()


def test_axe_and_a_narrow_screen(browser: Browser, url: str) -> None:
    eye = Eye(url, "Manor Street Surgery")
    for language in ("en", "ur"):
        page = browser.new_page()
        with eye.watching(page):
            page.goto(f"{url}/p/manor/gallery/?lang={language}")
            eye.look(page, f"charts in {language}", owned=True)
        page.close()
    assert eye.seen == 2
    assert not eye.faults, "\n".join(["", *eye.faults])


@pytest.mark.parametrize("language", ["en", "ur"])
@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_no_words_of_a_chart_lie_on_others_or_outside(page: Page, width: int, language: str) -> None:
    page.goto(f"{page.url}?lang={language}")
    page.set_viewport_size({"width": width, "height": 900})
    charts = page.locator("svg.layers-chart").all()
    assert len(charts) == len([chart for chart in shown().values() if chart.points])
    for chart in charts:
        texts = chart.evaluate(TEXTS)
        assert len(texts) > 5
        assert all(left >= 0 and right <= width for left, _top, right, _bottom in texts)
        for number, one in enumerate(texts):
            for other in texts[number + 1 :]:
                beside = min(one[2], other[2]) - max(one[0], other[0]) <= 0
                above = min(one[3], other[3]) - max(one[1], other[1]) <= 1
                assert beside or above, (one, other)


def test_the_table_is_on_paper_without_being_opened(page: Page) -> None:
    table = page.locator("table").first
    assert not table.is_visible()
    page.emulate_media(media="print")
    assert table.locator("tbody tr").last.evaluate("(row) => row.getBoundingClientRect().height") > 0
