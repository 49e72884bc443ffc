"""How strong a recommendation is and how certain its evidence, as FHIR files say it.

The codes live in `data/fhir_codes.json`. What is not among them is kept word for word and reported; nothing is guessed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from layers_core.i18n import LazyString
from layers_core.i18n import lazy_gettext as _l


@dataclass(frozen=True)
class Unread:
    """Something in a file that was not understood, or only with an assumption.

    ``path`` is where (``action[0].extension[1]``), ``what`` and ``why`` are words for a person, ``code`` is a fixed
    word for programs.
    """

    path: str
    what: LazyString
    why: LazyString
    code: str


@dataclass(frozen=True)
class FoundCode:
    """A code as the file holds it, word for word; ``rating`` is strength, direction or certainty."""

    rating: str
    system: str
    code: str
    display: str
    path: str


@dataclass(frozen=True)
class Rating:
    """Strength and certainty in GRADE's words (``None``: not given or not understood), and what led there."""

    strength: str | None
    certainty: str | None
    codes: tuple[FoundCode, ...]
    reported: tuple[Unread, ...]


Place = tuple[str, dict[str, Any]]
"""A path and the element there, whose extensions may rate the recommendation."""


@cache
def _vocabulary() -> dict[str, Any]:
    text = files("layers_guidelines").joinpath("data/fhir_codes.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def _last_part(url: Any) -> str:
    """Return the last part of a URL without its version: ``…/evidence-quality|4.0`` gives ``evidence-quality``."""
    return url.partition("|")[0].rstrip("/").rpartition("/")[2] if isinstance(url, str) else ""


def _extensions(place: Place, rating: str) -> Iterator[Place]:
    path, element = place
    extensions = element.get("extension")
    for n, extension in enumerate(extensions if isinstance(extensions, list) else []):
        if isinstance(extension, dict) and _last_part(extension.get("url")) in _vocabulary()[rating]["extensions"]:
            yield (f"{path}.extension[{n}]".lstrip("."), extension)


def is_rated(place: Place) -> bool:
    """Tell whether the element itself carries a strength or a certainty."""
    return any(next(_extensions(place, rating), None) is not None for rating in ("strength", "certainty"))


def read_rating(places: list[Place]) -> Rating:
    """Read strength, direction and certainty from the extensions of these elements."""
    codes: list[FoundCode] = []
    reported: list[Unread] = []
    strength = _one_of("strength", places, codes, reported)
    direction = _one_of("direction", places, codes, reported)
    certainty = _one_of("certainty", places, codes, reported)
    strength = _with_direction(strength, direction, codes, reported)
    return Rating(strength, certainty, tuple(codes), tuple(reported))


def _one_of(rating: str, places: list[Place], codes: list[FoundCode], reported: list[Unread]) -> str | None:
    """Return the one value that the file gives for the rating; note its codes and what was not understood."""
    extensions = [extension for place in places for extension in _extensions(place, rating)]
    found = [code for extension in extensions for code in _codes(rating, extension, reported)]
    codes.extend(found)
    vocabulary = _vocabulary()[rating]
    values: list[str] = []
    for code in found:
        known_system = not code.system or _last_part(code.system) in vocabulary["systems"]
        value = vocabulary["codes"].get(code.code.strip().lower()) if known_system else None
        if value:
            values.append(value)
        else:
            shown = " ".join(part for part in (code.system, code.code) if part)[:200]
            why = _l("We do not know this code, so we left the %(rating)s open.", rating=_NAMES[rating])
            reported.append(Unread(code.path, _l("Code “%(code)s”", code=shown), why, "unknown-code"))
    if len(found) > 1:
        what = _l("%(count)s codes for the %(rating)s", count=len(found), rating=_NAMES[rating])
        reported.append(Unread(found[0].path, what, _several_codes(values, len(found)), "several-codings"))
    if not extensions and rating != "direction":
        why = _l("The file does not say it. You can add it by hand.")
        reported.append(Unread(places[0][0], _l("No %(rating)s", rating=_NAMES[rating]), why, f"no-{rating}"))
    return values[0] if len(set(values)) == 1 else None


def _several_codes(values: list[str], found: int) -> LazyString:
    """Say what several codes for one rating led to."""
    if len(set(values)) != 1:
        return _l("We cannot tell which one counts, so check the source.")
    if len(values) == found:
        return _l("They all say the same, so we used that.")
    return _l("We used what we know and left out the rest, so check the source.")


_NAMES = {"strength": _l("strength"), "direction": _l("direction"), "certainty": _l("certainty")}


def _codes(rating: str, extension: Place, reported: list[Unread]) -> Iterator[FoundCode]:
    """Yield the codes of one extension: a CodeableConcept, a Coding, or a bare code."""
    path, element = extension
    concept = element.get("valueCodeableConcept")
    if isinstance(concept, dict) and isinstance(concept.get("coding"), list):
        codings = concept["coding"]
    elif "valueCoding" in element:
        codings = [element["valueCoding"]]
    elif "valueCode" in element:
        codings = [{"code": element["valueCode"]}]
    else:
        codings = []
    any_read = False
    for coding in codings:
        if isinstance(coding, dict) and isinstance(coding.get("code"), str):
            any_read = True
            yield FoundCode(
                rating, _text(coding.get("system")), _text(coding["code"]), _text(coding.get("display")), path
            )
    if not any_read:
        words = _text(concept.get("text")) if isinstance(concept, dict) else ""
        what = _l("“%(words)s”", words=words[:200]) if words else _l("A rating without a code")
        reported.append(
            Unread(path, what, _l("It has no code that we can read, so we left it open."), "rating-without-code")
        )


def _text(value: Any) -> str:
    """Return a text as the file holds it, less what no database takes (NUL, lone surrogates)."""
    return value.encode("utf-8", "ignore").decode().replace("\0", "") if isinstance(value, str) else ""


def _with_direction(
    strength: str | None, direction: str | None, codes: list[FoundCode], reported: list[Unread]
) -> str | None:
    """Return ``strong-for`` and its like from a strength and a direction that may stand apart."""
    if strength is None:
        return None
    path = next(code.path for code in codes if code.rating == "strength")
    level, _, own_direction = strength.partition("-")
    if own_direction and direction and own_direction != direction:
        why = _l("The strength and the direction say different things, so we left the strength open.")
        reported.append(Unread(path, _l("For or against"), why, "directions-differ"))
        return None
    if own_direction or direction:
        return f"{level}-{own_direction or direction}"
    if any(code.rating == "direction" for code in codes):
        return None  # a direction is there but not understood: already reported
    # HL7's two codes rate the statement as it is worded ("avoid…" included), so it is one for doing what it says.
    why = _l("The file does not say, so we read it as: do what the recommendation says. Check that this is right.")
    reported.append(Unread(path, _l("For or against"), why, "direction-not-stated"))
    return f"{level}-for"
