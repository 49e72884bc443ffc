"""The pure rules: eight words in a row, redaction, receipt codes, and the words that patients read."""

from __future__ import annotations

import re
import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers_core.privacy import identifiers
from layers_core.vocabulary import vocabulary
from layers_patient_input import qr, receipts
from layers_patient_input.catalogue import built_in
from layers_patient_input.quoting import RUN, quotes, words_of
from layers_patient_input.redaction import cleaned, redacted
from layers_patient_input.wording import PACKAGE, chosen, offered

LETTERS = string.ascii_letters + "åßéپںکی"
WORD = st.text(alphabet=LETTERS, min_size=1, max_size=8).filter(lambda word: bool(words_of(word)))
SENTENCE = st.lists(WORD, min_size=RUN, max_size=20)
NOISE = st.sampled_from([" ", ", ", "\n", " – ", "… ", "  ", "; "])


@given(SENTENCE, st.data())
def test_eight_words_in_a_row_are_found_in_any_spelling(words: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(words) - RUN))
    taken = [data.draw(st.sampled_from([word, word.upper()])) for word in words[start : start + RUN]]
    quoted = "".join(word + data.draw(NOISE) for word in taken)
    around = f"Somebody wrote: {quoted} and we thought about it"
    assert quotes([around], [" ".join(words)])


@given(SENTENCE)
def test_seven_words_in_a_row_are_not_a_quotation(words: list[str]) -> None:
    numbered = [f"{word}{number}" for number, word in enumerate(words)]
    assert not quotes([" ".join(numbered[: RUN - 1]) + " stop"], [" ".join(numbered)])


@given(st.text(), st.text())
def test_any_text_can_be_compared(text: str, source: str) -> None:
    enough = len(words_of(source)) >= RUN
    assert quotes([source], [source]) == enough
    assert quotes([text], []) is False


def test_apostrophes_accents_and_keyboards_make_no_difference() -> None:
    assert quotes(["I couldn’t read it: the café’s menu is bigger"], ["i COULDN'T read it, the cafés menu is bigger!"])
    urdu, arabic_keyboard = (
        "میں اپنا خط نہیں پڑھ سکا کیونکہ لکھائی چھوٹی تھی",
        "ميں اپنا خط نہيں پڑھ سكا كيونكہ لکھائی چھوٹی تھی",
    )
    assert urdu != arabic_keyboard
    assert quotes([urdu], [arabic_keyboard])


@pytest.mark.parametrize(
    "text",
    [
        "My name is Aisha Khan and Mr Smith was rude",
        "NHS number 943 476 5919, born 4/12/1961",
        "Ring 07700 900123 or write to a.khan@example.org, LS1 4AP",
        "میرا نام عائشہ خان ہے، میرا فون 07700 900123 ہے",
        "Dr Okafor and Dr Okafor's nurse, Mrs Lee",
    ],
)
def test_redaction_leaves_nothing_that_is_marked(text: str) -> None:
    assert identifiers.find(text)
    assert identifiers.find(redacted(text)) == []


PIECES = st.sampled_from(
    [
        "Mr Smith",
        "my name is",
        "Aisha",
        "943 476 5919",
        "07700 900123",
        "LS1 4AP",
        "a.khan@example.org",
        "born 4/12/1961",
        "the letter",
        "was small",
        ".",
        ",",
        "[removed]",
        "Dr",
        "میرا نام",
        "ڈاکٹر",
        "خان",
        "943",
        "0",
    ]
)


@given(st.lists(PIECES, max_size=12), NOISE)
def test_redaction_ends_with_nothing_marked(pieces: list[str], between: str) -> None:
    assert identifiers.find(redacted(between.join(pieces))) == []


@given(st.text(min_size=1))
def test_words_without_marks_stay_as_they_are(text: str) -> None:
    if not identifiers.find(text):
        assert redacted(text) == text


@given(st.text(min_size=1))
def test_a_receipt_is_the_same_each_time_and_can_be_typed_in_any_way(nonce: str) -> None:
    nonce = nonce.encode("utf-8", "ignore").decode()
    code = receipts.receipt_for(nonce)
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}", code)
    assert code == receipts.receipt_for(nonce)
    typed = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert receipts.hash_of(typed) == receipts.hash_of(code)
    assert receipts.client_key_for(nonce) != receipts.hash_of(code)


def asked(link_id: str, language: str = "en", **settings: Any) -> str:
    return built_in("fft", settings).item(link_id).text.to(language)


def test_the_question_and_scale_are_the_official_ones() -> None:
    form = built_in("fft", {})
    assert asked("score") == "Overall, how was your experience of our service?"
    assert (form.scale, form.counted_as) == ("2020", "2020")
    assert [(option.value.data["code"], option.label.text) for option in form.scores()] == [
        ("very_good", "Very good"),
        ("good", "Good"),
        ("neither", "Neither good nor poor"),
        ("poor", "Poor"),
        ("very_poor", "Very poor"),
        ("dont_know", "Don’t know"),
    ]
    assert vocabulary("scales", PACKAGE)["2020"].keys() == {option.value.data["code"] for option in form.scores()}


def test_a_practice_sets_words_but_never_the_question() -> None:
    settings: dict[str, Any] = {
        "languages": ["ur"],
        "question_prefix": "Thinking about your GP practice…",
        "free_text_question": "What should we change?",
    }
    question = "Thinking about your GP practice… Overall, how was your experience of our service?"
    assert asked("score", **settings) == question
    assert asked("text", **settings) == "What should we change?"
    assert asked("text", "ur", **settings) == asked("text", "ur")
    assert [found.code for found in offered(settings)] == ["ur"]
    assert chosen("en", settings).code == "ur"
    assert chosen("xx", {"languages": ["en", "ur"]}).code == "en"


def test_a_code_is_drawn_as_it_is_saved() -> None:
    drawn = qr.code("https://example.org/f/abc")
    # The finder pattern of the top left corner, after four modules of quiet: seven dark modules, then a light one.
    assert [f"M{x} 4h1" in drawn.path for x in range(3, 12)] == [False, *[True] * 7, False]
    assert f"M{drawn.side - 5} 4h1" in drawn.path
    assert f"M{drawn.side - 4} 4h1" not in drawn.path
    assert drawn.path != qr.code("https://example.org/f/abd").path
    assert qr.image("https://example.org/f/abc").startswith(b"<?xml")


@given(st.text())
def test_a_cleaned_text_has_no_control_characters_and_is_cleaned_once(text: str) -> None:
    once = cleaned(text)
    assert cleaned(once) == once
    assert "\x00" not in once
    assert "\r" not in once


def test_a_line_break_is_a_line_break_from_any_machine() -> None:
    assert cleaned(" One\r\nTwo\rThree\x00 ") == "One\nTwo\nThree"
