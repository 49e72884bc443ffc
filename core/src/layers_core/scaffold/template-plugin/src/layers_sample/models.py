"""Sample's own table: what lists filter by, keyed by the thing that it describes."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from layers_core.db.base import Base


class Entry(Base):
    """The topic of an entry; its words are the core's."""

    __tablename__ = "sample_entry"

    artefact_id: Mapped[UUID] = mapped_column(ForeignKey("core_artefact.id"), primary_key=True)
    topic: Mapped[str] = mapped_column(String(20), index=True, doc="A code of data/topics.json")
