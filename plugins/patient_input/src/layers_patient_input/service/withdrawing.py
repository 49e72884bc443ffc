"""What happens to answers at somebody's wish: patients take theirs back, and who looked at one is forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from layers_core.artefacts import audience
from layers_core.artefacts.models import Artefact, Audience
from layers_core.artefacts.service import ArtefactService
from layers_core.artefacts.unit import Unit
from layers_core.contract import Actor, PracticeView, Thing
from layers_core.i18n import gettext as _
from layers_core.practices.access import public_actor
from layers_patient_input import receipts
from layers_patient_input.events import AnswerWithdrawn
from layers_patient_input.kinds import HOLD
from layers_patient_input.models import Answer


def take_back(artefacts: ArtefactService, practice: PracticeView, code: str) -> bool:
    """Withdraw the answer that a receipt code belongs to; False where there is none. Twice is as good as once."""
    with artefacts.database.read() as session:
        answer = session.scalar(
            select(Answer).where(Answer.practice_id == practice.id, Answer.receipt_hash == receipts.hash_of(code))
        )
        keeper = _keeper(session, practice, answer.released_artefact_id if answer else None)
    if answer is None:
        return False
    if answer.released_artefact_id and answer.state != "withdrawn":
        # The thing leaves everybody's sight, and `on_changed` follows with the answer in the same transaction.
        artefacts.withdraw(keeper, answer.released_artefact_id)
    elif answer.state != "withdrawn":
        with artefacts.unit(keeper) as unit:
            held = unit.session.scalar(select(Answer).where(Answer.id == answer.id).with_for_update())
            if held is not None and held.released_artefact_id is None:
                _empty(unit, held)
    return True


def take_out(artefacts: ArtefactService, practice: PracticeView, artefact_id: UUID) -> None:
    """Withdraw a released answer in the practice's name, and the patient's words with it."""
    with artefacts.database.read() as session:
        keeper = _keeper(session, practice, artefact_id)
    artefacts.withdraw(keeper, artefact_id)


def forget_person(session: Session, person_id: UUID) -> None:
    """Leave out who looked at an answer; the decision itself stays."""
    for answer in session.scalars(select(Answer).where(Answer.moderated_by == person_id)):
        answer.moderated_by = None
    session.flush()


def about_person(session: Session, person_id: UUID) -> list[tuple[str, Mapping[str, object]]]:
    """Which answers somebody decided about, for their own download."""
    rows = session.scalars(select(Answer).where(Answer.moderated_by == person_id).order_by(Answer.id))
    return [
        (_("A patient’s answer that you looked at"), {"state": row.state, "moderated_at": row.moderated_at})
        for row in rows
    ]


def follow_withdrawal(unit: Unit, thing: Thing) -> None:
    """Take back the answer that a thing was released from, with the thing."""
    answer = unit.session.scalar(select(Answer).where(Answer.released_artefact_id == thing.id))
    if answer is not None:
        _empty(unit, answer, thing)
        unit.forget_words(thing.id)


def _empty(unit: Unit, answer: Answer, thing: Thing | None = None) -> None:
    """Take an answer out of everybody's sight, its words with it; the score alone stays, for totals already sent."""
    if answer.state != "withdrawn":
        answer.state, answer.items, answer.has_words = "withdrawn", [], False
        unit.session.flush()
        unit.event(AnswerWithdrawn(), thing)


def _keeper(session: Session, practice: PracticeView, artefact_id: UUID | None) -> Actor:
    """The practice itself, in whose name a patient takes an answer back, whoever may read it."""
    place = session.scalar(
        select(Audience).join(Artefact, Artefact.audience_id == Audience.id).where(Artefact.id == artefact_id)
    )
    views = (audience.view(place.id, place.type, place.key, practice.name, None),) if place else ()
    return replace(public_actor(practice, {HOLD}), audiences=views)
