"""Who looks at which answers before others see them: the one place that decides it.

An answer that names somebody who works here is looked at by managers alone, until one of them passes it on; where a
practice has no manager, by its leads. So is one that was handed to them as a complaint or for safeguarding. The others
who look at answers do not learn that it is there.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Text, and_, cast, false, or_, select

from layers_core.contract import Actor
from layers_core.practices.models import Membership
from layers_patient_input.kinds import MODERATE
from layers_patient_input.models import Answer
from layers_patient_input.schemas import settings_of

HEADS = frozenset({"manager", "lead"})
"""The roles of those who answer for a practice."""


def may_moderate(actor: Actor) -> bool:
    """Whether somebody may look at answers: they hold the permission and have a profession that the practice chose."""
    return actor.can(MODERATE) and actor.profession in settings_of(actor.practice)["moderators"]


def looks(actor: Actor) -> bool:
    """Whether there may be answers for somebody to look at; which ones, `seen_by` says."""
    return actor.can(MODERATE) and (may_moderate(actor) or bool(actor.roles & HEADS))


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """The condition on answers that somebody may look at; it holds for none where they may look at none."""
    desks: list[ColumnElement[bool]] = []
    if may_moderate(actor):
        desks.append(Answer.for_manager.is_(False))
    if actor.can(MODERATE) and "manager" in actor.roles:
        desks.append(Answer.for_manager.is_(True))
    elif actor.can(MODERATE) and "lead" in actor.roles:
        desks.append(and_(Answer.for_manager.is_(True), ~_has_manager(actor)))
    return and_(Answer.practice_id == actor.practice.id, or_(false(), *desks))


def _has_manager(actor: Actor) -> ColumnElement[bool]:
    # The roles are a list in JSON, which both databases write as text with each code in quotation marks.
    return (
        select(Membership.id)
        .where(
            Membership.practice_id == actor.practice.id,
            Membership.left_at.is_(None),
            cast(Membership.roles, Text).like('%"manager"%'),
        )
        .exists()
    )
