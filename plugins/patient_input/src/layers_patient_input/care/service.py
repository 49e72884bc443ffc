"""Beginning and ending a round of CARE forms, and what of it is about a person."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from layers_core.artefacts.errors import DraftRefused, NotFound
from layers_core.artefacts.service import ArtefactService
from layers_core.artefacts.unit import Unit
from layers_core.contract import Actor, Problem
from layers_core.i18n import gettext as _
from layers_core.practices.models import Person, PublicLink
from layers_patient_input.care import reading
from layers_patient_input.care.models import CareRound
from layers_patient_input.care.reading import CARE
from layers_patient_input.models import Answer
from layers_patient_input.schemas import settings_of
from layers_patient_input.wording import SLUG


def begin(artefacts: ArtefactService, actor: Actor) -> UUID:
    """Make a practitioner's own link to the CARE form; the round before it ends. Gives the round's key.

    Raises DraftRefused where the practice recorded no permission to use CARE.
    """
    if actor.person_id is None or reading.permission(settings_of(actor.practice)) is None:
        raise DraftRefused([Problem(_("Your practice has not recorded that it may use CARE"))])
    with artefacts.unit(actor) as unit:
        # One round at a time, also for somebody who presses twice.
        unit.session.execute(select(Person.id).where(Person.id == actor.person_id).with_for_update())
        _end(unit, actor.person_id, actor.practice.id)
        link = PublicLink(
            token=secrets.token_urlsafe(16), practice_id=actor.practice.id, plugin=SLUG, form=CARE, method="online"
        )
        unit.session.add(link)
        unit.session.flush()
        made = CareRound(
            token=link.token, practice_id=actor.practice.id, person_id=actor.person_id, begun_at=unit.moment
        )
        unit.session.add(made)
        unit.session.flush()
        return made.id


def end(artefacts: ArtefactService, actor: Actor, round_id: UUID) -> None:
    """Let the link of one of the actor's own rounds lead nowhere; its report stays. Raises NotFound."""
    with artefacts.unit(actor) as unit:
        own = unit.session.scalar(
            select(CareRound).where(
                CareRound.id == round_id,
                CareRound.person_id == actor.person_id,
                CareRound.practice_id == actor.practice.id,
            )
        )
        if own is None:
            raise NotFound(str(round_id))
        link = unit.session.get_one(PublicLink, own.token)
        link.withdrawn_at = link.withdrawn_at or unit.moment
        unit.session.flush()


def about_person(session: Session, person_id: UUID) -> list[tuple[str, Mapping[str, object]]]:
    """A person's rounds, for their own download. Single forms are not in it: they are patients', and a patient who is
    alone in a week could be told by one.
    """
    rows = session.scalars(select(CareRound).where(CareRound.person_id == person_id).order_by(CareRound.begun_at))
    return [(_("A round of CARE forms about you"), {"begun_at": row.begun_at}) for row in rows]


def forget_person(unit: Unit, person_id: UUID) -> None:
    """Remove what patients said about a person, and the links through which they did."""
    _end(unit, person_id)
    unit.session.execute(delete(CareRound).where(CareRound.person_id == person_id))
    unit.session.execute(delete(Answer).where(Answer.about_person_id == person_id))


def _end(unit: Unit, person_id: UUID, practice_id: UUID | None = None) -> None:
    tokens = select(CareRound.token).where(CareRound.person_id == person_id)
    if practice_id is not None:
        tokens = tokens.where(CareRound.practice_id == practice_id)
    unit.session.execute(
        update(PublicLink)
        .where(PublicLink.token.in_(tokens), PublicLink.withdrawn_at.is_(None))
        .values(withdrawn_at=unit.moment)
        .execution_options(synchronize_session=False)
    )
