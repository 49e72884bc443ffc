"""Where to go after signing in: an address of this instance, never another."""

from __future__ import annotations

import unicodedata
from urllib.parse import unquote, urlsplit

LONGEST = 1000
# Control and format characters, what is unassigned, and the separators of lines and paragraphs.
REFUSED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def safe_next(target: str | None) -> str | None:
    """The path (with query) to go to; None for anything that could lead elsewhere.

    Browsers drop control characters and read a backslash as a slash, so that "/\\t/evil" or "/\\evil" leaves the site.
    """
    if not target or len(target) > LONGEST:
        return None
    for words in (target, unquote(target)):
        if "\\" in words or any(unicodedata.category(letter) in REFUSED for letter in words):
            return None
        if not words.startswith("/") or words.startswith("//"):
            return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target
