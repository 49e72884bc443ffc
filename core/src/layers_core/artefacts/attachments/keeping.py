"""Which contents the store needs: those that a row names. What nobody names any more goes.

A row may be written by one process while another looks for contents without rows. So whoever writes rows holds the
store together with others, and whoever deletes contents holds it alone, until the transaction ends.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, union
from sqlalchemy.orm import Session

from layers_core.artefacts.attachments.models import Attachment, KeptFile
from layers_core.artefacts.attachments.store import FileStore
from layers_core.db.base import now
from layers_core.db.session import Database
from layers_core.vocabulary import vocabulary

# Any number that nothing else of ours locks.
_LOCK = 0x4C617965
_BATCH = 500


@dataclass(frozen=True)
class Swept:
    """What a sweep did."""

    contents: int
    halves: int
    waiting: int
    passing: int


@dataclass(frozen=True)
class Missing:
    """A row whose content is not in the store."""

    attachment_id: UUID
    artefact_id: UUID


def hold(session: Session, *, alone: bool = False) -> None:
    """Hold the store until the transaction ends. On SQLite a unit that writes is alone anyhow."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        lock = func.pg_advisory_xact_lock if alone else func.pg_advisory_xact_lock_shared
        connection.execute(select(lock(_LOCK)))


def wanted(session: Session, digests: Iterable[str]) -> set[str]:
    """Those of these contents that a row names."""
    asked = list(digests)
    found: set[str] = set()
    for start in range(0, len(asked), _BATCH):
        part = asked[start : start + _BATCH]
        rows = union(
            select(Attachment.digest).where(Attachment.digest.in_(part)),
            select(KeptFile.digest).where(KeptFile.digest.in_(part)),
        )
        found |= set(session.scalars(rows))
    return found


def drop_unwanted(database: Database, store: FileStore, digests: Iterable[str]) -> int:
    """Delete those of these contents that no row names; gives how many. Call it after the rows are gone for good."""
    asked = sorted(set(digests))
    # Most of a store is wanted. Nobody's save waits while that is found out.
    with database.read() as session:
        needed = wanted(session, asked)
    doomed = [digest for digest in asked if digest not in needed]
    if not doomed:
        return 0
    with database.write() as session:
        hold(session, alone=True)
        needed = wanted(session, doomed)
        return sum(store.remove(digest) for digest in doomed if digest not in needed)


def forget_old(session: Session) -> int:
    """Delete the rows of files that have waited for their writer for too long; gives how many."""
    latest = now() - timedelta(hours=vocabulary("attachment_limits")["hours_kept"])
    rows = session.scalars(delete(KeptFile).where(KeptFile.kept_at < latest).returning(KeptFile.id)).all()
    return len(rows)


def sweep(database: Database, store: FileStore) -> Swept:
    """Delete what nobody needs: files that waited too long, contents without a row, halves, exports; all a day old.

    A day, because a content is stored shortly before its row, and because an export can be fetched for so long.
    """
    seconds = vocabulary("attachment_limits")["hours_kept"] * 3600.0
    with database.write() as session:
        waiting = forget_old(session)
    old = list(store.older_than(seconds))
    return Swept(
        drop_unwanted(database, store, old), store.remove_halves(seconds), waiting, store.passing.sweep(seconds)
    )


def missing(database: Database, store: FileStore) -> list[Missing]:
    """The files whose content is not in the store, as after an incomplete restore."""
    with database.read() as session:
        rows = session.execute(
            select(Attachment.id, Attachment.artefact_id, Attachment.digest).order_by(Attachment.id)
        ).all()
    return [Missing(row.id, row.artefact_id) for row in rows if not store.has(row.digest)]
