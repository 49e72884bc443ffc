"""The table of exports that are made, or were made, for somebody to fetch."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from layers_core.db.base import Base, new_id, now


class Export(Base):
    """An export on its way. The words are in the file that it leads to, which goes after a day.

    Of what somebody wrote this holds at most the topics by which they narrowed their choice.
    """

    __tablename__ = "reflect_export"
    __table_args__ = (UniqueConstraint("person_id", "client_key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id"))
    practice_id: Mapped[UUID] = mapped_column(ForeignKey("core_practice.id"), index=True)
    client_key: Mapped[str] = mapped_column(String(80), doc="So that a form sent twice makes one export")
    shape: Mapped[str] = mapped_column(String(10), doc="A code of data/exports.json")
    only_for_me: Mapped[bool] = mapped_column(doc="Whether private additions come along")
    entries: Mapped[list[str]] = mapped_column(doc="The keys of the chosen entries, in order")
    total: Mapped[int] = mapped_column(doc="How many they are")
    back: Mapped[dict[str, Any]] = mapped_column(doc="The query of the page where they were chosen")
    state: Mapped[str] = mapped_column(String(10), doc="waiting, working, ready or failed")
    done: Mapped[int] = mapped_column(default=0, doc="How many entries are written")
    run: Mapped[UUID] = mapped_column(default=new_id, doc="Whose turn it is to write; also the key of the file")
    beat_at: Mapped[datetime] = mapped_column(default=now, doc="When the process that writes was last heard of")
    made_at: Mapped[datetime] = mapped_column(default=now)
    ready_at: Mapped[datetime | None]
    fetched_at: Mapped[datetime | None]
    size: Mapped[int | None] = mapped_column(BigInteger, doc="The size of the file in bytes")
