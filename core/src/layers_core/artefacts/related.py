"""Things that have something to do with another one: found by the words they share, and said so."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import case, or_, select
from sqlalchemy.orm import Session

from layers_core.artefacts import reading, search
from layers_core.artefacts.models import Link
from layers_core.contract import Actor, Thing
from layers_core.vocabulary import vocabulary

if TYPE_CHECKING:
    from layers_core.host.loader import Host

WORD = re.compile(r"[^\W\d_]{3,}", re.UNICODE)
CANDIDATES = 40
"""So many of the newest things with any of the words are compared."""
FEW_TERMS = 2
SHARED_AT_LEAST = 2
ENDINGS = ("ings", "ing", "ies", "ed", "es", "s")
STEM_AT_LEAST = 3


@dataclass(frozen=True)
class Related:
    """A thing, and the words that it shares with the one it is related to, as that one spells them."""

    thing: Thing
    words: tuple[str, ...]


def stem(word: str) -> str:
    """A word without its English ending, so that "letters" and "letter" count as one."""
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= STEM_AT_LEAST:
            return word[: -len(ending)]
    return word[:-1] if word.endswith("e") and len(word) > STEM_AT_LEAST else word


def terms_of(text: str, most: int = search.MOST_WORDS) -> dict[str, str]:
    """The telling words of a text, as stem and first spelling: the longest ones, in the order of the text."""
    stop = frozenset(vocabulary("stop_words"))
    found: dict[str, str] = {}
    for word in WORD.findall(text.casefold()):
        if word not in stop:
            found.setdefault(stem(word), word)
    longest = set(sorted(found, key=lambda term: (-len(term), term))[:most])
    return {term: word for term, word in found.items() if term in longest}


def text_of(host: Host, thing: Thing) -> str:
    """Everything that a thing says to a search: its title and its kind's words."""
    kind = host.registry.kinds.get(thing.kind)
    return f"{thing.title} {kind.search_text(thing.body)}" if kind and thing.available else thing.title


def related(session: Session, host: Host, actor: Actor, thing: Thing, limit: int = 3) -> list[Related]:
    """Up to `limit` things that the actor may see and that share words with this one, the closest first.

    Left out are the thing itself and whatever it is linked to already. A thing is close when it shares many words, and
    words that few of the others share. Four queries at most.
    """
    kind = host.registry.kinds.get(thing.kind)
    if kind is None or not thing.available:
        return []
    terms = terms_of(f"{thing.title} {kind.summary(thing.body)}")
    if not terms:
        return []
    # The search itself finds a word with any ending.
    found = reading.find(session, host, actor, " ".join(terms.values()), limit=CANDIDATES, any_word=True)
    others = [item.thing for item in found if item.thing.id != thing.id]
    shared = {other.id: _shared(terms, text_of(host, other)) for other in others}
    hits = Counter(term for mentioned in shared.values() for term in mentioned)
    needed = SHARED_AT_LEAST if len(terms) > FEW_TERMS else 1
    close = [other for other in others if len(shared[other.id]) >= needed]
    if not close:
        return []
    linked = _linked(session, thing)
    # Python's sort is stable: among equals the newest stays first.
    close.sort(key=lambda other: (-len(shared[other.id]), sum(hits[term] for term in shared[other.id])))
    return [
        Related(other, tuple(terms[term] for term in shared[other.id])) for other in close if other.id not in linked
    ][:limit]


def _shared(terms: Iterable[str], text: str) -> list[str]:
    stems = {stem(word) for word in WORD.findall(text.casefold())}
    return [term for term in terms if term in stems]


def _linked(session: Session, thing: Thing) -> frozenset[object]:
    other_end = case((Link.from_id == thing.id, Link.to_id), else_=Link.from_id)
    query = select(other_end).where(or_(Link.from_id == thing.id, Link.to_id == thing.id))
    return frozenset(session.scalars(query))
