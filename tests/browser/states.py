"""States of pages that no address leads to by itself: refusals, conflicts, locks, what follows a save, empty lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from playwright.sync_api import Page, expect

from layers_core.contract import PluginChoice
from layers_core.practices import mix

from .stage import PASSWORD, Stage, answer, change

Way = Callable[[Page, Stage], None]
OF_EACH_KIND = ("note", "large_print", "one_page", "decision", "answer", "entry", "question")
MARKED = "Mrs Khan, NHS number 943 476 5919, could not read her letter"


def press(page: Page, name: str) -> None:
    """Press a button of the page's main part."""
    page.locator("main").get_by_role("button", name=name, exact=True).first.click()


def send_empty(path: str, button: str) -> Way:
    """Open a form and send it as it is: it comes back and says what to do."""

    def way(page: Page, stage: Stage) -> None:
        page.goto(stage.home + path.format(**stage.things, action=stage.keys["action_id"]))
        page.get_by_role("button", name=button, exact=True).last.click()
        expect(page.locator(".nhsuk-error-summary")).to_be_visible()

    return way


def at(path: str) -> Way:
    """Open an address of the practice."""

    def way(page: Page, stage: Stage) -> None:
        page.goto(stage.home + path.format(**stage.things))

    return way


def guard_box(page: Page, stage: Stage) -> None:
    page.goto(stage.home + "/record?kind=reflect.note")
    page.get_by_label("What did you learn?").fill(MARKED)
    page.get_by_label("Riverside Primary Care Network").check()
    press(page, "Save")
    expect(page.locator(".layers-guard")).to_be_visible()


def conflict(page: Page, stage: Stage) -> None:
    page.goto(f"{stage.home}/reflect/{stage.things['text_words']}/edit")
    change(stage, "text_words", "lead", now_what="Begin with the name.")
    press(page, "Save")
    expect(page.get_by_role("heading", name="What it says now")).to_be_visible()


def saved(page: Page, stage: Stage) -> None:
    page.goto(stage.home + "/record?kind=reflect.note")
    page.get_by_label("What did you learn?").fill("Letters in large print are read, and small print is not")
    page.get_by_label(stage.owner).check()
    press(page, "Save")
    expect(page.locator(".layers-after")).to_be_visible()


def token_made(page: Page, stage: Stage) -> None:
    page.goto(stage.url + "/me/tokens")
    page.get_by_label("What is it for?").fill("A rota program")
    press(page, "Make a token")
    expect(page.locator("h1")).to_have_text("Your new token")


def token_refused(page: Page, stage: Stage) -> None:
    page.goto(stage.url + "/me/tokens")
    press(page, "Make a token")
    expect(page.locator(".nhsuk-error-summary")).to_be_visible()


def slot_refused(page: Page, stage: Stage) -> None:
    page.goto(stage.url + "/me/slot")
    page.get_by_label("At what time?").fill("in the morning")
    press(page, "Save")
    expect(page.locator(".nhsuk-error-summary")).to_be_visible()


def invited(page: Page, stage: Stage) -> None:
    page.goto(stage.home + "/people/invite")
    page.get_by_label("Name").fill("Lou Ash")
    page.get_by_label("E-mail address").fill("lou.ash@otterbrook.example")
    press(page, "Make an invitation")
    expect(page.get_by_label("Link")).to_be_visible()


def typed_preview(page: Page, stage: Stage) -> None:
    page.goto(stage.home + "/guidelines/add")
    for label, words in (
        ("Recommendation", "Offer a chair to whoever waits."),
        ("Title of the guideline", "Example: waiting"),
        ("Who published it", "Example Group"),
        ("Licence", "Invented"),
        ("Day", "1"),
        ("Month", "9"),
        ("Year", "2026"),
    ):
        page.get_by_label(label, exact=True).fill(words)
    press(page, "Look at it before saving")
    expect(page.get_by_text("We found 1 recommendation")).to_be_visible()


def phone_menu(page: Page, stage: Stage) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(stage.home + "/new")
    page.get_by_role("button", name="Browse More").click()
    expect(page.get_by_role("link", name="Mix").first).to_be_visible()


def sign_in_refused(page: Page, stage: Stage) -> None:
    page.goto(stage.url + "/sign-in")
    page.get_by_label("Your work e-mail address").fill("nobody@otterbrook.example")
    page.get_by_label("Password", exact=True).fill("not the password")
    press(page, "Sign in")
    expect(page.locator(".nhsuk-error-summary")).to_be_visible()


def _on_shared_pc(page: Page, stage: Stage) -> None:
    page.goto(stage.url + "/sign-in")
    page.get_by_label("Your work e-mail address").fill(stage.email("receptionist"))
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Sign in")
    expect(page.get_by_role("link", name="Jo Linden")).to_be_visible()


