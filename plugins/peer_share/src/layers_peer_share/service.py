"""What people do with Peer share: say that a thing was useful or used, take note of it, ask and close a question."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast
from uuid import UUID

from sqlalchemy import Select, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from layers_core.artefacts import audience, guarding, reading
from layers_core.artefacts.errors import DraftRefused, NotAllowed, NotFound
from layers_core.artefacts.service import ArtefactService
from layers_core.artefacts.unit import Unit
from layers_core.contract import Actor, Change, Draft, GuardAnswer, Problem, Thing
from layers_core.i18n import gettext as _
from layers_core.usage.events import UsageEvent
from layers_peer_share import events
from layers_peer_share.kinds import QUESTION, RESPOND, title_of
from layers_peer_share.models import Question, Response
from layers_peer_share.vocabularies import question_outcomes, response_types

NOTE_LIMIT = 300
SHARED = frozenset({"practice", "cluster", "network"})

EVENTS: Mapping[str, Callable[[bool], UsageEvent]] = {
    "useful": lambda same_practice: events.FoundUseful(),
    "used": lambda same_practice: events.Used(same_practice=same_practice),
}


def takes_responses(thing: Thing) -> bool:
    """Whether readers may say that a thing was useful: a colleague's, seen by the practice or more, and no question.

    What patients say has no author and takes none.
    """
    return thing.available and thing.author_id is not None and thing.audience.type in SHARED and thing.kind != QUESTION


def may_respond(actor: Actor, thing: Thing) -> bool:
    """Whether the actor is a reader who may press a button: nobody does at their own thing."""
    return takes_responses(thing) and actor.can(RESPOND) and actor.person_id not in (None, thing.author_id)


def respond(
    service: ArtefactService, actor: Actor, thing_id: UUID, type_: str, note: str = "", guard: GuardAnswer | None = None
) -> None:
    """Say that a thing was useful or used, with one line of what was done; a second press changes the line only.

    Raises NotFound, NotAllowed, DraftRefused, GuardStop.
    """
    note = " ".join(note.split())
    if type_ not in response_types():
        raise DraftRefused([Problem(_("Choose “Useful” or “Used it”"), "type")])
    if len(note) > NOTE_LIMIT:
        raise DraftRefused([Problem(_("Use 300 characters or fewer"), "note")])
    with service.database.read() as session:
        wider = audience.is_wider(_respondable(service, session, actor, thing_id).audience)
    guarding.check([note], guard or GuardAnswer(), wider=wider)
    with service.unit(actor) as unit:
        thing = _respondable(service, unit.session, actor, thing_id)
        found = unit.session.scalar(_mine(actor, thing_id, type_))
        if found is None:
            _add(unit, thing, type_, note)
        elif note:
            found.note = note


def _respondable(service: ArtefactService, session: Session, actor: Actor, thing_id: UUID) -> Thing:
    thing = reading.get(session, service.host, actor, thing_id)
    if thing is None:
        raise NotFound(str(thing_id))
    if not may_respond(actor, thing):
        raise NotAllowed(str(thing_id))
    return thing


def _mine(actor: Actor, thing_id: UUID, type_: str) -> Select[Response]:
    return select(Response).where(
        Response.artefact_id == thing_id, Response.person_id == actor.person_id, Response.type == type_
    )


def _add(unit: Unit, thing: Thing, type_: str, note: str) -> None:
    row = Response(
        artefact_id=thing.id,
        person_id=unit.actor.person_id,
        practice_id=unit.actor.practice.id,
        author_id=thing.author_id,
        type=type_,
        note=note,
        created_at=unit.moment,
    )
    try:
        with unit.session.begin_nested():
            unit.session.add(row)
    except IntegrityError:
        # The same press from another window was first; it has recorded everything.
        return
    if "resurfaces" in response_types()[type_]:
        unit.bring_back(thing)
    unit.event(EVENTS[type_](unit.actor.practice.id == thing.practice_id), thing)


def take_back(service: ArtefactService, actor: Actor, thing_id: UUID, type_: str) -> None:
    """Take back one's own press, with its line. Nothing happens where there is none. Raises NotFound, NotAllowed."""
    with service.unit(actor) as unit:
        _respondable(service, unit.session, actor, thing_id)
        unit.session.execute(
            delete(Response).where(
                Response.artefact_id == thing_id, Response.person_id == actor.person_id, Response.type == type_
            )
        )


def note_as_seen(service: ArtefactService, actor: Actor, thing_id: UUID) -> None:
    """Let what came back about one's own thing leave the home page. Raises NotFound."""
    with service.unit(actor) as unit:
        thing = reading.get(unit.session, service.host, actor, thing_id)
        if thing is None or actor.person_id is None or thing.author_id != actor.person_id:
            raise NotFound(str(thing_id))
        unit.session.execute(
            update(Response)
            .where(Response.artefact_id == thing_id, Response.author_id == actor.person_id, Response.seen_at.is_(None))
            .values(seen_at=unit.moment)
        )


def open_question(artefact: Thing, change: Change, unit: Unit) -> None:
    """A question that was asked is open, a shared copy of one as well."""
    if artefact.kind == QUESTION and change.type == "created":
        unit.session.add(Question(artefact_id=artefact.id))
        unit.session.flush()


def revise_question(
    service: ArtefactService, actor: Actor, thing: Thing, need: str, tried: str, guard: GuardAnswer, base_revision: int
) -> None:
    """Change a question's words. Raises what `ArtefactService.revise` does."""
    draft = Draft(QUESTION, title_of(need), {"need": need, "tried": tried}, language=thing.language, guard=guard)
    service.revise(actor, thing.id, draft, base_revision)


def close_question(service: ArtefactService, actor: Actor, thing_id: UUID, outcome: str) -> None:
    """Say what came of one's own question. Closing it again changes nothing. Raises NotFound, DraftRefused."""
    if outcome not in question_outcomes():
        raise DraftRefused([Problem(_("Choose what came of it"), "outcome")])
    with service.unit(actor) as unit:
        thing, question = _own_question(service, unit, thing_id)
        if question.state == "closed":
            return
        question.state, question.outcome, question.closed_at = "closed", outcome, unit.moment
        unit.event(events.QuestionClosed(outcome=cast("events.Outcome", outcome)), thing)


def reopen_question(service: ArtefactService, actor: Actor, thing_id: UUID) -> None:
    """Ask one's own question again. Raises NotFound."""
    with service.unit(actor) as unit:
        _thing, question = _own_question(service, unit, thing_id)
        question.state, question.outcome, question.closed_at = "open", None, None


def _own_question(service: ArtefactService, unit: Unit, thing_id: UUID) -> tuple[Thing, Question]:
    thing = reading.get(unit.session, service.host, unit.actor, thing_id)
    question = unit.session.scalar(select(Question).where(Question.artefact_id == thing_id).with_for_update())
    if thing is None or question is None or unit.actor.person_id is None or thing.author_id != unit.actor.person_id:
        raise NotFound(str(thing_id))
    return thing, question


def erase_person(person_id: UUID, unit: Unit) -> None:
    """Remove what a person pressed and wrote here, and whom a press was about."""
    unit.session.execute(delete(Response).where(Response.person_id == person_id))
    unit.session.execute(update(Response).where(Response.author_id == person_id).values(author_id=None))
