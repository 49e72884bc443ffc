"""The core's own part of checking a draft: the identifier guard over every text that is about to be kept."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from layers_core.artefacts.audience import WIDTH
from layers_core.artefacts.errors import GuardStop, Marked
from layers_core.contract import Draft, GuardAnswer
from layers_core.privacy import identifiers

# A UUID or a digest, whole, or after a word that says of what: nobody's words, yet its digits can look like a telephone
# or NHS number.
_MACHINE_KEY = re.compile(r"(?:[a-z_]+:)?(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32,128})")


def texts_of(draft: Draft) -> list[str]:
    """Every text of a draft: title, body, promise, extras, names of files. Keys that machines made are no text."""
    promised = [draft.promise.expectation] if draft.promise else []
    named = [text for file in draft.attachments for text in (file.name, file.description)]
    return [draft.title, *_strings(draft.body), *promised, *_strings(draft.extras), *named]


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        if not _MACHINE_KEY.fullmatch(value):
            yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, Iterable):
        for part in value:
            yield from _strings(part)


def is_wider(choice: str) -> bool:
    """Whether an audience choice such as "cluster:<id>" reaches beyond the practice."""
    return WIDTH.get(choice.partition(":")[0], 0) > WIDTH["practice"]


def check(texts: Iterable[str], answer: GuardAnswer, *, wider: bool) -> Mapping[str, int]:
    """Count the marks by type. Raises GuardStop where the writer has not decided about exactly these marks.

    Within the practice it is enough to have looked; for a wider audience the words are cleared, or it is said why they
    may stay. A writer who is still changing words is stopped with or without marks.
    """
    texts = dict.fromkeys(text for text in texts if text)
    marked = [Marked(text, tuple(spans)) for text in texts if (spans := identifiers.find(text))]
    if not marked and not answer.editing:
        return {}
    fingerprint = identifiers.fingerprint([item.text for item in marked])
    if answer.editing or answer.fingerprint != fingerprint or (wider and not answer.explanation):
        raise GuardStop(marked, fingerprint, wider=wider, editing=answer.editing)
    return Counter(span.type for item in marked for span in item.spans)
