"""The identifier guard: what in a text could point to a person.

It finds and explains; the writer decides. It never changes a text on its own, and it never says that a text is free
of identifiers: a given name that stands alone stays unfound, and so does a story that only a neighbour knows.
Safer words for what it finds: `layers_core.privacy.wording`.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import chain

from layers_core.i18n import LazyString
from layers_core.privacy.finders import Hit
from layers_core.privacy.finders.addresses import find_emails, find_postcodes
from layers_core.privacy.finders.ages import find_ages, find_old_ages
from layers_core.privacy.finders.combinations import find_combinations
from layers_core.privacy.finders.dates import find_birth_dates
from layers_core.privacy.finders.full_names import find_full_names
from layers_core.privacy.finders.known_names import KnownNames
from layers_core.privacy.finders.names import find_names
from layers_core.privacy.finders.numbers import find_nhs_numbers, find_ninos, find_phones
from layers_core.privacy.finders.plain import plain
from layers_core.privacy.finders.streets import find_streets
from layers_core.privacy.finders.tokens import tokens
from layers_core.privacy.vocabulary import LABELS, WHY, why_combined

DEFAULT_MARK = "[removed]"

_SAME_THING = re.compile(r"[\s\-./()']+")


@dataclass(frozen=True, order=True)
class Span:
    """One finding: ``text[start:end]`` of the text that was searched.

    ``type`` is a code of the vocabulary (`layers_core.privacy.vocabulary`), ``why`` says in plain words why it is
    marked and is translated when shown. ``detail`` says more about its form, for `layers_core.privacy.wording`.
    """

    start: int
    end: int
    type: str
    why: LazyString | str = field(compare=False)
    detail: str = field(compare=False, default="")

    @property
    def label(self) -> LazyString:
        """The type in plain words, such as "NHS number"."""
        return LABELS[self.type]


def find(text: str, *, today: date | None = None, staff: KnownNames | None = None) -> list[Span]:
    """Return what could identify a person in the text, in order and without overlaps. Never raises.

    ``today`` decides which dates are past (default: the machine's day). ``staff`` are names that are known beforehand,
    for a text by somebody from outside: what a patient writes about the people who work here.
    """
    reading = plain(text)
    spans = []
    known = staff.find(reading.text) if staff else ()
    for hit in _without_overlaps(chain(known, _hits(reading.text, today or datetime.now(UTC).date()))):
        start, end = reading.original(hit.start, hit.end)
        spans.append(Span(start, end, hit.type, _why(hit), hit.detail))
    return spans


def _why(hit: Hit) -> LazyString:
    return why_combined(hit.kinds) if hit.kinds else WHY[hit.type]


def _hits(text: str, today: date) -> Iterator[Hit]:
    """Yield the hits of all finders, the surest first: where two overlap, the first one stays."""
    found, ages = tokens(text), find_ages(text)
    names = [*find_names(text), *find_full_names(text, found)]
    yield from find_emails(text)
    yield from find_nhs_numbers(text)
    yield from find_ninos(text)
    yield from find_birth_dates(text, names, today)
    yield from find_phones(text)
    yield from find_postcodes(text)
    yield from find_streets(text, found)
    yield from names
    yield from find_old_ages(text, ages)
    yield from find_combinations(text, found, ages)


def _without_overlaps(hits: Iterable[Hit]) -> list[Hit]:
    kept: list[Hit] = []
    for hit in hits:
        place = bisect_left(kept, hit)
        clear_before = place == 0 or kept[place - 1].end <= hit.start
        clear_after = place == len(kept) or hit.end <= kept[place].start
        if clear_before and clear_after:
            kept.insert(place, hit)
    return kept


def redact(text: str, spans: Iterable[Span], mark: str = DEFAULT_MARK) -> str:
    """Return the text with each span replaced by the mark; the spans are those of `find` for this very text."""
    parts: list[str] = []
    position = 0
    for span in sorted(spans):
        parts += [text[position : span.start], mark]
        position = span.end
    parts.append(text[position:])
    return "".join(parts)


def fingerprint(texts: Sequence[str], *, key: bytes = b"", today: date | None = None) -> str:
    """Return a digest of what is found in the texts, so that "I have looked at this" fits exactly these findings.

    The same findings in another order, place or spelling of spaces give the same digest; one more or one other finding
    gives another. Nothing found gives ``""``. Pass a secret ``key`` wherever the digest is stored or leaves the
    writer's own form: without one, an NHS number can be recovered from its digest by trying them all.
    """
    found = {
        f"{span.type}\0{_SAME_THING.sub('', plain(text[span.start : span.end]).text.casefold())}"
        for text in texts
        for span in find(text, today=today)
    }
    if not found:
        return ""
    message = "\n".join(sorted(found)).encode("utf-8", "surrogatepass")
    return hmac.new(key, message, hashlib.sha256).hexdigest()
