"""How long a text message is, as the networks count: GSM 03.38 and UCS-2, in one part or several. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Alphabet = Literal["gsm", "ucs2"]

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
"""Letters that take two places, because an escape goes before them."""
ALONE: dict[Alphabet, int] = {"gsm": 160, "ucs2": 70}
"""Places in a message that is one part."""
IN_PARTS: dict[Alphabet, int] = {"gsm": 153, "ucs2": 67}
"""Places in each part of a longer one: the rest says which part it is."""


@dataclass(frozen=True)
class Length:
    """How long a text is: letters as people count them, and the parts that a network sends and charges.

    `large` are the letters that the small alphabet of text messages (GSM 03.38) lacks; one of them makes a message
    hold less than half as much.
    """

    characters: int
    parts: int
    large: str

    @property
    def alphabet(self) -> Alphabet:
        """The alphabet that it is sent in."""
        return "ucs2" if self.large else "gsm"


def length(text: str) -> Length:
    """The length of a text message. A network's own tables for single languages are left out: few senders use them."""
    large = "".join(dict.fromkeys(letter for letter in text if letter not in _BASIC and letter not in _EXTENDED))
    alphabet: Alphabet = "ucs2" if large else "gsm"
    places = [_places(letter, alphabet) for letter in text]
    if sum(places) <= ALONE[alphabet]:
        return Length(len(text), 1, large)
    return Length(len(text), _packed(places, IN_PARTS[alphabet]), large)


def _places(letter: str, alphabet: Alphabet) -> int:
    if alphabet == "ucs2":
        return len(letter.encode("utf-16-le", "surrogatepass")) // 2
    return 2 if letter in _EXTENDED else 1


def _packed(places: Iterable[int], most: int) -> int:
    """How many parts it takes: a letter of two places is never torn apart."""
    parts, used = 1, 0
    for place in places:
        if used + place > most:
            parts, used = parts + 1, 0
        used += place
    return parts
