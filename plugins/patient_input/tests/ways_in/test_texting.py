"""How long a text message is, as networks count it."""

from __future__ import annotations

from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers_core.vocabulary import vocabulary
from layers_patient_input.ways_in.inviting import text_message
from layers_patient_input.ways_in.texting import ALONE, IN_PARTS, length
from layers_patient_input.wording import PACKAGE

ADDRESS = "https://learning.example.nhs.uk/f/AAAAAAAAAAAAAAAAAAAAAA"


@pytest.mark.parametrize(
    ("text", "parts", "large"),
    [
        ("", 1, ""),
        ("a" * 160, 1, ""),
        ("a" * 161, 2, ""),
        ("a" * 306, 2, ""),
        ("a" * 307, 3, ""),
        ("€" * 80, 1, ""),
        ("€" * 81, 2, ""),
        # 153 is odd, so that only 76 letters of two places go into a part.
        ("€" * 153, 3, ""),
        ("é £ @ ä", 1, ""),
        ("’", 1, "’"),
        ("’" * 70, 1, "’"),
        ("’" * 71, 2, "’"),
        ("’" * 134, 2, "’"),
        ("’" * 135, 3, "’"),
        # Outside the first plane a letter takes two places, and 67 is odd.
        ("😀" * 35, 1, "😀"),
        ("😀" * 66, 2, "😀"),
        ("😀" * 67, 3, "😀"),
        ("Dziękuję", 1, "ę"),
    ],
)
def test_parts_are_counted_as_networks_do(text: str, parts: int, large: str) -> None:
    found = length(text)
    assert (found.parts, found.large, found.characters) == (parts, large, len(text))


@given(st.text(max_size=1_000))
def test_a_text_fits_into_its_parts_and_not_into_half_as_many(text: str) -> None:
    found = length(text)
    units = len(text.encode("utf-16-le")) // 2 if found.alphabet == "ucs2" else 0
    if found.alphabet == "gsm":
        units = sum(2 if letter in "\f^{}\\[~]|€" else 1 for letter in text)
    if found.parts == 1:
        assert units <= ALONE[found.alphabet]
    else:
        most = IN_PARTS[found.alphabet]
        assert ceil(units / most) <= found.parts <= ceil(units / (most - 1))


@pytest.mark.parametrize("form", list(vocabulary("invitations", PACKAGE)))
def test_an_english_invitation_is_one_message(form: str) -> None:
    found = length(text_message(form, "Manor Street Surgery", ADDRESS))
    assert found.large == ""
    assert found.parts == 1
