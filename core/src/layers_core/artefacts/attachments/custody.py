"""What becomes of a person's files when they are erased."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, or_, select, union
from sqlalchemy.orm import Session

from layers_core.artefacts.attachments import family
from layers_core.artefacts.attachments.models import Attachment, KeptFile
from layers_core.artefacts.models import Artefact, Audience
from layers_core.vocabulary import vocabulary


def contents_of(session: Session, person_id: UUID) -> set[str]:
    """The contents that may be a person's alone: of files they added, of things that are theirs, of what waits."""
    theirs = or_(Attachment.made_by == person_id, Artefact.author_id == person_id, Audience.person_id == person_id)
    attached = (
        select(Attachment.digest)
        .join(Artefact, Artefact.id == Attachment.artefact_id)
        .join(Audience, Audience.id == Artefact.audience_id)
        .where(theirs)
    )
    return set(session.scalars(union(attached, select(KeptFile.digest).where(KeptFile.person_id == person_id))))


def erase_sound(session: Session, person_id: UUID) -> None:
    """Delete the sound that a person added, also to what they shared: a voice names its speaker."""
    types = [code for code in vocabulary("attachment_types") if family(code) == "sound"]
    session.execute(delete(Attachment).where(Attachment.made_by == person_id, Attachment.media_type.in_(types)))
