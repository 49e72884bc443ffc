"""Where people can be reached: postcodes and email addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from layers_core.privacy.finders import Hit
from layers_core.privacy.vocabulary import words

# The shapes of Royal Mail's postcodes; the letters C I K M O V never stand in the last pair. The area is checked
# against the list of real ones, which leaves out most vertebrae (T4), vitamins and blood results.
_POSTCODE = re.compile(
    r"(?<![A-Za-z0-9])(?P<area>[A-Za-z]{1,2})[0-9][A-Za-z0-9]?[ ]{0,2}"
    r"[0-9](?P<ending>[ABD-HJLNP-UW-Zabd-hjlnp-uw-z]{2})(?![A-Za-z0-9])"
)
_LOCAL_EXTRA = frozenset("._%+-'")
_LOCAL_MAX = 64
_DOMAIN = re.compile(r"[^\W_](?:[\w\-]{0,62})(?:\.[^\W_][\w\-]{0,62}){1,8}")


def find_postcodes(text: str) -> Iterator[Hit]:
    """Find full British postcodes, in capitals or not, with or without the space."""
    areas, endings = words("postcode_areas"), words("not_postcode_endings")
    for match in _POSTCODE.finditer(text):
        # "L5 1st", "B12 1bd": an ordinal or a dose, not the end of a postcode.
        if match["area"].upper() in areas and match["ending"] not in endings:
            yield Hit(match.start(), match.end(), "postcode")


def find_emails(text: str) -> Iterator[Hit]:
    """Find email addresses, starting from each @ so that the time stays linear."""
    at = text.find("@")
    while at != -1:
        start = at
        while start > 0 and at - start < _LOCAL_MAX and (text[start - 1].isalnum() or text[start - 1] in _LOCAL_EXTRA):
            start -= 1
        while start < at and not text[start].isalnum():
            start += 1
        domain = _DOMAIN.match(text, at + 1) if start < at else None
        if domain and domain[0].rsplit(".", 1)[1][:1].isalpha():
            yield Hit(start, domain.end(), "email")
        at = text.find("@", at + 1)
