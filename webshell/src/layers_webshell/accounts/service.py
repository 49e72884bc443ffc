"""Verbs of accounts: sign in and out, invite, accept, reset, tokens.

A verb that is given the database writes in its own transaction; one that is given a session writes in the caller's.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, case, select, update
from sqlalchemy.orm import Session

from layers_core.db.base import now
from layers_core.db.session import Database
from layers_core.practices import service as practices
from layers_core.practices.models import Person, Practice
from layers_webshell.accounts.models import Account, ApiToken, Invitation, PasswordReset, SignIn
from layers_webshell.accounts.security import hashed, matches
from layers_webshell.accounts.tokens import new_token, token_hash

INVITATION_DAYS = 14
RESET_HOURS = 24
OWN_DEVICE_DAYS = 30
# A shared PC's sign-in ends with the working day even where somebody keeps it busy.
SHARED_HOURS = 12
TOKEN_DAYS_MOST = 365


class LinkSpent(Exception):
    """The link was used, withdrawn, has expired, or never was."""


class WrongPassword(Exception):
    """The account exists and this is not its password."""


@dataclass(frozen=True)
class Invited:
    """What an invitation says."""

    practice_name: str
    email: str
    name: str
    has_account: bool


def check_password(session: Session, email: str, password: str) -> Account | None:
    """The account with this e-mail address and password; None otherwise. Equally slow for an unknown address."""
    account = _account_of(session, practices.normalise_email(email))
    fits = matches(password, account.password if account else None)
    return account if account and fits and account.active else None


def start(database: Database, account_id: UUID, *, own_device: bool) -> str:
    """Sign an account in on a device; gives the device's secret for its cookie."""
    token = new_token()
    lasts = timedelta(days=OWN_DEVICE_DAYS) if own_device else timedelta(hours=SHARED_HOURS)
    with database.write() as session:
        moment = now()
        session.add(
            SignIn(
                token_hash=token_hash(token),
                account_id=account_id,
                own_device=own_device,
                created_at=moment,
                expires_at=moment + lasts,
            )
        )
        session.execute(update(Account).where(Account.id == account_id).values(last_sign_in_at=moment))
    return token


def end(database: Database, device: str) -> None:
    """Sign a device out."""
    with database.write() as session:
        session.execute(
            update(SignIn)
            .where(SignIn.token_hash == token_hash(device), SignIn.ended_at.is_(None))
            .values(ended_at=now())
        )


def share_device(database: Database, device: str) -> None:
    """Treat a device as shared from now on: its sign-in lasts no longer than a working day."""
    with database.write() as session:
        latest = now() + timedelta(hours=SHARED_HOURS)
        session.execute(
            update(SignIn)
            .where(SignIn.token_hash == token_hash(device), SignIn.ended_at.is_(None))
            .values(own_device=False, expires_at=case((SignIn.expires_at < latest, SignIn.expires_at), else_=latest))
        )


def end_all(session: Session, account_id: UUID) -> None:
    """Sign every device of an account out."""
    session.execute(
        update(SignIn).where(SignIn.account_id == account_id, SignIn.ended_at.is_(None)).values(ended_at=now())
    )


def make_account(session: Session, person_id: UUID, password_hash: str | None = None) -> Account:
    """A person's account, made where there is none. `password_hash` is from `security.hashed`; None keeps the old."""
    account = session.scalar(select(Account).where(Account.person_id == person_id))
    if account is None:
        account = Account(person_id=person_id, fs_uniquifier=secrets.token_hex(32))
        session.add(account)
    if password_hash is not None:
        account.password = password_hash
    session.flush()
    return account


def invite(
    session: Session,
    practice_id: UUID,
    email: str,
    *,
    name: str = "",
    roles: Iterable[str] = (),
    profession: str = "other",
    invited_by: UUID | None = None,
) -> str:
    """Invite somebody to a practice for 14 days; gives the link's token, which is not kept.

    An earlier invitation of the same address to the same practice no longer works.
    """
    address = practices.normalise_email(email)
    session.execute(
        update(Invitation)
        .where(Invitation.practice_id == practice_id, Invitation.email == address, Invitation.used_at.is_(None))
        .values(withdrawn_at=now())
    )
    token = new_token()
    session.add(
        Invitation(
            token_hash=token_hash(token),
            practice_id=practice_id,
            email=address,
            name=name.strip(),
            roles=sorted({"member", *roles}),
            profession=profession,
            invited_by=invited_by,
            expires_at=now() + timedelta(days=INVITATION_DAYS),
        )
    )
    session.flush()
    return token


def find_invitation(session: Session, token: str) -> Invited:
    """What the invitation behind a link says. Raises LinkSpent."""
    invitation = _invitation(session, token)
    practice = session.get_one(Practice, invitation.practice_id)
    return Invited(practice.name, invitation.email, invitation.name, _account_of(session, invitation.email) is not None)


