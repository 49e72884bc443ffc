"""Reflect's own table: which private addition belongs to which note."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from layers_core.db.base import Base


class Aside(Base):
    """A private addition and the note that it was written beside."""

    __tablename__ = "reflect_aside"

    artefact_id: Mapped[UUID] = mapped_column(
        ForeignKey("core_artefact.id"), primary_key=True, doc="The addition, a thing of its own"
    )
    note_id: Mapped[UUID] = mapped_column(ForeignKey("core_artefact.id"), index=True)
