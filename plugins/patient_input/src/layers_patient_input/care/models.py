"""The table of practitioners' rounds of CARE forms."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from layers_core.db.base import Base, new_id, now


class CareRound(Base):
    """A link through which patients rate one practitioner, and so the answers that came through it."""

    __tablename__ = "patient_input_care_round"
    __table_args__ = (Index("ix_patient_input_care_round_person", "person_id", "practice_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    token: Mapped[str] = mapped_column(String(64), ForeignKey("core_public_link.token"), unique=True)
    practice_id: Mapped[UUID] = mapped_column(ForeignKey("core_practice.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id"), doc="Whom it is about, and who made it")
    begun_at: Mapped[datetime] = mapped_column(default=now)
