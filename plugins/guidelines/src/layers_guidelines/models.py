"""Tables of guidelines: editions, the recommendations in them, decisions, and files that wait to be looked at."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from layers_core.db.base import Base, new_id, now


class Edition(Base):
    """One edition of a guideline in a practice. Two editions under one version label are two rows."""

    __tablename__ = "guidelines_edition"
    __table_args__ = (
        UniqueConstraint("practice_id", "edition_key"),
        Index("ix_guidelines_edition_source", "practice_id", "source_key"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    practice_id: Mapped[UUID] = mapped_column(ForeignKey("core_practice.id"))
    edition_key: Mapped[str] = mapped_column(String(64), doc="Digest of address, version, date and content")
    source_key: Mapped[str] = mapped_column(String(64), doc="What all editions of one guideline share")
    title: Mapped[str] = mapped_column(String(300))
    publisher: Mapped[str] = mapped_column(String(300))
    source_url: Mapped[str] = mapped_column(Text, default="")
    licence: Mapped[str] = mapped_column(Text)
    version_label: Mapped[str] = mapped_column(String(300), default="")
    dated: Mapped[date | None] = mapped_column(doc="None where its source says less than a day")
    dated_as_written: Mapped[str] = mapped_column(String(300), default="")
    content_hash: Mapped[str] = mapped_column(String(64), default="", doc="SHA-256 of the file's content; typed: empty")
    imported_at: Mapped[datetime] = mapped_column(default=now)
    imported_by: Mapped[UUID | None] = mapped_column(ForeignKey("core_person.id"), doc="None: the command line")
    superseded_by: Mapped[UUID | None] = mapped_column(ForeignKey("guidelines_edition.id"), doc="The next newer one")


class Recommendation(Base):
    """Which edition a recommendation belongs to, where in it, and how it is rated."""

    __tablename__ = "guidelines_recommendation"
    __table_args__ = (Index("ix_guidelines_recommendation_place", "edition_id", "path"),)

    artefact_id: Mapped[UUID] = mapped_column(ForeignKey("core_artefact.id"), primary_key=True)
    edition_id: Mapped[UUID] = mapped_column(ForeignKey("guidelines_edition.id"))
    path: Mapped[str] = mapped_column(String(300), doc="Tells the recommendations of one edition apart")
    strength: Mapped[str | None] = mapped_column(String(20), doc="A code of data/strengths.json")
    certainty: Mapped[str | None] = mapped_column(String(20), doc="A code of data/certainties.json")


class Decision(Base):
    """What a practice decided on a recommendation; the newest live one counts."""

    __tablename__ = "guidelines_decision"
    __table_args__ = (Index("ix_guidelines_decision_practice", "practice_id", "recommendation_id", "decided_at"),)

    artefact_id: Mapped[UUID] = mapped_column(ForeignKey("core_artefact.id"), primary_key=True)
    recommendation_id: Mapped[UUID] = mapped_column(ForeignKey("core_artefact.id"), index=True)
    practice_id: Mapped[UUID] = mapped_column(ForeignKey("core_practice.id"))
    decision: Mapped[str] = mapped_column(String(20), doc="A code of data/decisions.json")
    decided_at: Mapped[datetime] = mapped_column(default=now)


class Upload(Base):
    """A file that somebody chose and has not yet looked at in the preview; gone after a day."""

    __tablename__ = "guidelines_upload"
    __table_args__ = (Index("ix_guidelines_upload_person", "practice_id", "person_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    practice_id: Mapped[UUID] = mapped_column(ForeignKey("core_practice.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    uploaded_at: Mapped[datetime] = mapped_column(default=now)
