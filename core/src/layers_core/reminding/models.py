"""Tables of what reaches a person by itself: what they chose, and what was sent to them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from layers_core.db.base import Base, now


class Slot(Base):
    """A person's own time of the week, and what they want sent. Everything is off until they choose it."""

    __tablename__ = "core_slot"
    __table_args__ = (CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id"), primary_key=True)
    weekday: Mapped[int | None] = mapped_column(doc="0 is Monday; None: no time of their own")
    starts: Mapped[int] = mapped_column(default=0, doc="Minutes after midnight where the person works")
    minutes: Mapped[int] = mapped_column(default=0)
    time_zone: Mapped[str] = mapped_column(String(64), default="Europe/London")
    digest: Mapped[bool] = mapped_column(default=False, doc="A mail before it")
    reminders: Mapped[bool] = mapped_column(default=False, doc="A mail on the day before a promise is due")
    mail_titles: Mapped[bool] = mapped_column(default=False, doc="Mails hold titles; else counts only")
    feed_hash: Mapped[str | None] = mapped_column(String(64), unique=True, doc="The calendar's secret address")
    feed_titles: Mapped[bool] = mapped_column(default=False, doc="The calendar holds titles; else plain words only")
    updated_at: Mapped[datetime] = mapped_column(default=now)


class Sending(Base):
    """One mail that was begun. The row comes first: whoever finds it there sends nothing."""

    __tablename__ = "core_sending"
    __table_args__ = (CheckConstraint("state IN ('begun', 'sent', 'failed')", name="state"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True, doc="digest or reminder")
    key: Mapped[str] = mapped_column(
        String(60), primary_key=True, doc="A week such as 2026-W47, or a promise's id with the day it is due"
    )
    state: Mapped[str] = mapped_column(String(10), default="begun")
    begun_at: Mapped[datetime] = mapped_column(default=now)
