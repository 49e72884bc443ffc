"""A text as documents made of XML can hold it, and its paragraphs. Pure."""

from __future__ import annotations

import re

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    """A text with a mark in the place of each character that XML cannot hold."""
    return _NOT_XML.sub("\ufffd", text)


def paragraphs(text: str) -> list[str]:
    """The parts of a text between empty lines."""
    return [part for part in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n")) if part.strip()]