def accept_invitation(database: Database, token: str, name: str, password: str) -> tuple[UUID, str]:
    """Make the person, the account and the membership that an invitation offers; gives account and practice's slug.

    Somebody who has an account already joins by it: the password is then the one that they have, and isn't changed.
    Raises LinkSpent, also for the second of two devices that accept at once; WrongPassword for an existing account.
    """
    with database.read() as session:
        address = _invitation(session, token).email
        known = _account_of(session, address)
        if known and not (known.active and matches(password, known.password)):
            raise WrongPassword
    # Hashing takes a while, and SQLite has one writer at a time.
    password_hash = None if known else hashed(password)
    with database.write() as session:
        invitation = _invitation(session, token)
        _spend(session, invitation)
        practice = session.get_one(Practice, invitation.practice_id)
        person = practices.ensure_person(session, name, address)
        account = make_account(session, person.id, password_hash)
        practices.join(session, person, practice.id, invitation.profession, invitation.roles)
        return account.id, practice.slug


def start_reset(session: Session, account_id: UUID, made_by: UUID | None) -> str:
    """A link's token with which an account sets a new password within a day; earlier ones no longer work."""
    session.execute(
        update(PasswordReset)
        .where(PasswordReset.account_id == account_id, PasswordReset.used_at.is_(None))
        .values(used_at=now())
    )
    token = new_token()
    session.add(
        PasswordReset(
            token_hash=token_hash(token),
            account_id=account_id,
            made_by=made_by,
            expires_at=now() + timedelta(hours=RESET_HOURS),
        )
    )
    session.flush()
    return token


def find_reset(session: Session, token: str) -> str:
    """The e-mail address of the account behind a reset link. Raises LinkSpent."""
    email = session.scalar(
        select(Person.email)
        .join(Account, Account.person_id == Person.id)
        .join(PasswordReset, PasswordReset.account_id == Account.id)
        .where(_works(token))
    )
    if email is None:
        raise LinkSpent
    return email


def reset_password(database: Database, token: str, password: str) -> None:
    """Set a new password and sign every device out. Raises LinkSpent."""
    password_hash = hashed(password)
    with database.write() as session:
        spent = session.execute(
            update(PasswordReset).where(_works(token)).values(used_at=now()).returning(PasswordReset.account_id)
        ).scalar_one_or_none()
        if spent is None:
            raise LinkSpent
        account = session.get_one(Account, spent)
        account.password = password_hash
        account.fs_uniquifier = secrets.token_hex(32)
        end_all(session, account.id)


def make_api_token(session: Session, person_id: UUID, name: str, expires_at: datetime) -> str:
    """A personal token for the API, shown this once. Raises ValueError for one that lasts longer than a year."""
    if expires_at > now() + timedelta(days=TOKEN_DAYS_MOST, minutes=1):
        raise ValueError("A token lasts a year at most")
    token = "layers_" + new_token()
    session.add(
        ApiToken(person_id=person_id, token_hash=token_hash(token), prefix=token[:12], name=name, expires_at=expires_at)
    )
    session.flush()
    return token


def withdraw_api_token(session: Session, person_id: UUID, token_id: UUID) -> bool:
    """Stop one of a person's tokens; False where it is none of theirs."""
    found = session.execute(
        update(ApiToken)
        .where(ApiToken.id == token_id, ApiToken.person_id == person_id, ApiToken.withdrawn_at.is_(None))
        .values(withdrawn_at=now())
        .returning(ApiToken.id)
    ).scalar_one_or_none()
    return found is not None


def _account_of(session: Session, email: str) -> Account | None:
    """The account of the person with a normalised e-mail address."""
    return session.scalar(select(Account).join(Person, Person.id == Account.person_id).where(Person.email == email))


def _works(token: str) -> ColumnElement[bool]:
    """The condition that a reset link's row is the token's and still works."""
    fits = PasswordReset.token_hash == token_hash(token)
    return fits & PasswordReset.used_at.is_(None) & (PasswordReset.expires_at > now())


def _invitation(session: Session, token: str) -> Invitation:
    found = session.scalar(
        select(Invitation).where(
            Invitation.token_hash == token_hash(token),
            Invitation.used_at.is_(None),
            Invitation.withdrawn_at.is_(None),
            Invitation.expires_at > now(),
        )
    )
    if found is None:
        raise LinkSpent
    return found


def _spend(session: Session, invitation: Invitation) -> None:
    """Mark an invitation as used. Of two devices that accept at once, the second finds no row to change."""
    spent = session.execute(
        update(Invitation)
        .where(Invitation.id == invitation.id, Invitation.used_at.is_(None))
        .values(used_at=now())
        .returning(Invitation.id)
    ).scalar_one_or_none()
    if spent is None:
        raise LinkSpent
