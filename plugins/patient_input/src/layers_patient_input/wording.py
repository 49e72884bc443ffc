"""The words that patients meet, by language: versioned data, with the practice's own words in their places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from layers_core.contract import PracticeView
from layers_core.vocabulary import vocabulary

PACKAGE = "layers_patient_input"
SLUG = "patient_input"

WORDS: Mapping[str, Any] = vocabulary("patient_words", PACKAGE)
LANGUAGES: tuple[str, ...] = tuple(WORDS)
DEFAULT_LANGUAGE = "en"


@dataclass(frozen=True)
class Language:
    """A language that a page can be read in."""

    code: str
    name: str
    direction: str
    official: bool


def language(code: str) -> Language:
    """A language by its code. Raises KeyError for one that nothing is written in."""
    entry = WORDS[code]
    return Language(code, entry["name"], entry["direction"], entry["official"])


def offered(settings: Mapping[str, Any]) -> tuple[Language, ...]:
    """The languages that a practice offers, in the data's order."""
    return tuple(language(code) for code in LANGUAGES if code in settings["languages"])


def chosen(asked: str, settings: Mapping[str, Any]) -> Language:
    """The language asked for where the practice offers it, else English where it does, else its first."""
    codes = {item.code: item for item in offered(settings)}
    return codes.get(asked) or codes.get(DEFAULT_LANGUAGE) or next(iter(codes.values()))


def patient_words(code: str, settings: Mapping[str, Any], practice: PracticeView) -> dict[str, str]:
    """Every word that a patient's page needs besides the questions, by name."""
    words: dict[str, str] = dict(WORDS[code]["words"])
    # Isolated from left to right: within Urdu, the groups of a number would change places.
    telephone = f"\u2066{practice.telephone}\u2069"
    words["reach"] = words["reach"] % {"telephone": telephone} if practice.telephone else ""
    own = {"urgent": _own("urgent_help", code, settings), "reach": _own("other_ways", code, settings)}
    return words | {name: text for name, text in own.items() if text}


def own_words(name: str, settings: Mapping[str, Any]) -> dict[str, str]:
    """What a practice wrote in one of its settings, by language; a language in which it wrote nothing is left out."""
    return {code: text for code in LANGUAGES if (text := _own(name, code, settings))}


def _own(name: str, code: str, settings: Mapping[str, Any]) -> str:
    """The practice's own words in a language; English settings have no language in their name."""
    field = name if code == DEFAULT_LANGUAGE else f"{name}_{code}"
    return str(settings.get(field, "")).strip()
