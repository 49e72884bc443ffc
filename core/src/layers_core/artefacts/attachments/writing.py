"""Writing the rows of a thing's files in a unit of work; `Unit.attach` and `Unit.detach` are its doors."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from layers_core.artefacts.attachments import family, keeping, limit
from layers_core.artefacts.attachments.events import FilesAdded
from layers_core.artefacts.attachments.models import Attachment
from layers_core.artefacts.attachments.store import FileStore
from layers_core.artefacts.errors import DraftRefused
from layers_core.contract import Prepared, Problem
from layers_core.db.base import new_id, put
from layers_core.i18n import gettext as _

log = logging.getLogger("layers.files")
FIELD = "files"
MEGABYTE = 1024 * 1024


def problems(files: Sequence[Prepared], there: int = 0) -> list[Problem]:
    """What is wrong with so many and such large files for a thing that has some already."""
    found = []
    if there + len(files) > limit("files_a_thing"):
        found.append(Problem(_("Choose %(most)d files or fewer", most=limit("files_a_thing")), FIELD))
    if sum(file.size for file in files) > limit("bytes_a_submit"):
        most = limit("bytes_a_submit") // MEGABYTE
        found.append(Problem(_("These files are larger than %(most)d MB together. Send some later", most=most), FIELD))
    return found


def attach(
    session: Session, store: FileStore, artefact_id: UUID, files: Sequence[Prepared], by: UUID | None, moment: datetime
) -> FilesAdded:
    """Store the contents and write their rows after those that are there; gives the fact for the usage log.

    Raises DraftRefused for too many, for a file that was kept and is there no longer, and where the disk refuses.
    """
    keeping.hold(session)
    there = session.execute(
        select(func.count(), func.coalesce(func.max(Attachment.position), 0)).where(
            Attachment.artefact_id == artefact_id
        )
    ).one()
    if wrong := problems(files, there[0]):
        raise DraftRefused(wrong)
    for position, file in enumerate(files, there[1] + 1):
        if file.content is not None:
            _store(store, file, file.content)
        elif not store.has(file.digest):
            raise DraftRefused([Problem(_("%(name)s is here no longer. Choose it again", name=file.name), FIELD)])
        put(
            session,
            Attachment,
            id=new_id(),
            artefact_id=artefact_id,
            digest=file.digest,
            name=file.name,
            media_type=file.media_type,
            size=file.size,
            description=file.description,
            position=position,
            made_by=by,
            created_at=moment,
        )
    counted = Counter(family(file.media_type) for file in files)
    return FilesAdded(pictures=counted["picture"], sounds=counted["sound"], documents=counted["document"])


def detach(session: Session, artefact_id: UUID, attachment_id: UUID | None = None) -> list[str]:
    """Delete the row of one file of a thing, or of all; gives the digests of their contents."""
    doomed = delete(Attachment).where(Attachment.artefact_id == artefact_id)
    if attachment_id is not None:
        doomed = doomed.where(Attachment.id == attachment_id)
    return list(session.scalars(doomed.returning(Attachment.digest)))


def _store(store: FileStore, file: Prepared, content: bytes) -> None:
    try:
        store.put(file.digest, content)
    except OSError as fault:
        log.error("A file could not be stored: %s", fault.strerror)
        text = _("Files cannot be stored just now. Save without them, or try again in a minute")
        raise DraftRefused([Problem(text, FIELD)]) from fault
