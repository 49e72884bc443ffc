"""Markup that somebody else's tool wrote, as plain text: cleaned first, then read for its words."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_BLOCKS = frozenset({"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "pre", "dl"})
_LINES = frozenset({"br", "li", "tr", "dt", "dd", "hr"})
_KEPT = _BLOCKS | _LINES | {"a", "td", "th", "img"}
_ATTRIBUTES = {"a": {"href"}, "img": {"alt"}}


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._address: str = ""
        self._as_typed = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._gap(tag)
        if tag == "li":
            self.parts.append("- ")
        elif tag in ("td", "th"):
            self.parts.append(" ")
        elif tag == "img" and given.get("alt"):
            self.parts.append(f"[{given['alt']}]")
        elif tag == "a":
            self._address = given.get("href") or ""
        elif tag == "pre":
            self._as_typed += 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._address:
            if self._address not in "".join(self.parts[-1:]):
                self.parts.append(f" ({self._address})")
            self._address = ""
        elif tag == "pre":
            self._as_typed = max(0, self._as_typed - 1)
        if tag in _BLOCKS:
            self._gap(tag)

    def _gap(self, tag: str) -> None:
        self.parts.append("\n\n" if tag in _BLOCKS else "\n" if tag in _LINES else "")

    def handle_data(self, data: str) -> None:
        self.parts.append(data if self._as_typed else re.sub(r"\s+", " ", data))


def text_of(markup: str) -> str:
    """The words of HTML or XHTML, with a line for each of its lines; scripts and styles are left out."""
    import nh3

    clean = nh3.clean(markup, tags=set(_KEPT), attributes=_ATTRIBUTES, link_rel=None)
    words = _Words()
    words.feed(clean)
    words.close()
    lines = [line.strip() for line in "".join(words.parts).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
