"""SVG elements with a class for the page's stylesheet and the same in attributes, for a file or a page without it.

Nothing here is inline style or script, which the pages refuse. ElementTree escapes what people wrote.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree import ElementTree  # nosec B405 - it writes, and reads nothing
from xml.etree.ElementTree import Element as Element  # nosec B405

NAMESPACE = "http://www.w3.org/2000/svg"
LOOKS: Mapping[str, Mapping[str, str]] = {
    "text": {"fill": "#212b32", "font-size": "14"},
    "grid": {"stroke": "#d8dde0"},
    "axis": {"stroke": "#4c6272"},
    "line": {"stroke": "#4c6272", "stroke-width": "1.5"},
    "centre": {"stroke": "#212b32", "stroke-width": "2"},
    "limit": {"stroke": "#4c6272", "stroke-width": "2", "stroke-dasharray": "7 5"},
    "change": {"stroke": "#212b32", "stroke-dasharray": "2 4"},
    "point": {"fill": "#4c6272"},
    "gap": {"stroke": "#4c6272", "stroke-width": "1.5", "fill": "none"},
    "good": {"fill": "#005eb8", "stroke": "#212b32"},
    "bad": {"fill": "#b85c00", "stroke": "#212b32"},
    "neutral": {"fill": "#6f42a0", "stroke": "#212b32"},
    "bar": {"fill": "#005eb8"},
    "hidden": {"fill": "none", "stroke": "#4c6272", "stroke-width": "2", "stroke-dasharray": "4 3"},
}
"""What each class `layers-chart__<name>` looks like without a stylesheet: dark on white, told apart by shape."""
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Svg(str):
    """A finished picture; templates take it as it is."""

    def __html__(self) -> str:
        """What template engines ask for instead of escaping."""
        return self


def clean(words: str) -> str:
    """Words without the characters that no XML may hold."""
    return NO_XML.sub("", words)


def root(key: str, title: str, description: str, width: str, height: int) -> Element:
    """An empty picture with its name and description; `key` begins the ids of both.

    Time goes from left to right on every page, also where the words go from right to left.
    """
    labels = {"role": "img", "aria-labelledby": f"{key}-title {key}-desc", "direction": "ltr"}
    svg = Element("svg", {"xmlns": NAMESPACE, "width": width, "height": str(height), **labels})
    shape(svg, "title", id=f"{key}-title").text = clean(title)
    shape(svg, "desc", id=f"{key}-desc").text = clean(description)
    return svg


def shape(parent: Element, tag: str, look: str = "", **attributes: str | float) -> Element:
    """An element of a look, or of its parent's (a `g` has one for all that it holds).

    Floats are rounded; an underscore in an attribute's name stands for a hyphen.
    """
    looks = {"class": f"layers-chart__{look}", **LOOKS[look]} if look else {}
    for name, value in attributes.items():
        looks[name.replace("_", "-")] = f"{value:g}" if isinstance(value, float) else str(value)
    return ElementTree.SubElement(parent, tag, looks)


def title(element: Element, words: str) -> None:
    """Name a part of the picture, for whoever points at it."""
    shape(element, "title").text = clean(words)


def text(parent: Element, words: str, x: str | float, y: float, more: str = "") -> Element:
    """Words at a place, in a `g` of the look "text"; they run as their own first letter does.

    `more` is a class of its own, such as that of labels for which narrow screens have no room.
    """
    element = shape(parent, "text", x=x, y=y, unicode_bidi="plaintext")
    if more:
        element.set("class", f"layers-chart__{more}")
    element.text = clean(words)
    return element


def as_svg(element: Element) -> Svg:
    """The picture as text, for a page."""
    return Svg(ElementTree.tostring(element, encoding="unicode"))


def as_file(element: Element) -> bytes:
    """The picture as a file."""
    written: bytes = ElementTree.tostring(element, encoding="utf-8", xml_declaration=True)
    return written
