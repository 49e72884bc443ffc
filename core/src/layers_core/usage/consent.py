"""A person's yes or no to evaluation. Every answer is kept; the export begins with the yes and never looks back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from layers_core.db.base import now
from layers_core.usage.models import Consent


def given_at(session: Session, person_id: UUID) -> datetime | None:
    """Since when a person takes part in evaluation; None where they do not."""
    query = select(Consent.given_at).where(Consent.person_id == person_id, Consent.withdrawn_at.is_(None))
    return session.scalar(query.order_by(Consent.given_at).limit(1))


def give(session: Session, person_id: UUID, moment: datetime | None = None) -> None:
    """Opt in from now on. Somebody who takes part already stays as they are."""
    if given_at(session, person_id) is None:
        session.add(Consent(person_id=person_id, given_at=moment or now()))
        session.flush()


def withdraw(session: Session, person_id: UUID, moment: datetime | None = None) -> None:
    """Opt out from now on: no later event leaves the practice under a pseudonym."""
    session.execute(
        update(Consent)
        .where(Consent.person_id == person_id, Consent.withdrawn_at.is_(None))
        .values(withdrawn_at=moment or now())
    )
