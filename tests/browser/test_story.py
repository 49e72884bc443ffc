"""The story "I couldn't read my letter", from a patient's phone to the public page, as its people live it.

With LAYERS_SCREENSHOTS set to a folder, each step's picture is written there (docs/images/story is made so).
"""

from __future__ import annotations

import csv
import io
import os
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from layers_core.artefacts.followup import today_in

from ..newcomer import installed, new_plugin
from .conftest import Device, Restarted, Served

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENT_WORDS = "میں اپنا خط نہیں پڑھ سکا، حروف بہت چھوٹے تھے۔ Mrs Khan نے گھر پر پڑھ کر سنایا۔"
LEARNT = "Our appointment letters are too small to read for some people, and nobody asked which size they need"
SHORT_LEARNT = "Our appointment letters are too small"
PROMISE = "Send letters in 18-point large print to everybody who asked for them"


@pytest.fixture
def shoot(database_kind: str) -> Callable[[Page, str], None]:
    """Take a step's picture, on one database and where a folder for them is named."""
    folder = os.environ.get("LAYERS_SCREENSHOTS", "") if database_kind == "sqlite" else ""

    def take(page: Page, name: str) -> None:
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(folder) / f"{name}.png")

    return take


def top(page: Page) -> None:
    page.evaluate("window.scrollTo(0, 0)")


