"""The table of exports that are made, or were made, for somebody to fetch."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from layers_core.aside.models import AsideRow
from layers_core.db.base import now


class Export(AsideRow):
    """An export on its way. The words are in the file that it leads to, which goes after a day; its key is `run`.

    Of what somebody wrote this holds at most the topics by which they narrowed their choice.
    """

    __tablename__ = "reflect_export"
    __table_args__ = (UniqueConstraint("person_id", "client_key"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("core_person.id"))
    practice_id: Mapped[UUID] = mapped_column(ForeignKey("core_practice.id"), index=True)
    client_key: Mapped[str] = mapped_column(String(80), doc="So that a form sent twice makes one export")
    shape: Mapped[str] = mapped_column(String(10), doc="A code of data/exports.json")
    only_for_me: Mapped[bool] = mapped_column(doc="Whether private additions come along")
    entries: Mapped[list[str]] = mapped_column(doc="The keys of the chosen entries, in order")
    back: Mapped[dict[str, Any]] = mapped_column(doc="The query of the page where they were chosen")
    made_at: Mapped[datetime] = mapped_column(default=now)
    ready_at: Mapped[datetime | None]
    fetched_at: Mapped[datetime | None]
    size: Mapped[int | None] = mapped_column(BigInteger, doc="The size of the file in bytes")
