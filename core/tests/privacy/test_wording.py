"""Safer words: what is offered for a mark, and a sentence that still reads with them in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers_core.privacy import vocabulary
from layers_core.privacy.identifiers import find
from layers_core.privacy.wording import tip, use, wordings


def first_of(text: str, marked: str) -> str:
    span = next(span for span in find(text) if text[span.start : span.end] == marked)
    return wordings(text, span)[0].text


@pytest.mark.parametrize(
    ("text", "marked", "safer"),
    [
        ("I told Mrs Khan twice.", "Mrs Khan", "I told a patient twice."),
        ("Mrs Khan came.", "Mrs Khan", "A patient came."),
        ("So? Mrs Khan came.", "Mrs Khan", "So? A patient came."),
        ("I moved Mrs Khan’s bed.", "Mrs Khan’s", "I moved a patient’s bed."),
        ("Dr Smith advised.", "Dr Smith", "A colleague advised."),
        ("Our receptionist Jane Doe saw it.", "Jane Doe", "Our receptionist saw it."),
        ("The patient, Derek, was cross.", "Derek", "The patient was cross."),
        ("Patient: Jane Doe", "Jane Doe", "Patient: [left out]"),
        ("A 94-year-old man fell.", "94-year-old", "An older man fell."),
        ("A 94-year-old fell.", "94-year-old", "An older adult fell."),
        ("She is 94.", "94", "She is an older adult."),
        ("An 8-year-old Polish boy came.", "8-year-old", "A Polish boy came."),
        ("A 42-year-old Somali man came.", "42-year-old", "An adult Somali man came."),
        ("A 42-year-old Somali man came.", "Somali", "A 42-year-old man came."),
        ("A 42-year-old Somali man came.", "man", "A 42-year-old Somali person came."),
        ("Lives at 14 Mill Lane.", "14 Mill Lane", "Lives at their home."),
        ("Ring 07700 900123.", "07700 900123", "Ring [phone number left out]."),
        ("Young man, a vicar, lives in Loftus.", "in Loftus", "Young man, a vicar, lives locally."),
    ],
)
def test_the_sentence_still_reads(text: str, marked: str, safer: str) -> None:
    assert first_of(text, marked) == safer


def test_each_type_and_kind_of_clue_has_a_tip_and_each_wording_is_of_one() -> None:
    tips = vocabulary.data("safer_wording")["tips"]
    kinds = {f"combination.{kind}" for kind in vocabulary.KINDS_OF_CLUE}
    assert set(tips) == (set(vocabulary.data()["types"]) - {"combination"}) | kinds
    for key in vocabulary.data("safer_wording")["wordings"]:
        assert key in tips or key.rpartition(".")[0] in tips or key.startswith("combination."), key


def test_only_what_is_on_offer_can_be_put_in() -> None:
    text = "I told Mrs Khan twice."
    assert use(text, 7, 15, 0) is not None
    assert use(text, 7, 15, 1) is not None
    for start, end, number in ((7, 15, 2), (7, 14, 0), (0, 6, 0), (99, 120, 0)):
        assert use(text, start, end, number) is None


@pytest.mark.parametrize(
    "age", ["middle-aged", "middle\u2011aged", "middle  aged", "mid\u00addle-aged", "ｍiddle-aged"]
)
@pytest.mark.parametrize("sex", ["man", "ｍan"])
def test_safer_words_are_found_however_a_word_is_spelt(age: str, sex: str) -> None:
    text = f"The {age} Polish {sex} from Hull."
    marked = {text[span.start : span.end]: [choice.words for choice in wordings(text, span)] for span in find(text)}
    assert marked[age] == ["adult"]
    assert marked[sex] == ["person"]


pieces = st.sampled_from(
    ["Mrs Khan", "our receptionist Jane Doe", "a 42-year-old", "An 8-year-old", "Somali", "man", "she", "taxi driver",
     "from Hull", "in Loftus", "aged 93", "93yo", "67F", "14 Mill Lane", "TS1 2AB", "DOB 1/2/1950", "a@b.uk", ":", ",",
     ". ", "\n", " ", "’s", "“", "Patient:", "works as a miner", "on 12/03/2026", "in her forties", "HIV", "AB123456C",
     "سلام", "😀", "middle\u2011aged", "mid\u00addle aged"]
)  # fmt: skip


@given(st.lists(pieces, max_size=12).map(" ".join))
def test_every_offer_changes_its_mark_alone_and_can_be_put_in(text: str) -> None:
    for span in find(text):
        assert tip(span)
        marked = text[span.start : span.end]
        for number, choice in enumerate(wordings(text, span)):
            assert use(text, span.start, span.end, number) == choice
            assert choice.text != text
            assert marked not in choice.words
            # An article before, spaces and a capital after may change; what lies further off stays.
            assert choice.text[: max(0, span.start - 5)] == text[: max(0, span.start - 5)]
            assert choice.text.endswith(text[span.end + 2 :])