def test_i_could_not_read_my_letter(
    served: Served, device: Device, restarted: Restarted, shoot: Callable[[Page, str], None], tmp_path: Path
) -> None:
    start = served.last_event()

    patient = device("patient", phone=True)
    patient.get_by_role("link", name="اردو").click()
    patient.goto(patient.url + "&size=large")
    assert patient.locator("html").get_attribute("dir") == "rtl"
    patient.get_by_label("خراب", exact=True).check()
    patient.locator("textarea").fill(PATIENT_WORDS)
    shoot(patient, "01-patient-answers")
    patient.locator("main form button[type=submit]").click()
    expect(patient.locator("code")).to_be_visible()
    shoot(patient, "02-patient-thanked")
    assert patient.context.cookies() == []

    reception = device("receptionist")
    expect(reception.get_by_role("heading", name="1 new answer to look at")).to_be_visible()
    shoot(reception, "03-receptionist-home")
    reception.get_by_role("link", name="Look at it").click()
    expect(reception.locator("mark")).to_contain_text("Khan")
    reception.get_by_label("Translation").fill("I could not read my letter, the print was too small.")
    shoot(reception, "04-receptionist-looks")
    reception.get_by_role("button", name="Release without the marked words").click()
    expect(reception.locator("main")).not_to_contain_text("Khan")

    nurse = device("nurse", phone=True)
    nurse.goto(served.url + f"/{served.world.slugs['home']}/new")
    nurse.get_by_role("link", name="Poor").first.click()
    shoot(nurse, "05-nurse-reads")
    nurse.get_by_role("link", name="Reflect on this").click()
    before = served.last_event()
    nurse.get_by_role("button", name="Save").click()
    expect(nurse.get_by_role("heading", name="There is a problem")).to_be_visible()
    assert served.last_event() == before
    nurse.get_by_label("What did you learn?").fill(LEARNT)
    nurse.get_by_text("What will you do about it?").click()
    nurse.get_by_label("I will…").fill(PROMISE)
    due = today_in("Europe/London") + timedelta(days=12)
    nurse.get_by_label("Day").fill(str(due.day))
    nurse.get_by_label("Month").fill(str(due.month))
    nurse.get_by_label("Year").fill(str(due.year))
    nurse.get_by_label("Riverside Primary Care Network").check()
    shoot(nurse, "06-nurse-records")
    nurse.get_by_role("button", name="Save").click()
    expect(nurse.get_by_text("These may have something to do with it")).to_be_visible()
    top(nurse)
    shoot(nurse, "07-nurse-saved")
    note_url = nurse.url.partition("?")[0]
    nurse.locator(".layers-card", has_text="Recommendation").get_by_role("button", name="Connect").first.click()
    nurse.goto(note_url)

    gp = device("gp")
    gp.goto(note_url)
    gp.locator(".layers-trail-list").get_by_role("link", name="large print").first.click()
    gp.locator("main").get_by_role("link", name="Decide").click()
    gp.get_by_label("Adapt").first.check()
    gp.get_by_label("How we do it").fill("Ask when booking, and print in 18 point from the second template.")
    gp.get_by_label("Why?").fill("Our letter system prints one size for each template.")
    shoot(gp, "08-gp-adapts")
    gp.get_by_role("button", name="Save the decision").click()
    expect(gp.locator("main")).to_contain_text("Ask when booking")

    neighbour = device("neighbour")
    neighbour.goto(served.url + f"/{served.world.slugs['neighbour']}/new")
    neighbour.get_by_role("link", name=SHORT_LEARNT).first.click()
    expect(neighbour.locator("main")).not_to_contain_text("could not read my letter")
    expect(neighbour.locator(".layers-trail-list > li")).to_have_count(2)
    neighbour.get_by_role("button", name="Used it").scroll_into_view_if_needed()
    shoot(neighbour, "09-neighbour-reads")
    neighbour.get_by_role("button", name="Used it").click()
    expect(neighbour.locator("main")).to_contain_text("was used")

    nurse.goto(served.url + f"/{served.world.slugs['home']}/")
    expect(nurse.locator("main")).to_contain_text("Used at another practice")
    nurse.get_by_text("Used at another practice").first.scroll_into_view_if_needed()
    shoot(nurse, "10-nurse-hears")
    nurse.get_by_role("link", name=PROMISE).click()
    nurse.get_by_label("We did it and keep it").check()
    nurse.get_by_label("In a few words").fill("The second template is in 18 point; eleven people get it now.")
    nurse.get_by_role("button", name="Close this promise").click()

    manager = device("manager")
    manager.goto(note_url)
    manager.get_by_role("link", name="Tell patients").click()
    manager.get_by_label("What is it about?").fill("Letters in large print")
    manager.get_by_label("You said").fill("Some letters are too small to read.")
    manager.get_by_label("We learned").fill("Nobody asked which size people need.")
    manager.get_by_label("We changed something").check()
    manager.get_by_label("We did").fill("We ask when you book, and print in 18 point.")
    shoot(manager, "11-manager-publishes")
    manager.get_by_role("button", name="Publish").click()

    visitor = device("patient", phone=True)
    visitor.goto(served.url + f"/p/{served.world.slugs['home']}/patient-input/")
    expect(visitor.locator("main")).to_contain_text("print in 18 point")
    expect(visitor.locator("main")).not_to_contain_text("Khan")
    shoot(visitor, "12-public-page")

    manager.goto(note_url)
    expect(manager.locator(".layers-trail-list > li")).to_have_count(6)
    manager.locator(".layers-trail").scroll_into_view_if_needed()
    shoot(manager, "13-trail")

    home = f"{served.url}/{served.world.slugs['home']}"
    manager.goto(f"{home}/mix/change/peer_share")
    manager.get_by_label("Off", exact=True).check()
    manager.get_by_label("Why?").fill("We pause sharing during the audit.")
    manager.get_by_role("button", name="Decide").click()
    shoot(manager, "14-mix")
    expect(manager.get_by_role("navigation", name="Menu").get_by_role("link", name="Shared")).to_have_count(0)
    nurse.goto(note_url)
    expect(nurse.locator("main")).to_contain_text(SHORT_LEARNT)
    manager.goto(f"{home}/mix")
    manager.get_by_role("link", name="Roll back to here").first.click()
    manager.get_by_label("Why?").fill("The audit is over.")
    manager.get_by_role("button", name="Roll back").click()
    expect(manager.get_by_role("navigation", name="Menu").get_by_role("link", name="Shared")).to_have_count(1)

    told = [name for name, _tier in served.events(start) if name != "core.viewed"]
    assert told == [
        "patient_input.answered",
        "core.recorded",
        "patient_input.released",
        "core.recorded",
        "core.promised",
        "core.linked",
        "core.recorded",
        "guidelines.decided",
        "peer_share.used",
        "core.action_closed",
        "core.recorded",
        "patient_input.published",
        "core.mix_decided",
        "core.mix_decided",
    ]

    evaluator = device("evaluator")
    evaluator.goto(served.url + "/evaluation")
    for tier in ("Aware", "Using", "Producing"):
        expect(evaluator.locator("main")).to_contain_text(tier)
    shoot(evaluator, "15-evaluation")
    with evaluator.expect_download() as download:
        evaluator.get_by_role("button", name="Download").or_(
            evaluator.get_by_role("link", name="Download")
        ).first.click()
    assert_exported(Path(download.value.path()), told)

    home = restarted(installed(new_plugin(tmp_path), tmp_path / "site")) + f"/{served.world.slugs['home']}"
    manager.goto(f"{home}/mix/change/home_visits")
    manager.get_by_label("On", exact=True).check()
    manager.get_by_label("Why?").fill("We want to learn from home visits too.")
    manager.get_by_role("button", name="Decide").click()
    gp.goto(f"{home}/")
    card = gp.locator(".layers-card", has=gp.get_by_role("heading", name="Home visits"))
    expect(card).to_contain_text("Nobody has added an entry yet")
    card.scroll_into_view_if_needed()
    shoot(gp, "16-new-card")


def assert_exported(path: Path, told: list[str]) -> None:
    """The export holds a row for each step that a person with an account took, and none of their words.

    The first two steps are the patient's: their answer, and the thing that it became when it was released.
    """
    with zipfile.ZipFile(path) as archive:
        text = archive.read("events.csv").decode()
        assert any(name.endswith(".md") for name in archive.namelist())
    rows = list(csv.DictReader(io.StringIO(text)))
    steps = [row["event"] for row in rows if row["event"] != "core.viewed"]
    assert steps[2 - len(told) :] == told[2:]
    for words in ("letter", "Khan", "18", "print", "audit"):
        assert words not in " ".join(row["props"] for row in rows)
