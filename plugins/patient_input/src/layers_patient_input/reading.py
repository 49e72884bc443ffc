"""What pages ask of the plugin's tables. Nothing here writes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from layers_core.artefacts import kinds
from layers_core.artefacts.models import Artefact, Link
from layers_core.db.base import now
from layers_core.host.loader import Host
from layers_core.practices.models import PublicLink
from layers_core.vocabulary import vocabulary
from layers_patient_input import responses
from layers_patient_input.catalogue import FFT
from layers_patient_input.kinds import upgrade_answer
from layers_patient_input.models import Answer, Publication
from layers_patient_input.wording import SLUG

PAGE = 50
_STEPS = 4


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


@dataclass(frozen=True)
class Entry:
    """An entry of "You said, we learned, we did" on the public page."""

    id: UUID
    body: Mapping[str, Any]
    language: str
    published_at: datetime


def published(session: Session, host: Host, practice_id: UUID, limit: int = 100) -> list[Entry]:
    """What a practice tells its patients now, newest first. It holds no name and no link to a person."""
    rows = session.execute(
        select(Artefact.id, Artefact.kind, Artefact.body, Artefact.body_version, Artefact.language, Publication)
        .join(Publication, Publication.artefact_id == Artefact.id)
        .where(
            Publication.practice_id == practice_id,
            Publication.unpublished_at.is_(None),
            Artefact.state == "live",
        )
        .order_by(Publication.published_at.desc())
        .limit(limit)
    )
    return [
        Entry(
            row.id,
            kinds.read_body(host, row.kind, row.body, row.body_version),
            row.language,
            row.Publication.published_at,
        )
        for row in rows
    ]


def publications_of(session: Session, ids: Collection[UUID]) -> dict[UUID, Publication]:
    """The publications of these things, by the thing's key."""
    rows = session.scalars(select(Publication).where(Publication.artefact_id.in_(ids)))
    return {row.artefact_id: row for row in rows}


def entries_of(session: Session, practice_id: UUID, limit: int = PAGE) -> list[tuple[UUID, str, Publication]]:
    """A practice's entries, published or taken off, as (key, title, publication), newest first."""
    rows = session.execute(
        select(Artefact.id, Artefact.title, Publication)
        .join(Publication, Publication.artefact_id == Artefact.id)
        .where(Publication.practice_id == practice_id, Artefact.state == "live")
        .order_by(Publication.published_at.desc())
        .limit(limit)
    )
    return [(row.id, row.title, row.Publication) for row in rows]


def things_before(session: Session, ids: Iterable[UUID]) -> set[UUID]:
    """These things and what they grew out of: the ends of links that stand earlier in the trail, four steps far."""
    types = vocabulary("link_types")
    to_earlier = [code for code, entry in types.items() if entry["earlier"] == "to"]
    from_earlier = [code for code, entry in types.items() if entry["earlier"] == "from"]
    known: set[UUID] = set(ids)
    frontier = known
    for _step in range(_STEPS):
        if not frontier:
            break
        ends = select(Link.to_id).where(Link.from_id.in_(frontier), Link.type.in_(to_earlier))
        starts = select(Link.from_id).where(Link.to_id.in_(frontier), Link.type.in_(from_earlier))
        frontier = set(session.scalars(ends.union_all(starts))) - known
        known = known | frontier
    return known


def patients_words(session: Session, ids: Collection[UUID]) -> list[str]:
    """What patients wrote in those of these things that are released answers: as it came, as released, translated."""
    rows = session.execute(
        select(Answer.items, Artefact.body, Artefact.body_version)
        .join(Artefact, Artefact.id == Answer.released_artefact_id)
        .where(Answer.released_artefact_id.in_(ids))
    )
    texts = []
    for row in rows:
        parts = upgrade_answer(row.body, row.body_version).get("parts", ())
        texts += [*responses.written(row.items), *(part[name] for part in parts for name in ("text", "translation"))]
    return [text for text in texts if text]
