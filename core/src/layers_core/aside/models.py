"""The columns that every table of work done aside has."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from layers_core.db.base import Base, new_id, now


class AsideRow(Base):
    """A piece of work that is done aside: how far it is, and whose turn it is to do it."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    state: Mapped[str] = mapped_column(String(10), doc="waiting, working, ready, failed, or one of the plugin's own")
    done: Mapped[int] = mapped_column(default=0, doc="How much of it is done")
    total: Mapped[int] = mapped_column(doc="How much there is to do")
    run: Mapped[UUID] = mapped_column(default=new_id, doc="Whose turn it is: a new one for each beginning")
    beat_at: Mapped[datetime] = mapped_column(default=now, doc="When the process that works was last heard of")
