"""What our QR codes say, read back from what is drawn."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers_patient_input import qr

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def shown(address: str) -> str:
    """The code as a page draws it."""
    return f'<svg class="layers-chart"><path fill="#000" d="{qr.code(address).path}"/></svg>'


@pytest.mark.parametrize(
    "host", ["http://127.0.0.1", "https://learning.example.nhs.uk", "https://a-long-name.example.org:8443"]
)
@pytest.mark.parametrize("query", ["", "?lang=en-simple"])
def test_a_code_says_the_address(host: str, query: str, read_codes: Callable[[str], list[str]]) -> None:
    @given(st.text(LETTERS, min_size=22, max_size=22))
    def check(token: str) -> None:
        address = f"{host}/f/{token}{query}"
        assert read_codes(shown(address)) == [address]

    check()


def test_a_code_has_its_quiet_zone(read_codes: Callable[[str], list[str]]) -> None:
    code = qr.code("http://127.0.0.1/f/AAAAAAAAAAAAAAAAAAAAAA")
    places = [int(number) for pair in re.findall(r"M(\d+) (\d+)", code.path) for number in pair]
    assert min(places) == qr.QUIET
    assert max(places) == code.side - qr.QUIET - 1
