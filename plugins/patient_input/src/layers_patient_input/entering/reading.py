"""What the pages for entering ask: what somebody typed in themselves, and nothing of other answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select, true
from sqlalchemy.orm import Session

from layers_core.contract import Actor
from layers_core.db.base import now
from layers_core.db.filters import filter_only
from layers_core.i18n import gettext as _
from layers_core.practices.models import Person
from layers_patient_input.models import Answer, Batch
from layers_patient_input.months.models import MonthlyReturn
from layers_patient_input.months.rules import Month
from layers_patient_input.responses import written

LATELY = timedelta(days=7)
MOST = 50
"""Entries that a page lists."""
MOST_COUNTED = 1_000
"""Nobody makes more calls in a day."""
_TYPED = ("handwritten", "telephone")


@dataclass(frozen=True)
class Typed:
    """An answer that was typed in. Nobody but whoever typed them sees its `words`, until somebody looks at them."""

    id: UUID
    scale: str
    score: str
    words: str
    method: str
    day: date
    entered_at: datetime
    by: str
    may_take_out: bool


def typed_by(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """The answers of a practice that somebody typed in and may take out: their own; for a manager everybody's."""
    own = Answer.entered_by == actor.person_id
    return (
        Answer.practice_id == actor.practice.id,
        Answer.method.in_(_TYPED),
        # Said for everybody, because the index of what was typed in asks for it.
        Answer.entered_by.is_not(None),
        true() if "manager" in actor.roles else own,
        ~exists().where(Batch.id == Answer.batch_id, Batch.source == "file"),
    )


def of_batch(session: Session, actor: Actor, batch: UUID) -> list[Typed]:
    """The last cards that somebody typed in together, in that order."""
    return _listed(session, actor, Answer.batch_id == batch, Answer.entered_by == actor.person_id)[::-1]


def count_of(session: Session, actor: Actor, batch: UUID) -> int:
    """How many cards somebody typed in together."""
    query = select(func.count()).where(
        Answer.batch_id == batch,
        filter_only(Answer.practice_id) == actor.practice.id,
        filter_only(Answer.entered_by) == actor.person_id,
    )
    return session.scalar(query) or 0


def lately(session: Session, actor: Actor) -> list[Typed]:
    """What was typed in during the last 7 days, the newest first."""
    return _listed(session, actor, Answer.received_at > now() - LATELY)


def last_own(session: Session, actor: Actor, method: str) -> Typed | None:
    """What somebody typed in last, in the last 7 days."""
    lately = Answer.received_at > now() - LATELY
    own = _listed(session, actor, lately, Answer.entered_by == actor.person_id, Answer.method == method, most=1)
    return own[0] if own else None


def count_since(session: Session, actor: Actor, since: datetime, method: str) -> int:
    """How many answers somebody typed in since a moment."""
    # In the order of the index of what was typed in, so that SQLite uses it.
    typed = select(Answer.id).where(
        Answer.practice_id == actor.practice.id,
        Answer.entered_by.is_not(None),
        Answer.entered_by == actor.person_id,
        Answer.method == method,
        Answer.received_at >= since,
    )
    in_order = typed.order_by(Answer.id.desc()).limit(MOST_COUNTED).subquery()
    return session.scalar(select(func.count()).select_from(in_order)) or 0


def last_sent(session: Session, practice_id: UUID) -> Month | None:
    """The newest month whose figures were sent."""
    first = session.scalar(select(func.max(MonthlyReturn.month)).where(MonthlyReturn.practice_id == practice_id))
    return Month.of(first) if first else None


def is_late(session: Session, practice_id: UUID, day: date) -> bool:
    """Whether the figures of a day's month were sent, so that what comes now counts as late."""
    return session.get(MonthlyReturn, (practice_id, Month.of(day).first)) is not None


def was_looked_at(answer: Answer) -> bool:
    """Whether somebody has decided about an answer, or a patient took it back."""
    return answer.moderated_at is not None or answer.state == "withdrawn"


def was_sent(session: Session, practice_id: UUID, answer: Answer) -> bool:
    """Whether the figures that were sent have this answer in them."""
    sent = session.get(MonthlyReturn, (practice_id, Month.of(answer.received_on).first))
    return sent is not None and answer.received_at <= sent.sent_at


def about_person(session: Session, person_id: UUID) -> list[tuple[str, Mapping[str, object]]]:
    """How many answers somebody typed in, by day and method, for their own download. The words are the patients'."""
    rows = session.execute(
        select(Answer.received_on, Answer.method, func.count())
        .where(Answer.entered_by == person_id)
        .group_by(Answer.received_on, Answer.method)
        .order_by(Answer.received_on, Answer.method)
    )
    return [
        (_("Answers that you typed in for patients"), {"day": day, "method": method, "answers": count})
        for day, method, count in rows
    ]


def _listed(session: Session, actor: Actor, *conditions: ColumnElement[bool], most: int = MOST) -> list[Typed]:
    rows = session.execute(
        select(Answer, Person.name)
        .outerjoin(Person, Person.id == Answer.entered_by)
        .where(*typed_by(actor), *conditions)
        .order_by(Answer.id.desc())
        .limit(most)
    ).all()
    months = {Month.of(row.received_on).first for row, _name in rows}
    sent = session.execute(
        select(MonthlyReturn.month, MonthlyReturn.sent_at).where(
            MonthlyReturn.practice_id == actor.practice.id, MonthlyReturn.month.in_(months)
        )
    )
    sent_at = {Month.of(month): moment for month, moment in sent}
    return [_typed(row, name, sent_at.get(Month.of(row.received_on)), actor) for row, name in rows]


def _typed(row: Answer, name: str, sent_at: datetime | None, actor: Actor) -> Typed:
    own = row.entered_by == actor.person_id
    return Typed(
        id=row.id,
        scale=row.scale_version,
        score=row.score or "",
        words=" ".join(written(row.items)) if own and not was_looked_at(row) else "",
        method=row.method,
        day=row.received_on,
        entered_at=row.received_at,
        by="" if own else name,
        may_take_out=not was_looked_at(row) and not (sent_at and row.received_at <= sent_at),
    )
