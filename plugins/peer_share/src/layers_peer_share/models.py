"""Peer share's own tables: what readers said about a thing, and which questions are open."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from layers_core.db.base import Base, new_id, now


class Response(Base):
    """One reader's "Useful" or "Used it" about a thing. Who pressed is never shown."""

    __tablename__ = "peer_share_response"
    __table_args__ = (
        UniqueConstraint("artefact_id", "person_id", "type"),
        CheckConstraint("type IN ('used', 'useful')", name="type"),
        Index("ix_peer_share_response_author", "author_id", "seen_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    artefact_id: Mapped[UUID] = mapped_column(ForeignKey("core_artefact.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id"), index=True)
    practice_id: Mapped[UUID] = mapped_column(ForeignKey("core_practice.id"), doc="Where the reader was working")
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("core_person.id"), doc="Whom it comes back to")
    type: Mapped[str] = mapped_column(String(10), doc="A code of data/response_types.json")
    note: Mapped[str] = mapped_column(String(300), default="", doc="What they did; seen by whoever sees the thing")
    created_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime | None] = mapped_column(doc="When the author had seen it")


class Question(Base):
    """Whether a question is still open, and what came of it."""

    __tablename__ = "peer_share_question"
    __table_args__ = (CheckConstraint("state IN ('open', 'closed')", name="state"),)

    artefact_id: Mapped[UUID] = mapped_column(ForeignKey("core_artefact.id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(10), default="open", index=True)
    outcome: Mapped[str | None] = mapped_column(String(20), doc="A code of data/question_outcomes.json, once closed")
    closed_at: Mapped[datetime | None]
