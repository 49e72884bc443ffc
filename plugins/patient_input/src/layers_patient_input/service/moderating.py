"""Looking at patients' answers: letting the practice see one, or keeping it back."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from layers_core.artefacts import guarding
from layers_core.artefacts.errors import DraftRefused, NotAllowed, NotFound
from layers_core.artefacts.service import ArtefactService
from layers_core.artefacts.unit import Unit
from layers_core.contract import Actor, Draft, Problem
from layers_core.i18n import gettext as _
from layers_core.practices.access import public_actor
from layers_core.usage.events import IdentifierDecided
from layers_core.vocabulary import vocabulary
from layers_patient_input import catalogue, reading, releasing, showing
from layers_patient_input.events import KeptBack, Released
from layers_patient_input.kinds import ANSWER, HOLD, MODERATE
from layers_patient_input.models import Answer
from layers_patient_input.releasing import Decision, ReleasedPart
from layers_patient_input.schemas import settings_of
from layers_patient_input.wording import PACKAGE


def may_moderate(actor: Actor) -> bool:
    """Whether somebody may look at answers: they hold the permission and have a profession that the practice chose."""
    return actor.can(MODERATE) and actor.profession in settings_of(actor.practice)["moderators"]


def release(artefacts: ArtefactService, actor: Actor, answer_id: UUID, decision: Decision) -> UUID:
    """Let the practice see an answer; gives the key of the thing it became.

    Its author is nobody, so that no member of staff can change it or share it further. Raises NotAllowed, NotFound
    (also where a colleague has decided meanwhile), GuardStop for marked words that were not looked at, DraftRefused.
    """
    _require_moderator(actor)
    with artefacts.database.read() as session:
        found = reading.open_answer(session, actor.practice.id, answer_id)
        if found is None:
            raise NotFound(str(answer_id))
        form = reading.form_of(session, actor.practice, found)
        parts = reading.parts_of(session, actor.practice, found)
    released = releasing.released(parts, decision)
    texts = [text for part in released if part.words for text in (part.text, part.translation)]
    marks = guarding.check(texts, decision.guard, wider=False)
    with artefacts.unit(actor) as unit:
        answer = _locked(unit.session, actor, answer_id)
        # In this transaction, but in the name of nobody: a patient wrote it.
        thing = Unit(unit.session, public_actor(actor.practice, {HOLD}), artefacts.host).add(
            _answer_draft(answer, form, released)
        )
        if marks:
            unit.guard_decision(thing.id, marks, decision.guard.explanation)
            unit.event(IdentifierDecided(marks=sum(marks.values()), explained=bool(decision.guard.explanation)), thing)
        _decide(unit, answer, "released", decision.criticality)
        answer.released_artefact_id = thing.id
        unit.session.flush()
        changed = [part.text for part in parts] != [part.text for part in released]
        unit.event(Released(redacted=changed), thing)
        return thing.id


def keep_back(artefacts: ArtefactService, actor: Actor, answer_id: UUID, reason: str, criticality: str = "") -> None:
    """Look at an answer and not let the practice see it. Raises NotAllowed, NotFound, DraftRefused without a reason."""
    _require_moderator(actor)
    if reason not in vocabulary("keep_back_reasons", PACKAGE):
        raise DraftRefused([Problem(_("Choose why you keep this answer back"), "reason")])
    with artefacts.unit(actor) as unit:
        answer = _locked(unit.session, actor, answer_id)
        _decide(unit, answer, "kept_back", criticality)
        answer.keep_back_reason = reason
        unit.event(KeptBack())


def _require_moderator(actor: Actor) -> None:
    if not may_moderate(actor):
        raise NotAllowed(MODERATE)


def _locked(session: Session, actor: Actor, answer_id: UUID) -> Answer:
    answer = reading.open_answer(session, actor.practice.id, answer_id, lock=True)
    if answer is None:
        raise NotFound(str(answer_id))
    return answer


def _decide(unit: Unit, answer: Answer, state: str, criticality: str) -> None:
    answer.state, answer.moderated_by, answer.moderated_at = state, unit.actor.person_id, unit.moment
    answer.keep_back_reason = None
    answer.criticality = criticality if criticality in vocabulary("criticalities", PACKAGE) else None


def _answer_draft(answer: Answer, form: catalogue.Form | None, parts: Sequence[ReleasedPart]) -> Draft:
    own = form.label if form and catalogue.own_id(answer.form) else ""
    return Draft(
        kind=ANSWER,
        # The title outlives a switch, so it holds none of the patient's words.
        title=showing.title(answer, own),
        body={
            "form": answer.form,
            "form_version": answer.form_version,
            "form_title": own,
            "scale_version": answer.scale_version,
            "score": answer.score or "",
            "parts": [part.as_body() for part in parts],
            "language": answer.language,
            "method": answer.method,
            "received_month": f"{answer.received_on:%Y-%m}",
        },
        audience="practice",
        language=answer.language,
    )
