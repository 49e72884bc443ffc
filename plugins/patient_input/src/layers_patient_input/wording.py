"""The languages in which patients read, and the practice's own words in each of them.

The words around the forms are messages, translated in this package's catalogues; the forms are data in all languages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from layers_core.contract import PracticeView
from layers_core.i18n import gettext as _
from layers_core.vocabulary import vocabulary

PACKAGE = "layers_patient_input"
SLUG = "patient_input"

_KNOWN: Mapping[str, Any] = vocabulary("languages", PACKAGE)
LANGUAGES: tuple[str, ...] = tuple(_KNOWN)
DEFAULT_LANGUAGE = "en"
BASES: tuple[str, ...] = tuple(dict.fromkeys(entry["base"] for entry in _KNOWN.values()))
"""The languages in which a practice writes its own words: a variant such as easy read has those of its language."""


@dataclass(frozen=True)
class Language:
    """A language that a form can be read in; `base` is that of the words around it."""

    code: str
    name: str
    direction: str
    base: str
    official: bool

    @property
    def is_variant(self) -> bool:
        """Whether it is another way of saying things in a language, such as easy read."""
        return self.code != self.base


def language(code: str) -> Language:
    """A language by its code. Raises KeyError for one that nothing is written in."""
    entry = _KNOWN[code]
    return Language(code, entry["name"], entry["direction"], entry["base"], entry["official"])


def known(code: str) -> Language | None:
    """A language by its code; None for one that this version does not know, as data from another may name it."""
    return language(code) if code in _KNOWN else None


def base_of(code: str) -> str:
    """The language that words in a variant, such as easy read, are in; any other code as it is."""
    found = known(code)
    return found.base if found else code


def in_english(code: str) -> str:
    """A language's name in English, for staff; a message."""
    return str(_KNOWN[code]["label"])


def offered(settings: Mapping[str, Any]) -> tuple[Language, ...]:
    """The languages that a practice offers, in the data's order."""
    return tuple(language(code) for code in LANGUAGES if code in settings["languages"])


def chosen(asked: str, settings: Mapping[str, Any]) -> Language:
    """The language asked for where the practice offers it, else English where it does, else its first."""
    codes = {item.code: item for item in offered(settings)}
    return codes.get(asked) or codes.get(DEFAULT_LANGUAGE) or next(iter(codes.values()))


def own_words(name: str, settings: Mapping[str, Any]) -> dict[str, str]:
    """What a practice wrote in one of its settings, by language; a language in which it wrote nothing is left out."""
    return {code: text for code in LANGUAGES if (text := str(settings.get(field_of(name, code), "")).strip())}


def field_of(name: str, code: str) -> str:
    """The setting that holds a practice's own words in a language; English ones have no language in their name."""
    base = _KNOWN[code]["base"]
    return name if base == DEFAULT_LANGUAGE else f"{name}_{base}"


def urgent_help(language: Language, settings: Mapping[str, Any]) -> str:
    """What to do instead when help is urgent: the practice's own words, or these."""
    return own_words("urgent_help", settings).get(language.code) or _(
        "This is not for urgent help. Call 999 in an emergency. "
        "Call 111 if you need medical help soon and it is not an emergency."
    )


def other_ways(language: Language, settings: Mapping[str, Any], practice: PracticeView) -> str:
    """How else to reach the practice: its own words, or its telephone number; empty where it has neither."""
    own = own_words("other_ways", settings).get(language.code, "")
    if own or not practice.telephone:
        return own
    # Isolated from left to right: within Urdu, the groups of a number would change places.
    return _("To speak to us, telephone %(telephone)s.", telephone=f"\u2066{practice.telephone}\u2069")


def complaints(language: Language, settings: Mapping[str, Any], practice: PracticeView) -> str:
    """That a form is no complaint, and how to make one: in the practice's own words, or these.

    A complaint goes to the practice or, since 1 July 2023, to the integrated care board (NHS England; NHS Complaints
    Regulations 2009), never through an anonymous form.
    """
    own = own_words("complaints", settings).get(language.code, "")
    if not own and practice.telephone:
        # Isolated as above.
        own = _(
            "To complain, speak to reception or telephone %(telephone)s. "
            "You can complain to your integrated care board instead.",
            telephone=f"\u2066{practice.telephone}\u2069",
        )
    elif not own:
        own = _("To complain, speak to reception, or write to your integrated care board.")
    return " ".join((_("This form is not a way to make a complaint."), own))


def sign_language_film() -> str:
    """The address of NHS England's film about the Friends and Family Test in British Sign Language."""
    return str(vocabulary("fft_versions", PACKAGE)["bfi"]["address"])


def unofficial(language: Language) -> str:
    """What to say of words that are not anybody's official ones; empty for those that are."""
    if language.official:
        return ""
    if language.is_variant:
        return _("These easy read words are not an official NHS version.")
    return _("This translation is not an official NHS translation.")
