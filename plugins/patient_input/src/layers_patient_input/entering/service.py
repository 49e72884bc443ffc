"""Typing in what patients said on a card or on the telephone, and taking out what was typed by mistake."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from layers_core.artefacts.errors import DraftRefused, NotAllowed, NotFound
from layers_core.artefacts.followup import today_in
from layers_core.artefacts.service import ArtefactService
from layers_core.artefacts.unit import Unit
from layers_core.contract import Actor, PracticeView, Problem
from layers_core.i18n import gettext as _
from layers_core.practices.access import public_actor
from layers_patient_input import catalogue, counting
from layers_patient_input.entering import reading
from layers_patient_input.events import EntryTakenOut, TypedIn
from layers_patient_input.kinds import ENTER
from layers_patient_input.models import Answer, Batch
from layers_patient_input.schemas import TEXT_LIMIT, settings_of
from layers_patient_input.service.taking import Given, Source, fft_answer, keep
from layers_patient_input.wording import offered

CARDS = "cards"
MOST_DAYS = 366
"""How old a card may be."""
Method = Literal["handwritten", "telephone"]


@dataclass(frozen=True)
class Entry:
    """An answer to the Friends and Family Test as somebody typed it in."""

    method: Method
    score: str
    text: str
    language: str
    day: date


def enter(artefacts: ArtefactService, actor: Actor, entry: Entry, client_key: str, batch: UUID | None = None) -> UUID:
    """Keep an answer that a patient gave on a card or on the telephone; gives its key.

    Its words wait to be looked at as those of every answer. `batch` are the cards that it is typed in with. A repeat of
    the same key gives the first result. Raises NotAllowed, DraftRefused; the problems' fields are those of `Entry`.
    """
    if not actor.can(ENTER):
        raise NotAllowed(ENTER)
    writer = str(actor.person_id)
    if repeated := artefacts.repeat_of(writer, client_key):
        return repeated.id
    given = _given(actor.practice, entry)
    source = Source(entry.method, entry.day, entered_by=actor.person_id, batch=batch)
    try:
        return _kept(artefacts, actor, given, source, client_key)
    except IntegrityError:
        # The same submit at the same moment was quicker.
        if repeated := artefacts.repeat_of(writer, client_key):
            return repeated.id
        raise


def _kept(artefacts: ArtefactService, actor: Actor, given: Given, source: Source, client_key: str) -> UUID:
    with artefacts.unit(actor) as unit:
        if source.batch is not None:
            _hold_batch(unit, source.batch)
        # A patient answered: in this transaction, but in the name of nobody.
        answer = keep(Unit(unit.session, public_actor(actor.practice), artefacts.host), given, source)
        unit.event(TypedIn(by_telephone=source.method == "telephone"))
        unit.once(str(actor.person_id), client_key, answer.id)
        return answer.id


def take_out(artefacts: ArtefactService, actor: Actor, answer_id: UUID) -> None:
    """Remove what was typed in by mistake, and correct the totals: its writer may, and a manager.

    Raises NotAllowed; NotFound, also where it is gone already; DraftRefused once somebody looked at it, or its month
    was sent with it.
    """
    if not actor.can(ENTER):
        raise NotAllowed(ENTER)
    with artefacts.unit(actor) as unit:
        answer = unit.session.scalar(
            select(Answer).where(*reading.typed_by(actor), Answer.id == answer_id).with_for_update()
        )
        if answer is None:
            raise NotFound(str(answer_id))
        if reading.was_looked_at(answer):
            raise DraftRefused([Problem(_("Somebody has already looked at this answer, so it stays"))])
        if reading.was_sent(unit.session, actor.practice.id, answer):
            raise DraftRefused([Problem(_("Its month was sent with this answer, so it stays"))])
        form = catalogue.find(unit.session, actor.practice, {}, answer.form, answer.form_version)
        assert form is not None, "only a built-in form is typed in"
        counting.add(unit.session, form, [answer], take_away=True)
        unit.session.delete(answer)
        unit.session.flush()
        unit.event(EntryTakenOut())


def day_problem(day: date | None, practice: PracticeView) -> str:
    """What is wrong with the day of cards or a call; "" where nothing is."""
    today = today_in(practice.time_zone)
    if day is None:
        return _("Enter the date of the cards")
    if day > today:
        return _("Enter today’s date or an earlier one")
    if day < today - timedelta(days=MOST_DAYS):
        return _("Enter a date in the last 12 months")
    return ""


def _given(practice: PracticeView, entry: Entry) -> Given:
    problems = []
    if words := day_problem(entry.day, practice):
        problems.append(Problem(words, "day"))
    if entry.language not in {language.code for language in offered(settings_of(practice))}:
        problems.append(Problem(_("Choose a language from the list"), "language"))
    if len(entry.text) > TEXT_LIMIT:
        problems.append(Problem(_("This must be 5,000 characters or fewer"), "text"))
    try:
        given = fft_answer(practice, entry.score, entry.text, entry.language)
    except LookupError:
        problems.append(Problem(_("Choose the answer that the patient gave"), "score"))
    if problems:
        raise DraftRefused(problems)
    return given


def _hold_batch(unit: Unit, key: UUID) -> None:
    """Make the batch with its first card. Raises NotFound for somebody else's."""
    mine = Batch(id=key, practice_id=unit.actor.practice.id, source=CARDS, made_by=unit.actor.person_id)
    if unit.session.get(Batch, key) is None:
        try:
            with unit.session.begin_nested():
                unit.session.add(mine)
        except IntegrityError:
            # Another card of it, sent at the same moment, was quicker.
            pass
    found = unit.session.get_one(Batch, key)
    if (found.practice_id, found.made_by, found.source) != (mine.practice_id, mine.made_by, CARDS):
        raise NotFound(str(key))


def forget_person(session: Session, person_id: UUID) -> None:
    """Leave out who typed answers in; the answers stay. Batches are forgotten with the files that were brought in."""
    session.execute(update(Answer).where(Answer.entered_by == person_id).values(entered_by=None))
