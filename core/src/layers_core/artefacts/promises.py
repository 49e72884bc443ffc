"""A practice's promises: what is open, overdue and done, as far as a reader may see it. Never counted by person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Literal
from uuid import UUID

from sqlalchemy import Date, and_, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from layers_core.artefacts import audience, kinds
from layers_core.artefacts.models import Action, ActionDate, Artefact
from layers_core.contract import Actor
from layers_core.practices.models import Person

if TYPE_CHECKING:
    from layers_core.host.loader import Host

State = Literal["open", "overdue", "done"]
NO_DATE = date(9998, 12, 31)
"""Where a promise without a day stands among those that have one: last."""


@dataclass(frozen=True)
class Promised:
    """A promise in a practice's list. Without its thing's title where the reader, its owner, may not see the thing."""

    id: UUID
    artefact_id: UUID
    title: str
    visible: bool
    owner_name: str
    mine: bool
    expectation: str
    due_on: date | None
    outcome: str | None
    what_happened: str
    closed_at: datetime | None


@dataclass(frozen=True)
class After:
    """Where a page of the list ended: when its last promise was closed or is due, and that promise's key."""

    moment: datetime
    id: UUID


def listed(
    session: Session,
    host: Host,
    actor: Actor,
    state: State,
    today: date,
    *,
    mine: bool = False,
    after: After | None = None,
    limit: int = 20,
) -> list[Promised]:
    """A page of the promises made in the actor's practice: open ones by the day they are due, done ones from the last
    that was closed.

    A reader meets those about things that they may see, and their own. What belongs to a kind that is switched off
    stays out, except for their own.
    """
    own = Action.owner_id == actor.person_id
    seen = audience.visible(actor)
    hidden = kinds.hidden_kinds(host, actor.practice.mix)
    theirs = and_(seen, Artefact.kind.not_in(hidden)) if hidden else seen
    query = (
        select(Action, Artefact.title, seen.label("visible"), Person.name.label("owner_name"))
        .join(Artefact, Artefact.id == Action.artefact_id)
        .join(Person, Person.id == Action.owner_id)
        .where(Action.practice_id == actor.practice.id, own if mine else or_(own, theirs))
        .limit(limit)
    )
    if state == "done":
        query = query.where(Action.closed_at.is_not(None)).order_by(Action.closed_at.desc(), Action.id.desc())
        if after:
            query = query.where(tuple_(Action.closed_at, Action.id) < (after.moment, after.id))
    else:
        day = func.coalesce(Action.due_on, literal(NO_DATE, Date()))
        query = query.where(Action.closed_at.is_(None)).order_by(day, Action.id)
        if state == "overdue":
            query = query.where(Action.due_on < today)
        if after:
            due = after.moment.date()
            query = query.where(or_(day > due, and_(day == due, Action.id > after.id)))
    return [
        Promised(
            row.Action.id,
            row.Action.artefact_id,
            row.title if row.visible else "",
            bool(row.visible),
            row.owner_name,
            row.Action.owner_id == actor.person_id,
            row.Action.expectation,
            row.Action.due_on,
            row.Action.outcome,
            row.Action.what_happened,
            row.Action.closed_at,
        )
        for row in session.execute(query)
    ]


def place(promised: Promised) -> After:
    """Where a page that ends with this promise goes on."""
    due = datetime.combine(promised.due_on or NO_DATE, time(), UTC)
    return After(promised.closed_at or due, promised.id)


@dataclass(frozen=True)
class Moved:
    """A change of the day by which a promise is due."""

    from_on: date | None
    to_on: date | None
    reason: str
    changed_at: datetime


def moves(session: Session, action_id: UUID) -> list[Moved]:
    """How often a promise's day was changed and why, oldest first; the caller has checked who is asking."""
    rows = session.execute(
        select(ActionDate.from_on, ActionDate.to_on, ActionDate.reason, ActionDate.changed_at)
        .where(ActionDate.action_id == action_id)
        .order_by(ActionDate.id)
    )
    return [Moved(*row) for row in rows]
