"""Reflect's own tables: what notes are filtered and totalled by, private additions, choices, own templates."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from layers_core.db.base import Base, new_id, now


class Aside(Base):
    """A private addition and the note that it was written beside."""

    __tablename__ = "reflect_aside"

    artefact_id: Mapped[UUID] = mapped_column(
        ForeignKey("core_artefact.id"), primary_key=True, doc="The addition, a thing of its own"
    )
    note_id: Mapped[UUID] = mapped_column(ForeignKey("core_artefact.id"), index=True)


class Entry(Base):
    """The facts of a note by which it is found and counted; made from its body, which alone counts."""

    __tablename__ = "reflect_entry"
    __table_args__ = (Index("ix_reflect_entry_author", "author_id", "happened_on"),)

    artefact_id: Mapped[UUID] = mapped_column(ForeignKey("core_artefact.id"), primary_key=True)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id"))
    happened_on: Mapped[date] = mapped_column(doc="The day that the note names, else the day it was written")
    minutes: Mapped[int] = mapped_column(default=0)
    participatory_minutes: Mapped[int] = mapped_column(default=0)
    importance: Mapped[int | None]
    template: Mapped[str] = mapped_column(String(50), doc="A code of data/templates.json, or own:<key>")
    is_copy: Mapped[bool] = mapped_column(default=False, doc="Made by sharing another note; never counted again")


class Tag(Base):
    """One thing that a note counts as: a code of a scheme of data/classification.json, or a topic in own words."""

    __tablename__ = "reflect_tag"
    __table_args__ = (Index("ix_reflect_tag_code", "scheme", "code"),)

    artefact_id: Mapped[UUID] = mapped_column(ForeignKey("core_artefact.id"), primary_key=True)
    scheme: Mapped[str] = mapped_column(String(20), primary_key=True)
    code: Mapped[str] = mapped_column(String(60), primary_key=True)


class Profile(Base):
    """What somebody chose about their own portfolio. Without a row their profession in the practice decides."""

    __tablename__ = "reflect_profile"
    __table_args__ = (CheckConstraint("appraisal_month BETWEEN 1 AND 12", name="appraisal_month"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id"), primary_key=True)
    professions: Mapped[list[str]] = mapped_column(doc="Codes of data/professions.json")
    appraisal_month: Mapped[int | None] = mapped_column(doc="The month of the appraisal meeting")
    cycle_ends: Mapped[date | None] = mapped_column(doc="The last day of the NMC's three-year cycle")


class OwnTemplate(Base):
    """A template that a practice or a person made. Exactly one of them owns it."""

    __tablename__ = "reflect_template"
    __table_args__ = (CheckConstraint("(practice_id IS NULL) <> (person_id IS NULL)", name="owner"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    practice_id: Mapped[UUID | None] = mapped_column(ForeignKey("core_practice.id"), index=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("core_person.id"), index=True)
    version: Mapped[int] = mapped_column(doc="The version that is offered")
    created_at: Mapped[datetime] = mapped_column(default=now)
    retired_at: Mapped[datetime | None] = mapped_column(doc="Switched off: kept, and no longer offered")


class OwnTemplateVersion(Base):
    """One version of an own template: immutable, because notes were written with it."""

    __tablename__ = "reflect_template_version"

    template_id: Mapped[UUID] = mapped_column(ForeignKey("reflect_template.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    label: Mapped[str] = mapped_column(String(80))
    content: Mapped[dict[str, Any]] = mapped_column(doc="about: one line; fields: as in a note's `asked`")
