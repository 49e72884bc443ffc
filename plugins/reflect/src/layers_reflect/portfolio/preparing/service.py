"""What is done with an export that takes its time: begun, begun again, told of, ended, taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from layers_core.artefacts.attachments.passing import PassingFiles
from layers_core.artefacts.errors import NotFound
from layers_core.artefacts.service import ArtefactService
from layers_core.artefacts.unit import Unit
from layers_core.aside import service as aside
from layers_core.aside.reading import GOING_ON, going_on
from layers_core.aside.service import Turn
from layers_core.contract import Actor
from layers_core.db.base import new_id, now
from layers_core.db.session import Database
from layers_reflect.portfolio.events import PortfolioExported
from layers_reflect.portfolio.preparing.models import Export
from layers_reflect.portfolio.preparing.reading import KEPT

MOST_KEPT = 5
"""So many exports of a person wait to be fetched; a newer one pushes out the oldest."""


@dataclass(frozen=True)
class Wish:
    """What somebody wants: as what, which entries, what besides, and the query of the page where they chose them."""

    shape: str
    entries: Sequence[UUID]
    only_for_me: bool
    back: Mapping[str, Any]
    client_key: str


@dataclass(frozen=True)
class Order:
    """What a process is to write, and under which turn."""

    id: UUID
    run: UUID
    shape: str
    only_for_me: bool
    entries: tuple[UUID, ...]

    @property
    def turn(self) -> Turn:
        """What it is to the core, which has it done."""
        return Turn(Export, self.id, self.run)


@dataclass(frozen=True)
class Begun:
    """What became of a wish for an export.

    `order` is what to write now; None where the same form had begun it, or another one is going on, which `id` names.
    """

    id: UUID
    order: Order | None = None
    another: bool = False


def begin(service: ArtefactService, actor: Actor, wish: Wish) -> Begun:
    """Note down an export, unless the same form did before or one of the actor's is still being written.

    Whoever gets an order has it written (`job.start`). What is too old, and the oldest of too many, goes.
    """
    try:
        return _begin(service, actor, wish)
    except IntegrityError:
        # The same form, sent twice at the same moment: the other one was first.
        return _begin(service, actor, wish)


def _begin(service: ArtefactService, actor: Actor, wish: Wish) -> Begun:
    key = wish.client_key[:80] or str(new_id())
    with service.unit(actor) as unit:
        _tidy(unit, actor)
        same = unit.session.scalar(
            select(Export.id).where(Export.person_id == actor.person_id, Export.client_key == key)
        )
        if same:
            return Begun(same)
        other = unit.session.scalar(
            select(Export.id).where(
                Export.person_id == actor.person_id,
                Export.practice_id == actor.practice.id,
                going_on(Export, unit.moment),
            )
        )
        if other:
            return Begun(other, another=True)
        row = Export(
            id=new_id(),
            person_id=actor.person_id,
            practice_id=actor.practice.id,
            client_key=key,
            shape=wish.shape,
            only_for_me=wish.only_for_me,
            entries=[str(entry) for entry in wish.entries],
            total=len(wish.entries),
            back=dict(wish.back),
            state="waiting",
            run=new_id(),
            beat_at=unit.moment,
            made_at=unit.moment,
        )
        unit.session.add(row)
        unit.session.flush()
        return Begun(row.id, _order(row))


def again(service: ArtefactService, actor: Actor, export_id: UUID) -> Order | None:
    """Take over an export that stopped or failed; None where it is going on or done. Raises NotFound."""
    with service.unit(actor) as unit:
        row = _own(unit.session, actor, export_id)
        if aside.take_over(unit.session, row, unit.moment, done=0) is None:
            return None
        unit.files.passing.remove(row.run)
        unit.session.refresh(row)
        return _order(row)


def take_back(service: ArtefactService, actor: Actor, export_id: UUID) -> None:
    """Cancel an export or delete its file. Whoever writes it finds out and stops. Raises NotFound."""
    with service.unit(actor) as unit:
        row = _own(unit.session, actor, export_id)
        unit.files.passing.remove(row.run)
        unit.session.delete(row)


def fetched(service: ArtefactService, actor: Actor, export_id: UUID) -> None:
    """Note that an export was downloaded, once."""
    with service.unit(actor) as unit:
        row = unit.session.get(Export, export_id)
        if row and row.person_id == actor.person_id and row.fetched_at is None:
            row.fetched_at = unit.moment
            # The column holds codes of data/exports.json, as the event's field does.
            unit.event(PortfolioExported(format=row.shape, entries=row.total))  # type: ignore[arg-type]


def finish(database: Database, order: Order, size: int) -> bool:
    """Say that the file is whole; False where the export was taken back, or another process has taken over."""
    return aside.end(database, order.turn, "ready", done=len(order.entries), size=size, ready_at=now())


def erase_person(person_id: UUID, unit: Unit) -> None:
    """Forget somebody's exports, and delete their files."""
    _remove(unit.session, unit.files.passing, Export.person_id == person_id)


def _own(session: Session, actor: Actor, export_id: UUID) -> Export:
    row = session.get(Export, export_id)
    if row is None or (row.person_id, row.practice_id) != (actor.person_id, actor.practice.id):
        raise NotFound
    return row


def _order(row: Export) -> Order:
    return Order(row.id, row.run, row.shape, row.only_for_me, tuple(UUID(key) for key in row.entries))


def _tidy(unit: Unit, actor: Actor) -> None:
    """Let go what nobody can fetch any more, whoever's it is, and the oldest of the actor's."""
    # For a day more the page of an export says that its file is deleted.
    old = unit.moment - KEPT - timedelta(days=1)
    theirs = Export.person_id == actor.person_id
    newest = select(Export.id).where(theirs).order_by(Export.made_at.desc()).limit(MOST_KEPT - 1)
    keep = list(unit.session.scalars(newest))
    over = theirs & Export.id.not_in(keep) & Export.state.not_in(GOING_ON)
    _remove(unit.session, unit.files.passing, or_(Export.made_at < old, over))


def _remove(session: Session, files: PassingFiles, which: Any) -> None:
    for run in session.scalars(delete(Export).where(which).returning(Export.run)):
        files.remove(run)
