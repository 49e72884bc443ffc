"""What somebody was typing, kept on the server so that a time-out or a locked screen loses nothing.

A draft belongs to one form that somebody has open: `form` is the form's name and the client key of that form, so that
two windows keep two drafts. Nobody else sees it, it has no audience, and no usage event tells of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from layers_core.artefacts.models import Draft
from layers_core.db.base import now
from layers_core.practices.models import Practice

MOST_CHARACTERS = 100_000
LONGEST_FORM = 120
DAYS = 90
"""So long is a draft kept that nobody came back to."""


@dataclass(frozen=True)
class Kept:
    """A draft as its writer sees it."""

    id: UUID
    form: str
    practice_slug: str
    practice_name: str
    fields: Mapping[str, Any]
    updated_at: datetime


def form_of(name: str, client_key: str) -> str:
    """What a draft is kept under. Raises ValueError for a name or a key that is empty, spaced, or too long."""
    form = f"{name} {client_key}"
    if len(form) > LONGEST_FORM or form.count(" ") != 1 or not (name and client_key):
        raise ValueError(f"A form's name and its key have at most {LONGEST_FORM} characters and no spaces")
    return form


def keep(session: Session, person_id: UUID, practice_id: UUID, form: str, fields: Mapping[str, Any]) -> None:
    """Keep the fields of a form for its writer, in place of what was kept of the same form.

    Drops what the person left for 90 days. Raises ValueError for more than 100,000 characters.
    """
    if sum(len(str(value)) for value in fields.values()) > MOST_CHARACTERS:
        raise ValueError("A draft holds at most 100,000 characters")
    session.execute(delete(Draft).where(Draft.person_id == person_id, Draft.updated_at < now() - timedelta(days=DAYS)))
    if _replaced(session, person_id, practice_id, form, fields):
        return
    try:
        with session.begin_nested():
            session.add(Draft(person_id=person_id, practice_id=practice_id, form=form, fields=dict(fields)))
    except IntegrityError:
        # Another window, or the same one while it closed, was a moment quicker.
        _replaced(session, person_id, practice_id, form, fields)


def begun(session: Session, person_id: UUID, practice_id: UUID, name: str) -> list[Kept]:
    """All that a person began in forms of one name, newest first."""
    in_form = Draft.form.startswith(f"{name} ", autoescape=True)
    return _kept(session, _of_person(person_id).where(Draft.practice_id == practice_id, in_form))


def of_person(session: Session, person_id: UUID) -> list[Kept]:
    """Everything that a person began, in whatever practice, newest first."""
    return _kept(session, _of_person(person_id))


def one(session: Session, person_id: UUID, draft_id: UUID) -> Kept | None:
    """A person's own draft; None for anybody else's."""
    return next(iter(_kept(session, _of_person(person_id).where(Draft.id == draft_id))), None)


def forget(session: Session, person_id: UUID, practice_id: UUID, form: str) -> None:
    """Drop what was kept of a form, because it was saved."""
    session.execute(
        delete(Draft).where(Draft.person_id == person_id, Draft.practice_id == practice_id, Draft.form == form)
    )


def throw_away(session: Session, person_id: UUID, draft_id: UUID) -> bool:
    """Drop a person's own draft; False where there is none."""
    gone = session.execute(
        delete(Draft).where(Draft.person_id == person_id, Draft.id == draft_id).returning(Draft.id)
    ).scalar_one_or_none()
    return gone is not None


def _replaced(session: Session, person_id: UUID, practice_id: UUID, form: str, fields: Mapping[str, Any]) -> bool:
    found = session.scalar(_mine(person_id, practice_id, form))
    if found is None:
        return False
    found.fields, found.updated_at = dict(fields), now()
    session.flush()
    return True


def _mine(person_id: UUID, practice_id: UUID, form: str) -> Select[Draft]:
    return select(Draft).where(Draft.person_id == person_id, Draft.practice_id == practice_id, Draft.form == form)


def _of_person(person_id: UUID) -> Select[Draft, str, str]:
    return (
        select(Draft, Practice.slug, Practice.name)
        .join(Practice, Practice.id == Draft.practice_id)
        .where(Draft.person_id == person_id)
        .order_by(Draft.updated_at.desc(), Draft.id.desc())
    )


def _kept(session: Session, query: Select[Draft, str, str]) -> list[Kept]:
    return [
        Kept(row.Draft.id, row.Draft.form, row.slug, row.name, row.Draft.fields, row.Draft.updated_at)
        for row in session.execute(query)
    ]
