"""What pages ask of the plugin's tables. Nothing here writes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from layers_core.artefacts.models import Artefact, Link
from layers_core.db.base import now
from layers_core.practices.models import PublicLink
from layers_core.vocabulary import vocabulary
from layers_patient_input import responses
from layers_patient_input.catalogue import FFT
from layers_patient_input.kinds import upgrade_answer
from layers_patient_input.models import Answer
from layers_patient_input.themes.models import ThemeAnswer
from layers_patient_input.wording import SLUG

_STEPS = 4
MOST_OF_THEMES = 500
"""Answers of themes whose words are looked at, the newest: a theme may hold 100,000."""


def links_of(session: Session, practice_id: UUID) -> Sequence[PublicLink]:
    """The practice's working links to the Friends and Family Test on the web, newest first."""
    return session.scalars(
        select(PublicLink)
        .where(
            PublicLink.practice_id == practice_id,
            PublicLink.plugin == SLUG,
            PublicLink.form == FFT,
            PublicLink.method == "online",
            PublicLink.withdrawn_at.is_(None),
            (PublicLink.expires_at.is_(None)) | (PublicLink.expires_at > now()),
        )
        .order_by(PublicLink.created_at.desc())
    ).all()


def things_before(session: Session, ids: Iterable[UUID]) -> set[UUID]:
    """These things and what they grew out of: the ends of links that stand earlier in the trail, four steps far."""
    known = frozenset(ids)
    for edges in _edges_back(session, known):
        known |= {earlier for _later, earlier in edges}
    return set(known)


def trails(session: Session, ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """For each of these things what it grew out of, as `things_before` finds it, without itself: four queries."""
    before: dict[UUID, set[UUID]] = {}
    for edges in _edges_back(session, frozenset(ids)):
        for later, earlier in edges:
            before.setdefault(later, set()).add(earlier)
    found = {}
    for key in ids:
        reached = frontier = {key}
        for _step in range(_STEPS):
            frontier = {earlier for later in frontier for earlier in before.get(later, ())} - reached
            reached = reached | frontier
        found[key] = reached - {key}
    return found


def _edges_back(session: Session, ids: frozenset[UUID]) -> Iterator[set[tuple[UUID, UUID]]]:
    """The links from these things back in the trail as (later, earlier), step by step."""
    types = vocabulary("link_types")
    to_earlier = [code for code, entry in types.items() if entry["earlier"] == "to"]
    from_earlier = [code for code, entry in types.items() if entry["earlier"] == "from"]
    known = frontier = ids
    for _step in range(_STEPS):
        if not frontier:
            return
        ends = select(Link.from_id, Link.to_id).where(Link.from_id.in_(frontier), Link.type.in_(to_earlier))
        starts = select(Link.to_id, Link.from_id).where(Link.to_id.in_(frontier), Link.type.in_(from_earlier))
        edges = {(later, earlier) for later, earlier in session.execute(ends.union_all(starts))}
        yield edges
        frontier = frozenset(earlier for _later, earlier in edges) - known
        known |= frontier


def patients_words(session: Session, ids: Collection[UUID]) -> list[str]:
    """What patients wrote in released answers among these things, or in themes among them.

    As it came, as it was released, and translated; of themes the newest 500 answers.
    """
    gathered = (
        select(ThemeAnswer.artefact_id)
        .where(ThemeAnswer.theme_id.in_(ids))
        .order_by(ThemeAnswer.number.desc())
        .limit(MOST_OF_THEMES)
    )
    rows = session.execute(
        select(Answer.items, Artefact.body, Artefact.body_version)
        .join(Artefact, Artefact.id == Answer.released_artefact_id)
        .where(or_(Answer.released_artefact_id.in_(ids), Answer.released_artefact_id.in_(gathered)))
    )
    texts = []
    for row in rows:
        parts = upgrade_answer(row.body, row.body_version).get("parts", ())
        texts += [*responses.written(row.items), *(part[name] for part in parts for name in ("text", "translation"))]
    return [text for text in texts if text]
