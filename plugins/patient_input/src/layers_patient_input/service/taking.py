"""Taking patients' answers: each with its way in, counted in the transaction that keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from layers_core.artefacts.followup import today_in
from layers_core.artefacts.service import ArtefactService
from layers_core.artefacts.unit import Unit
from layers_core.contract import PracticeView
from layers_core.db.base import put_many
from layers_core.forms.checking import Misfit, check
from layers_core.forms.model import Value
from layers_core.practices.access import public_actor
from layers_core.practices.models import PublicLink
from layers_core.privacy.finders.known_names import KnownNames
from layers_patient_input import counting, receipts, responses
from layers_patient_input.catalogue import FFT, Form, built_in
from layers_patient_input.events import Answered
from layers_patient_input.models import Answer
from layers_patient_input.moderating.reading import staff_names
from layers_patient_input.schemas import settings_of
from layers_patient_input.wording import DEFAULT_LANGUAGE

_COLUMNS = frozenset(Answer.__table__.columns.keys())


class DoesNotFit(ValueError):
    """A response does not fit its form: `misfits` says where and why."""

    def __init__(self, misfits: Sequence[Misfit]) -> None:
        super().__init__("; ".join(f"{misfit.link_id}: {misfit.what}" for misfit in misfits))
        self.misfits = tuple(misfits)


@dataclass(frozen=True)
class Given:
    """What a patient sent: the form as they met it, in which language, and their response to it."""

    form: Form
    language: str
    items: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Source:
    """Where an answer came from: how it was collected, on which day, and who typed it in for the patient.

    `receipt_hash` belongs to a patient who sent it in themselves, `about` to a form about one practitioner.
    """

    method: str
    day: date
    link_token: str | None = None
    receipt_hash: str | None = None
    entered_by: UUID | None = None
    batch: UUID | None = None
    about: UUID | None = None


def fft_answer(practice: PracticeView, score: str, text: str = "", language: str = DEFAULT_LANGUAGE) -> Given:
    """An answer to the Friends and Family Test as a card, a call or a file tells it: a score and words.

    Raises LookupError for a score that the scale lacks.
    """
    form = built_in(FFT, settings_of(practice))
    words = [Value("String", text)] if text else []
    return Given(
        form, language, responses.made(form, language, {form.score: [responses.scored(form, score)], "text": words})
    )


def take_answer(
    artefacts: ArtefactService,
    practice: PracticeView,
    link: PublicLink,
    nonce_key: str,
    given: Given,
    day: date | None = None,
    about: UUID | None = None,
) -> str:
    """Keep a patient's answer; gives their receipt code. The same nonce again gives the same code and keeps nothing.

    `day` is the one on which it was given, where a kiosk kept it for a while; else it is today. `about` is the
    practitioner whom it is about, if it is about one.
    Raises DoesNotFit for a response that the form does not take.
    """
    if misfits := check(given.form.questionnaire, responses.whole(given.items)):
        raise DoesNotFit(misfits)
    receipt, client_key, writer = (
        receipts.receipt_for(nonce_key), receipts.client_key_for(nonce_key), f"patients:{practice.id}"
    )  # fmt: skip
    if artefacts.repeat_of(writer, client_key):
        return receipt
    source = Source(
        link.method, day or today_in(practice.time_zone), link.token, receipts.hash_of(receipt), about=about
    )
    try:
        with artefacts.unit(public_actor(practice)) as unit:
            answer = keep(unit, given, source)
            unit.once(writer, client_key, answer.id)
    except IntegrityError:
        # Two submits of one page met: the other one was first, and its receipt is this one's too.
        if not artefacts.repeat_of(writer, client_key):
            raise
    return receipt


def keep(unit: Unit, given: Given, source: Source) -> Answer:
    """Keep one answer and count it; its response fits its form.

    An answer without words has nothing to look at, so it does not wait for anybody.
    """
    answer = _answer(unit, given, source, staff_names(unit.session, unit.actor.practice.id))
    unit.session.add(answer)
    unit.session.flush()
    counting.add(unit.session, given.form, [answer])
    unit.event(Answered(with_words=answer.has_words))
    return answer


def keep_many(unit: Unit, form: Form, given: Iterable[tuple[Given, Source]]) -> None:
    """Keep answers to one form that come from elsewhere together, as `keep` does, in a few statements for all of them.

    There is no event for each: nobody answered here. Whoever brings them in tells of them at once.
    """
    names = staff_names(unit.session, unit.actor.practice.id)
    answers = [_answer(unit, each, source, names) for each, source in given]
    put_many(unit.session, Answer, [_set_in(answer) for answer in answers])
    counting.add(unit.session, form, answers)


def _set_in(answer: Answer) -> dict[str, Any]:
    """The columns that were set; the others take their defaults."""
    return {name: value for name, value in vars(answer).items() if name in _COLUMNS}


def _answer(unit: Unit, given: Given, source: Source, names: KnownNames) -> Answer:
    with_words = responses.has_words(given.form, given.items)
    return Answer(
        practice_id=unit.actor.practice.id,
        link_token=source.link_token,
        form=given.form.code,
        form_version=given.form.version,
        scale_version=given.form.scale,
        score=responses.score_of(given.form, given.items),
        items=list(given.items),
        has_words=with_words,
        for_manager=with_words and any(names.finds(text) for text in responses.written(given.items)),
        language=given.language,
        method=source.method,
        received_at=unit.moment,
        received_on=source.day,
        state="waiting" if with_words else "released",
        receipt_hash=source.receipt_hash,
        entered_by=source.entered_by,
        batch_id=source.batch,
        about_person_id=source.about,
    )
