"""A week of a GP's and of a nurse's, on the phone and at the PC: a note in one field, and the time set aside for it.

With LAYERS_SCREENSHOTS set to a folder, each page's picture is written there (docs/images/reflect is made so).
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from layers_core.artefacts.models import Action, Artefact, Exposure, ExposureAnswer
from layers_core.db.base import now

from .conftest import DESK, Device, Served
from .hands import Pointing, button

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LEARNT = {
    "gp": "People take iron more readily every other day, and absorb as much",
    "nurse": "A dressing list by the trolley saves a walk in every clinic",
}
CHANGED = "The list hangs by the trolley"
FIELD = "form#record textarea:focus"


@pytest.fixture
def shoot(database_kind: str) -> Callable[[Page, str], None]:
    """Take a page's picture, on one database and where a folder for them is named."""
    folder = os.environ.get("LAYERS_SCREENSHOTS", "") if database_kind == "sqlite" else ""

    def take(page: Page, name: str) -> None:
        if folder:
            page.wait_for_load_state("networkidle")
            page.screenshot(path=Path(folder) / f"{name}.png")

    return take


def come_back(served: Served, person: UUID) -> None:
    """Two of somebody's own things are due and nothing else, as on the day that they set aside."""
    with served.database.write() as session:
        own = session.scalars(
            select(Exposure)
            .join(Artefact)
            .where(Exposure.person_id == person, Artefact.author_id == person, Artefact.state == "live")
            .order_by(Exposure.id)
        ).all()
        for number, exposure in enumerate(own):
            exposure.due_at = now() + timedelta(days=-1 if number < 2 else 30)


@pytest.mark.parametrize("role", ["gp", "nurse"])
def test_a_note_in_one_field_and_the_weekly_slot(
    served: Served, device: Device, shoot: Callable[[Page, str], None], role: str
) -> None:
    # A sign-in link works once, so the PC is a second window of the same session.
    phone = device(role, phone=True)
    desk = phone.context.new_page()
    desk.set_viewport_size(DESK)
    home = f"{served.url}/{served.world.slugs['home']}/"

    # The app's button on the phone: type and save, nothing else. Then the same at the PC, from the home page.
    phone.goto(f"{served.url}/record")
    phone.locator(FIELD).wait_for()
    phone.keyboard.type(LEARNT[role])
    expect(phone.get_by_text("Not your manager. In rare cases a court can ask to see notes.")).to_be_visible()
    shoot(phone, f"{role}-capture-360")
    button(phone, "Save").click()
    phone.wait_for_url("**/things/*?saved=1")
    expect(phone.get_by_role("alert").get_by_text("Seen by: Only you")).to_be_visible()
    shoot(phone, f"{role}-saved-360")
    desk.goto(home)
    desk.locator("form#record textarea").first.fill(LEARNT[role] + ", again")
    shoot(desk, f"{role}-capture-1280")
    button(desk, "Save").click()
    expect(desk.get_by_text("Your note is saved.")).to_be_visible()

    # Ten minutes on a Monday, set at the PC.
    desk.goto(f"{served.url}/me/slot")
    hand = Pointing(desk)
    desk.get_by_label("Which day?").select_option(label="Monday")
    desk.get_by_label("At what time?").fill("13:00")
    hand.press("Save")
    shoot(desk, f"{role}-slot-1280")
    mine = served.world.people[role]
    come_back(served, mine)

    # In it, on the phone: what is due comes back, one tap answers, and what changed is told at once.
    phone.goto(home)
    cards = phone.locator(".layers-again")
    expect(cards.first).to_be_visible()
    cards.first.scroll_into_view_if_needed()
    shoot(phone, f"{role}-again-360")
    expect(cards).to_have_count(2)
    cards.first.get_by_role("button", name="Still true").click()
    expect(phone.get_by_role("button", name="Still true")).to_have_count(1)
    desk.goto(home)
    desk.locator(".layers-again").get_by_role("link", name=re.compile("^Changed something")).click()
    hand.fill("What changed, or what will you change?", CHANGED)
    shoot(desk, f"{role}-changed-1280")
    hand.press("Save what changed")
    expect(desk.locator(".layers-again")).to_have_count(0)
    with served.database.read() as session:
        answers = session.scalars(select(ExposureAnswer.answer).join(Exposure).where(Exposure.person_id == mine)).all()
        notes = session.scalars(select(Artefact).where(Artefact.title.startswith(LEARNT[role]))).all()
        changes = session.scalars(select(Action).where(Action.owner_id == mine, Action.outcome == "adopt")).all()
    assert sorted(answers)[-2:] == ["changed_something", "still_true"]
    assert len(notes) == 2
    assert CHANGED in [words for one in changes for words in (one.expectation, one.what_happened)]
