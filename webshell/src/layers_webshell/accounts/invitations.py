"""The invitations of a practice that still wait for an answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from layers_core.db.base import now
from layers_webshell.accounts.models import Invitation


@dataclass(frozen=True)
class OpenInvitation:
    """An invitation whose link still works. The link itself is not kept, so nobody can read it here."""

    id: UUID
    name: str
    email: str
    expires_at: datetime


def open_invitations(session: Session, practice_id: UUID) -> list[OpenInvitation]:
    """The working invitations of a practice, the newest first."""
    rows = session.execute(
        select(Invitation.id, Invitation.name, Invitation.email, Invitation.expires_at)
        .where(
            Invitation.practice_id == practice_id,
            Invitation.used_at.is_(None),
            Invitation.withdrawn_at.is_(None),
            Invitation.expires_at > now(),
        )
        .order_by(Invitation.created_at.desc(), Invitation.id)
    )
    return [OpenInvitation(*row) for row in rows]


def withdraw(session: Session, practice_id: UUID, invitation_id: UUID) -> bool:
    """Stop the link of one of a practice's invitations; False where it is none of them, or was used."""
    found = session.execute(
        update(Invitation)
        .where(Invitation.id == invitation_id, Invitation.practice_id == practice_id, Invitation.used_at.is_(None))
        .values(withdrawn_at=now())
        .returning(Invitation.id)
    ).scalar_one_or_none()
    return found is not None
