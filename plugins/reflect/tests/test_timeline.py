"""The timeline as a browser without JavaScript meets it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from layers_core.contract import Draft
from layers_core.vocabulary import vocabulary
from layers_core.web import Submitted
from layers_reflect.classification import PACKAGE, SCHEMES, codes
from layers_reflect.kinds import NOTE
from layers_reflect.timeline import filters
from layers_reflect.writing import quick_body

if TYPE_CHECKING:
    from layers_webshell.testclient import Browser
    from layers_webshell.testworld import World

ClientFor = Callable[..., "Browser"]
TITLE = re.compile(r'class="layers-thing__title"[^>]*>([^<]*)<')


def keep(world: World, title: str, day: date, *, role: str = "gp", audience: str = "me", **about: Any) -> UUID:
    body = quick_body(title, {"date": day.isoformat(), **about})
    return world.artefacts.save(world.actor(role), Draft(NOTE, title, body, audience)).id


def titles(browser: Browser, query: str = "") -> list[str]:
    page = browser.get(f"/manor/reflect/{query}")
    assert page.status_code == 200
    return TITLE.findall(page.text)


def test_entries_stand_under_the_month_that_they_happened_in(client_for: ClientFor, world: World) -> None:
    keep(world, "Second", date(2026, 3, 2), minutes=90, types=["cpd"], topics=["Gout"])
    keep(world, "First", date(2026, 2, 28))
    keep(world, "Third", date(2026, 3, 9), audience="practice")
    gp = client_for("gp")
    page = gp.get("/manor/reflect/").text
    assert re.findall(r"<h2[^>]*id=\"m[^>]*>([^<]*)<", page) == ["March 2026", "February 2026"]
    assert titles(gp) == ["Third", "Second", "First"]
    for words in ("2 March 2026", "1 hour 30 minutes", "Continuing professional development", "Gout"):
        assert words in page
    assert titles(client_for("nurse")) == []


def test_filters_are_links_that_add_up_and_can_be_removed(client_for: ClientFor, world: World) -> None:
    keep(world, "Both", date(2026, 3, 2), types=["cpd", "significant_events"], importance=3)
    keep(world, "One", date(2026, 3, 3), types=["cpd"], topics=["Gout & pain"])
    keep(world, "None", date(2026, 3, 4))
    gp = client_for("gp")
    assert titles(gp, "?counts=types:cpd") == ["One", "Both"]
    assert titles(gp, "?counts=types:cpd&counts=types:significant_events") == ["Both"]
    assert titles(gp, "?important=2") == ["Both"]
    assert titles(gp, "?form=quick_note") == ["None", "One", "Both"]
    assert titles(gp, "?counts=topics:Gout+%26+pain") == ["One"]
    assert titles(gp, "?counts=types:unknown&form=nothing&important=9&until=never&older=x") == ["None", "One", "Both"]
    page = gp.get("/manor/reflect/?counts=types:cpd&important=2").text
    removing = re.findall(r'aria-current="true" href="([^"]*)"', page)
    assert removing == ["/manor/reflect/?important=2", "/manor/reflect/?counts=types:cpd"]
    assert "Nothing of yours fits that" in gp.get("/manor/reflect/?counts=domains:trust").text


def test_one_goes_to_a_date(client_for: ClientFor, world: World) -> None:
    for month in (1, 5, 9):
        keep(world, f"Month {month}", date(2026, month, 1), types=["cpd"])
    gp = client_for("gp")
    page = gp.get("/manor/reflect/?counts=types:cpd")
    there = gp.submit(page, {"to-day": "2", "to-month": "5", "to-year": "2026"})
    assert there.location == "/manor/reflect/?counts=types:cpd&until=2026-05-02"
    assert titles(gp, there.location.partition("reflect/")[2]) == ["Month 5", "Month 1"]
    wrong = gp.submit(page, {"to-day": "31", "to-month": "2", "to-year": "2026"})
    assert "Enter a real date" in wrong.text
    assert 'value="31"' in wrong.text


def test_a_long_timeline_has_pages_that_lose_nothing(client_for: ClientFor, world: World) -> None:
    for number in range(45):
        # Many on one day: the pages are cut between them all the same.
        keep(world, f"Entry {number}", date(2026, 3, 1 + number // 20))
    gp, found, query = client_for("gp"), [], ""
    while True:
        found += titles(gp, query)
        older = re.search(r'href="/manor/reflect/(\?older=[^"]*)" rel="next"', gp.get(f"/manor/reflect/{query}").text)
        if not older:
            break
        query = older[1]
    assert len(found) == len(set(found)) == 45
    assert found[0] == "Entry 44"


COUNTS = st.sampled_from([(scheme, code) for scheme in SCHEMES for code in codes(scheme)])


TOPIC_WORDS = st.text("abc &:=+é", min_size=1).map(str.strip).filter(bool)


@given(
    st.lists(
        COUNTS | st.tuples(st.just("topics"), st.text("abc &:=+é", min_size=1).map(str.strip).filter(bool)),
        max_size=5,
        unique=True,
    ),
    st.lists(st.sampled_from([*vocabulary("templates", PACKAGE)]), max_size=4, unique=True),
    st.none() | st.sampled_from(filters.IMPORTANT),
    st.none() | st.dates(),
)
def test_an_address_says_what_was_chosen(
    counts: list[tuple[str, str]], forms: list[str], important: int | None, until: date | None
) -> None:
    wanted = filters.Filters(tuple(counts), tuple(forms), important, until)
    said: MultiDict[str, str] = MultiDict()
    for name, value in wanted.query.items():
        said.setlist(name, [str(one) for one in (value if isinstance(value, list) else [value])])
    assert filters.read(Submitted(said)) == wanted
    for chip in filters.chosen(wanted):
        assert chip not in filters.chosen(chip.leads_to)
    for _heading, chips in filters.offered(wanted, SCHEMES):
        for chip in chips:
            assert chip.words in {again.words for again in filters.chosen(chip.leads_to)}
