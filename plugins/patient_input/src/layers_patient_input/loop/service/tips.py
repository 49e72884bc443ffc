"""Tips that patients offer to other patients: shown by a second, explicit decision of whoever looks at answers."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from layers_core.artefacts import guarding
from layers_core.artefacts.errors import DraftRefused, NotAllowed, NotFound
from layers_core.artefacts.service import ArtefactService
from layers_core.artefacts.unit import Unit
from layers_core.contract import Actor, GuardAnswer, Problem, Thing
from layers_core.i18n import gettext as _
from layers_core.usage.events import IdentifierDecided
from layers_patient_input.events import TipShown
from layers_patient_input.kinds import ANSWER
from layers_patient_input.loop.models import Tip
from layers_patient_input.loop.offering import agreed
from layers_patient_input.loop.schemas import PART_LIMIT
from layers_patient_input.models import Answer
from layers_patient_input.moderating.desk import looks


def show_tip(artefacts: ArtefactService, actor: Actor, thing: Thing, text: str, guard: GuardAnswer) -> None:
    """Show a released tip to everybody on the public page, in these words.

    Raises NotAllowed, NotFound for an answer whose patient did not agree, DraftRefused, GuardStop.
    """
    _require(actor, thing)
    problems = []
    if not text.strip():
        problems.append(Problem(_("Write what other patients will read"), "text"))
    if len(text) > PART_LIMIT:
        problems.append(Problem(_("This must be %(most)s characters or fewer", most=f"{PART_LIMIT:,}"), "text"))
    if problems:
        raise DraftRefused(problems)
    marks = guarding.check([text], guard, wider=True)
    with artefacts.unit(actor) as unit:
        # The answer's row is held, so that a patient who takes it back meanwhile leaves no tip behind.
        query = select(Answer).where(Answer.released_artefact_id == thing.id, Answer.state == "released")
        answer = unit.session.scalar(query.with_for_update())
        if answer is None or not agreed(answer.form, answer.items):
            raise NotFound(str(thing.id))
        row = unit.session.get(Tip, thing.id)
        if row is None:
            row = Tip(artefact_id=thing.id, practice_id=thing.practice_id, shown_at=unit.moment)
            unit.session.add(row)
        row.text, row.language, row.shown_by = text, thing.language, actor.person_id
        unit.session.flush()
        if marks:
            unit.guard_decision(thing.id, marks, guard.explanation)
            unit.event(IdentifierDecided(marks=sum(marks.values()), explained=bool(guard.explanation)), thing)
        unit.event(TipShown(), thing)


def hide_tip(artefacts: ArtefactService, actor: Actor, thing: Thing) -> None:
    """Take a tip off the public page; where it is not on it, nothing happens. Raises NotAllowed."""
    _require(actor, thing)
    with artefacts.unit(actor) as unit:
        take_out(unit, thing.id)


def take_out(unit: Unit, artefact_id: UUID) -> None:
    """Delete what other patients read of a tip, as when its patient takes it back."""
    unit.session.execute(delete(Tip).where(Tip.artefact_id == artefact_id))


def about_person(session: Session, person_id: UUID) -> list[tuple[str, Mapping[str, object]]]:
    """The tips that somebody showed to patients, for their own download. The words are a patient's."""
    rows = session.scalars(select(Tip).where(Tip.shown_by == person_id).order_by(Tip.shown_at))
    return [(_("A patient’s tip that you showed to other patients"), {"shown_at": row.shown_at}) for row in rows]


def forget_person(session: Session, person_id: UUID) -> None:
    """Leave out who showed a tip."""
    for row in session.scalars(select(Tip).where(Tip.shown_by == person_id)):
        row.shown_by = None
    session.flush()


def _require(actor: Actor, thing: Thing) -> None:
    if not looks(actor) or thing.kind != ANSWER or thing.practice_id != actor.practice.id:
        raise NotAllowed(str(thing.id))
