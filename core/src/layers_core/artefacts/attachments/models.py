"""Tables of the files that belong to things, and of those that wait for their writer. The contents lie in the store."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from layers_core.db.base import Base, new_id, now


class Attachment(Base):
    """A file of a thing. Who sees the thing sees it."""

    __tablename__ = "core_attachment"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    artefact_id: Mapped[UUID] = mapped_column(ForeignKey("core_artefact.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64), index=True, doc="SHA-256 of the content, its name in the store")
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100), doc="A code of data/attachment_types.json")
    size: Mapped[int]
    description: Mapped[str] = mapped_column(Text, default="", doc="What a picture shows, in words")
    position: Mapped[int]
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("core_person.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class KeptFile(Base):
    """A file that came with a form which could not be saved yet: kept for its writer alone, for a day."""

    __tablename__ = "core_kept_file"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    kept_at: Mapped[datetime] = mapped_column(default=now, index=True)
