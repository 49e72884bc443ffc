"""What people do with their secret address, and what is written when a message comes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update

from layers_core.artefacts.service import ArtefactService
from layers_core.artefacts.unit import Unit
from layers_core.contract import Actor, Change, Thing
from layers_core.db.base import now, put_once
from layers_reflect.mail.events import Mailed
from layers_reflect.mail.models import MailAddress, MailNote, MailRefused, MailSender

CAME = "came_by_mail"
KEPT_DAYS = 30
MOST_LISTED = 100
"""So many refused messages are listed for a person; whoever floods an address pushes out the oldest."""


@dataclass(frozen=True)
class CameByMail:
    """What a new note says about having come by e-mail: the identifier guard's marks, and the files that were kept."""

    marks: int
    files: int


def token_of(secret_key: str, seed: str) -> str:
    """The first part of a secret address: 128 bits, which the database alone does not give away."""
    digest = hmac.digest(secret_key.encode(), f"layers.reflect.mail:{seed}".encode(), "sha256")
    return base64.b32encode(digest[:16]).decode().rstrip("=").lower()


def hash_of(token: str) -> str:
    """What of an address is kept to know it again. Its 128 random bits need no salt."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def make(service: ArtefactService, actor: Actor, secret_key: str) -> None:
    """Make the actor's address in this practice; one that was made meanwhile on another device stays as it is."""
    with service.unit(actor) as unit:
        put_once(unit.session, MailAddress, **_whose(actor), **_new_address(secret_key, unit.moment))


def renew(service: ArtefactService, actor: Actor, secret_key: str) -> None:
    """Make the actor's address in this practice anew: an earlier one leads nowhere from now on."""
    with service.unit(actor) as unit:
        values = _new_address(secret_key, unit.moment)
        if not put_once(unit.session, MailAddress, **_whose(actor), **values):
            unit.session.execute(update(MailAddress).filter_by(**_whose(actor)).values(**values))


def withdraw(service: ArtefactService, actor: Actor) -> None:
    """Take the actor's address in this practice back; what was sent to it stays."""
    with service.unit(actor) as unit:
        unit.session.execute(delete(MailAddress).filter_by(**_whose(actor)))


def _whose(actor: Actor) -> dict[str, Any]:
    return {"person_id": actor.person_id, "practice_id": actor.practice.id}


def _new_address(secret_key: str, moment: datetime) -> dict[str, Any]:
    seed = secrets.token_urlsafe(24)
    return {"seed": seed, "token_hash": hash_of(token_of(secret_key, seed)), "made_at": moment}


def remember(note: Thing, change: Change, unit: Unit) -> None:
    """Note that a new note came by e-mail, in the unit that saves it."""
    came = change.extras.get(CAME)
    if not isinstance(came, CameByMail) or unit.actor.person_id is None:
        return
    unit.session.add(
        MailNote(artefact_id=note.id, person_id=unit.actor.person_id, received_at=unit.moment, marks=came.marks)
    )
    unit.session.flush()
    unit.event(Mailed(files=came.files), note)


def list_refused(
    service: ArtefactService, person_id: UUID, practice_id: UUID, reason: str, subject: str, mail_key: str
) -> None:
    """Show somebody that a message to them was not kept, and forget those of more than 30 days ago.

    The same message is listed once.
    """
    moment = now()
    theirs = MailRefused.person_id == person_id
    newest = select(MailRefused.id).where(theirs).order_by(MailRefused.received_at.desc()).limit(MOST_LISTED - 1)
    with service.database.write() as session:
        if session.scalar(select(MailRefused.id).where(theirs, MailRefused.mail_key == mail_key)):
            return
        old = MailRefused.received_at < moment - timedelta(days=KEPT_DAYS)
        keep = list(session.scalars(newest))
        session.execute(delete(MailRefused).where(theirs, old | MailRefused.id.not_in(keep)))
        put_once(
            session,
            MailRefused,
            person_id=person_id,
            practice_id=practice_id,
            received_at=moment,
            reason=reason,
            subject=subject,
            mail_key=mail_key,
        )


def erase_person(person_id: UUID, unit: Unit) -> None:
    """Forget somebody's addresses, from where they send, which of their notes came by e-mail, and what was refused."""
    for model in (MailAddress, MailSender, MailNote, MailRefused):
        unit.session.execute(delete(model).where(model.person_id == person_id))
