"""Looking at patients' answers: letting the practice see one, keeping it back, passing it on, translating it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from layers_core.artefacts import audience, guarding
from layers_core.artefacts.errors import DraftRefused, NotAllowed, NotFound
from layers_core.artefacts.service import ArtefactService
from layers_core.artefacts.unit import Unit
from layers_core.contract import Actor, Draft, GuardAnswer, Problem, Thing
from layers_core.i18n import gettext as _
from layers_core.practices import members
from layers_core.practices.access import public_actor
from layers_core.usage.events import IdentifierDecided
from layers_core.vocabulary import vocabulary
from layers_patient_input import catalogue, releasing, showing
from layers_patient_input.events import KeptBack, Released
from layers_patient_input.kinds import ANSWER, HOLD, MODERATE
from layers_patient_input.models import Answer
from layers_patient_input.moderating import reading
from layers_patient_input.moderating.desk import HEADS, looks
from layers_patient_input.releasing import EVERYBODY, HEADS_ONLY, Decision, ReleasedPart
from layers_patient_input.schemas import TEXT_LIMIT
from layers_patient_input.themes import reading as themes_reading
from layers_patient_input.themes import service as themes
from layers_patient_input.wording import PACKAGE


def release(artefacts: ArtefactService, actor: Actor, answer_id: UUID, decision: Decision) -> UUID:
    """Let the practice, or some of it, see an answer; gives the key of the thing it became.

    Its author is nobody, so that no member of staff can change it or share it further. Raises NotAllowed, NotFound
    (also where a colleague has decided meanwhile), GuardStop for marked words that were not looked at, DraftRefused.
    """
    _require(actor)
    with artefacts.database.read() as session:
        found = reading.open_answer(session, actor, answer_id)
        if found is None:
            raise NotFound(str(answer_id))
        form = reading.form_of(session, actor.practice, found)
        parts = reading.parts_of(session, actor.practice, found)
        staff = reading.staff_names(session, actor.practice.id)
        chosen = _readers(session, actor, decision.readers)
        found_themes = themes_reading.themes(session, actor) if decision.themes else []
    if found.keep_back_reason in reading.routes() and not decision.sure:
        words = _("This answer was kept back for another route. Tick that colleagues may read it all the same")
        raise DraftRefused([Problem(words, "sure")])
    released = releasing.released(parts, decision, staff)
    texts = [text for part in released if part.words for text in (part.text, part.translation)]
    marks = guarding.check(texts, decision.guard, wider=False)
    with artefacts.unit(actor) as unit:
        answer = _locked(unit.session, actor, answer_id)
        group = audience.ensure_group(unit.session, chosen) if chosen else None
        # In this transaction, but in the name of nobody: a patient wrote it.
        thing = Unit(unit.session, public_actor(actor.practice, {HOLD}), artefacts.host).add(
            _answer_draft(answer, form, released), chosen=group
        )
        if marks:
            unit.guard_decision(thing.id, marks, decision.guard.explanation)
            unit.event(IdentifierDecided(marks=sum(marks.values()), explained=bool(decision.guard.explanation)), thing)
        _decide(unit, answer, "released", decision.criticality)
        answer.released_artefact_id = thing.id
        unit.session.flush()
        if decision.themes:
            known = {item.key: item.why for item in themes_reading.suggested(found_themes, texts)}
            themes.sort_in(unit, artefacts.host, thing, decision.themes, known)
        changed = [part.text for part in parts] != [part.text for part in released]
        unit.event(Released(redacted=changed), thing)
        return thing.id


def keep_back(artefacts: ArtefactService, actor: Actor, answer_id: UUID, reason: str, criticality: str = "") -> bool:
    """Look at an answer and not let the practice see it; says whether it was handed to a manager instead.

    What somebody who is no manager takes for a complaint or a safeguarding matter waits for a manager, and is out of
    everybody else's sight. Raises NotAllowed, NotFound, DraftRefused without a reason.
    """
    _require(actor)
    if reason not in vocabulary("keep_back_reasons", PACKAGE):
        raise DraftRefused([Problem(_("Choose why you keep this answer back"), "reason")])
    handed_on = reason in reading.routes() and not actor.roles & HEADS
    with artefacts.unit(actor) as unit:
        answer = _locked(unit.session, actor, answer_id)
        _decide(unit, answer, "waiting" if handed_on else "kept_back", criticality)
        answer.keep_back_reason = reason
        answer.for_manager = answer.for_manager or reason in reading.routes()
        unit.event(KeptBack())
    return handed_on


def pass_on(artefacts: ArtefactService, actor: Actor, answer_id: UUID) -> None:
    """Let all those who look at answers see one that waited for managers. Raises NotAllowed, NotFound."""
    _require(actor)
    with artefacts.unit(actor) as unit:
        answer = _locked(unit.session, actor, answer_id)
        answer.for_manager, answer.keep_back_reason = False, None
        if answer.state == "kept_back":
            answer.state = "waiting"


def translate(
    artefacts: ArtefactService, actor: Actor, thing: Thing, translations: Mapping[int, str], guard: GuardAnswer
) -> None:
    """Put translations beside a released answer, by the place of a part that the patient wrote, from 0.

    The patient's own words and their language stay as they are. Raises NotAllowed, GuardStop, DraftRefused,
    EditConflict.
    """
    _require(actor)
    if thing.kind != ANSWER or thing.practice_id != actor.practice.id:
        raise NotAllowed(str(thing.id))
    problems = [
        Problem(_("This must be 5,000 characters or fewer"), f"translation-{place}")
        for place, text in translations.items()
        if len(text) > TEXT_LIMIT
    ]
    if problems:
        raise DraftRefused(problems)
    guarding.check(translations.values(), guard, wider=False)
    parts, place = [], 0
    for part in thing.body["parts"]:
        parts.append({**part, "translation": translations.get(place, part["translation"])} if part["words"] else part)
        place += bool(part["words"])
    draft = Draft(ANSWER, thing.title, {**thing.body, "parts": parts}, language=thing.language)
    keeper = replace(public_actor(actor.practice, {HOLD}), audiences=(thing.audience,))
    artefacts.revise(keeper, thing.id, draft, thing.revision)


def _readers(session: Session, actor: Actor, readers: str) -> set[UUID]:
    """Who may read an answer, where it is not the whole practice: present colleagues. Raises DraftRefused."""
    if readers == EVERYBODY:
        return set()
    present = {member.person_id: member for member in members.members(session, actor.practice.id)}
    if readers == HEADS_ONLY:
        return {key for key, member in present.items() if HEADS & set(member.roles)}
    named = {key for key in present if str(key) in readers.split(",")}
    if not named:
        raise DraftRefused([Problem(_("Choose who may read this answer"), "people")])
    if len(named) > audience.GROUP_LIMIT:
        words = _("Choose %(most)s people or fewer", most=audience.GROUP_LIMIT)
        raise DraftRefused([Problem(words, "people")])
    return named


def _require(actor: Actor) -> None:
    if not looks(actor):
        raise NotAllowed(MODERATE)


def _locked(session: Session, actor: Actor, answer_id: UUID) -> Answer:
    answer = reading.open_answer(session, actor, answer_id, lock=True)
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
