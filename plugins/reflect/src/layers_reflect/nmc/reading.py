"""Reading discussions: one's own with what came of them, and those of others that one may read now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from layers_core.artefacts import reading
from layers_core.artefacts.followup import today_in
from layers_core.contract import Actor, Thing
from layers_core.host.loader import Host
from layers_core.practices.models import Person
from layers_reflect.nmc.models import DiscussedAccount, Discussion
from layers_reflect.reading import EntryView, Wanted, entries

ACCOUNT = ("categories", "account")
DISCUSSION = ("categories", "discussion")


@dataclass(frozen=True)
class DiscussionView:
    """A discussion with the names of both; `open` says whether the partner can read now."""

    id: UUID
    person_id: UUID
    person_name: str
    partner_id: UUID
    partner_name: str
    created_at: datetime
    last_day: date
    ended_at: datetime | None
    first_read_at: datetime | None
    last_read_at: datetime | None
    open: bool


def accounts(session: Session, host: Host, actor: Actor) -> list[EntryView]:
    """The actor's own reflective accounts, the newest event first."""
    return entries(session, host, actor, Wanted(codes=(ACCOUNT,)))[::-1]


def forms(session: Session, host: Host, actor: Actor) -> list[EntryView]:
    """What the actor kept about their own reflective discussions, the newest first."""
    return entries(session, host, actor, Wanted(codes=(DISCUSSION,)))[::-1]


def discussions(session: Session, actor: Actor) -> list[DiscussionView]:
    """Every discussion that the actor opened, and those of others that they may read now; the newest first."""
    person, partner = aliased(Person), aliased(Person)
    rows = session.execute(
        select(Discussion, person.name.label("person_name"), partner.name.label("partner_name"))
        .join(person, person.id == Discussion.person_id)
        .join(partner, partner.id == Discussion.partner_id)
        .where(or_(Discussion.person_id == actor.person_id, Discussion.partner_id == actor.person_id))
        .order_by(Discussion.created_at.desc(), Discussion.id)
    )
    today = today_in(actor.practice.time_zone)
    found = [_view(row.Discussion, row.person_name, row.partner_name, today) for row in rows]
    return [item for item in found if item.person_id == actor.person_id or item.open]


def asked(session: Session, actor: Actor) -> list[DiscussionView]:
    """The discussions of others whose accounts the actor may read now."""
    return [item for item in discussions(session, actor) if item.person_id != actor.person_id]


def _view(row: Discussion, person_name: str, partner_name: str, today: date) -> DiscussionView:
    return DiscussionView(
        row.id,
        row.person_id,
        person_name,
        row.partner_id,
        partner_name,
        row.created_at,
        row.until - timedelta(days=1),
        row.ended_at,
        row.first_read_at,
        row.last_read_at,
        row.ended_at is None and row.until > today,
    )


def accounts_of(session: Session, host: Host, actor: Actor, discussion_id: UUID) -> list[Thing]:
    """The accounts of a discussion that the actor may see now, in their order: who may see is the core's answer."""
    copies = session.scalars(
        select(DiscussedAccount.copy_id)
        .where(DiscussedAccount.discussion_id == discussion_id)
        .order_by(DiscussedAccount.position)
    ).all()
    found = reading.get_many(session, host, actor, copies)
    return [found[key] for key in copies if key in found]


def personal_data(session: Session, person_id: UUID) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """With whom a person had discussions, for their own download."""
    partner = aliased(Person)
    rows = session.execute(
        select(Discussion, partner.name)
        .join(partner, partner.id == Discussion.partner_id)
        .where(Discussion.person_id == person_id)
        .order_by(Discussion.created_at)
    )
    for row, name in rows:
        yield (
            "Reflective discussion",
            {
                "partner": name,
                "opened": row.created_at.isoformat(),
                "until": row.until.isoformat(),
                "ended": row.ended_at.isoformat() if row.ended_at else None,
                "first_read": row.first_read_at.isoformat() if row.first_read_at else None,
                "last_read": row.last_read_at.isoformat() if row.last_read_at else None,
            },
        )
