"""Tables of themes: what is joined and counted."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from layers_core.db.base import Base, now


class Theme(Base):
    """A theme of a practice, beside the thing that holds its words."""

    __tablename__ = "patient_input_theme"

    artefact_id: Mapped[UUID] = mapped_column(ForeignKey("core_artefact.id"), primary_key=True)
    practice_id: Mapped[UUID] = mapped_column(ForeignKey("core_practice.id"), index=True)
    topic: Mapped[str] = mapped_column(String(20), default="", doc="The code of data/topics.json that it began as")


class ThemeAnswer(Base):
    """A released answer in a theme."""

    __tablename__ = "patient_input_theme_answer"
    __table_args__ = (Index("ix_patient_input_theme_answer_newest", "theme_id", "number"),)

    theme_id: Mapped[UUID] = mapped_column(ForeignKey("core_artefact.id"), primary_key=True)
    artefact_id: Mapped[UUID] = mapped_column(ForeignKey("core_artefact.id"), primary_key=True, index=True)
    number: Mapped[int] = mapped_column(doc="The answer's number, which says how new it is")
    month: Mapped[date] = mapped_column(doc="The first day of the month in which it was received")
    why: Mapped[str] = mapped_column(String(200), default="", doc="The words for which it was suggested")
    added_by: Mapped[UUID | None] = mapped_column(ForeignKey("core_person.id"), index=True)
    added_at: Mapped[datetime] = mapped_column(default=now)


class ThemeMonth(Base):
    """How many answers that the whole practice may read a theme has of a month: lists read no answer to count them."""

    __tablename__ = "patient_input_theme_month"

    theme_id: Mapped[UUID] = mapped_column(ForeignKey("core_artefact.id"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    count: Mapped[int]
