"""What the pages of those who look at answers ask for. Nothing here writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import ScalarSelect, func, or_, select
from sqlalchemy.orm import Session

from layers_core.contract import Actor, PracticeView
from layers_core.db.base import now
from layers_core.practices.models import Membership, Person
from layers_core.privacy.finders.known_names import KnownNames
from layers_core.vocabulary import vocabulary
from layers_patient_input import catalogue, responses
from layers_patient_input.catalogue import Form
from layers_patient_input.models import Answer
from layers_patient_input.moderating.desk import seen_by
from layers_patient_input.responses import Part
from layers_patient_input.wording import PACKAGE

State = Literal["waiting", "kept_back"]
OPEN_STATES = ("waiting", "kept_back")
"""The states in which somebody may still decide about an answer."""
PAGE = 25
MOST_COUNTED = 1_000
"""More answers than this are told as "more than 1,000": counting 100,000 takes longer than the rest of the page."""
STAFF_MONTHS = 24
"""For so long after somebody left, patients' words may still be about them."""


@dataclass(frozen=True)
class Queued:
    """An answer in the queue, as people read it; `own_title` is the title of a practice's own form."""

    row: Answer
    parts: Sequence[Part]
    own_title: str


def waiting(actor: Actor) -> tuple[ScalarSelect[int], ScalarSelect[UUID]]:
    """How many answers wait for somebody, at most 1,001, and the oldest: columns of a query that may ask for more."""
    found = select(Answer.id).where(seen_by(actor), Answer.state == "waiting").order_by(Answer.id)
    number = select(func.count()).select_from(found.limit(MOST_COUNTED + 1).subquery())
    return number.scalar_subquery(), found.limit(1).scalar_subquery()


def queue(session: Session, actor: Actor, state: State, after: UUID | None = None, form: str = "") -> list[Queued]:
    """The answers in a state that somebody may look at, oldest first: a page and one more, after an answer's key."""
    query = select(Answer).where(seen_by(actor), Answer.state == state).order_by(Answer.id).limit(PAGE + 1)
    if after is not None:
        query = query.where(Answer.id > after)
    if form:
        query = query.where(Answer.form == form)
    forms: dict[tuple[str, int], Form | None] = {}
    found = []
    for row in session.scalars(query):
        key = row.form, row.form_version
        if key not in forms:
            forms[key] = catalogue.find(session, actor.practice, {}, *key)
        of = forms[key]
        found.append(Queued(row, responses.parts(of, row.items) if of else [], of.label if of else ""))
    return found


def next_waiting(session: Session, actor: Actor, after: UUID) -> UUID | None:
    """The oldest answer that waits for somebody and came after this one; else the oldest of all but this one."""
    waiting = select(Answer.id).where(seen_by(actor), Answer.state == "waiting").order_by(Answer.id).limit(1)
    return session.scalar(waiting.where(Answer.id > after)) or session.scalar(waiting.where(Answer.id < after))


def open_answer(session: Session, actor: Actor, answer_id: UUID, *, lock: bool = False) -> Answer | None:
    """An answer about which somebody may still decide; None also where it is not theirs to look at."""
    query = select(Answer).where(Answer.id == answer_id, seen_by(actor), Answer.state.in_(OPEN_STATES))
    return session.scalar(query.with_for_update() if lock else query)


def form_of(session: Session, practice: PracticeView, answer: Answer) -> Form | None:
    """The form that an answer was given to, at its version; None where it is gone."""
    return catalogue.find(session, practice, {}, answer.form, answer.form_version)


def parts_of(session: Session, practice: PracticeView, answer: Answer) -> list[Part]:
    """An answer as people read it, part by part."""
    form = form_of(session, practice, answer)
    return responses.parts(form, answer.items) if form else []


def routed(session: Session, actor: Actor) -> dict[str, int]:
    """How many answers were kept back for another route in twelve months, by reason: for managers' own eyes."""
    since = now() - timedelta(days=365)
    rows = session.execute(
        select(Answer.keep_back_reason, func.count())
        .where(seen_by(actor), Answer.for_manager.is_(True), Answer.state == "kept_back", Answer.moderated_at >= since)
        .group_by(Answer.keep_back_reason)
    )
    return {code: count for code, count in rows if code in routes()}


def routes() -> frozenset[str]:
    """The reasons for keeping an answer back that hand it to a manager."""
    return frozenset(code for code, entry in vocabulary("keep_back_reasons", PACKAGE).items() if entry.get("route"))


def staff_names(session: Session, practice_id: UUID) -> KnownNames:
    """The names of those who work at a practice, or left it in the last two years."""
    since = now() - timedelta(days=STAFF_MONTHS * 30)
    return KnownNames(
        session.scalars(
            select(Person.name)
            .join(Membership, Membership.person_id == Person.id)
            .where(Membership.practice_id == practice_id, or_(Membership.left_at.is_(None), Membership.left_at > since))
        )
    )
