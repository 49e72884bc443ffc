"""Who belongs to a practice: the list that its people see, and what a manager may change about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from layers_core.i18n import gettext as _
from layers_core.practices.models import Membership, Person
from layers_core.practices.service import Refused
from layers_core.vocabulary import vocabulary

LEAVERS_SHOWN = 50


@dataclass(frozen=True)
class Member:
    """A person in a practice; `left_at` is set for those who left."""

    person_id: UUID
    name: str
    email: str
    roles: tuple[str, ...]
    profession: str
    joined_at: datetime
    left_at: datetime | None


def members(session: Session, practice_id: UUID) -> list[Member]:
    """The present members of a practice, by name."""
    return _members(session, practice_id, present=True)


def leavers(session: Session, practice_id: UUID) -> list[Member]:
    """Those who left a practice, the latest first, at most fifty."""
    return _members(session, practice_id, present=False)


def _members(session: Session, practice_id: UUID, *, present: bool) -> list[Member]:
    query = (
        select(
            Person.id,
            Person.name,
            Person.email,
            Membership.roles,
            Membership.profession,
            Membership.joined_at,
            Membership.left_at,
        )
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.practice_id == practice_id)
    )
    if present:
        query = query.where(Membership.left_at.is_(None)).order_by(Person.name, Person.id)
    else:
        query = query.where(Membership.left_at.is_not(None)).order_by(Membership.left_at.desc()).limit(LEAVERS_SHOWN)
    return [
        Member(row.id, row.name, row.email, tuple(row.roles), row.profession, row.joined_at, row.left_at)
        for row in session.execute(query)
    ]


def set_roles(session: Session, person_id: UUID, practice_id: UUID, profession: str, roles: Iterable[str]) -> None:
    """Change a member's profession and roles. Raises Refused for unknown codes, for somebody who is no member, and
    where no manager would be left."""
    wanted = {"member", *roles}
    if profession not in vocabulary("professions") or not wanted <= set(vocabulary("roles")):
        raise Refused(_("Choose a profession and roles from the list"))
    present = {
        membership.person_id: membership
        for membership in session.scalars(
            select(Membership)
            .where(Membership.practice_id == practice_id, Membership.left_at.is_(None))
            .with_for_update()
        )
    }
    membership = present.get(person_id)
    if membership is None:
        raise Refused(_("This person does not belong to the practice"))
    others = (other for key, other in present.items() if key != person_id)
    if "manager" in membership.roles and "manager" not in wanted and not any("manager" in o.roles for o in others):
        raise Refused(_("This is the only manager. Make somebody else a manager first"))
    membership.profession, membership.roles = profession, sorted(wanted)
    session.flush()
