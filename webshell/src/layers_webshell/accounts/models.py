"""Tables of the web shell: accounts, sign-ins, invitations, tokens, and forms kept over a lock."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from layers_core.db.base import Base, new_id, now


class Account(Base):
    """A person's way in. `password` is an argon2id hash; an account without one cannot sign in with a password."""

    __tablename__ = "webshell_account"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id"), unique=True)
    password: Mapped[str | None] = mapped_column(String(255))
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True, doc="Changes when every device is signed out")
    active: Mapped[bool] = mapped_column(default=True)
    language: Mapped[str] = mapped_column(String(12), default="", doc="Empty: the practice's first language")
    created_at: Mapped[datetime] = mapped_column(default=now)
    last_sign_in_at: Mapped[datetime | None]


class SignIn(Base):
    """One sign-in on one device. Ending the row signs that device out, whatever its cookie says."""

    __tablename__ = "webshell_sign_in"
    __table_args__ = (Index("ix_webshell_sign_in_account", "account_id", "ended_at"),)

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("webshell_account.id"))
    own_device: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Invitation(Base):
    """An invitation by link. The link's token is kept as a hash only."""

    __tablename__ = "webshell_invitation"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    practice_id: Mapped[UUID] = mapped_column(ForeignKey("core_practice.id"), index=True)
    email: Mapped[str] = mapped_column(String(254), doc="Normalised")
    name: Mapped[str] = mapped_column(String(200), default="")
    roles: Mapped[list[str]] = mapped_column(default=lambda: ["member"])
    profession: Mapped[str] = mapped_column(String(20), default="other")
    invited_by: Mapped[UUID | None] = mapped_column(ForeignKey("core_person.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class PasswordReset(Base):
    """A link with which one account sets a new password, once. Made by a manager or on the command line."""

    __tablename__ = "webshell_password_reset"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("webshell_account.id"), index=True)
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("core_person.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ApiToken(Base):
    """A personal token for the API. Shown once; kept as a hash, with its first characters to tell it by."""

    __tablename__ = "webshell_api_token"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    prefix: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class KeptForm(Base):
    """What an account was sending when its shared PC had locked; shown to that account alone, then dropped."""

    __tablename__ = "webshell_kept_form"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("webshell_account.id"), index=True)
    path: Mapped[str] = mapped_column(String(500))
    fields: Mapped[dict[str, Any]]
    kept_at: Mapped[datetime] = mapped_column(default=now)
