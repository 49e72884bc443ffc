"""What other apps and pages hand over to be recorded: a title, a text, a link. Links are kept as text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import urlsplit

NAMES = ("title", "text", "url")
LONGEST = 2_000
"""So many characters of each are taken over; whoever shares more has it in the other app."""
SCHEMES = ("http", "https")


def text_of(shared: Mapping[str, str]) -> str:
    """What was shared as text to write under: title, words and address, each on lines of its own and said once.

    An address that is neither http nor https is left out: nobody can follow it, and it may hold a script.
    """
    title, text, url = (shared.get(name, "").replace("\0", "").strip()[:LONGEST] for name in NAMES)
    parts = [title, text if text != title else "", url if _is_link(url) and url not in text else ""]
    return "\n".join(part for part in parts if part)


def bookmarklet(target: str) -> str:
    """The script of a bookmark that opens the record page with title, address and chosen words of the present page.

    The words are cut short so that they survive a sign-in on the way.
    """
    query = (
        "'?title='+e(document.title.slice(0,150))+'&url='+e(location.href.slice(0,500))"
        "+'&text='+e(String(getSelection()).slice(0,200))"
    )
    return f"javascript:(function(){{var e=encodeURIComponent;window.open({json.dumps(target)}+{query})}})()"


def _is_link(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in SCHEMES and bool(parts.netloc) and not any(letter.isspace() for letter in url)
