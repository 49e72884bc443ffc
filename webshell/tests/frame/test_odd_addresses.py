"""Addresses and fields that no browser sends: answered calmly on both databases."""

from __future__ import annotations

import base64
import struct
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers_core.artefacts.reading import Place
from layers_core.web import Submitted
from layers_webshell.cursors import from_place, to_place
from layers_webshell.pages import rows
from layers_webshell.testclient import Browser


@pytest.mark.parametrize("address", ["/man%00or/", "/f/a%00b", "/sign-in?next=%00", "/p/man%00or/patient-input/"])
def test_nul_in_an_address(visitor: Browser, address: str) -> None:
    assert visitor.get(address).status_code == (200 if "?" in address else 404)


def test_nul_in_a_field_is_dropped() -> None:
    assert Submitted({"text": "a\0b "}).get("text") == "ab"


@given(st.integers(0, 32_000_000_000), st.integers(0, 999_999), st.uuids())
def test_a_place_comes_back_as_it_was(second: int, microsecond: int, key: UUID) -> None:
    place = Place(datetime.fromtimestamp(second, UTC).replace(microsecond=microsecond), key)
    assert to_place(from_place(place)) == place
    assert rows.place(rows.cursor(place)) == place


@given(st.one_of(st.text(), st.binary().map(lambda data: base64.urlsafe_b64encode(data).decode())))
def test_no_word_is_too_strange(word: str) -> None:
    rows.place(word)


def test_a_moment_that_no_database_knows_gives_the_first_page() -> None:
    word = base64.urlsafe_b64encode(struct.pack(">q16s", 2**62, bytes(16))).decode()
    assert rows.place(word) is None
