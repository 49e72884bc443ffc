"""Journeys through the toolkit, told once for every way to use a page."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta

from playwright.sync_api import expect

from layers_core.artefacts.followup import today_in
from layers_core.i18n import format_date

from .hands import Hand, sign_in
from .stage import Stage, answer

Journey = Callable[[Hand, Stage], None]


def signing_in(hand: Hand, stage: Stage) -> None:
    """With a wrong password first: the page says so, and keeps the address."""
    hand.page.goto(stage.url + "/sign-in")
    hand.fill("Your work e-mail address", stage.email("nurse"))
    hand.fill("Password", "not the password")
    hand.press("Sign in")
    expect(hand.page.locator(".nhsuk-error-summary")).to_contain_text("is not right")
    expect(hand.page.get_by_label("Your work e-mail address")).to_have_value(stage.email("nurse"))
    sign_in(hand, stage, "nurse")
    expect(hand.page).to_have_title(f"Home – {stage.owner}")


def recording(hand: Hand, stage: Stage) -> None:
    """What was learnt, a promise with its day, and who should see it, in one submit from the home page."""
    sign_in(hand, stage, "nurse")
    due = today_in("Europe/London") + timedelta(days=14)
    hand.fill("What did you learn?", "A chair at the desk helps those who cannot stand for long")
    hand.unfold("What will you do about it?")
    hand.fill("I will…", "Ask for a second chair")
    hand.fill("Day", str(due.day))
    hand.fill("Month", str(due.month))
    hand.fill("Year", str(due.year))
    hand.choose(stage.owner)
    hand.press("Save")
    main = hand.page.locator("main")
    expect(main).to_contain_text("Your note is saved.")
    expect(main).to_contain_text(f"Seen by: {stage.owner}")
    expect(main.locator("#actions")).to_contain_text("Ask for a second chair")
    expect(main.locator("#actions")).to_contain_text(f"By {format_date(due)}")


def deciding(hand: Hand, stage: Stage) -> None:
    """A recommendation is adapted, with a reason and the practice's own words beside it."""
    sign_in(hand, stage, "gp")
    hand.follow("Guidelines")
    hand.follow("Offer appointment letters in large print")
    hand.follow("Decide")
    hand.choose("Adapt")
    hand.fill("How we do it", "Ask at booking, and print in 18 point.")
    hand.fill("Why?", "Our letter system prints one size for each template.")
    hand.press("Save the decision")
    main = hand.page.locator("main")
    expect(main).to_contain_text("Your decision is saved.")
    expect(main).to_contain_text("Ask at booking, and print in 18 point.")


def moderating(hand: Hand, stage: Stage) -> None:
    """A patient's answer is looked at and released without the words that name somebody."""
    answer(stage, "Nobody could tell Mrs Khan when the clinic starts")
    sign_in(hand, stage, "receptionist")
    hand.follow("Look at it")
    expect(hand.page.locator("mark").first).to_have_text("Mrs Khan")
    hand.press("Release without the marked words")
    main = hand.page.locator("main")
    expect(main).to_contain_text(f"Released. Everybody at {stage.owner} can read it now.")
    expect(main).to_contain_text("when the clinic starts")
    expect(main).not_to_contain_text("Khan")


def sharing(hand: Hand, stage: Stage) -> None:
    """A note of the practice is shared with the network's other practices."""
    sign_in(hand, stage, "gp")
    hand.page.goto(stage.thing("late_results"))
    hand.follow("Change who can see it")
    hand.choose("Riverside Primary Care Network")
    hand.press("Change")
    main = hand.page.locator("main")
    expect(main).to_contain_text("Shared. This is the copy that others see")
    expect(main.locator(".layers-facts").first).to_contain_text("Riverside Primary Care Network")


def gathering(hand: Hand, stage: Stage) -> None:
    """Notes are gathered in an episode, put in a group and moved; a version comes back, a reflection is written."""
    sign_in(hand, stage, "gp")
    hand.follow("Reflect")
    first, second = "A walk at lunch made the afternoon clinic shorter", "People choose online when they know how long"
    hand.choose(f"Gather “{first}")
    hand.choose(f"Gather “{second}")
    hand.press("Gather the ticked ones in an episode")
    hand.choose("A new episode")
    hand.fill("Title of the new episode", "How the day is cut up")
    hand.press("Save")
    main, rows = hand.page.locator("main"), hand.page.locator(".layers-arrange .layers-thing__title")
    expect(rows).to_have_text([re.compile(first), re.compile(second)])
    hand.follow(f"Move to… “{second}")
    hand.choose("A new group")
    hand.fill("Name of the new group", "Access")
    hand.press("Move")
    expect(hand.page.get_by_role("heading", name="Access")).to_be_visible()
    expect(hand.page.get_by_role("link", name=f"Move to… “{second}")).to_be_focused()
    hand.press(f"Up “{first}”")
    expect(main).to_contain_text(f"“{first}” moved up.")
    expect(hand.page.get_by_role("button", name=f"Up “{first}”")).to_be_focused()
    hand.press(f"Up “{first}”")
    expect(rows).to_have_text([re.compile(first), re.compile(second)])
    hand.follow("Versions")
    hand.follow("Show every step")
    expect(main).to_contain_text(f"Moved to “Access”: {first}")
    hand.page.locator("main button[name=do]").last.focus()
    hand.page.keyboard.press("Enter")
    expect(main).to_contain_text("This is the earlier version.")
    expect(hand.page.get_by_role("heading", name="Access")).to_have_count(0)
    hand.follow("Write a reflection from this")
    hand.fill("What did you learn?", "A day with gaps in it is a shorter day")
    hand.press("Save")
    expect(main).to_contain_text("Your note is saved.")
    hand.follow("How the day is cut up")
    expect(main).to_contain_text("Written from this")
    expect(main).to_contain_text("A day with gaps in it is a shorter day")


def changing_the_mix(hand: Hand, stage: Stage) -> None:
    """A tool is switched off with a reason: it leaves the menu, and the page says who decided and why."""
    sign_in(hand, stage, "manager")
    hand.follow("Mix")
    hand.follow("Change Peer share")
    hand.choose("Off")
    hand.fill("Why?", "We pause sharing during the audit.")
    hand.press("Decide")
    expect(hand.page.locator(".layers-timeline")).to_contain_text("We pause sharing during the audit.")
    menu = hand.page.get_by_role("navigation", name="Menu")
    expect(menu.get_by_role("link", name="Guidelines")).to_have_count(1)
    expect(menu.get_by_role("link", name="Shared")).to_have_count(0)


def searching(hand: Hand, stage: Stage) -> None:
    """Something that a colleague wrote is found again and opened."""
    sign_in(hand, stage, "nurse")
    hand.fill("Search what your practice knows", "rota six weeks")
    hand.page.keyboard.press("Enter")
    expect(hand.page.locator("main")).to_contain_text("Found for “rota six weeks”")
    hand.follow("A rota that is out six weeks ahead")
    expect(hand.page.locator("h1")).to_have_text("A rota that is out six weeks ahead brings fewer swaps")


JOURNEYS: Mapping[str, Journey] = {
    "sign in": signing_in,
    "record": recording,
    "decide": deciding,
    "moderate": moderating,
    "share": sharing,
    "search": searching,
    "gather": gathering,
    "change the mix": changing_the_mix,
}
"""By name; the last one takes something away from the others' pages."""
