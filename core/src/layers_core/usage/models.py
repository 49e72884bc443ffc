"""The usage log and the studies that may read it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from layers_core.artefacts.models import RowNumber
from layers_core.db.base import Base, new_id, now


class ActorKey(Base):
    """The only bridge between a person and their events; erasure deletes this row and touches no event."""

    __tablename__ = "core_actor_key"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id"), primary_key=True)
    actor_key: Mapped[UUID] = mapped_column(unique=True, default=new_id)


class UsageEventRow(Base):
    """One content-free fact, append-only. `props` holds only what the event's type declares."""

    __tablename__ = "core_usage_event"
    __table_args__ = (
        CheckConstraint("tier IN ('aware', 'using', 'producing')", name="tier"),
        Index("ix_core_usage_event_actor", "actor_key", "sequence"),
        Index("ix_core_usage_event_practice", "practice_id", "occurred_at"),
        UniqueConstraint("once_key"),
    )

    sequence: Mapped[int] = mapped_column(RowNumber, Identity(), primary_key=True)
    id: Mapped[UUID] = mapped_column(unique=True, default=new_id)
    name: Mapped[str] = mapped_column(String(80))
    version: Mapped[int]
    tier: Mapped[str] = mapped_column(String(10))
    actor_key: Mapped[UUID | None] = mapped_column(doc="None: somebody without an account")
    role: Mapped[str] = mapped_column(String(20), default="", doc="The actor's profession at that moment")
    practice_id: Mapped[UUID]
    artefact_id: Mapped[UUID | None]
    plugin: Mapped[str] = mapped_column(String(40))
    mix_version: Mapped[int]
    occurred_at: Mapped[datetime] = mapped_column(default=now)
    props: Mapped[dict[str, Any]]
    once_key: Mapped[str | None] = mapped_column(
        String(120), doc="Set where an event counts once a person, thing and day"
    )


class Study(Base):
    """A pilot's evaluation: its window, baseline, approval, secret and suppression profile."""

    __tablename__ = "core_study"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    approval: Mapped[str] = mapped_column(Text, doc="Who approved it and under which reference")
    baseline_on: Mapped[date]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    secret: Mapped[str] = mapped_column(String(128), doc="Key of the pseudonyms; never exported")
    suppression: Mapped[str] = mapped_column(String(10), default="hes", doc="A code of data/suppression.json")


class StudyPractice(Base):
    """A practice that takes part in a study."""

    __tablename__ = "core_study_practice"

    study_id: Mapped[UUID] = mapped_column(ForeignKey("core_study.id"), primary_key=True)
    practice_id: Mapped[UUID] = mapped_column(ForeignKey("core_practice.id"), primary_key=True)


class StudyEvaluator(Base):
    """A person who may see a study's figures and export; they read no content."""

    __tablename__ = "core_study_evaluator"

    study_id: Mapped[UUID] = mapped_column(ForeignKey("core_study.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id"), primary_key=True)


class Consent(Base):
    """A person's yes to evaluation, from `given_at` until `withdrawn_at`; every yes and no is kept."""

    __tablename__ = "core_consent"
    __table_args__ = (Index("ix_core_consent_person", "person_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id"))
    given_at: Mapped[datetime] = mapped_column(default=now)
    withdrawn_at: Mapped[datetime | None]
