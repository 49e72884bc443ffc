"""Taking patients' answers, looking at them, and letting patients take them back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from layers_core.artefacts import audience, guarding
from layers_core.artefacts.errors import DraftRefused, NotAllowed, NotFound
from layers_core.artefacts.followup import today_in
from layers_core.artefacts.service import ArtefactService
from layers_core.artefacts.unit import Unit
from layers_core.contract import Actor, AudienceView, Draft, GuardAnswer, PracticeView, Problem, Thing
from layers_core.i18n import gettext as _
from layers_core.practices.access import public_actor
from layers_core.practices.models import PublicLink
from layers_core.usage.events import IdentifierDecided
from layers_core.vocabulary import vocabulary
from layers_patient_input import reading, receipts, showing
from layers_patient_input.events import Answered, AnswerWithdrawn, KeptBack, Released
from layers_patient_input.kinds import ANSWER, HOLD, MODERATE
from layers_patient_input.models import Answer
from layers_patient_input.redaction import redacted
from layers_patient_input.schemas import TEXT_LIMIT, settings_of
from layers_patient_input.wording import PACKAGE, FormWording

How = Literal["as_is", "redacted", "edited"]


class AnswerTooLong(ValueError):
    """The free text has more than 5,000 characters."""


@dataclass(frozen=True)
class Given:
    """What a patient sent: the form as they met it, a code of its scale, and their words."""

    wording: FormWording
    score: str
    text: str = ""


@dataclass(frozen=True)
class Decision:
    """How an answer is released: unchanged, without the marked words, or with `text` in place of the patient's."""

    how: How
    text: str = ""
    translation: str = ""
    criticality: str = ""
    guard: GuardAnswer = field(default_factory=GuardAnswer)


def may_moderate(actor: Actor) -> bool:
    """Whether somebody may look at answers: they hold the permission and have a profession that the practice chose."""
    return actor.can(MODERATE) and actor.profession in settings_of(actor.practice)["moderators"]


def take_answer(
    artefacts: ArtefactService, practice: PracticeView, link: PublicLink, nonce_key: str, given: Given
) -> str:
    """Keep a patient's answer; gives their receipt code. The same nonce again gives the same code and keeps nothing.

    An answer without words has nothing to look at, so it does not wait for anybody. Raises AnswerTooLong, and
    LookupError for a score that the scale lacks.
    """
    if given.score not in vocabulary("scales", PACKAGE)[given.wording.scale]:
        raise LookupError(f"No answer {given.score} on the scale {given.wording.scale}")
    if len(given.text) > TEXT_LIMIT:
        raise AnswerTooLong
    receipt, client_key, writer = (
        receipts.receipt_for(nonce_key), receipts.client_key_for(nonce_key), f"link:{link.token}"
    )  # fmt: skip
    if artefacts.repeat_of(writer, client_key):
        return receipt
    try:
        with artefacts.unit(public_actor(practice)) as unit:
            answer = Answer(
                practice_id=practice.id,
                link_token=link.token,
                form=given.wording.form,
                form_version=given.wording.version,
                scale_version=given.wording.scale,
                score=given.score,
                question=given.wording.free_text,
                text=given.text,
                language=given.wording.language.code,
                method=link.method,
                received_at=unit.moment,
                received_on=today_in(practice.time_zone),
                state="waiting" if given.text else "released",
                receipt_hash=receipts.hash_of(receipt),
            )
            unit.session.add(answer)
            unit.session.flush()
            unit.event(Answered(with_words=bool(given.text)))
            unit.once(writer, client_key, answer.id)
    except IntegrityError:
        # Two submits of one page met: the other one was first, and its receipt is this one's too.
        if not artefacts.repeat_of(writer, client_key):
            raise
    return receipt


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
    text, translation = _released_words(found.text, decision)
    marks = guarding.check([text, translation], decision.guard, wider=False)
    with artefacts.unit(actor) as unit:
        answer = _locked(unit.session, actor, answer_id)
        # In this transaction, but in the name of nobody: a patient wrote it.
        thing = Unit(unit.session, public_actor(actor.practice, {HOLD}), artefacts.host).add(
            _answer_draft(answer, text, translation)
        )
        if marks:
            unit.guard_decision(thing.id, marks, decision.guard.explanation)
            unit.event(IdentifierDecided(marks=sum(marks.values()), explained=bool(decision.guard.explanation)), thing)
        _decide(unit, answer, "released", decision.criticality)
        answer.released_artefact_id = thing.id
        unit.session.flush()
        unit.event(Released(redacted=text != answer.text), thing)
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


def take_back(artefacts: ArtefactService, practice: PracticeView, code: str) -> bool:
    """Withdraw the answer that a receipt code belongs to; False where there is none. Twice is as good as once."""
    with artefacts.database.read() as session:
        answer = session.scalar(
            select(Answer).where(Answer.practice_id == practice.id, Answer.receipt_hash == receipts.hash_of(code))
        )
        keeper = _keeper(session, practice)
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


def _released_words(original: str, decision: Decision) -> tuple[str, str]:
    words: Mapping[How, tuple[str, str]] = {
        "as_is": (original, decision.translation),
        "redacted": (redacted(original), redacted(decision.translation)),
        "edited": (decision.text, decision.translation),
    }
    text, translation = words[decision.how]
    problems = [
        Problem(_("This must be 5,000 characters or fewer"), name)
        for name, words_ in (("text", text), ("translation", translation))
        if len(words_) > TEXT_LIMIT
    ]
    if not text.strip():
        problems.append(Problem(_("There are no words left. Keep this answer back instead"), "text"))
    if problems:
        raise DraftRefused(problems)
    return text, translation


def _answer_draft(answer: Answer, text: str, translation: str) -> Draft:
    return Draft(
        kind=ANSWER,
        # The title outlives a switch, so it holds none of the patient's words.
        title=_("A patient answered “%(score)s”", score=showing.score(answer.scale_version, answer.score)),
        body={
            "form": answer.form,
            "form_version": answer.form_version,
            "scale_version": answer.scale_version,
            "score": answer.score,
            "question": answer.question,
            "text": text,
            "language": answer.language,
            "translation": translation,
            "method": answer.method,
            "received_month": f"{answer.received_on:%Y-%m}",
        },
        audience="practice",
        language=answer.language,
    )


def follow_withdrawal(unit: Unit, thing: Thing) -> None:
    """Take back the answer that a thing was released from, with the thing."""
    answer = unit.session.scalar(select(Answer).where(Answer.released_artefact_id == thing.id))
    if answer is not None:
        _empty(unit, answer, thing)
        unit.forget_words(thing.id)


def _empty(unit: Unit, answer: Answer, thing: Thing | None = None) -> None:
    """Take an answer out of everybody's sight, its words with it; the score alone stays, for totals already sent."""
    if answer.state != "withdrawn":
        answer.state, answer.text = "withdrawn", ""
        unit.session.flush()
        unit.event(AnswerWithdrawn(), thing)


def _keeper(session: Session, practice: PracticeView) -> Actor:
    """The practice itself, in whose name a patient takes an answer back."""
    place = audience.ensure(session, "practice", practice.id)
    view = AudienceView(place.id, "practice", place.key, practice.name)
    return replace(public_actor(practice, {HOLD}), audiences=(view,))
