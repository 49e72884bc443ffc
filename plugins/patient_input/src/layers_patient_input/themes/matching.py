"""Which themes a text may be about, and the words that say so. Pure; it suggests, and people decide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from layers_patient_input.quoting import words_of

MOST_WORDS = 4
"""Words of a phrase; a longer one is never found."""
_PLURAL, _SHORT = "s", 3


class Finder:
    """The words of several themes, made ready to be found in any number of texts."""

    def __init__(self, words: Mapping[str, Iterable[str]]) -> None:
        """`words` are words and short phrases by theme, as people type them."""
        self._themes: dict[tuple[str, ...], list[tuple[str, str]]] = {}
        for theme, phrases in words.items():
            for phrase in phrases:
                spelt = tuple(map(_stem, words_of(phrase)))
                known = self._themes.setdefault(spelt, []) if 0 < len(spelt) <= MOST_WORDS else None
                if known is not None and theme not in {other for other, _phrase in known}:
                    known.append((theme, phrase))

    def find(self, texts: Iterable[str]) -> dict[str, list[str]]:
        """The themes that the texts may be about, each with its words that stand in them, as they were given."""
        found: dict[str, list[str]] = {}
        for text in texts:
            spelt = [_stem(word) for word in words_of(text)]
            for start in range(len(spelt)):
                for length in range(1, MOST_WORDS + 1):
                    for theme, phrase in self._themes.get(tuple(spelt[start : start + length]), ()):
                        if phrase not in found.setdefault(theme, []):
                            found[theme].append(phrase)
                    if start + length >= len(spelt):
                        break
        return found


def _stem(word: str) -> str:
    return word.removesuffix(_PLURAL) if len(word) > _SHORT else word


def tidied(words: str) -> list[str]:
    """The words and phrases of a typed list, one on a line or with commas between, each once."""
    parts: Sequence[str] = [" ".join(part.split()) for line in words.splitlines() for part in line.split(",")]
    return list(dict.fromkeys(part for part in parts if part))
