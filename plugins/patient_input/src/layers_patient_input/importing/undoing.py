"""Undoing a file: its answers go, and are counted no more."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from layers_core.artefacts.errors import DraftRefused
from layers_core.artefacts.service import ArtefactService
from layers_core.aside.reading import GOING_ON, state_of
from layers_core.contract import Actor, Problem
from layers_core.db.base import new_id, now, put_sums
from layers_core.i18n import gettext as _
from layers_patient_input.catalogue import built_in
from layers_patient_input.importing import reading
from layers_patient_input.importing.models import Import, ImportFault
from layers_patient_input.importing.service import own, require
from layers_patient_input.loop.models import EntryAnswer
from layers_patient_input.models import Answer, Batch, Tally
from layers_patient_input.service.withdrawing import take_out


def undo(artefacts: ArtefactService, actor: Actor, import_id: UUID) -> None:
    """Remove the answers that came with a file, and what was released of them; the file may come again then.

    Raises NotAllowed, NotFound; DraftRefused while it is brought in, and where the practice has told others of some of
    them: in a return, or in an entry for patients.
    """
    require(actor)
    with artefacts.database.read() as session:
        _check(session, own(session, actor, import_id, lock=False))
        released = list(
            session.scalars(
                select(Answer.released_artefact_id).where(
                    Answer.batch_id == import_id,
                    Answer.released_artefact_id.is_not(None),
                    Answer.state != "withdrawn",
                )
            )
        )
    for artefact_id in released:
        # Each in a transaction of its own, as a patient's wish would be. Pressed again, undoing does the rest.
        if artefact_id:
            take_out(artefacts, actor.practice, artefact_id)
    with artefacts.unit(actor) as unit:
        row = own(unit.session, actor, import_id)
        _check(unit.session, row)
        _uncount(unit.session, import_id)
        unit.session.execute(delete(Answer).where(Answer.batch_id == import_id))
        unit.session.execute(delete(Batch).where(Batch.id == import_id))
        unit.session.execute(delete(ImportFault).where(ImportFault.import_id == import_id))
        row.state, row.run, row.digest = "undone", new_id(), None
        row.first_day = row.last_day = None
        unit.files.passing.remove(import_id)


def _check(session: Session, row: Import) -> None:
    if state_of(row, now()) in GOING_ON:
        raise DraftRefused([Problem(_("Stop bringing it in first, then undo it"), "undo")])
    days = list(session.scalars(select(Answer.received_on).where(Answer.batch_id == row.id).distinct()))
    if reading.sent_among(session, row.practice_id, days):
        raise DraftRefused([Problem(_("A return with answers of this file was sent, so it cannot be undone"), "undo")])
    told = select(EntryAnswer.answer_id).join(Answer, Answer.id == EntryAnswer.answer_id)
    if session.scalar(told.where(Answer.batch_id == row.id).limit(1)):
        words = _("You told patients what came of answers of this file, so it cannot be undone")
        raise DraftRefused([Problem(words, "undo")])


def _uncount(session: Session, import_id: UUID) -> None:
    """Take the answers away from the totals: by their scores, which are all that a row of a file is counted by.

    An answer that was taken back is still counted, and has its score, but no response any more.
    """
    grouped = (
        Answer.practice_id, Answer.form, Answer.received_on, Answer.scale_version, Answer.score, Answer.method
    )  # fmt: skip
    counted = session.execute(select(*grouped, func.count()).where(Answer.batch_id == import_id).group_by(*grouped))
    rows: list[dict[str, Any]] = [
        {
            "practice_id": practice_id,
            "form": form,
            "day": day,
            "version": scale,
            "question": built_in(form, {}).score,
            "code": score,
            "method": method,
            "count": -count,
        }
        for practice_id, form, day, scale, score, method, count in counted
    ]
    put_sums(session, Tally, "count", rows)
