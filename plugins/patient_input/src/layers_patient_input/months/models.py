"""The table of monthly returns that were sent."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from layers_core.db.base import Base, now


class MonthlyReturn(Base):
    """What a practice sent for a month. Its figures never change, whatever is answered or entered later."""

    __tablename__ = "patient_input_return"

    practice_id: Mapped[UUID] = mapped_column(ForeignKey("core_practice.id"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True, doc="The first day of the month")
    answers: Mapped[dict[str, Any]] = mapped_column(doc="The number for each answer, by its code, as sent")
    methods: Mapped[dict[str, Any]] = mapped_column(doc="The number for each collection method, by its code, as sent")
    sent_by: Mapped[UUID | None] = mapped_column(ForeignKey("core_person.id"), doc="Who said so; None once erased")
    sent_at: Mapped[datetime] = mapped_column(default=now)
