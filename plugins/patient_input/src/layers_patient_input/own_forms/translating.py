"""The words of a form in other languages: what there is to translate, and a form with its translations put in. Pure.

Translations stand where FHIR puts them, in the extension `translation` beside each text of the Questionnaire.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from layers_core.forms.elements import TRANSLATION

Key = tuple[str, str]
"""Where a text stands, a linkId or "" for the form's title, and its words."""
_Json = dict[str, Any]


@dataclass(frozen=True)
class Text:
    """A text that patients read, with its translations by language."""

    key: Key
    translations: Mapping[str, str] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """The text in the form's own language."""
        return self.key[1]


def texts(source: Mapping[str, Any]) -> list[Text]:
    """Every text of a Questionnaire in its order; the same words at the same place once."""
    found = [Text(key, _told(holder, name)) for key, holder, name in _places(source)]
    return list({text.key: text for text in found}.values())


def translated(source: Mapping[str, Any], language: str, words: Mapping[Key, str]) -> _Json:
    """The Questionnaire with these words as its translation into a language; nothing else of it changes.

    A text that `words` gives no words for, or empty ones, has no translation into that language.
    """
    made = deepcopy(dict(source))
    for key, holder, name in _places(made):
        others = [part for part in _extensions(holder, name) if _language(part) != language]
        given = [_extension(language, words[key])] if words.get(key) else []
        sibling = holder.get(f"_{name}")
        kept = (
            {part: value for part, value in sibling.items() if part != "extension"} if isinstance(sibling, dict) else {}
        )
        if others or given:
            kept["extension"] = [*others, *given]
        if kept:
            holder[f"_{name}"] = kept
        else:
            holder.pop(f"_{name}", None)
    return made


def _extension(language: str, words: str) -> _Json:
    """One translation, as FHIR writes it: https://hl7.org/fhir/R4/extension-translation.html."""
    return {
        "url": TRANSLATION,
        "extension": [{"url": "lang", "valueCode": language}, {"url": "content", "valueString": words}],
    }


def _places(source: Mapping[str, Any]) -> Iterator[tuple[Key, Any, str]]:
    """Each text with the object that holds it and its name there."""
    yield from _held("", source, "title")
    waiting = _objects(source.get("item"))[::-1]
    while waiting:
        item = waiting.pop()
        place = str(item.get("linkId", ""))
        yield from _held(place, item, "text")
        for option in _objects(item.get("answerOption")):
            yield from _held(place, option, "valueString")
            for coding in _objects(option.get("valueCoding")):
                yield from _held(place, coding, "display")
        waiting += _objects(item.get("item"))[::-1]


def _held(place: str, holder: Any, name: str) -> Iterator[tuple[Key, Any, str]]:
    if isinstance(holder.get(name), str) and (words := holder[name].strip()):
        yield (place, words), holder, name


def _objects(found: Any) -> list[Any]:
    return [entry for entry in (found if isinstance(found, list) else [found]) if isinstance(entry, dict)]


def _extensions(holder: Mapping[str, Any], name: str) -> list[Any]:
    sibling = holder.get(f"_{name}")
    return _objects(sibling.get("extension")) if isinstance(sibling, dict) else []


def _told(holder: Mapping[str, Any], name: str) -> dict[str, str]:
    return {
        language: content
        for part in _extensions(holder, name)
        if (language := _language(part)) and isinstance(content := _part(part, "content", "valueString"), str)
    }


def _language(part: Mapping[str, Any]) -> str:
    """The language that an extension translates into; "" for an extension that translates nothing."""
    return str(_part(part, "lang", "valueCode") or "") if part.get("url") == TRANSLATION else ""


def _part(part: Mapping[str, Any], url: str, name: str) -> Any:
    return next((one.get(name) for one in _objects(part.get("extension")) if one.get("url") == url), None)
