"""A GP's year of 60 entries as a Word document, from the home page, with every click counted.

With LAYERS_SCREENSHOTS set to a folder, each page's picture is written there (docs/images/reflect is made so).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import docx
import pytest
from playwright.sync_api import Locator, Page, expect

from layers_core.artefacts.followup import today_in
from layers_core.artefacts.service import ArtefactService
from layers_core.contract import Draft
from layers_reflect.kinds import NOTE
from layers_reflect.portfolio.years import period_of
from layers_reflect.writing import quick_body

from .conftest import Device, Served

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MOST_CLICKS = 15
ENTRIES = 60
TYPES = ("cpd", "quality_improvement", "significant_events", "cpd", "compliments_complaints")
DOMAINS = ("knowledge", "patients", "colleagues")
LEARNT = (
    "Gout flares after thiazides: check the list first",
    "How we hand over results before a weekend",
    "Asthma reviews go better with the inhaler in hand",
    "A carer told us what our letters are like to read",
    "Deprescribing: one medicine at a time",
)


@pytest.fixture
def shoot(database_kind: str) -> Callable[[Page, str], None]:
    """Take a page's picture, on one database and where a folder for them is named."""
    folder = os.environ.get("LAYERS_SCREENSHOTS", "") if database_kind == "sqlite" else ""

    def take(page: Page, name: str) -> None:
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(folder) / f"{name}.png", full_page=name.startswith("portfolio"))

    return take


class Clicks:
    """Counts what somebody presses."""

    def __init__(self) -> None:
        self.number = 0

    def __call__(self, target: Locator) -> None:
        self.number += 1
        target.click()


def keep_a_year(served: Served) -> None:
    """Sixty entries of the GP's, spread over the appraisal year up to today."""
    today = today_in("Europe/London")
    year = period_of("doctor", today)
    actor = served.world.actor(served.database, served.host, "gp")
    with ArtefactService(served.database, served.host).unit(actor) as unit:
        for number in range(ENTRIES):
            about = {
                "date": (year.since + timedelta(days=(today - year.since).days * number // ENTRIES)).isoformat(),
                "minutes": 30 + 15 * (number % 4),
                "types": [TYPES[number % len(TYPES)]],
                "domains": [DOMAINS[number % len(DOMAINS)]],
                "topics": ["Prescribing"] if number % 5 in (0, 4) else [],
                "importance": 1 + number % 3,
            }
            text = LEARNT[number % len(LEARNT)]
            unit.add(Draft(NOTE, text, quick_body(text, about)))


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_a_year_of_sixty_entries_is_a_document_in_few_clicks(
    served: Served, device: Device, shoot: Callable[[Page, str], None], tmp_path: Path, phone: bool
) -> None:
    keep_a_year(served)
    name = "360" if phone else "1280"
    page, click = device("gp", phone=phone), Clicks()
    page.goto(served.url + f"/{served.world.slugs['home']}/")
    if phone:
        click(page.get_by_role("button", name="Browse More"))
    click(page.get_by_role("link", name="Reflect", exact=True))
    shoot(page, f"timeline-{name}")
    click(page.get_by_role("link", name="My portfolio"))
    expect(page.get_by_role("heading", name="Appraisal year")).to_be_visible()
    shoot(page, f"portfolio-{name}")
    click(page.get_by_role("link", name="Choose and export entries"))
    shoot(page, f"choose-{name}")
    expect(page.get_by_label("Word document")).to_be_checked()
    with page.expect_download() as coming:
        click(page.get_by_role("button", name="Download"))
    coming.value.save_as(tmp_path / "portfolio.docx")
    document = docx.Document(str(tmp_path / "portfolio.docx"))
    titles = [part.text for part in document.paragraphs if part.style.name == "Heading 1"]
    assert sum(title in LEARNT for title in titles) == ENTRIES
    assert click.number <= MOST_CLICKS
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
