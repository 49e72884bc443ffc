"""Names known beforehand: in which ways of writing they are found, and which words are no names."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers_core.privacy.finders.known_names import KnownNames
from layers_core.privacy.identifiers import find

STAFF = KnownNames(
    [
        "Dr Anne Smith",
        "Sean O’Brien",
        "May Green",
        "Zofia Wójcik-Nowak",
        "James Bell",
        "Will Jones",
        "عائشہ خان",
        "Jo Ng",
    ]
)


def named(text: str) -> list[str]:
    return [text[span.start : span.end] for span in find(text, staff=STAFF) if span.type == "staff"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Dr Smith was kind", ["Dr Smith"]),
        ("dr smith was kind", ["dr smith"]),
        ("I saw Anne Smith and she listened", ["Anne Smith"]),
        ("Smith, Anne", ["Smith, Anne"]),
        ("A. Smith never rang back", ["A. Smith"]),
        ("thank you anne", ["anne"]),
        ("ANNE AT THE DESK", ["ANNE"]),
        ("Anne’s manner", ["Anne"]),
        ("Sister Anne helped", ["Sister Anne"]),
        ("Mr OBrien, Mr O'Brien and Mr O’Brien", ["Mr OBrien", "Mr O'Brien", "Mr O’Brien"]),
        ("Nurse Wojcik and Zofia Nowak", ["Nurse Wojcik", "Zofia Nowak"]),
        ("Nurse Green gave me the jab", ["Nurse Green"]),
        ("May Green gave me the jab", ["May Green"]),
        ("M. Green gave me the jab", ["M. Green"]),
        ("Dr Bell and James", ["Dr Bell", "James"]),
        ("Nurse Ng was gentle", ["Nurse Ng"]),
        ("ڈاکٹر خان بہت اچھے ہیں", ["ڈاکٹر خان"]),
        # Words, months and other people.
        ("It will be green in May", []),
        ("I may ring the bell", []),
        ("They jo", []),
        ("My friend Annette Smithson", []),
        ("", []),
    ],
)
def test_the_ways_in_which_people_name_somebody(text: str, names: list[str]) -> None:
    assert named(text) == names


def test_a_known_name_wins_over_a_name_that_merely_looks_like_one() -> None:
    (span,) = find("Mrs Anne Smith was kind", staff=STAFF)
    assert span.type == "staff"
    assert "works, or worked, at your practice" in str(span.why)
    assert [span.type for span in find("Mrs Anne Smith was kind")] == ["name"]


def test_nobody_is_known_where_nobody_is_named() -> None:
    assert KnownNames([]).find("Anne Smith") is not None
    assert list(KnownNames(["", "Dr", "-", "X"]).find("Dr X - Anne")) == []


@given(st.text(), st.lists(st.text(), max_size=5))
def test_any_names_and_any_text_are_taken(text: str, names: list[str]) -> None:
    known = KnownNames(names)
    for span in find(text, staff=known):
        assert 0 <= span.start < span.end <= len(text)


NAME = st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=4, max_size=9)


@given(NAME, NAME, st.sampled_from(["%s", "I saw %s today", "why did %s's letter not come", "(%s)"]))
def test_a_full_name_is_found_in_any_sentence(first: str, last: str, sentence: str) -> None:
    known = KnownNames([f"{first.title()} {last.title()}"])
    for written in (f"{first} {last}", f"{first.title()} {last.title()}", f"{first.upper()} {last.upper()}"):
        text = sentence % written
        assert [span.type for span in find(text, staff=known) if span.type == "staff"], text


@pytest.mark.parametrize("text", ["anne " * 10_000, "smith, " * 7_000, "o'" * 25_000, "a. " * 16_000, "-" * 50_000])
def test_long_texts_take_little_time(text: str) -> None:
    known = KnownNames([f"Person{number} Smith{number}" for number in range(60)] + ["Anne Smith"])
    started = time.thread_time()
    list(known.find(text))
    assert time.thread_time() - started < 1
