"""A person's working tokens for the API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from layers_core.db.base import now
from layers_webshell.accounts.models import ApiToken


@dataclass(frozen=True)
class TokenView:
    """A token as its person sees it: what it is for, how it begins, until when it works. It is not kept itself."""

    id: UUID
    name: str
    prefix: str
    expires_at: datetime


def api_tokens(session: Session, person_id: UUID) -> list[TokenView]:
    """The tokens of a person that still work, the newest first."""
    rows = session.execute(
        select(ApiToken.id, ApiToken.name, ApiToken.prefix, ApiToken.expires_at)
        .where(ApiToken.person_id == person_id, ApiToken.withdrawn_at.is_(None), ApiToken.expires_at > now())
        .order_by(ApiToken.created_at.desc(), ApiToken.id)
    )
    return [TokenView(*row) for row in rows]
