"""Two tables made up for the tests of the database room; the worker scripts share them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from layers_core.db.base import NAMING, Base, new_id


class Trial(DeclarativeBase):
    """A declarative base of the tests' own, so that their tables never meet the toolkit's."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = Base.type_annotation_map


class Note(Trial):
    """A row with a part."""

    __tablename__ = "trial_note"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    text: Mapped[str]


class Part(Trial):
    """What is saved along with a note."""

    __tablename__ = "trial_part"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    note_id: Mapped[UUID] = mapped_column(ForeignKey("trial_note.id", ondelete="CASCADE"))
