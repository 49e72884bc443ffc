"""Re-exposure: when a thing comes back to a person, decided by FSRS from their answers.

All moments are UTC, and what is kept of a card is the library's own JSON, so neither a restart nor a change of time
zone touches a schedule.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from fsrs import Card, Rating, Scheduler
from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from layers_core.artefacts.models import Exposure, ExposureAnswer
from layers_core.db.base import put_once
from layers_core.vocabulary import vocabulary

# A practice's lessons are kept for years, not crammed: nine in ten should be remembered when they come back.
SCHEDULER = Scheduler(desired_retention=0.9, enable_fuzzing=False, learning_steps=(), relearning_steps=())


class AlreadyAnswered(Exception):
    """This showing was answered or put off before, on another device or in another window."""


def start(session: Session, person_id: UUID, artefact_id: UUID, moment: datetime) -> None:
    """Begin to bring a thing back to a person; writing or using it counts as the first review.

    A thing that comes back to them already keeps its schedule, also where they let it go.
    """
    session.flush()
    card, _log = SCHEDULER.review_card(Card(card_id=0, due=moment), Rating.Good, moment)
    put_once(session, Exposure, person_id=person_id, artefact_id=artefact_id, due_at=card.due, card=_kept(card))


def answer(session: Session, exposure: Exposure, code: str, showing: int, moment: datetime) -> None:
    """Take one answer to one showing.

    `showing` is the number of reviews that the shown card had. Raises AlreadyAnswered where it has more by now, and
    LookupError for an answer that the vocabulary lacks.
    """
    choices = vocabulary("exposure_answers")
    if code not in choices:
        raise LookupError(f"No answer {code}")
    _claim(session, exposure, showing, Exposure.due_at.is_not(None), reviews=Exposure.reviews + 1)
    rating = choices[code]["rating"]
    if rating is None:
        exposure.due_at = None
    else:
        exposure.card, exposure.due_at = reviewed(exposure.card, rating, moment)
    session.add(ExposureAnswer(exposure_id=exposure.id, number=showing, answer=code, answered_at=moment))
    session.flush()


def reviewed(kept: dict[str, Any], rating: int, moment: datetime) -> tuple[dict[str, Any], datetime]:
    """A kept card after one review, and when it is due next.

    A clock that was set back since the last review counts as standing still: time that ran backwards would make the
    library think that something was forgotten before it was learnt.
    """
    card = Card.from_json(str(kept["fsrs"]))
    # The library takes UTC alone.
    moment = moment.astimezone(UTC)
    at = max(moment, card.last_review) if card.last_review else moment
    card, _log = SCHEDULER.review_card(card, Rating(rating), at)
    return _kept(card), card.due


def put_off(session: Session, exposure: Exposure, days: int, showing: int, moment: datetime) -> datetime:
    """Let a thing come back after so many days, without a review: its card stays as it is. Gives the new moment.

    Raises AlreadyAnswered where this showing was answered or put off before.
    """
    return put_off_until(session, exposure, moment + timedelta(days=days), showing, moment)


def put_off_until(session: Session, exposure: Exposure, until: datetime, showing: int, moment: datetime) -> datetime:
    """`put_off` to a moment. Raises AlreadyAnswered."""
    _claim(session, exposure, showing, Exposure.due_at <= moment, due_at=until)
    return until


def _claim(session: Session, exposure: Exposure, showing: int, condition: ColumnElement[bool], **values: Any) -> None:
    """Change a showing's row where nobody did before: the database lets one of two devices through."""
    claimed = session.execute(
        update(Exposure)
        .where(Exposure.id == exposure.id, Exposure.reviews == showing, condition)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if claimed.rowcount != 1:  # type: ignore[attr-defined]
        raise AlreadyAnswered
    session.refresh(exposure)


def _kept(card: Card) -> dict[str, Any]:
    return {"fsrs": card.to_json()}
