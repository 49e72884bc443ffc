"""The page of an export that takes its time follows it by itself, and can be looked at again by hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from layers_core.artefacts.service import ArtefactService
from layers_core.db.base import new_id, now
from layers_reflect.portfolio.preparing import service as exports
from layers_reflect.portfolio.preparing.models import Export

from .conftest import Device, Served

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_page_follows_an_export_and_offers_the_file(served: Served, device: Device) -> None:
    actor = served.world.actor(served.database, served.host, "gp")
    wish = exports.Wish("csv", [new_id() for _entry in range(4)], False, {}, "")
    order = exports.begin(ArtefactService(served.database, served.host), actor, wish).order
    assert order is not None

    def told(**values: Any) -> None:
        with served.database.write() as session:
            session.execute(update(Export).values(**values))

    told(state="working", beat_at=now() + timedelta(hours=1))
    page = device("gp")
    page.goto(f"{served.url}/{served.world.slugs['home']}/reflect/portfolio/exports/{order.id}")
    expect(page.get_by_role("progressbar", name="0 of 4 entries")).to_be_visible()
    expect(page.get_by_role("link", name="Look again")).to_be_hidden()
    told(done=2)
    expect(page.get_by_role("status")).to_have_text("2 of 4 entries")
    assert page.get_by_role("progressbar").evaluate("bar => bar.position") == 0.5
    with served.host.files.passing.writing(order.run) as stream:
        stream.write(b"date,title\n")
    exports.finish(served.database, order, 11)
    expect(page.get_by_role("heading", level=1, name="Your export is ready")).to_be_visible()
    with page.expect_download() as coming:
        page.get_by_role("link", name="Download").click()
    assert coming.value.suggested_filename.endswith(".csv")
