"""What somebody was typing, kept on the server so that a time-out or a locked screen loses nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from layers_core.artefacts.models import Draft
from layers_core.db.base import now

MOST_CHARACTERS = 100_000


def keep(session: Session, person_id: UUID, practice_id: UUID, form: str, fields: Mapping[str, Any]) -> None:
    """Keep the fields of a form for its writer, in place of what was kept of the same form.

    Raises ValueError for more than 100,000 characters.
    """
    if sum(len(str(value)) for value in fields.values()) > MOST_CHARACTERS:
        raise ValueError("A draft holds at most 100,000 characters")
    found = session.scalar(_mine(person_id, practice_id, form))
    if found is None:
        session.add(Draft(person_id=person_id, practice_id=practice_id, form=form, fields=dict(fields)))
    else:
        found.fields, found.updated_at = dict(fields), now()
    session.flush()


def find(session: Session, person_id: UUID, practice_id: UUID, form: str) -> dict[str, Any]:
    """The kept fields of a form; empty where there are none."""
    found = session.scalar(_mine(person_id, practice_id, form))
    return dict(found.fields) if found else {}


def forget(session: Session, person_id: UUID, practice_id: UUID, form: str) -> None:
    """Drop what was kept of a form, because it was saved or thrown away."""
    session.execute(
        delete(Draft).where(Draft.person_id == person_id, Draft.practice_id == practice_id, Draft.form == form)
    )


def _mine(person_id: UUID, practice_id: UUID, form: str) -> Select[Draft]:
    return select(Draft).where(Draft.person_id == person_id, Draft.practice_id == practice_id, Draft.form == form)
