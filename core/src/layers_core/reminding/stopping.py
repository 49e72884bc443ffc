"""Stopping a kind of mail from a link in it, without signing in (RFC 8058). The link holds a signed key, no address."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from layers_core.reminding.models import Slot

Kind = Literal["digest", "reminder"]
SALT = "layers.stop-mail"
COLUMNS: dict[Kind, str] = {"digest": "digest", "reminder": "reminders"}


def token(secret_key: str, person_id: UUID, kind: Kind) -> str:
    """What a link in a mail holds. It never runs out: an old mail's link has to work too."""
    from itsdangerous import URLSafeSerializer

    signed = URLSafeSerializer(secret_key, salt=SALT).dumps([str(person_id), kind])
    return signed if isinstance(signed, str) else signed.decode()


def read(secret_key: str, text: str) -> tuple[UUID, Kind] | None:
    """Whose mail of which kind a link names; None where it is none of ours."""
    from itsdangerous import BadData, URLSafeSerializer

    try:
        person, kind = URLSafeSerializer(secret_key, salt=SALT).loads(text)
        return (UUID(person), kind) if kind in COLUMNS else None
    except (BadData, ValueError, TypeError, AttributeError):
        return None


def stop(session: Session, person_id: UUID, kind: Kind, moment: datetime) -> None:
    """Send this kind of mail no more. Again does no harm."""
    session.execute(
        update(Slot).where(Slot.person_id == person_id).values({COLUMNS[kind]: False, "updated_at": moment})
    )
