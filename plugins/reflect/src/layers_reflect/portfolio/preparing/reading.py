"""Reading the exports that were made for somebody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, defer

from layers_core.artefacts.attachments.passing import PassingFiles
from layers_core.aside.reading import GOING_ON, state_of
from layers_core.contract import Actor
from layers_core.db.base import now
from layers_core.i18n import gettext as _
from layers_reflect.portfolio.preparing.models import Export

KEPT = timedelta(days=1)
"""So long a file can be fetched."""
State = Literal["waiting", "working", "ready", "failed", "stopped", "gone"]


@dataclass(frozen=True)
class ExportView:
    """An export as its owner sees it. `stopped` is one whose process ended, `gone` one whose file is deleted."""

    id: UUID
    run: UUID
    shape: str
    state: State
    done: int
    total: int
    made_at: datetime
    until: datetime
    size: int
    back: Mapping[str, Any]

    @property
    def going_on(self) -> bool:
        """Whether somebody is writing it, or will."""
        return self.state in GOING_ON


def export_of(session: Session, actor: Actor, files: PassingFiles, export_id: UUID) -> ExportView | None:
    """An export of the actor's own in this practice, or None."""
    row = session.scalar(_mine(actor).where(Export.id == export_id))
    return _view(row, files) if row else None


def exports_of(session: Session, actor: Actor, files: PassingFiles) -> list[ExportView]:
    """The actor's own exports in this practice, the newest first, but those whose file is deleted: one query.

    One that stopped or failed is among them for a day, so that nobody waits for it in vain.
    """
    moment = now()
    found = [_view(row, files) for row in session.scalars(_mine(actor).order_by(Export.made_at.desc()))]
    return [view for view in found if view.going_on or (view.state != "gone" and moment < view.until)]


def _mine(actor: Actor) -> Select[Export]:
    own = Export.person_id == actor.person_id, Export.practice_id == actor.practice.id
    return select(Export).options(defer(Export.entries)).where(*own)


def _view(row: Export, files: PassingFiles) -> ExportView:
    until = (row.ready_at or row.made_at) + KEPT
    state = _state(row, files, until)
    return ExportView(
        row.id, row.run, row.shape, state, row.done, row.total, row.made_at, until, row.size or 0, row.back
    )


def _state(row: Export, files: PassingFiles, until: datetime) -> State:
    moment = now()
    if row.state == "ready":
        return "ready" if moment < until and files.path(row.run).is_file() else "gone"
    return state_of(row, moment)  # type: ignore[return-value]  # the column holds these codes only


def personal_data(person_id: UUID, session: Session) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """The exports that were made for somebody; the files hold what they wrote, and go after a day."""
    for row in session.scalars(select(Export).options(defer(Export.entries)).where(Export.person_id == person_id)):
        yield (
            _("Export of your portfolio"),
            {
                "format": row.shape,
                "entries": row.total,
                "chosen_from": row.back,
                "state": row.state,
                "made_at": row.made_at.isoformat(),
                "fetched_at": row.fetched_at.isoformat() if row.fetched_at else None,
            },
        )
