"""A receptionist types in 40 paper cards by keyboard alone; nothing typed is lost."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from layers_core.artefacts.models import Draft
from layers_core.testkit.databases import only_sqlite
from layers_core.testkit.servers import DatabaseSource, Schema
from layers_patient_input.models import Answer, Tally
from layers_patient_input.responses import written

from .looking import FEWER, Eye
from .stage import SLOW_MS, Stage, browsing, staged

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SCORES = ("very_good", "good", "neither", "poor", "very_poor", "dont_know")
CARDS: tuple[tuple[int, str], ...] = (
    # The number of the answer, and what is written on the card: on 17 of 40 nothing, on the others 1 to 21 words.
    (1, ""),
    (1, "Lovely staff, thank you"),
    (2, "Had to wait 25 minutes past my time but the nurse was very kind"),
    (1, ""),
    (4, "Could not get through on the phone all morning. Gave up and walked in."),
    (1, "Excellent"),
    (2, ""),
    (3, "Fine"),
    (1, "Receptionist went out of her way to find me an appointment the same day"),
    (1, ""),
    (2, "Easier to park please"),
    (5, "The letter was too small to read and nobody could tell me what it said. I had to ask my daughter."),
    (1, ""),
    (1, "Always friendly"),
    (6, ""),
    (2, "Good but rushed"),
    (1, "Dr listened to me and explained everything"),
    (1, ""),
    (1, ""),
    (4, "Prescription not ready again"),
    (2, ""),
    (1, "No complaints"),
    (1, "Very good service from everyone"),
    (3, ""),
    (2, "More evening appointments would help people who work"),
    (1, ""),
    (1, "Clean and warm"),
    (2, ""),
    (1, "The new chairs are much better for my hip"),
    (5, "Waited 3 weeks for a blood test result that should have taken 2 days"),
    (1, ""),
    (1, "Brilliant"),
    (2, ""),
    (1, ""),
    (4, "Could hear everything at the desk"),
    (1, ""),
    (2, "Ok"),
    (1, "Thank you to the nurse who did my dressing"),
    (1, ""),
    (2, "Text reminders are useful"),
)
KEYS_BESIDES_WORDS = 8
"""At most, for each card (screens.md)."""
WORDS_A_MINUTE, KEYS_A_WORD = 40, 5
"""A person who types slowly; typing speed counts five keys as a word."""
MINUTES = 8


@pytest.fixture(scope="module")
def stage(
    databases: DatabaseSource, database_schema: Schema, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """The demo on one kind of database."""
    with staged(databases, database_schema, tmp_path_factory.mktemp("stage")) as served:
        yield served


@dataclass
class Keyboard:
    """Presses keys, one at a time, and counts them."""

    page: Page
    pressed: int = 0

    def press(self, *keys: str) -> None:
        """Press keys by their names."""
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1

    def write(self, words: str) -> None:
        """Type words; a capital letter is two keys."""
        self.page.keyboard.type(words)
        self.pressed += len(words) + sum(letter.isupper() for letter in words)


def grid(page: Page, stage: Stage) -> Keyboard:
    """The grid with the focus where the first card begins."""
    page.goto(f"{stage.home}/patient-input/enter/cards")
    page.locator("form[data-draft-keeps]").wait_for()
    keyboard = Keyboard(page)
    page.locator("#score-0").focus()
    return keyboard


def kept(stage: Stage) -> list[tuple[str | None, str]]:
    """The cards that are in, in the order in which they came."""
    with stage.database.read() as session:
        rows = session.scalars(select(Answer).where(Answer.method == "handwritten").order_by(Answer.id))
        return [(row.score, " ".join(written(row.items))) for row in rows]


def counted(stage: Stage) -> int:
    """How many cards the totals have."""
    with stage.database.read() as session:
        return sum(session.scalars(select(Tally.count).where(Tally.method == "handwritten")))


def drafts(stage: Stage, role: str) -> list[Draft]:
    """What somebody began and did not save."""
    with stage.database.read() as session:
        person = stage.world.people[role]
        return list(session.scalars(select(Draft).where(Draft.person_id == person)))


def saved(page: Page, number: int) -> None:
    """So many cards show as saved."""
    expect(page.locator("[data-saved]")).to_have_count(number, timeout=SLOW_MS)


def test_forty_cards_in_less_than_eight_minutes(stage: Stage, browser: Browser) -> None:
    before = len(kept(stage))
    with browsing(browser, stage, "receptionist") as page:
        keyboard = grid(page, stage)
        began = time.monotonic()
        for score, words in CARDS:
            keyboard.press(str(score), "Tab")
            keyboard.write(words)
            keyboard.press("Enter")
        saved(page, len(CARDS))
        took = time.monotonic() - began
        expect(page.locator("[data-rows-status]")).to_have_text(f"Saved. Cards so far: {len(CARDS)}")
        # The focus is where the next card begins.
        expect(page.locator("[data-row] select").first).to_be_focused()
    assert kept(stage)[before:] == [(SCORES[score - 1], words) for score, words in CARDS]
    assert counted(stage) == before + len(CARDS)
    assert drafts(stage, "receptionist") == []
    letters = sum(len(words) + sum(letter.isupper() for letter in words) for _score, words in CARDS)
    besides = (keyboard.pressed - letters) / len(CARDS)
    minutes = keyboard.pressed / (WORDS_A_MINUTE * KEYS_A_WORD)
    print(
        f"{keyboard.pressed} keys, {besides} a card besides its words: {minutes:.1f} minutes; by machine {took:.0f} s"
    )
    assert besides <= KEYS_BESIDES_WORDS
    assert minutes < MINUTES


def test_first_letters_and_tab_do_as_well(stage: Stage, browser: Browser) -> None:
    before = len(kept(stage))
    with browsing(browser, stage, "receptionist") as page:
        keyboard = grid(page, stage)
        for keys in ("v", "vv", "g", "n", "p", "d"):
            keyboard.press(*keys, "Tab", "Tab")
        saved(page, 6)
    assert [score for score, _words in kept(stage)[before:]] == [
        "very_good", "very_poor", "good", "neither", "poor", "dont_know",
    ]  # fmt: skip


def test_a_card_is_taken_out_and_the_words_beside_it_stay(stage: Stage, browser: Browser) -> None:
    before, total = kept(stage), counted(stage)
    with browsing(browser, stage, "receptionist") as page:
        keyboard = grid(page, stage)
        for words in ("Mine", "Not mine"):
            keyboard.press("2", "Tab")
            keyboard.write(words)
            keyboard.press("Enter")
        saved(page, 2)
        keyboard.press("Tab")
        keyboard.write("Half a card")
        page.get_by_role("button", name="Undo card 2").click()
        saved(page, 1)
        expect(page.locator("textarea[name=text-2]")).to_have_value("Half a card")
        expect(page.locator("[data-rows-status]")).to_have_text("Taken out. No figure counts it any more.")
    assert kept(stage) == [*before, ("good", "Mine")]
    assert counted(stage) == total + 1


def test_without_a_connection_nothing_is_lost_and_nothing_twice(stage: Stage, browser: Browser) -> None:
    before = kept(stage)
    with browsing(browser, stage, "receptionist") as page:
        keyboard = grid(page, stage)
        page.context.set_offline(True)
        keyboard.press("4", "Tab")
        keyboard.write("Typed in a tunnel")
        keyboard.press("Enter")
        expect(page.locator("[data-rows-status]")).to_contain_text("There is no connection just now")
        expect(page.locator("#text-0")).to_have_value("Typed in a tunnel")
        page.context.set_offline(False)
        keyboard.press("1", "Tab", "Enter")
        page.evaluate("window.dispatchEvent(new Event('online'))")
        saved(page, 2)
    assert sorted(kept(stage)[len(before) :]) == [("poor", "Typed in a tunnel"), ("very_good", "")]


def test_what_is_half_typed_when_the_page_closes_is_offered_again(stage: Stage, browser: Browser) -> None:
    before = kept(stage)
    with browsing(browser, stage, "nurse") as page:
        keyboard = grid(page, stage)
        keyboard.press("1", "Tab", "Enter")
        saved(page, 1)
        keyboard.press("5", "Tab")
        keyboard.write("The telephone rang")
        page.goto("about:blank")
        for _ in range(SLOW_MS // 50):
            if drafts(stage, "nurse"):
                break
            time.sleep(0.05)
        page.goto(f"{stage.home}/patient-input/enter/cards")
        page.get_by_role("button", name="Continue").click()
        expect(page.locator("textarea[name=text-1]")).to_have_value("The telephone rang")
        expect(page.locator("select[name=score-1]")).to_have_value("very_poor")
        page.locator("textarea[name=text-1]").focus()
        page.keyboard.press("Enter")
        expect(page.locator("[data-saved]").last).to_contain_text("The telephone rang")
    assert kept(stage)[len(before) :] == [("very_good", ""), ("very_poor", "The telephone rang")]
    assert drafts(stage, "nurse") == []


def test_words_without_an_answer_are_told_of(stage: Stage, browser: Browser) -> None:
    with browsing(browser, stage, "receptionist") as page:
        keyboard = grid(page, stage)
        keyboard.press("Tab")
        keyboard.write("Nothing is ticked")
        keyboard.press("Enter")
        expect(page.locator("[data-rows-status]")).to_have_text("Card 1 is not saved: choose its answer.")
        page.get_by_role("button", name="Save and finish").click()
        expect(page.locator(".nhsuk-error-summary")).to_contain_text("Card 1: Choose the answer that the patient gave")
        expect(page.locator("textarea[name=text-0]")).to_have_value("Nothing is ticked")


@only_sqlite
def test_the_grid_is_fit_to_be_used_while_cards_come_in(stage: Stage, browser: Browser) -> None:
    eye = Eye(stage.url, stage.owner)
    with browsing(browser, stage, "receptionist") as page, eye.watching(page):
        keyboard = grid(page, stage)
        keyboard.press("2", "Tab")
        keyboard.write(
            "A rather long sentence, so that the row has to grow on a telephone and the table stays in place"
        )
        keyboard.press("Enter")
        saved(page, 1)
        eye.look(page, "cards", owned=True, looks=FEWER)
        page.locator("#text-1").fill("Nothing is ticked")
        page.get_by_role("button", name="Save and 10 more").click()
        expect(page.locator(".nhsuk-error-summary")).to_be_visible()
        eye.look(page, "cards refused", owned=True, looks=FEWER)
    assert not eye.faults, "\n".join(["", *eye.faults])
