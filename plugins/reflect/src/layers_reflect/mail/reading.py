"""Reading what e-mail in keeps: whose an address is, one's own address, what was refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from layers_core.contract import Actor
from layers_core.db.base import now
from layers_core.i18n import gettext as _
from layers_core.practices.models import Membership, Person, Practice
from layers_core.vocabulary import label
from layers_reflect.mail.models import MailAddress, MailNote, MailRefused, MailSender
from layers_reflect.mail.service import KEPT_DAYS, hash_of, token_of
from layers_reflect.prompts import PACKAGE


@dataclass(frozen=True)
class Owner:
    """Whose an address is."""

    person_id: UUID
    practice_id: UUID
    practice_slug: str
    time_zone: str
    email: str


def owner_of(session: Session, token: str) -> Owner | None:
    """Whose an address is, by its first part; None for one that is not known or whose owner has left the practice."""
    row = session.execute(
        select(
            MailAddress.person_id,
            MailAddress.practice_id,
            Practice.slug.label("practice_slug"),
            Practice.time_zone,
            Person.email,
        )
        .join(Person, Person.id == MailAddress.person_id)
        .join(Practice, Practice.id == MailAddress.practice_id)
        .join(
            Membership,
            (Membership.person_id == MailAddress.person_id) & (Membership.practice_id == MailAddress.practice_id),
        )
        .where(MailAddress.token_hash == hash_of(token.lower()), Membership.left_at.is_(None))
    ).one_or_none()
    return Owner(**row._mapping) if row else None


def senders(session: Session, person_id: UUID) -> list[str]:
    """The other addresses from which somebody may send themselves notes, in the order of the alphabet."""
    mine = select(MailSender.email).where(MailSender.person_id == person_id)
    return list(session.scalars(mine.order_by(MailSender.email)))


def came_since(session: Session, person_id: UUID, moment: datetime) -> int:
    """How many notes of somebody came by e-mail since a moment."""
    mine = (MailNote.person_id == person_id, MailNote.received_at >= moment)
    return session.scalar(select(func.count()).select_from(MailNote).where(*mine)) or 0


@dataclass(frozen=True)
class MyAddress:
    """One's own address in a practice; `token` is empty where the instance's secret key has changed since."""

    token: str
    made_at: datetime


def my_address(session: Session, actor: Actor, secret_key: str) -> MyAddress | None:
    """The actor's own address in this practice, or None."""
    mine = (MailAddress.person_id == actor.person_id, MailAddress.practice_id == actor.practice.id)
    row = session.scalar(select(MailAddress).where(*mine))
    if row is None:
        return None
    token = token_of(secret_key, row.seed)
    return MyAddress(token if hash_of(token) == row.token_hash else "", row.made_at)


@dataclass(frozen=True)
class Refusal:
    """A message that was not kept."""

    received_at: datetime
    subject: str
    why: str


def my_refusals(session: Session, actor: Actor) -> list[Refusal]:
    """The messages to the actor in this practice that were not kept in the last 30 days, newest first."""
    rows = session.execute(
        select(MailRefused.received_at, MailRefused.subject, MailRefused.reason)
        .where(
            MailRefused.person_id == actor.person_id,
            MailRefused.practice_id == actor.practice.id,
            MailRefused.received_at >= now() - timedelta(days=KEPT_DAYS),
        )
        .order_by(MailRefused.received_at.desc())
    )
    return [Refusal(row.received_at, row.subject, label("mail_refusals", row.reason, PACKAGE)) for row in rows]


def marks_of(session: Session, note_ids: Sequence[UUID]) -> Mapping[UUID, int]:
    """How many words the identifier guard marked in the notes that came by e-mail."""
    if not note_ids:
        return {}
    rows = session.execute(
        select(MailNote.artefact_id, MailNote.marks).where(MailNote.artefact_id.in_(note_ids), MailNote.marks > 0)
    )
    return {row.artefact_id: row.marks for row in rows}


def personal_data(person_id: UUID, session: Session) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """Somebody's addresses (since when, never the address itself), notes that came by e-mail, and what was refused."""
    for address in session.scalars(select(MailAddress).where(MailAddress.person_id == person_id)):
        yield (
            _("Your address for notes by e-mail"),
            {"practice": str(address.practice_id), "made_at": address.made_at.isoformat()},
        )
    for address_of in senders(session, person_id):
        yield _("Another address that you send notes from"), {"email": address_of}
    for note in session.scalars(select(MailNote).where(MailNote.person_id == person_id)):
        yield (
            _("Note that came by e-mail"),
            {"artefact": str(note.artefact_id), "received_at": note.received_at.isoformat(), "marks": note.marks},
        )
    for refused in session.scalars(select(MailRefused).where(MailRefused.person_id == person_id)):
        yield (
            _("Message that was not kept"),
            {"received_at": refused.received_at.isoformat(), "reason": refused.reason, "subject": refused.subject},
        )
