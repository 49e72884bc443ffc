"""The rules on their own: pasted text, NICE's words and dates, dates of review."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from marshmallow import ValidationError

from layers_guidelines import nice, pasting
from layers_guidelines.editions import BY_HAND, FILE, edition_key, source_key
from layers_guidelines.events import CODES
from layers_guidelines.forms import months_after
from layers_guidelines.schemas import DecisionSchema, RecommendationSchema
from layers_guidelines.words import DECISIONS, OFFERED, decided, word

LINES = st.sampled_from(
    ["", " ", "1.2.3 Offer it", "1.1. Consider it", "- a point", "• another", "Plain words.", "2.1x"]
)
TEXTS = st.lists(LINES | st.text(max_size=30), max_size=20).map("\n".join)


@given(TEXTS)
@example("1.1 Offer x:\n\n- a\n\n- b\n1.2 Consider y.")
@example("- first of all\n\nThen this")
def test_no_word_of_a_paste_is_lost_or_moved(text: str) -> None:
    found = pasting.split(text)
    assert " ".join(item.text for item in found).split() == text.split()
    for item in found:
        assert item.text.strip() == item.text
        assert 0 < len(item.title) <= pasting.TITLE_LIMIT
        assert 0 < len(item.path) <= 300
        # What was split once stays one when it is pasted again, and keeps its place.
        assert [again.path for again in pasting.split(item.text)] == [item.path]


def test_a_paste_is_split_at_empty_lines_and_numbers_and_keeps_lists_whole() -> None:
    text = (
        "1.1.1 Offer letters in large print to:\r\n\r\n• people who ask\r\n• carers\r\n1.1.2 Consider it.\n \nNo number"
    )
    assert [(item.path[:5], item.title) for item in pasting.split(text)] == [
        ("1.1.1", "1.1.1 Offer letters in large print to"),
        ("1.1.2", "1.1.2 Consider it"),
        ("text-", "No number"),
    ]
    assert pasting.split(text)[0].text.endswith("• people who ask\n• carers")
    assert pasting.split(" \n\n ") == []
    assert pasting.path_of("Two  words\nhere") == pasting.path_of("two words here")


YEARS = st.integers(1000, 9999)


@given(st.text(max_size=40), YEARS, st.none() | YEARS, st.booleans())
def test_a_date_label_is_read_as_published(before: str, year: int, amended: int | None, new: bool) -> None:
    label = f"[{'new ' if new else ''}{year}{f', amended {amended}' if amended else ''}]"
    found = nice.date_label(f"{before}{label}")
    assert found is not None
    assert (found.text, found.year, found.amended) == (label, year, amended)
    assert found.code.startswith("new") is new
    assert str(year) in found.words
    assert not amended or str(amended) in found.words


@pytest.mark.parametrize("text", ["", "2015", "[15]", "[New 2015]", "[newer 2015]", "[2004, changed 2015]", "(2015)"])
def test_what_is_no_date_label_is_none(text: str) -> None:
    assert nice.date_label(text) is None


def test_the_last_date_label_counts() -> None:
    found = nice.date_label("See 1.2 [2004]. Offer it. [2004, amended 2015]")
    assert found is not None
    assert found.words == "Evidence last reviewed in 2004, wording changed in 2015"


@pytest.mark.parametrize(
    ("text", "verbs"),
    [
        ("Offer it to adults.", ("offer",)),
        ("1.2.3 Consider it.", ("consider",)),
        ("Do not offer it.", ("do_not_offer",)),
        ("Do not routinely offer it.", ("do_not_offer",)),
        ("Don’t offer it", ("do_not_offer",)),
        ("Do this. Offer that:\n• consider the other", ("offer", "consider")),
        ("You must not do it.", ("must_not",)),
        ("You must ask. You must not shout.", ("must_not", "must")),
        ("After you consider the offer of help", ()),
        ("Offered, considering, mustard", ()),
    ],
)
def test_nice_verbs_are_read_where_they_are_verbs(text: str, verbs: tuple[str, ...]) -> None:
    assert nice.verbs(text) == verbs


@pytest.mark.parametrize(
    ("name", "url", "is_nice"),
    [
        ("NICE", "", True),
        ("National Institute for Health and Care Excellence (NICE)", "", True),
        ("Copied", "https://www.nice.org.uk/guidance/ng28", True),
        ("A nice group", "https://nice.example", False),
        ("CDC", "https://[broken", False),
        ("", "", False),
    ],
)
def test_nice_is_known_by_its_name_or_address(name: str, url: str, is_nice: bool) -> None:
    assert nice.is_nice(name, url) is is_nice


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(1, 60))
@example(date(2024, 2, 29), 12)
@example(date(2026, 8, 31), 6)
def test_a_review_is_so_many_months_later(day: date, months: int) -> None:
    later = months_after(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day <= day.day


def test_editions_are_told_apart_by_what_differs() -> None:
    source = source_key(BY_HAND, "NICE", "NG28", "https://nice.org.uk")
    assert source == source_key(BY_HAND, " nice ", "ng28", "https://elsewhere.example")
    assert source != source_key(BY_HAND, "NICE", "NG17", "https://nice.org.uk")
    assert source_key(FILE, "A", "B", "https://x") == source_key(FILE, "C", "D", "https://x")
    assert source_key(FILE, "A", "B", "") != source_key(FILE, "A", "C", "")
    assert len({edition_key(source, "1", "2025-01-01"), edition_key(source, "1", "2025-01-02")}) == 2


def test_the_log_knows_every_decision() -> None:
    assert list(CODES) == list(DECISIONS)
    assert OFFERED == ("adopt", "adapt", "not_applicable")
    assert decided("from-a-newer-version").label == "from-a-newer-version"
    assert word("strengths", None) is None


BODY = {
    "text": "Print letters at 18 point.",
    "guideline": "Large print",
    "source_name": "Example",
    "licence": "None",
    "dated": "2025-03-01",
}


@pytest.mark.parametrize("field", ["text", "guideline", "source_name", "licence", "dated"])
def test_nothing_is_kept_without_words_source_licence_and_date(field: str) -> None:
    for body in ({name: value for name, value in BODY.items() if name != field}, {**BODY, field: " "}):
        with pytest.raises(ValidationError) as refused:
            RecommendationSchema().load(body)
        assert list(refused.value.messages_dict) == [field]
    RecommendationSchema().load(BODY)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "//evil.example", "ftp://x", "x"])
def test_a_source_links_to_the_web_alone(url: str) -> None:
    with pytest.raises(ValidationError):
        RecommendationSchema().load({**BODY, "source_url": url})


@pytest.mark.parametrize(
    ("decision", "wording", "fits"),
    [("adapt", "Our way", True), ("adapt", " ", False), ("adopt", "", True), ("adopt", "Our way", False)],
)
def test_a_wording_of_ones_own_belongs_to_adapting(decision: str, wording: str, fits: bool) -> None:
    body = {
        "recommendation": "01939b3e-7c00-7000-8000-000000000000",
        "decision": decision,
        "reason": "Because",
        "local_wording": wording,
    }
    assert (DecisionSchema().validate(body) == {}) is fits
