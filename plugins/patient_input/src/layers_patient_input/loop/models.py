"""Tables of what patients are told: which answers an entry grew out of, replies to them, tips shown to others."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from layers_core.db.base import Base, now


class EntryAnswer(Base):
    """A released answer that an entry for patients grew out of, as the trail stood when it was last saved or shown."""

    __tablename__ = "patient_input_entry_answer"

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("core_artefact.id"), primary_key=True)
    answer_id: Mapped[UUID] = mapped_column(ForeignKey("patient_input_answer.id"), primary_key=True, index=True)


class Reply(Base):
    """What staff answer to one patient, who reads it with their receipt code. It is gone once they take theirs back."""

    __tablename__ = "patient_input_reply"

    answer_id: Mapped[UUID] = mapped_column(ForeignKey("patient_input_answer.id"), primary_key=True)
    practice_id: Mapped[UUID] = mapped_column(ForeignKey("core_practice.id"), index=True)
    change: Mapped[str] = mapped_column(String(10), doc="A code of data/changes.json")
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(12))
    written_by: Mapped[UUID | None] = mapped_column(ForeignKey("core_person.id"), doc="None once erased")
    written_at: Mapped[datetime] = mapped_column(default=now)


class Tip(Base):
    """A patient's tip as other patients read it, with the patient's consent. It is gone once it is taken off."""

    __tablename__ = "patient_input_tip"
    __table_args__ = (Index("ix_patient_input_tip_shown", "practice_id", "shown_at", "artefact_id"),)

    artefact_id: Mapped[UUID] = mapped_column(ForeignKey("core_artefact.id"), primary_key=True)
    practice_id: Mapped[UUID] = mapped_column(ForeignKey("core_practice.id"))
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(12))
    shown_by: Mapped[UUID | None] = mapped_column(ForeignKey("core_person.id"), doc="None once erased")
    shown_at: Mapped[datetime] = mapped_column(default=now)
