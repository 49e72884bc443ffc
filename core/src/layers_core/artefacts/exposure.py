"""Re-exposure: when a thing comes back to a person, decided by FSRS from their answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from fsrs import Card, Rating, Scheduler
from sqlalchemy import update
from sqlalchemy.orm import Session

from layers_core.artefacts.models import Exposure, ExposureAnswer
from layers_core.db.base import put
from layers_core.vocabulary import vocabulary

# A practice's lessons are kept for years, not crammed: nine in ten should be remembered when they come back.
SCHEDULER = Scheduler(desired_retention=0.9, enable_fuzzing=False, learning_steps=(), relearning_steps=())


class AlreadyAnswered(Exception):
    """This showing was answered before, on another device or in another window."""


def start(session: Session, person_id: UUID, artefact_id: UUID, moment: datetime) -> None:
    """Begin to bring a thing back to a person; writing it counts as the first review."""
    card, _log = SCHEDULER.review_card(Card(card_id=0, due=moment), Rating.Good, moment)
    put(session, Exposure, person_id=person_id, artefact_id=artefact_id, due_at=card.due, card=_kept(card))


def answer(session: Session, exposure: Exposure, code: str, showing: int, moment: datetime) -> None:
    """Take one answer to one showing.

    `showing` is the number of reviews that the shown card had. Raises AlreadyAnswered where it has more by now, and
    LookupError for an answer that the vocabulary lacks.
    """
    choices = vocabulary("exposure_answers")
    if code not in choices:
        raise LookupError(f"No answer {code}")
    claimed = session.execute(
        update(Exposure)
        .where(Exposure.id == exposure.id, Exposure.reviews == showing, Exposure.due_at.is_not(None))
        .values(reviews=Exposure.reviews + 1)
        .execution_options(synchronize_session=False)
    )
    if claimed.rowcount != 1:  # type: ignore[attr-defined]
        raise AlreadyAnswered
    session.refresh(exposure)
    rating = choices[code]["rating"]
    if rating is None:
        exposure.due_at = None
    else:
        card, _log = SCHEDULER.review_card(Card.from_json(_text(exposure.card)), Rating(rating), moment)
        exposure.card, exposure.due_at = _kept(card), card.due
    session.add(ExposureAnswer(exposure_id=exposure.id, number=showing, answer=code, answered_at=moment))
    session.flush()


def _kept(card: Card) -> dict[str, Any]:
    return {"fsrs": card.to_json()}


def _text(kept: dict[str, Any]) -> str:
    return str(kept["fsrs"])
