"""Tables of patient input: forms, what patients sent before anybody looked at it, totals, what patients read."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from layers_core.db.base import Base, JsonDict, new_id, now


class OwnForm(Base):
    """A form that a practice built or imported. Its words are in its versions; answers name the version they fit."""

    __tablename__ = "patient_input_form"
    __table_args__ = (CheckConstraint("state IN ('draft', 'open', 'closed')", name="state"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    practice_id: Mapped[UUID] = mapped_column(ForeignKey("core_practice.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10), default="draft")
    version: Mapped[int] = mapped_column(doc="The number of its newest version")
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("core_person.id"))
    made_at: Mapped[datetime] = mapped_column(default=now)
    changed_at: Mapped[datetime] = mapped_column(default=now)


class FormVersion(Base):
    """One state of a practice's form. It never changes once an answer was given to it."""

    __tablename__ = "patient_input_form_version"

    form_id: Mapped[UUID] = mapped_column(ForeignKey("patient_input_form.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    questionnaire: Mapped[dict[str, Any]] = mapped_column(doc="A FHIR R4 Questionnaire")
    reported: Mapped[list[Any]] = mapped_column(JsonDict, doc="What of an imported one is not used, and why")
    made_at: Mapped[datetime] = mapped_column(default=now)


class Answer(Base):
    """One patient's response to a form, as it came in. Its words are seen by those who look at answers alone.

    It holds nothing about the device or the address that it came from.
    """

    __tablename__ = "patient_input_answer"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'released', 'kept_back', 'withdrawn')", name="state"),
        Index("ix_patient_input_answer_queue", "practice_id", "state", "id", "for_manager"),
        Index("ix_patient_input_answer_form", "practice_id", "form", "received_on"),
        Index("ix_patient_input_answer_person", "about_person_id", "received_on"),
        Index("ix_patient_input_answer_batch", "batch_id"),
        Index(
            "ix_patient_input_answer_typed",
            "practice_id",
            "id",
            sqlite_where=text("entered_by IS NOT NULL"),
            postgresql_where=text("entered_by IS NOT NULL"),
        ),
        Index("ix_patient_input_answer_concern", "practice_id", "state", "criticality", "received_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    practice_id: Mapped[UUID] = mapped_column(ForeignKey("core_practice.id"))
    link_token: Mapped[str | None] = mapped_column(ForeignKey("core_public_link.token"), doc="The way in that was used")
    form: Mapped[str] = mapped_column(String(40), doc="A code of data/built_in_forms.json, or `own.` and a form's key")
    form_version: Mapped[int]
    scale_version: Mapped[str] = mapped_column(
        String(10), default="", doc="A code of data/scales.json; never converted"
    )
    score: Mapped[str | None] = mapped_column(String(20), doc="A code of that scale; None for a form without one")
    items: Mapped[list[Any]] = mapped_column(
        JsonDict, doc="QuestionnaireResponse.item of FHIR R4, with each text as it was asked; emptied when taken back"
    )
    has_words: Mapped[bool] = mapped_column(doc="Whether the patient wrote anything that somebody has to look at")
    language: Mapped[str] = mapped_column(String(12), doc="Language of the form")
    method: Mapped[str] = mapped_column(String(20), doc="A code of data/methods.json")
    received_at: Mapped[datetime] = mapped_column(default=now)
    received_on: Mapped[date] = mapped_column(doc="The day where the practice is, for month totals")
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    for_manager: Mapped[bool] = mapped_column(default=False, doc="It names staff: managers alone look at it first")
    criticality: Mapped[str | None] = mapped_column(String(10), doc="A code of data/criticalities.json")
    keep_back_reason: Mapped[str | None] = mapped_column(String(20), doc="A code of data/keep_back_reasons.json")
    released_artefact_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("core_artefact.id"), unique=True, doc="None for an answer without words: there was nothing to show"
    )
    moderated_by: Mapped[UUID | None] = mapped_column(ForeignKey("core_person.id"))
    moderated_at: Mapped[datetime | None]
    receipt_hash: Mapped[str | None] = mapped_column(
        String(64), unique=True, doc="SHA-256 of the patient's receipt code; None for a card that staff typed in"
    )
    entered_by: Mapped[UUID | None] = mapped_column(ForeignKey("core_person.id"), doc="Who typed a card or a call in")
    batch_id: Mapped[UUID | None] = mapped_column(ForeignKey("patient_input_batch.id"))
    about_person_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("core_person.id"), doc="The practitioner whom a CARE form is about"
    )


class Batch(Base):
    """Answers that were entered together: a day's cards, or a file."""

    __tablename__ = "patient_input_batch"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    practice_id: Mapped[UUID] = mapped_column(ForeignKey("core_practice.id"), index=True)
    source: Mapped[str] = mapped_column(String(10), doc="cards or file")
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("core_person.id"))
    made_at: Mapped[datetime] = mapped_column(default=now)


class Tally(Base):
    """How many answers chose a code on a day: the one source of totals, kept in the transaction that keeps an answer.

    Answers that are about a person are not in it: nobody but that person may see their totals.
    """

    __tablename__ = "patient_input_tally"

    practice_id: Mapped[UUID] = mapped_column(ForeignKey("core_practice.id"), primary_key=True)
    form: Mapped[str] = mapped_column(String(40), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(
        String(20), primary_key=True, doc="Of the scale where the form has one, else of the form"
    )
    question: Mapped[str] = mapped_column(String(255), primary_key=True, doc="A linkId")
    code: Mapped[str] = mapped_column(String(255), primary_key=True)
    method: Mapped[str] = mapped_column(String(20), primary_key=True)
    count: Mapped[int]


class Publication(Base):
    """An entry of "You said, we learned, we did" on the practice's public page."""

    __tablename__ = "patient_input_publication"
    __table_args__ = (Index("ix_patient_input_publication_shown", "practice_id", "published_at", "artefact_id"),)

    artefact_id: Mapped[UUID] = mapped_column(ForeignKey("core_artefact.id"), primary_key=True)
    practice_id: Mapped[UUID] = mapped_column(ForeignKey("core_practice.id"))
    change: Mapped[str] = mapped_column(String(10), doc="A code of data/changes.json, as the entry's body says it")
    published_at: Mapped[datetime] = mapped_column(default=now)
    unpublished_at: Mapped[datetime | None]