def locked(page: Page, stage: Stage) -> None:
    """A shared PC locked while somebody wrote: they sign in again, and what they wrote is offered."""
    _on_shared_pc(page, stage)
    page.goto(stage.thing("quiet_room"))
    page.get_by_label("Add a comment").fill("The sign fell off the desk")
    idle = stage.app.config["LAYERS_IDLE"]
    stage.app.config["LAYERS_IDLE"] = timedelta(0)
    page.wait_for_timeout(1100)
    press(page, "Comment")
    stage.app.config["LAYERS_IDLE"] = idle
    expect(page.get_by_text("This computer was not used for a while")).to_be_visible()


def kept(page: Page, stage: Stage) -> None:
    locked(page, stage)
    page.get_by_label("Your work e-mail address").fill(stage.email("receptionist"))
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Sign in")
    expect(page.get_by_text("The sign fell off the desk")).to_be_visible()


def not_found_outside(page: Page, stage: Stage) -> None:
    page.goto(stage.url + "/p/nowhere/patient-input/")
    expect(page.locator("h1")).to_be_visible()


def released(page: Page, stage: Stage) -> None:
    page.goto(f"{stage.home}/patient-input/answers/{answer(stage, 'The new chairs are good', 'good')}")
    press(page, "Release it as it is")
    expect(page.locator(".nhsuk-notification-banner")).to_be_visible()


def switched_off(page: Page, stage: Stage) -> None:
    """What was written by a tool that the practice no longer uses."""
    page.goto(f"{stage.url}/{stage.world.slugs['neighbour']}/things/{stage.things['interpreter']}")
    actor = stage.world.actor(stage.database, stage.host, "neighbour")
    mix.switch(stage.service, actor, "reflect", PluginChoice("off"), "A pause", expected=actor.practice.mix.version)
    page.reload()


def outside(path: str) -> Way:
    """A page of a practice where nobody has written anything yet."""
    return lambda page, stage: _go(page, f"{stage.url}/{stage.world.slugs['outside']}{path}")


def empty_home(page: Page, stage: Stage) -> None:
    outside("/")(page, stage)
    expect(page.locator(".layers-empty")).to_contain_text("Nothing waits for you")


def beside(path: str) -> Way:
    """A page of the neighbouring practice."""
    return lambda page, stage: _go(page, f"{stage.url}/{stage.world.slugs['neighbour']}{path}")


def _go(page: Page, address: str) -> None:
    page.goto(address)


STATES: Mapping[str, Mapping[str, Way]] = {
    "lead": {
        **{
            f"the page of {name}": at(f"/things/{{{name}}}") for name in ("note", "large_print", "one_page", "decision")
        },
        **{f"the page of {name}": at(f"/things/{{{name}}}") for name in OF_EACH_KIND},
        "search that finds": at("/search?q=letters"),
        "search that finds nothing": at("/search?q=zebra"),
        "an empty part of the stream": at("/new?kind=core.trial_answer"),
        "recommendations not decided": at("/guidelines/?show=undecided"),
        "not found": at("/things/00000000-0000-0000-0000-000000000000"),
        "record refused": send_empty("/record", "Save"),
        "comment refused": send_empty("/things/{text_words}", "Comment"),
        "decision refused": send_empty("/guidelines/decide/{explain}", "Save the decision"),
        "guideline refused": send_empty("/guidelines/add", "Look at it before saving"),
        "files refused": send_empty("/guidelines/import", "Look at them before saving"),
        "audience refused": send_empty("/things/{text_words}/audience", "Change"),
        "mix refused": send_empty("/mix/change/peer_share", "Decide"),
        "suggestion refused": send_empty("/mix/suggest", "Suggest"),
        "a guideline before saving": typed_preview,
        "marked words": guard_box,
        "two who edit": conflict,
        "saved": saved,
        "the page of an episode": at("/things/{episode}"),
        "moving in an episode": at("/reflect/episodes/{episode}?ask=to:{text_words}"),
        "an episode's group refused": send_empty("/reflect/episodes/{episode}?ask=group", "Save"),
        "the menu on a phone": phone_menu,
    },
    "gp": {"closing refused": send_empty("/actions/{action}", "Close this promise")},
    "manager": {
        "invitation refused": send_empty("/people/invite", "Make an invitation"),
        "publication refused": send_empty("/patient-input/publish", "Publish"),
        "invited": invited,
        "answers kept back": at("/patient-input/answers?state=kept_back"),
        "released": released,
    },
    "nurse": {"token made": token_made, "token refused": token_refused, "slot refused": slot_refused},
    "outsider": {
        "empty home": empty_home,
        "empty stream": outside("/new"),
        "no reflections": outside("/reflect/"),
        "empty search": outside("/search?q=anything"),
        "nothing of mine": lambda page, stage: _go(page, stage.url + "/me"),
    },
    "neighbour": {
        "no guidelines": beside("/guidelines/"),
        "nothing came back": beside("/peer-share/came-back"),
        "switched off": switched_off,
    },
    "": {
        "sign-in refused": sign_in_refused,
        "locked": locked,
        "kept": kept,
        "not found outside": not_found_outside,
    },
}
"""Ways into states by role."""
