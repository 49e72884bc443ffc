"""The text of a message that is HTML only.

libxml2's HTML parser hands over one tag after another and takes no longer for hostile pages. Python's own and nh3 were
tried: thousands of tags inside one another, or begun and never ended, kept them for half a minute and more.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from layers_reflect.mail.quoting import QUOTED

_BLOCKS = frozenset({"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "pre"})
_SPACED = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "pre"})
_LINES = frozenset({"br", "tr", "li", "hr"})
_GONE = frozenset({"script", "style", "title", "template", "iframe", "object", "svg", "math"})
_MANY_LINES = re.compile(r"\n{3,}")
RULE = "_" * 32
DEEPEST_QUOTE = 9


def text_of_html(html: str) -> str:
    """The words of a page in lines: quoted parts begin with ">", points of a list with "-", links show where they go.

    Scripts, styles and pictures are left out, so nothing is asked of another computer.
    """
    from lxml import etree

    if not html.strip():
        return ""
    parser = etree.HTMLParser(target=_Words(), encoding="utf-8", no_network=True, recover=True)
    return str(etree.fromstring(html.encode("utf-8", "replace"), parser))


class _Words:
    """Turns tags and words, as they come, into lines. lxml calls its methods by these names."""

    def __init__(self) -> None:
        self._lines: list[str] = [""]
        self._pieces: list[str] = []
        self._depth = 0
        self._gone = 0
        self._link = ""
        self._link_words: list[str] = []

    def close(self) -> str:
        """The lines that were read."""
        self._end_line()
        return _MANY_LINES.sub("\n\n", "\n".join(self._lines)).strip()

    def comment(self, _text: str) -> None:
        """Nothing: nobody sees a comment."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Begin a line, a quotation or a link."""
        if tag in _GONE:
            self._gone += 1
        elif tag in _LINES or tag in _BLOCKS:
            self._end_line()
        elif tag == "blockquote":
            self._end_line()
            self._depth += 1
        elif tag == "a":
            self._link, self._link_words = attributes.get("href") or "", []
        if tag == "hr":
            self._pieces.append(RULE)
        elif tag == "li":
            self._pieces.append("- ")

    def end(self, tag: str) -> None:
        """End a paragraph, a cell, a quotation or a link."""
        if tag in _GONE:
            self._gone -= 1
        elif tag == "a":
            words = " ".join("".join(self._link_words).split())
            if self._link.startswith(("http://", "https://")) and words.rstrip("/") != self._link.rstrip("/"):
                self._pieces.append(f" ({self._link})")
            self._link = ""
        elif tag in ("td", "th"):
            self._pieces.append(" ")
        elif tag == "blockquote":
            self._end_line()
            self._depth = max(0, self._depth - 1)
        elif tag in _SPACED:
            self._end_line()
            self._lines.append(self._quote())
        elif tag in _BLOCKS or tag == "hr":
            self._end_line()

    def data(self, words: str) -> None:
        """Words; white space between them is one space."""
        if self._gone:
            return
        self._pieces.append(words)
        if self._link:
            self._link_words.append(words)

    def _end_line(self) -> None:
        line = " ".join("".join(self._pieces).split())
        self._pieces.clear()
        if line:
            self._lines.append(f"{self._quote()}{line}")

    def _quote(self) -> str:
        return f"{QUOTED * min(self._depth, DEEPEST_QUOTE)} " if self._depth else ""
