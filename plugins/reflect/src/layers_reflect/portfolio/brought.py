"""By which key something that was brought here is known again, so that it keeps its id wherever it goes next."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from layers_core.artefacts.models import Artefact, WriteKey

PREFIX = "brought:"


def key_of(entry_id: UUID) -> str:
    """The client key under which an entry of a file is kept."""
    return f"{PREFIX}{entry_id}"


def ids_elsewhere(session: Session, person_id: UUID, here: Collection[UUID]) -> Mapping[UUID, UUID]:
    """The ids with which those of these things that were brought here came, by the ids that they have here."""
    rows = session.execute(
        select(WriteKey.result_id, WriteKey.client_key).where(
            WriteKey.writer == str(person_id), WriteKey.client_key.startswith(PREFIX), WriteKey.result_id.in_(here)
        )
    )
    return {row.result_id: UUID(row.client_key.removeprefix(PREFIX)) for row in rows}


def ids_here(session: Session, person_id: UUID, elsewhere: Collection[UUID]) -> Mapping[UUID, UUID]:
    """The ids that entries have here, by the ids in the file: brought before, or written here by the same person."""
    keys = {key_of(entry_id): entry_id for entry_id in elsewhere}
    written = session.scalars(select(Artefact.id).where(Artefact.author_id == person_id, Artefact.id.in_(elsewhere)))
    brought = session.execute(
        select(WriteKey.client_key, WriteKey.result_id).where(
            WriteKey.writer == str(person_id), WriteKey.client_key.in_(keys)
        )
    )
    return {entry_id: entry_id for entry_id in written} | {keys[row.client_key]: row.result_id for row in brought}


def out_of_sight(session: Session, here: Collection[UUID]) -> set[UUID]:
    """Those of these things that their writer took out of sight."""
    return set(session.scalars(select(Artefact.id).where(Artefact.id.in_(here), Artefact.state != "live")))
