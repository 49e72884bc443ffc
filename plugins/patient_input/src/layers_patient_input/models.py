"""Tables of patient input: what patients sent, before anybody looked at it, and what is shown to patients."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from layers_core.db.base import Base, new_id, now


class Answer(Base):
    """One patient's answer as it came in. Its words are seen by those who look at answers, and by nobody else.

    It holds nothing about the device or the address that it came from.
    """

    __tablename__ = "patient_input_answer"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'released', 'kept_back', 'withdrawn')", name="state"),
        Index("ix_patient_input_answer_queue", "practice_id", "state", "id"),
        Index("ix_patient_input_answer_month", "practice_id", "received_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    practice_id: Mapped[UUID] = mapped_column(ForeignKey("core_practice.id"))
    link_token: Mapped[str | None] = mapped_column(ForeignKey("core_public_link.token"), doc="The way in that was used")
    form: Mapped[str] = mapped_column(String(40), doc="A code of data/forms.json")
    form_version: Mapped[int]
    scale_version: Mapped[str] = mapped_column(String(10), doc="A code of data/scales.json; never converted")
    score: Mapped[str] = mapped_column(String(20), doc="A code of that scale")
    question: Mapped[str] = mapped_column(String(400), default="", doc="The free-text question as it was asked")
    text: Mapped[str] = mapped_column(Text, default="", doc="As it was written; emptied when it is taken back")
    language: Mapped[str] = mapped_column(String(12), doc="Language of the form")
    method: Mapped[str] = mapped_column(String(20), doc="A code of data/methods.json")
    received_at: Mapped[datetime] = mapped_column(default=now)
    received_on: Mapped[date] = mapped_column(doc="The day where the practice is, for month totals")
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    criticality: Mapped[str | None] = mapped_column(String(10), doc="A code of data/criticalities.json")
    keep_back_reason: Mapped[str | None] = mapped_column(String(20), doc="A code of data/keep_back_reasons.json")
    released_artefact_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("core_artefact.id"), unique=True, doc="None for an answer without words: there was nothing to show"
    )
    moderated_by: Mapped[UUID | None] = mapped_column(ForeignKey("core_person.id"))
    moderated_at: Mapped[datetime | None]
    receipt_hash: Mapped[str] = mapped_column(String(64), unique=True, doc="SHA-256 of the patient's receipt code")


class Publication(Base):
    """An entry of "You said, we learned, we did" on the practice's public page."""

    __tablename__ = "patient_input_publication"

    artefact_id: Mapped[UUID] = mapped_column(ForeignKey("core_artefact.id"), primary_key=True)
    practice_id: Mapped[UUID] = mapped_column(ForeignKey("core_practice.id"), index=True)
    published_at: Mapped[datetime] = mapped_column(default=now)
    unpublished_at: Mapped[datetime | None]
