"""Replies to one patient, who reads theirs with the receipt code.

A reply is handled as public: whoever holds the code may show it to anybody, and nobody knows who holds it. So it says
nothing that the guard marks without an explanation, and it does not quote the patient's words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast
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
from layers_core.vocabulary import label
from layers_patient_input import reading
from layers_patient_input.events import Changes, Replied
from layers_patient_input.kinds import ANSWER, PUBLISH
from layers_patient_input.loop.models import Reply
from layers_patient_input.loop.schemas import CHANGES, PART_LIMIT
from layers_patient_input.models import Answer
from layers_patient_input.quoting import quotes
from layers_patient_input.wording import DEFAULT_LANGUAGE, PACKAGE


@dataclass(frozen=True)
class Written:
    """A reply as it was written: what changes, and the words."""

    change: str
    text: str
    language: str = DEFAULT_LANGUAGE


def reply(artefacts: ArtefactService, actor: Actor, thing: Thing, written: Written, guard: GuardAnswer) -> None:
    """Reply to the patient whose released answer this is, or put this in place of the reply that they had.

    Raises NotAllowed, NotFound for an answer that nobody can read a reply to, DraftRefused, GuardStop.
    """
    _require(actor, thing)
    with artefacts.database.read() as session:
        _answer(session, thing)
        problems = _problems(session, thing, written)
    if problems:
        raise DraftRefused(problems)
    marks = guarding.check([written.text], guard, wider=True)
    with artefacts.unit(actor) as unit:
        answer = _answer(unit.session, thing, lock=True)
        row = unit.session.get(Reply, answer.id)
        if row is None:
            row = Reply(answer_id=answer.id, practice_id=answer.practice_id)
            unit.session.add(row)
        row.change, row.text, row.language = written.change, written.text, written.language
        row.written_by, row.written_at = actor.person_id, unit.moment
        unit.session.flush()
        if marks:
            unit.guard_decision(thing.id, marks, guard.explanation)
            unit.event(IdentifierDecided(marks=sum(marks.values()), explained=bool(guard.explanation)), thing)
        unit.event(Replied(change=cast("Changes", written.change)), thing)


def take_back_reply(artefacts: ArtefactService, actor: Actor, thing: Thing) -> None:
    """Delete a reply; where there is none, nothing happens. Raises NotAllowed, NotFound."""
    _require(actor, thing)
    with artefacts.unit(actor) as unit:
        _answer(unit.session, thing, lock=True)
        take_out(unit, thing.id)


def take_out(unit: Unit, artefact_id: UUID) -> None:
    """Delete the reply to a released answer, as when its patient takes it back."""
    answers = select(Answer.id).where(Answer.released_artefact_id == artefact_id)
    unit.session.execute(delete(Reply).where(Reply.answer_id.in_(answers)))


def about_person(session: Session, person_id: UUID) -> list[tuple[str, Mapping[str, object]]]:
    """The replies that somebody wrote, for their own download."""
    rows = session.scalars(select(Reply).where(Reply.written_by == person_id).order_by(Reply.written_at))
    return [
        (
            _("A reply to a patient that you wrote"),
            {"change": label("changes", row.change, PACKAGE), "text": row.text, "written_at": row.written_at},
        )
        for row in rows
    ]


def forget_person(session: Session, person_id: UUID) -> None:
    """Leave out who wrote a reply; the reply is the practice's and stays."""
    for row in session.scalars(select(Reply).where(Reply.written_by == person_id)):
        row.written_by = None
    session.flush()


def _require(actor: Actor, thing: Thing) -> None:
    if not actor.can(PUBLISH) or thing.kind != ANSWER or thing.practice_id != actor.practice.id:
        raise NotAllowed(str(thing.id))


def _answer(session: Session, thing: Thing, *, lock: bool = False) -> Answer:
    query = select(Answer).where(
        Answer.released_artefact_id == thing.id, Answer.state == "released", Answer.receipt_hash.is_not(None)
    )
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound(str(thing.id))
    return found


def _problems(session: Session, thing: Thing, written: Written) -> list[Problem]:
    problems = []
    if written.change not in CHANGES:
        problems.append(Problem(_("Say whether anything changes"), "change"))
    if not written.text.strip():
        problems.append(Problem(_("Write your reply"), "text"))
    if len(written.text) > PART_LIMIT:
        problems.append(Problem(_("This must be %(most)s characters or fewer", most=f"{PART_LIMIT:,}"), "text"))
    if quotes([written.text], reading.patients_words(session, [thing.id])):
        problems.append(Problem(_("These words come from the patient’s answer. Use your own words"), "text"))
    return problems
