"""Who is asking: from the session cookie on pages, from a personal token on the API. One query."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from flask import Request, current_app, g, session
from sqlalchemy import select
from sqlalchemy.orm import Session

from layers_core.db.base import now
from layers_core.practices.models import Person
from layers_webshell.accounts.models import Account, ApiToken, SignIn
from layers_webshell.accounts.security import SignedIn
from layers_webshell.accounts.tokens import token_hash

DEVICE, SEEN, OWN = "device", "seen", "own"
"""Keys of the session: the device's secret, the second of the last request, whether the device is the person's own."""
REFRESH_SECONDS = 20
BEARER = "Bearer "

COLUMNS = (
    Account.id,
    Account.person_id,
    Account.fs_uniquifier,
    Account.language,
    Person.name,
    Person.email,
    Person.is_operator,
)


@dataclass(frozen=True)
class Identity:
    """Who a request comes from. `locked`: the cookie is theirs, but their shared PC stood idle for too long."""

    signed_in: SignedIn
    locked: bool = False


def from_session(reader: Session) -> Identity | None:
    """Who the session cookie names; None for nobody, an ended or expired sign-in, or a closed account."""
    device = session.get(DEVICE)
    if not device:
        return None
    row = reader.execute(
        select(*COLUMNS)
        .join(SignIn, SignIn.account_id == Account.id)
        .join(Person, Person.id == Account.person_id)
        .where(
            SignIn.token_hash == token_hash(device),
            SignIn.ended_at.is_(None),
            SignIn.expires_at > now(),
            Account.fs_uniquifier == session.get("_user_id"),
            Account.active,
        )
    ).one_or_none()
    if row is None:
        return None
    idle = time.time() - session.get(SEEN, 0)
    locked = not session.get(OWN) and idle > idle_limit().total_seconds()
    if not locked and idle > REFRESH_SECONDS:
        session[SEEN] = int(time.time())
    return Identity(_signed_in(row), locked)


def from_token(reader: Session, request: Request) -> Identity | None:
    """Who the personal token in the Authorization header belongs to; None where there is none that works."""
    header = request.headers.get("Authorization", "")
    if not header.startswith(BEARER):
        return None
    row = reader.execute(
        select(*COLUMNS)
        .join(ApiToken, ApiToken.person_id == Account.person_id)
        .join(Person, Person.id == Account.person_id)
        .where(
            ApiToken.token_hash == token_hash(header.removeprefix(BEARER).strip()),
            ApiToken.withdrawn_at.is_(None),
            ApiToken.expires_at > now(),
            Account.active,
        )
    ).one_or_none()
    return Identity(_signed_in(row)) if row else None


def idle_limit() -> timedelta:
    """How long a shared PC may stand idle."""
    return cast("timedelta", current_app.config["LAYERS_IDLE"])


def signed_in() -> SignedIn | None:
    """Who is signed in to the present request, once the gate has looked."""
    return cast("SignedIn | None", g.get("layers_signed_in"))


def _signed_in(row: Any) -> SignedIn:
    return SignedIn(row.id, row.person_id, row.fs_uniquifier, row.name, row.email, row.is_operator, row.language)
