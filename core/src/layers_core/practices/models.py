"""Practices, clusters, persons, memberships and the mix: who is here and what they chose."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from layers_core.db.base import Base, new_id, now


class Practice(Base):
    """A general practice: the tenant."""

    __tablename__ = "core_practice"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(16), unique=True, doc="NHS ODS code, upper case")
    slug: Mapped[str] = mapped_column(String(40), unique=True, doc="The first part of its pages' addresses")
    name: Mapped[str] = mapped_column(String(200))
    time_zone: Mapped[str] = mapped_column(String(64), default="Europe/London")
    languages: Mapped[list[str]] = mapped_column(default=lambda: ["en"])
    telephone: Mapped[str] = mapped_column(String(40), default="")
    postcode: Mapped[str] = mapped_column(String(12), default="")
    mix_version: Mapped[int] = mapped_column(default=0, doc="The mix in force; 0 means nothing was ever switched on")
    created_at: Mapped[datetime] = mapped_column(default=now)
    closed_on: Mapped[date | None]


class Cluster(Base):
    """A named set of practices: a primary care network, an ICB, a federation or a pilot."""

    __tablename__ = "core_cluster"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20), doc="A code of data/cluster_kinds.json")
    created_at: Mapped[datetime] = mapped_column(default=now)


class ClusterPractice(Base):
    """A practice's time in a cluster; `until` is the first day on which it no longer belongs."""

    __tablename__ = "core_cluster_practice"
    __table_args__ = (UniqueConstraint("cluster_id", "practice_id", "since"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    cluster_id: Mapped[UUID] = mapped_column(ForeignKey("core_cluster.id"))
    practice_id: Mapped[UUID] = mapped_column(ForeignKey("core_practice.id"), index=True)
    since: Mapped[date]
    until: Mapped[date | None]


class Person(Base):
    """Somebody who may sign in; the core knows no passwords. `email` is normalised before it is kept."""

    __tablename__ = "core_person"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    is_operator: Mapped[bool] = mapped_column(default=False, doc="Runs the instance; reads no content")
    created_at: Mapped[datetime] = mapped_column(default=now)

    memberships: Mapped[list[Membership]] = relationship(back_populates="person")


class Membership(Base):
    """A person's place in a practice. One row for each pair; leaving sets `left_at`, coming back clears it."""

    __tablename__ = "core_membership"
    __table_args__ = (UniqueConstraint("person_id", "practice_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id"))
    practice_id: Mapped[UUID] = mapped_column(ForeignKey("core_practice.id"), index=True)
    roles: Mapped[list[str]] = mapped_column(default=lambda: ["member"], doc="A set of member, lead, manager")
    profession: Mapped[str] = mapped_column(String(20), doc="A code of data/professions.json")
    joined_at: Mapped[datetime] = mapped_column(default=now)
    left_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(back_populates="memberships")
    practice: Mapped[Practice] = relationship()


class Mix(Base):
    """One decision about a practice's mix, whole and immutable: the state of every plugin after it.

    `plugins` maps a slug to `{"state": "off"|"trial"|"on", "settings": {...}, "until": ISO date or null,
    "question": text}`; a slug that is missing is off.
    """

    __tablename__ = "core_mix"
    __table_args__ = (UniqueConstraint("practice_id", "version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    practice_id: Mapped[UUID] = mapped_column(ForeignKey("core_practice.id"))
    version: Mapped[int]
    plugins: Mapped[dict[str, Any]]
    changed: Mapped[list[str]] = mapped_column(doc="Slugs that this decision changed")
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("core_person.id"))
    reason: Mapped[str] = mapped_column(String(2000))
    rolled_back_to: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class Proposal(Base):
    """A member's suggestion to change the mix, or anything on a page; a lead or manager decides with a reason."""

    __tablename__ = "core_proposal"
    __table_args__ = (
        CheckConstraint("decision IN ('open', 'accepted', 'declined')", name="decision"),
        Index("ix_core_proposal_practice_decision", "practice_id", "decision"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    practice_id: Mapped[UUID] = mapped_column(ForeignKey("core_practice.id"))
    plugin: Mapped[str | None] = mapped_column(String(40))
    wanted: Mapped[str | None] = mapped_column(String(10), doc="off, trial or on, when it is about a switch")
    text: Mapped[str] = mapped_column(String(4000))
    page: Mapped[str] = mapped_column(String(500), default="", doc="The path of the page it was made on")
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("core_person.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    decision: Mapped[str] = mapped_column(String(10), default="open")
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("core_person.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(2000), default="")


class ProposalSupport(Base):
    """One person's support for a proposal."""

    __tablename__ = "core_proposal_support"

    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("core_proposal.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id"), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class PublicLink(Base):
    """A token that lets somebody without an account reach one form of one practice.

    Kept as it is, because it stands on printed posters; it opens a form to write to and nothing to read.
    """

    __tablename__ = "core_public_link"

    token: Mapped[str] = mapped_column(String(64), primary_key=True)
    practice_id: Mapped[UUID] = mapped_column(ForeignKey("core_practice.id"), index=True)
    plugin: Mapped[str] = mapped_column(String(40))
    form: Mapped[str] = mapped_column(String(40))
    method: Mapped[str] = mapped_column(String(20), default="online", doc="How answers through it were collected")
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
