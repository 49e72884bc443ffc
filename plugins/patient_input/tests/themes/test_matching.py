"""Which themes a text may be about, and why: pure."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from layers_core.vocabulary import vocabulary
from layers_patient_input.themes.matching import MOST_WORDS, Finder, tidied
from layers_patient_input.wording import PACKAGE

TOPICS = Finder({code: entry["words"] for code, entry in vocabulary("topics", PACKAGE).items()})


def test_a_suggestion_says_for_which_words_it_is() -> None:
    found = TOPICS.find(["I was on hold for an hour, then the line went dead. The letter has small print."])
    assert found["phone"] == ["on hold", "line"]
    assert found["letters"] == ["letter", "small print", "print"]
    assert "children" not in found


def test_case_plurals_accents_and_apostrophes_make_no_difference() -> None:
    finder = Finder({"theme": ["Doctor’s letter", "café"]})
    assert finder.find(["doctors LETTERS at the cafe"]) == {"theme": ["Doctor’s letter", "café"]}


def test_patients_words_in_other_languages_are_found() -> None:
    assert "letters" in TOPICS.find(["خط کی لکھائی بہت چھوٹی تھی"])
    assert "phone" in TOPICS.find(["nie mogę się dodzwonić"])


WORDS = st.lists(st.text(alphabet="abcdefgh", min_size=4, max_size=7), min_size=1, max_size=MOST_WORDS)


@given(WORDS, st.lists(st.text(alphabet="xyz", min_size=4, max_size=6)), st.lists(st.text(alphabet="xyz", min_size=4)))
def test_a_phrase_is_found_wherever_it_stands(phrase: list[str], before: list[str], after: list[str]) -> None:
    text = " ".join([*before, *phrase, *after])
    assert Finder({"theme": [" ".join(phrase)]}).find([text]) == {"theme": [" ".join(phrase)]}


@given(st.lists(st.text()), st.dictionaries(st.text(), st.lists(st.text())))
def test_any_text_and_any_words_are_taken(texts: list[str], words: dict[str, list[str]]) -> None:
    found = Finder(words).find(texts)
    assert all(set(phrases) <= set(words[theme]) for theme, phrases in found.items())


def test_long_texts_take_little_time() -> None:
    started = time.thread_time()
    TOPICS.find(["phone " * 10_000, "x" * 50_000, "small print " * 4_000])
    assert time.thread_time() - started < 2


def test_a_typed_list_is_tidied() -> None:
    assert tidied("phone, on  hold\n\nphone\n , line ") == ["phone", "on hold", "line"]
