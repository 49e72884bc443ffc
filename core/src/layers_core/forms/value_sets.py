"""Lists of answers: those that a form contains, and those that everybody knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from layers_core.forms.elements import listed, mended
from layers_core.forms.model import Option, Value, Words
from layers_core.forms.options import objects, unique
from layers_core.vocabulary import vocabulary


class ValueSets:
    """The lists of answers that a form can name: those that it contains, then data/value_sets.json."""

    def __init__(self, contained: Any) -> None:
        self._contained = [entry for entry in listed(contained) if isinstance(entry, dict)]
        self._read: dict[str, tuple[Option, ...]] = {}

    def options(self, canonical: str) -> tuple[Option, ...]:
        """The answers of a list in its order; none where the list is not known here or cannot be counted up."""
        if canonical not in self._read:
            self._read[canonical] = self._find(canonical)
        return self._read[canonical]

    def _find(self, canonical: str) -> tuple[Option, ...]:
        address = canonical.split("|")[0]
        for entry in self._contained:
            if entry.get("resourceType") == "ValueSet" and (
                address == f"#{entry.get('id')}" or (entry.get("url") == address != "")
            ):
                return unique(Option(*coded) for coded in self._concepts(entry))
        known = vocabulary("value_sets").get(address, ())
        return tuple(Option(Value("Coding", dict(coding)), Words(coding["display"])) for coding in known)

    def _concepts(self, value_set: Mapping[str, Any]) -> Iterable[tuple[Value, Words]]:
        expansion = value_set.get("expansion")
        if isinstance(expansion, dict) and (concepts := list(_contains(expansion))):
            total = expansion.get("total")
            return concepts if not isinstance(total, int) or total <= len(concepts) else ()
        compose = value_set.get("compose")
        if not isinstance(compose, dict) or compose.get("exclude"):
            return ()
        includes = list(objects(compose.get("include")))
        if any(part.get("filter") or part.get("valueSet") for part in includes):
            return ()
        found: list[tuple[Value, Words]] = []
        for part in includes:
            offered = list(objects(part.get("concept"))) or self._system(part.get("system"))
            if not offered:
                return ()
            found.extend(_coded({**concept, "system": part.get("system")}) for concept in offered)
        return found

    def _system(self, system: Any) -> list[Mapping[str, Any]]:
        """All concepts of a code system that the form contains whole."""
        for entry in self._contained:
            if entry.get("resourceType") == "CodeSystem" and entry.get("url") == system and system:
                return list(_below(entry)) if entry.get("content") in ("complete", None) else []
        return []


def _below(entry: Mapping[str, Any], name: str = "concept") -> Iterator[Mapping[str, Any]]:
    waiting = [*objects(entry.get(name))][::-1]
    while waiting:
        concept = waiting.pop()
        yield concept
        waiting.extend([*objects(concept.get(name))][::-1])


def _contains(expansion: Mapping[str, Any]) -> Iterator[tuple[Value, Words]]:
    for concept in _below(expansion, "contains"):
        if concept.get("abstract") is not True and concept.get("code"):
            yield _coded(concept)


def _coded(concept: Mapping[str, Any]) -> tuple[Value, Words]:
    value = mended(Value("Coding", dict(concept))) or Value("Coding", {})
    told = {
        str(word.get("language")): word["value"]
        for word in objects(concept.get("designation"))
        if isinstance(word.get("value"), str) and word.get("language")
    }
    return value, Words(str(value.data.get("display") or value.data.get("code") or ""), told)
