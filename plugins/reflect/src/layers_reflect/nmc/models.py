"""Tables of the reflective discussion: who may read which five accounts, and up to when."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from layers_core.db.base import Base, new_id, now


class Discussion(Base):
    """One reflective discussion: a registrant lets another one read copies of five accounts for a time."""

    __tablename__ = "reflect_discussion"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id"), index=True)
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id"), index=True)
    practice_id: Mapped[UUID] = mapped_column(ForeignKey("core_practice.id"))
    audience_id: Mapped[UUID] = mapped_column(ForeignKey("core_audience.id"), unique=True)
    until: Mapped[date] = mapped_column(doc="The first day on which the partner reads nothing any more")
    created_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None] = mapped_column(doc="When it was ended before its time")
    first_read_at: Mapped[datetime | None]
    last_read_at: Mapped[datetime | None]


class DiscussedAccount(Base):
    """A copy that the partner may read, and the account that it was made of."""

    __tablename__ = "reflect_discussed_account"

    copy_id: Mapped[UUID] = mapped_column(ForeignKey("core_artefact.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("core_artefact.id"))
    discussion_id: Mapped[UUID] = mapped_column(ForeignKey("reflect_discussion.id"), index=True)
    position: Mapped[int]
