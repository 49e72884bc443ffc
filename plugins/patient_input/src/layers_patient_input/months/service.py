"""Saying that a month's return was sent, and what of that is about a person."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from layers_core.artefacts.errors import DraftRefused, NotAllowed
from layers_core.artefacts.service import ArtefactService
from layers_core.contract import Actor, Problem
from layers_core.i18n import gettext as _
from layers_patient_input.events import ReturnSent
from layers_patient_input.kinds import RETURNS
from layers_patient_input.months import bank_holidays, reading
from layers_patient_input.months.models import MonthlyReturn
from layers_patient_input.months.rules import Figures, Month


class AlreadySent(Exception):
    """Somebody said before that this month was sent. Its figures stay as they are."""


def mark_sent(artefacts: ArtefactService, actor: Actor, month: Month, shown: str) -> None:
    """Keep a month's figures as the ones that were sent; they never change afterwards.

    `shown` is the `mark` of the figures that the actor had before them: those they sent. Raises NotAllowed;
    DraftRefused where the month is not over, or an answer came in meanwhile, so that the figures to send are others;
    AlreadySent.
    """
    if not actor.can(RETURNS):
        raise NotAllowed(RETURNS)
    today = reading.today_of(actor.practice)
    if month >= Month.of(today):
        raise DraftRefused([Problem(_("This month is not over yet. Send it when it is"))])
    try:
        with artefacts.unit(actor) as unit:
            if unit.session.get(MonthlyReturn, (actor.practice.id, month.first)):
                raise AlreadySent(str(month))
            figures = reading.counted_in(unit.session, actor.practice.id, month)
            if mark(figures) != shown:
                raise DraftRefused([Problem(_("The figures changed since you opened this page. Send these instead"))])
            unit.session.add(
                MonthlyReturn(
                    practice_id=actor.practice.id,
                    month=month.first,
                    answers=dict(figures.answers),
                    methods=dict(figures.methods),
                    sent_by=actor.person_id,
                    sent_at=unit.moment,
                )
            )
            unit.session.flush()
            unit.event(ReturnSent(in_time=today <= bank_holidays.deadline(month)))
    except IntegrityError as error:
        # Two people pressed the button together: the other one was first.
        raise AlreadySent(str(month)) from error


def mark(figures: Figures) -> str:
    """What tells figures from others, for a hidden field: the numbers themselves."""
    return "-".join(str(count) for counts in (figures.answers, figures.methods) for count in counts.values())


def about_person(session: Session, person_id: UUID) -> list[tuple[str, Mapping[str, object]]]:
    """The returns that somebody marked as sent, for their own download."""
    rows = session.scalars(
        select(MonthlyReturn).where(MonthlyReturn.sent_by == person_id).order_by(MonthlyReturn.month)
    )
    return [
        (_("A Friends and Family Test return that you marked as sent"), {"month": row.month, "sent_at": row.sent_at})
        for row in rows
    ]


def forget_person(session: Session, person_id: UUID) -> None:
    """Leave out who marked a return as sent; the return stays."""
    session.execute(update(MonthlyReturn).where(MonthlyReturn.sent_by == person_id).values(sent_by=None))
