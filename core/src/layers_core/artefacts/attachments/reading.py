"""Reading which files a thing has. Whoever sees the thing sees them, and nobody else learns that there are any."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from layers_core.artefacts import audience
from layers_core.artefacts.attachments.models import Attachment
from layers_core.artefacts.models import Artefact
from layers_core.contract import Actor, Prepared


@dataclass(frozen=True)
class AttachmentView:
    """A file of a thing; `digest` is the name of its content in the store and is for no page."""

    id: UUID
    artefact_id: UUID
    digest: str
    name: str
    media_type: str
    size: int
    description: str

    def again(self) -> Prepared:
        """The same file for another thing; its content is in the store."""
        return Prepared(self.name, self.media_type, self.digest, self.size, None, self.description)


_COLUMNS: tuple[Any, ...] = (
    Attachment.id,
    Attachment.artefact_id,
    Attachment.digest,
    Attachment.name,
    Attachment.media_type,
    Attachment.size,
    Attachment.description,
)


def _files() -> Select[Any]:
    return select(*_COLUMNS).join(Artefact, Artefact.id == Attachment.artefact_id).order_by(Attachment.position)


def _views(rows: Iterable[Any]) -> list[AttachmentView]:
    return [AttachmentView(*row) for row in rows]


def of_things(session: Session, actor: Actor, ids: Sequence[UUID]) -> list[AttachmentView]:
    """The files of those of these things that the actor may see, in their order: one query."""
    if not ids:
        return []
    return _views(session.execute(_files().where(Attachment.artefact_id.in_(ids), audience.visible(actor))))


def find(session: Session, actor: Actor, artefact_id: UUID, attachment_id: UUID) -> AttachmentView | None:
    """One file of a thing that the actor may see, or None."""
    found = _files().where(
        Attachment.id == attachment_id, Attachment.artefact_id == artefact_id, audience.visible(actor)
    )
    return next(iter(_views(session.execute(found))), None)


def own(session: Session, person_id: UUID, artefact_id: UUID | None = None) -> list[AttachmentView]:
    """The files of what a person wrote (or of one such thing), in whatever state, mix and practice."""
    query = _files().where(Artefact.author_id == person_id)
    if artefact_id is not None:
        query = query.where(Attachment.artefact_id == artefact_id)
    return _views(session.execute(query))
