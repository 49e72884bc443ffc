"""The tables of e-mail in: people's secret addresses, the notes that came by them, and what was refused."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from layers_core.db.base import Base, new_id, now


class MailAddress(Base):
    """Where somebody sends notes to themselves; one for each person and practice, made anew when it is renewed."""

    __tablename__ = "reflect_mail_address"
    __table_args__ = (UniqueConstraint("person_id", "practice_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id"))
    practice_id: Mapped[UUID] = mapped_column(ForeignKey("core_practice.id"), index=True)
    seed: Mapped[str] = mapped_column(String(64), doc="With the instance's secret key it gives the address again")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True, doc="SHA-256 of the address's first part")
    made_at: Mapped[datetime] = mapped_column(default=now)


class MailSender(Base):
    """Another address from which somebody sends notes to themselves, beside the one that they sign in with."""

    __tablename__ = "reflect_mail_sender"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id"), primary_key=True)
    email: Mapped[str] = mapped_column(String(320), primary_key=True, doc="As addresses are compared")
    added_at: Mapped[datetime] = mapped_column(default=now)


class MailNote(Base):
    """A note that came by e-mail, for whom it is still to be looked through, and for the limit on how many come."""

    __tablename__ = "reflect_mail_note"
    __table_args__ = (Index("ix_reflect_mail_note_person_received", "person_id", "received_at"),)

    artefact_id: Mapped[UUID] = mapped_column(ForeignKey("core_artefact.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id"))
    received_at: Mapped[datetime] = mapped_column(default=now)
    marks: Mapped[int] = mapped_column(doc="How many words the identifier guard marked when it came")


class MailRefused(Base):
    """A message that was not kept, shown to whom it was sent for 30 days: its subject and why, nothing else of it."""

    __tablename__ = "reflect_mail_refused"
    __table_args__ = (UniqueConstraint("person_id", "mail_key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id"))
    practice_id: Mapped[UUID] = mapped_column(ForeignKey("core_practice.id"), index=True)
    received_at: Mapped[datetime] = mapped_column(default=now)
    reason: Mapped[str] = mapped_column(String(30), doc="A code of data/mail_refusals.json")
    subject: Mapped[str] = mapped_column(String(200))
    mail_key: Mapped[str] = mapped_column(String(64), doc="So that the same message is listed once")
