"""Files that came with a form which could not be saved yet. They wait a day for their writer, and nobody else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from layers_core.artefacts.attachments import keeping
from layers_core.artefacts.attachments.models import KeptFile
from layers_core.artefacts.attachments.store import FileStore
from layers_core.contract import Prepared
from layers_core.db.session import Database


@dataclass(frozen=True)
class Waiting:
    """A file that waits, and what a draft needs of it."""

    id: UUID
    file: Prepared


def keep(database: Database, store: FileStore, person_id: UUID, files: Sequence[Prepared]) -> list[Waiting]:
    """Keep files for their writer. Raises OSError where the disk refuses."""
    with database.write() as session:
        keeping.hold(session)
        keeping.forget_old(session)
        rows = []
        for file in files:
            if file.content is not None:
                store.put(file.digest, file.content)
            row = KeptFile(
                person_id=person_id, digest=file.digest, name=file.name, media_type=file.media_type, size=file.size
            )
            session.add(row)
            rows.append(row)
        session.flush()
        return [_waiting(row) for row in rows]


def find(session: Session, person_id: UUID, ids: Iterable[UUID]) -> list[Waiting]:
    """Those of these files that wait for the person, in the order in which they came."""
    rows = session.scalars(
        select(KeptFile).where(KeptFile.person_id == person_id, KeptFile.id.in_(list(ids))).order_by(KeptFile.id)
    )
    return [_waiting(row) for row in rows]


def forget(database: Database, store: FileStore, person_id: UUID, ids: Iterable[UUID]) -> None:
    """Let files wait no longer; contents that no thing has go."""
    with database.write() as session:
        theirs = (KeptFile.person_id == person_id, KeptFile.id.in_(list(ids)))
        digests = session.scalars(delete(KeptFile).where(*theirs).returning(KeptFile.digest)).all()
    keeping.drop_unwanted(database, store, digests)


def _waiting(row: KeptFile) -> Waiting:
    return Waiting(row.id, Prepared(row.name, row.media_type, row.digest, row.size))
