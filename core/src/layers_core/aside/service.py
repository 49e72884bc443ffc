"""What is told of work aside: how far it is, that it ended, that another process takes it over.

Every word names the turn under which somebody works. Whoever was only asleep finds that it is another's, and stops.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from layers_core.aside.models import AsideRow
from layers_core.aside.reading import GOING_ON, STOPPED, state_of
from layers_core.db.base import new_id, now
from layers_core.db.session import Database


@dataclass(frozen=True)
class Turn:
    """The right to do one piece of work, until somebody else takes it over."""

    model: type[AsideRow]
    id: UUID
    run: UUID


def turn_of(row: AsideRow) -> Turn:
    """The present turn of a row."""
    return Turn(type(row), row.id, row.run)


def tell(database: Database, turn: Turn, state: Literal["waiting", "working"], done: int | None) -> bool:
    """Say that somebody works, and how far they are; False where it ended, was taken back or taken over.

    `done` is None where the work itself keeps that with each step (`note`).
    """
    told = {} if done is None else {"done": done}
    with database.write() as session:
        return note(session, turn, state=state, beat_at=now(), **told)


def end(database: Database, turn: Turn, state: str, **values: Any) -> bool:
    """Say how the work ended; False where it had ended already, was taken back or taken over."""
    with database.write() as session:
        return note(session, turn, state=state, **values)


def note(session: Session, turn: Turn, **values: Any) -> bool:
    """Change the row in a transaction of the caller's; False, with nothing changed, where the turn is over.

    A step that is kept in the same transaction is kept once: whoever is told False raises, and nothing of it stays.
    """
    model = turn.model
    mine = model.id == turn.id, model.run == turn.run, model.state.in_(GOING_ON)
    changed = session.execute(update(model).where(*mine).values(**values).execution_options(synchronize_session=False))
    return isinstance(changed, CursorResult) and changed.rowcount == 1


def take_over(
    session: Session, row: AsideRow, moment: datetime, also: Collection[str] = (), **values: Any
) -> Turn | None:
    """A new turn for work that failed or whose process ended; None where it goes on, is ready, or another was faster.

    `also` are further states to begin from, `values` further columns to set, such as `done`. The row shows them after a
    refresh.
    """
    if state_of(row, moment) not in {STOPPED, "failed", *also}:
        return None
    model, run = type(row), new_id()
    # Of two at the same moment one is told yes.
    claimed = session.execute(
        update(model)
        .where(model.id == row.id, model.run == row.run)
        .values(run=run, state="waiting", beat_at=moment, **values)
        .execution_options(synchronize_session=False)
    )
    return Turn(model, row.id, run) if isinstance(claimed, CursorResult) and claimed.rowcount == 1 else None
