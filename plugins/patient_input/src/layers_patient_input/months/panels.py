"""What those who send returns meet elsewhere: a card on the home page, a line in the weekly mail."""

from __future__ import annotations

from collections.abc import Iterable

from flask import url_for
from sqlalchemy.orm import Session

from layers_core.contract import Actor, HomeCard, Reminder
from layers_patient_input.kinds import RETURNS
from layers_patient_input.months import reading, showing


def cards(session: Session, actor: Actor) -> Iterable[HomeCard]:
    """Last month, while it is to be sent, or where it was missed."""
    standing = reading.standing(session, actor.practice) if actor.can(RETURNS) else None
    if standing is None:
        return []
    return [showing.card(standing, url_for("patient_input.fft_month", month=standing.month))]


def reminders(session: Session, actor: Actor) -> Iterable[Reminder]:
    """The same for the weekly mail."""
    standing = reading.standing(session, actor.practice) if actor.can(RETURNS) else None
    return [showing.reminder(standing)] if standing else []
