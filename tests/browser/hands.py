"""Two ways to use a page: by pointing at things, and by keys alone."""

from __future__ import annotations

from typing import Protocol

from playwright.sync_api import Locator, Page, expect

from .stage import PASSWORD, Stage

MOST_STOPS = 150
"""No page has more places to tab to; whoever has not arrived by then never will."""
HAS_FOCUS = "it => it === document.activeElement"
COMES_FIRST = """it => document.activeElement !== document.body
    && Boolean(it.compareDocumentPosition(document.activeElement) & Node.DOCUMENT_POSITION_FOLLOWING)"""
LOOK = """it => [it, ...(it.labels ?? []), ...(it.closest("svg") ? it.querySelectorAll("rect") : [])].flatMap((part) =>
  [null, "::before"].map((pseudo) => {
    const look = getComputedStyle(part, pseudo), clear = "rgba(0, 0, 0, 0)";
    // A picture's parts take neither shadow nor background, whatever is said of them.
    if (part instanceof SVGElement) return [look.stroke, look.strokeWidth, look.fill].join(" ");
    const outlined = look.outlineStyle !== "none" && look.outlineColor !== clear;
    const bordered = look.borderTopStyle !== "none" && parseFloat(look.borderTopWidth) > 0;
    return [outlined && look.outline, look.boxShadow, look.backgroundColor, bordered && look.borderTop].join(" ");
  })).join("; ")"""
"""How a place to tab to looks, as far as focus may show: with its label, or the shapes of a picture's link.

The colour of words is left out: alone, it is not enough to tell where the focus is.
"""


class Hand(Protocol):
    """Whoever uses the pages. Names are those that a screen reader would say."""

    page: Page

    def follow(self, name: str) -> None:
        """Follow the first link of that name."""

    def press(self, name: str) -> None:
        """Press the first button of that name."""

    def fill(self, label: str, words: str) -> None:
        """Write into a field."""

    def choose(self, label: str) -> None:
        """Choose one of several, or tick a box."""

    def unfold(self, summary: str) -> None:
        """Open a folded part."""


class Pointing:
    """By pointing: what a mouse or a finger does."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def follow(self, name: str) -> None:
        link(self.page, name).click()

    def press(self, name: str) -> None:
        button(self.page, name).click()

    def fill(self, label: str, words: str) -> None:
        field(self.page, label).fill(words)

    def choose(self, label: str) -> None:
        field(self.page, label).check()

    def unfold(self, summary: str) -> None:
        fold(self.page, summary).click()


class Keys:
    """By keys alone: Tab, Shift+Tab, Enter, Space, arrows, and letters. Each stop must be seen to have the focus."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def follow(self, name: str) -> None:
        self._go(link(self.page, name))
        self.page.keyboard.press("Enter")

    def press(self, name: str) -> None:
        self._go(button(self.page, name))
        self.page.keyboard.press("Space")

    def fill(self, label: str, words: str) -> None:
        self._go(field(self.page, label))
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(words)

    def choose(self, label: str) -> None:
        wanted = field(self.page, label)
        if wanted.get_attribute("type") != "radio":
            self._go(wanted)
            self.page.keyboard.press("Space")
            return
        name = wanted.get_attribute("name")
        group = self.page.locator(f"input[type=radio][name={name}]")
        # Tab stops once in a group: at what is chosen, else at its first or, coming from below, its last.
        chosen = group.and_(self.page.locator(":checked"))
        before = wanted.evaluate(LOOK)
        self._go(chosen if chosen.count() else group.first)
        self.page.keyboard.press("Space")
        for _ in range(group.count()):
            if wanted.is_checked():
                break
            self.page.keyboard.press("ArrowDown")
        assert wanted.is_checked(), f"the arrows never came to {label}"
        assert wanted.evaluate(LOOK) != before, f"{label} does not look focused"

    def unfold(self, summary: str) -> None:
        self._go(fold(self.page, summary))
        self.page.keyboard.press("Enter")

    def _go(self, target: Locator) -> None:
        """Tab, forwards or back, until the target has the focus."""
        expect(target).to_be_visible()
        if not target.evaluate(HAS_FOCUS):
            plain = target.evaluate(LOOK)
            key = "Shift+Tab" if target.evaluate(COMES_FIRST) else "Tab"
            for _ in range(MOST_STOPS):
                self.page.keyboard.press(key)
                if target.evaluate(HAS_FOCUS):
                    break
            else:
                raise AssertionError(f"{key} never comes to {target}")
            assert target.evaluate(LOOK) != plain, f"{target} looks the same with focus"
        expect(target).to_be_in_viewport()


def link(page: Page, name: str) -> Locator:
    """The first link whose name begins so."""
    return page.get_by_role("link", name=name).first


def button(page: Page, name: str) -> Locator:
    """The first button of the page's main part of that name."""
    return page.locator("main").get_by_role("button", name=name, exact=True).first


def field(page: Page, label: str) -> Locator:
    """The first field with that label; where none is called just so, whose label begins so."""
    exact = page.get_by_label(label, exact=True)
    return exact.first if exact.count() else page.get_by_label(label).first


def fold(page: Page, summary: str) -> Locator:
    """The line that opens a folded part."""
    return page.locator("summary", has_text=summary).first


def sign_in(hand: Hand, stage: Stage, role: str) -> None:
    """Sign in with the password on the sign-in page."""
    hand.page.goto(stage.url + "/sign-in")
    hand.fill("Your work e-mail address", stage.email(role))
    hand.fill("Password", PASSWORD)
    hand.press("Sign in")
    expect(hand.page.get_by_role("button", name="Sign out")).to_be_visible()
