"""Who is asking: from the session cookie, with who they are in a practice, or from a token on the API. One query."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from flask import Request, current_app, g, session
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from layers_core.contract import Actor
from layers_core.db.base import now
from layers_core.host.loader import Host
from layers_core.practices import access
from layers_core.practices.models import Membership, Person
from layers_webshell.accounts.models import Account, ApiToken, SignIn
from layers_webshell.accounts.security import SignedIn
from layers_webshell.accounts.tokens import token_hash

DEVICE, SEEN, OWN = "device", "seen", "own"
"""Keys of the session: the device's secret, the second of the last request, whether the device is the person's own."""
REFRESH_SECONDS = 20
BEARER = "Bearer "

# Statements are made once: making one takes longer than asking it.
# They go past the ORM, which would take as long again.
_account, _person = Account.__table__.c, Person.__table__.c
_device, _token = SignIn.__table__.c, ApiToken.__table__.c
COLUMNS = (
    _account.id,
    _account.person_id,
    _account.fs_uniquifier,
    _account.language,
    _person.name,
    _person.email,
    _person.is_operator,
)

SIGNED_IN = (
    _device.token_hash == bindparam("token_hash"),
    _device.ended_at.is_(None),
    _device.expires_at > bindparam("moment"),
    _account.fs_uniquifier == bindparam("uniquifier"),
    _account.active,
)
_DEVICES = Account.__table__.join(SignIn.__table__, _device.account_id == _account.id)
OF_DEVICE = (
    select(*COLUMNS).select_from(_DEVICES).join(Person.__table__, _person.id == _account.person_id).where(*SIGNED_IN)
)
# A practice's pages ask for the person and the actor that they are there at once.
OF_MEMBER = (
    access.actor_query(select(_account.person_id).select_from(_DEVICES).where(*SIGNED_IN).scalar_subquery())
    .join(Account, Account.person_id == Membership.person_id)
    .add_columns(
        _account.id.label("account_id"),
        _account.fs_uniquifier,
        _account.language,
        _person.email,
        _person.is_operator,
    )
)
OF_TOKEN = (
    select(*COLUMNS)
    .join_from(Account.__table__, ApiToken.__table__, _token.person_id == _account.person_id)
    .join(Person.__table__, _person.id == _account.person_id)
    .where(
        _token.token_hash == bindparam("token_hash"),
        _token.withdrawn_at.is_(None),
        _token.expires_at > bindparam("moment"),
        _account.active,
    )
)


@dataclass(frozen=True)
class Identity:
    """Who a request comes from. `locked`: the cookie is theirs, but their shared PC stood idle for too long."""

    signed_in: SignedIn
    locked: bool = False


def from_session(reader: Session) -> Identity | None:
    """Who the session cookie names; None for nobody, an ended or expired sign-in, or a closed account."""
    asked = _asked()
    row = reader.connection().execute(OF_DEVICE, asked).one_or_none() if asked else None
    return Identity(_signed_in(row), _locked()) if row else None


def as_member(reader: Session, host: Host, slug: str) -> tuple[Identity, Actor] | None:
    """Who the session cookie names and the actor that they are in a practice; None where they are none there."""
    asked = _asked()
    rows = reader.connection().execute(OF_MEMBER, {**asked, "slug": slug, "today": now().date()}).all() if asked else ()
    if not rows:
        return None
    actor, first = access.actor_from(rows, host), rows[0]
    person = SignedIn(
        first.account_id,
        first.person_id,
        first.fs_uniquifier,
        first.person_name,
        first.email,
        first.is_operator,
        first.language,
    )
    return Identity(person, _locked()), actor


def _asked() -> dict[str, Any] | None:
    """What the session cookie holds, as the statements ask for it."""
    device = session.get(DEVICE)
    if not device:
        return None
    return {"token_hash": token_hash(device), "uniquifier": session.get("_user_id"), "moment": now()}


def _locked() -> bool:
    """Whether a shared PC stood idle for too long; else its clock begins anew."""
    idle = time.time() - session.get(SEEN, 0)
    shared = not session.get(OWN)
    locked = shared and idle > idle_limit().total_seconds()
    if shared and not locked and idle > REFRESH_SECONDS:
        session[SEEN] = int(time.time())
    return bool(locked)


def from_token(reader: Session, request: Request) -> Identity | None:
    """Who the personal token in the Authorization header belongs to; None where there is none that works."""
    header = request.headers.get("Authorization", "")
    if not header.startswith(BEARER):
        return None
    asked = {"token_hash": token_hash(header.removeprefix(BEARER).strip()), "moment": now()}
    row = reader.connection().execute(OF_TOKEN, asked).one_or_none()
    return Identity(_signed_in(row)) if row else None


def of_account(reader: Session, account_id: UUID) -> SignedIn:
    """Who an account belongs to. Raises NoResultFound."""
    asked = (
        select(*COLUMNS)
        .join_from(Account.__table__, Person.__table__, _person.id == _account.person_id)
        .where(_account.id == account_id)
    )
    return _signed_in(reader.connection().execute(asked).one())


def idle_limit() -> timedelta:
    """How long a shared PC may stand idle."""
    return cast("timedelta", current_app.config["LAYERS_IDLE"])


def signed_in() -> SignedIn | None:
    """Who is signed in to the present request, once the gate has looked."""
    return cast("SignedIn | None", g.get("layers_signed_in"))


def _signed_in(row: Any) -> SignedIn:
    return SignedIn(row.id, row.person_id, row.fs_uniquifier, row.name, row.email, row.is_operator, row.language)
