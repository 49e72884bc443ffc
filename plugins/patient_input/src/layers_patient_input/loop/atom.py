"""What a practice tells its patients as an Atom feed (RFC 4287), for its own website. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5
from xml.etree.ElementTree import Element, SubElement, tostring  # nosec B405 - it writes and reads nothing

NAMESPACE = "http://www.w3.org/2005/Atom"
# What XML 1.0 has no place for.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Item:
    """An entry of a feed: `key` stays the same for the same entry, and is not shown."""

    key: str
    title: str
    text: str
    language: str
    published: datetime


def feed(title: str, author: str, page: str, address: str, items: Sequence[Item], moment: datetime) -> bytes:
    """The feed at `address` that stands for the page; `moment` is when it changed last where it has no items."""
    root = Element("feed", {"xmlns": NAMESPACE})
    _text(root, "id", page)
    _text(root, "title", title)
    _text(root, "updated", max((item.published for item in items), default=moment).isoformat())
    _text(SubElement(root, "author"), "name", author)
    SubElement(root, "link", {"rel": "alternate", "href": page})
    SubElement(root, "link", {"rel": "self", "href": address})
    for item in items:
        entry = SubElement(root, "entry", {"xml:lang": item.language})
        _text(entry, "id", f"urn:uuid:{uuid5(NAMESPACE_URL, f'{page}#{item.key}')}")
        _text(entry, "title", item.title)
        _text(entry, "published", item.published.isoformat())
        _text(entry, "updated", item.published.isoformat())
        SubElement(entry, "link", {"rel": "alternate", "href": page})
        _text(entry, "content", item.text)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = _NO_XML.sub("", text)
