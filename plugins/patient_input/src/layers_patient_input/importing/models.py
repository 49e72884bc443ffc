"""The tables of files that answers were brought in from."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from layers_core.aside.models import AsideRow
from layers_core.db.base import Base, now


class Import(AsideRow):
    """A file of answers, from when somebody chose it. Its key is that of its batch, and of the file that waits.

    `state` is also `chosen` (somebody looks at it, nothing is kept yet) and `undone`. `kept`, `wrong` and `already` add
    up to `done`: a file may be read several times, and then the rows of the earlier readings are here already.
    """

    __tablename__ = "patient_input_import"
    __table_args__ = (UniqueConstraint("practice_id", "digest"),)

    practice_id: Mapped[UUID] = mapped_column(ForeignKey("core_practice.id"), index=True)
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("core_person.id"), doc="None for a command, or once erased")
    made_at: Mapped[datetime] = mapped_column(default=now)
    name: Mapped[str] = mapped_column(String(200), doc="The name of the file")
    digest: Mapped[str | None] = mapped_column(String(64), doc="SHA-256 of the file; None once it is undone")
    shape: Mapped[dict[str, Any]] = mapped_column(doc="How the file is read: csv_reading.Shape")
    choices: Mapped[dict[str, Any]] = mapped_column(doc="What its columns are: mapping.Choices")
    reading: Mapped[int] = mapped_column(default=1, doc="How many times its rows were, or are to be, read")
    kept: Mapped[int] = mapped_column(default=0, doc="Rows that the last reading brought in")
    wrong: Mapped[int] = mapped_column(default=0, doc="Rows that could not be brought in")
    already: Mapped[int] = mapped_column(default=0, doc="Rows that were here already")
    first_day: Mapped[date | None] = mapped_column(doc="The first day of its answers")
    last_day: Mapped[date | None]
    ended_at: Mapped[datetime | None]


class ImportFault(Base):
    """A row of a file that could not be brought in. What the patient wrote is not in it."""

    __tablename__ = "patient_input_import_fault"

    import_id: Mapped[UUID] = mapped_column(ForeignKey("patient_input_import.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, doc="Which row of the file it is, from 0")
    line: Mapped[int] = mapped_column(doc="The line on which it begins, from 1")
    code: Mapped[str] = mapped_column(String(20), doc="A code of data/import_faults.json")
    value: Mapped[str] = mapped_column(String(120), doc="What stands where something else was expected")
