"""Whether a text for the public tells a number of patients so small that one of them may be found out. Pure.

English words alone: in other languages whoever writes has only the hint beside the field.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from layers_core.vocabulary import vocabulary
from layers_patient_input.wording import PACKAGE

_WORDS: Mapping[str, list[str]] = vocabulary("small_counts", PACKAGE)


def _pattern(whom: Iterable[str]) -> re.Pattern[str]:
    # One word may stand between: "three older patients", "two other people".
    numbers, people = "|".join(_WORDS["numbers"]), "|".join(whom)
    return re.compile(rf"(?<![\w.,/-])(?:{numbers})[ -](?:[^\W\d_]{{1,30}}[ -])?(?:{people})\b", re.IGNORECASE)


_PATIENTS = _pattern(_WORDS["patients"])
_ANYBODY = _pattern([*_WORDS["patients"], *_WORDS["people"]])


def small_count(text: str, *, heard: bool) -> str:
    """The words that tell such a number; "" where there are none. `heard` says that the text is what patients told."""
    found = (_ANYBODY if heard else _PATIENTS).search(" ".join(text.split()))
    return found.group() if found else ""
