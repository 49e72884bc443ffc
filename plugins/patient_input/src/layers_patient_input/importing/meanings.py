"""What the words in a file mean: answers on their scales, collection methods, languages, names of columns. Pure.

The scale before April 2020 is a scale of its own: nothing on it is turned into an answer of today.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any

from babel import Locale

from layers_core.vocabulary import vocabulary
from layers_patient_input.wording import PACKAGE

SCALES: Mapping[str, Any] = vocabulary("scales", PACKAGE)
METHODS: Mapping[str, Any] = vocabulary("methods", PACKAGE)
_WORDS: Mapping[str, Any] = vocabulary("import_words", PACKAGE)
LONGEST = 120
"""Characters of a cell that are looked at for a meaning."""
MOST_OF_A_LANGUAGE = 12
_NUMBERED = re.compile(r"\A[0-9]{1,2} ?[-–.:)=] ?(?=[^0-9])")
_NO_LETTER = re.compile(r"[\W_]+")


def plain(text: str) -> str:
    """A cell as it is compared: small letters and digits, one space between words, no number before an answer."""
    known = unicodedata.normalize("NFKC", text[:LONGEST]).casefold().strip()
    return _NO_LETTER.sub(" ", _NUMBERED.sub("", known).replace("'", "").replace("’", "")).strip()


@lru_cache(maxsize=1024)
def answers(text: str) -> tuple[tuple[str, str], ...]:
    """What a cell may mean as (scale, code): more than one where several scales have such an answer."""
    return _answers().get(plain(text), ())


def method(text: str) -> str:
    """The code of the collection method that a cell means; "" for none that is known."""
    return _methods().get(plain(text), "")


def language(text: str) -> str:
    """The code of the language that a cell means, by code, English name or own name; "" for none that is known."""
    return _languages().get(plain(text), "")


def column(role: str, names: Iterable[str]) -> int | None:
    """Which of these names of columns is meant for a role; None where none is. The surest word decides."""
    ranks: Mapping[str, int] = {word: rank for rank, word in enumerate(_WORDS["columns"][role])}
    found = [(ranks[word], place) for place, word in enumerate(map(plain, names)) if word in ranks]
    return min(found)[1] if found else None


@cache
def _answers() -> dict[str, tuple[tuple[str, str], ...]]:
    meanings: dict[str, list[tuple[str, str]]] = {}
    for scale, codes in SCALES.items():
        for code, entry in codes.items():
            said = {plain(entry["label"]), *_WORDS["answers"].get(f"{scale}:{code}", ())}
            for words in said:
                meanings.setdefault(words, []).append((scale, code))
    return {words: tuple(found) for words, found in meanings.items()}


@cache
def _methods() -> dict[str, str]:
    named = {plain(label): code for code, label in METHODS.items()}
    return named | {word: code for code, words in _WORDS["methods"].items() for word in words}


@cache
def _languages() -> dict[str, str]:
    english = {plain(name): code for code, name in Locale("en").languages.items()}
    codes = {plain(code): code for code in english.values()}
    own = {plain(entry["name"]): code for code, entry in vocabulary("languages", PACKAGE).items()}
    return {word: code for word, code in {**english, **codes, **own}.items() if len(code) <= MOST_OF_A_LANGUAGE}
