"""Tables of the things people learn, ask, decide and tell, and of what came of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from layers_core.db.base import Base, new_id, now

# SQLite numbers rows by itself only where the column is exactly INTEGER PRIMARY KEY.
RowNumber = BigInteger().with_variant(Integer(), "sqlite")


class Audience(Base):
    """Who may see a thing. Exactly one reference is set, by type; `key` makes each audience unique."""

    __tablename__ = "core_audience"
    __table_args__ = (CheckConstraint("type IN ('person', 'group', 'practice', 'cluster', 'network')", name="type"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    type: Mapped[str] = mapped_column(String(10))
    key: Mapped[str] = mapped_column(String(80), unique=True, doc="type and reference, such as practice:<id>")
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("core_person.id"), index=True)
    practice_id: Mapped[UUID | None] = mapped_column(ForeignKey("core_practice.id"), index=True)
    cluster_id: Mapped[UUID | None] = mapped_column(ForeignKey("core_cluster.id"), index=True)


class AudienceMember(Base):
    """One person of a group; with `until`, up to the day before."""

    __tablename__ = "core_audience_member"

    audience_id: Mapped[UUID] = mapped_column(ForeignKey("core_audience.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id"), primary_key=True, index=True)
    until: Mapped[date | None] = mapped_column(doc="The first day on which they belong to it no more")


class Artefact(Base):
    """One thing learnt, asked, decided or told, in its present state."""

    __tablename__ = "core_artefact"
    __table_args__ = (
        CheckConstraint("state IN ('live', 'withdrawn', 'binned')", name="state"),
        Index("ix_core_artefact_feed", "audience_id", "created_at", "id"),
        Index("ix_core_artefact_feed_kind", "audience_id", "kind", "created_at", "id"),
        Index("ix_core_artefact_author", "author_id", "created_at", "id"),
    )

    number: Mapped[int] = mapped_column(
        RowNumber, Identity(), primary_key=True, doc="Hidden: the key of the search row, in order of saving"
    )
    id: Mapped[UUID] = mapped_column(unique=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[dict[str, Any]]
    body_version: Mapped[int]
    language: Mapped[str] = mapped_column(String(12), default="en")
    practice_id: Mapped[UUID] = mapped_column(ForeignKey("core_practice.id"), index=True)
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("core_person.id"), doc="None: a patient or the practice")
    audience_id: Mapped[UUID] = mapped_column(ForeignKey("core_audience.id"))
    state: Mapped[str] = mapped_column(String(10), default="live")
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)


class Revision(Base):
    """An immutable state of an artefact, with the audience that it was saved under."""

    __tablename__ = "core_revision"

    artefact_id: Mapped[UUID] = mapped_column(ForeignKey("core_artefact.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[dict[str, Any]]
    body_version: Mapped[int]
    audience_id: Mapped[UUID] = mapped_column(ForeignKey("core_audience.id"))
    edited_by: Mapped[UUID | None] = mapped_column(ForeignKey("core_person.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)


class Link(Base):
    """A typed edge: `from_id` stands in the relation `type` to `to_id` (a note is prompted_by an answer)."""

    __tablename__ = "core_link"
    __table_args__ = (UniqueConstraint("from_id", "type", "to_id"), Index("ix_core_link_to", "to_id", "type"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    type: Mapped[str] = mapped_column(String(20), doc="A code of data/link_types.json")
    from_id: Mapped[UUID] = mapped_column(ForeignKey("core_artefact.id"))
    to_id: Mapped[UUID] = mapped_column(ForeignKey("core_artefact.id"))
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("core_person.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)


class Action(Base):
    """A promise to change something. Who sees the artefact sees it; the owner always does."""

    __tablename__ = "core_action"
    __table_args__ = (
        Index("ix_core_action_owner", "owner_id", "closed_at", "due_on"),
        Index("ix_core_action_practice", "practice_id", "closed_at", "due_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    artefact_id: Mapped[UUID] = mapped_column(ForeignKey("core_artefact.id"), index=True)
    practice_id: Mapped[UUID] = mapped_column(ForeignKey("core_practice.id"))
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id"))
    expectation: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date | None]
    outcome: Mapped[str | None] = mapped_column(String(10), doc="A code of data/outcomes.json, once closed")
    what_happened: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    closed_at: Mapped[datetime | None]


class ActionDate(Base):
    """A change of the day that an action is due, with its reason; append-only."""

    __tablename__ = "core_action_date"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    action_id: Mapped[UUID] = mapped_column(ForeignKey("core_action.id"), index=True)
    from_on: Mapped[date | None]
    to_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(Text)
    changed_by: Mapped[UUID | None] = mapped_column(ForeignKey("core_person.id"))
    changed_at: Mapped[datetime] = mapped_column(default=now)


class Comment(Base):
    """A colleague's words under a thing; it has that thing's audience."""

    __tablename__ = "core_comment"
    __table_args__ = (Index("ix_core_comment_artefact", "artefact_id", "created_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    artefact_id: Mapped[UUID] = mapped_column(ForeignKey("core_artefact.id"))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id"))
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)
    withdrawn_at: Mapped[datetime | None]


class Exposure(Base):
    """When an artefact should come back to a person, and the FSRS card that decides it."""

    __tablename__ = "core_exposure"
    __table_args__ = (
        UniqueConstraint("person_id", "artefact_id"),
        Index("ix_core_exposure_due", "person_id", "due_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id"))
    artefact_id: Mapped[UUID] = mapped_column(ForeignKey("core_artefact.id"), index=True)
    due_at: Mapped[datetime | None] = mapped_column(doc="None: let go, never shown again")
    card: Mapped[dict[str, Any]] = mapped_column(doc="The FSRS card as the library writes it")
    reviews: Mapped[int] = mapped_column(default=0, doc="Guards against two devices answering one showing")


class ExposureAnswer(Base):
    """One answer to one showing; append-only."""

    __tablename__ = "core_exposure_answer"

    exposure_id: Mapped[UUID] = mapped_column(ForeignKey("core_exposure.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    answer: Mapped[str] = mapped_column(String(20), doc="A code of data/exposure_answers.json")
    answered_at: Mapped[datetime] = mapped_column(default=now)


class Draft(Base):
    """What somebody was typing: their own, no event, no audience. One row for each form of each person."""

    __tablename__ = "core_draft"
    __table_args__ = (UniqueConstraint("person_id", "practice_id", "form"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id"))
    practice_id: Mapped[UUID] = mapped_column(ForeignKey("core_practice.id"))
    form: Mapped[str] = mapped_column(String(120), doc="Which form: its path or name")
    fields: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime] = mapped_column(default=now)


class WriteKey(Base):
    """A write that was done: the same key from the same writer gives the first result again."""

    __tablename__ = "core_write_key"

    writer: Mapped[str] = mapped_column(String(80), primary_key=True, doc="A person's id, or a public link's token")
    client_key: Mapped[str] = mapped_column(String(80), primary_key=True)
    result_id: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(default=now)


class GuardDecision(Base):
    """What a writer decided about words that the identifier guard marked. The words themselves are not kept here."""

    __tablename__ = "core_guard_decision"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    artefact_id: Mapped[UUID] = mapped_column(ForeignKey("core_artefact.id"), index=True)
    found: Mapped[dict[str, Any]] = mapped_column(doc="Type of identifier to the number found")
    explanation: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("core_person.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)
