"""Who may see what: the one module that decides. Everything that reads asks it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, cast
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, ScalarSelect, Select, Uuid, bindparam, delete, func, or_, select
from sqlalchemy.orm import Session

from layers_core.artefacts.models import Artefact, Audience, AudienceMember
from layers_core.contract import Actor, AudienceType, AudienceView
from layers_core.db.base import new_id, now
from layers_core.db.filters import filter_only
from layers_core.i18n import gettext as _
from layers_core.practices.models import ClusterPractice, Membership, Person, Practice

NETWORK_KEY = "network"
WIDTH: dict[str, int] = {"person": 0, "group": 1, "practice": 2, "cluster": 3, "network": 4}
GROUP_LIMIT = 20


class AudienceRefused(Exception):
    """The audience asked for is not one that this actor may choose."""


def ids_for(
    person_id: UUID | BindParameter[Any] | ScalarSelect[UUID],
    practice_id: UUID | ScalarSelect[UUID],
    today: date | BindParameter[Any],
) -> Select[UUID]:
    """The keys of every audience that a member belongs to while working in a practice."""
    clusters = select(ClusterPractice.cluster_id).where(in_cluster(practice_id, today))
    network = select(Audience.id).where(Audience.key == NETWORK_KEY)
    rest = (
        select(Audience.id).where(Audience.person_id == person_id, Audience.type == "person"),
        select(AudienceMember.audience_id).where(AudienceMember.person_id == person_id, still_member(today)),
        select(Audience.id).where(Audience.practice_id == practice_id, Audience.type == "practice"),
        select(Audience.id).where(Audience.cluster_id.in_(clusters)),
    )
    return select(network.union_all(*rest).subquery().c[0])


def in_cluster(practice_id: UUID | ScalarSelect[UUID], today: date | BindParameter[Any]) -> ColumnElement[bool]:
    """The condition that a practice belongs to the cluster of a ClusterPractice row on a day."""
    return (
        (ClusterPractice.practice_id == practice_id)
        & (ClusterPractice.since <= today)
        & or_(ClusterPractice.until.is_(None), ClusterPractice.until > today)
    )


def still_member(today: date | BindParameter[Any]) -> ColumnElement[bool]:
    """The condition that somebody belongs to the group of an AudienceMember row on a day."""
    return or_(AudienceMember.until.is_(None), AudienceMember.until > today)


def visible(actor: Actor) -> ColumnElement[bool]:
    """The condition that an artefact is live and this actor may see it.

    It never finds artefacts by their audience, which may hold most of them: what is added to it does. Without the hint,
    SQLite read 250,000 rows of an audience to find the 21 of a page of search.
    """
    return filter_only(Artefact.audience_id).in_(actor.audience_ids) & (Artefact.state == "live")


def visible_when_asked() -> ColumnElement[bool]:
    """`visible` for a statement that is made once: its parameter `audiences` are the actor's `audience_ids`."""
    audiences = bindparam("audiences", type_=Uuid(), expanding=True)
    return filter_only(Artefact.audience_id).in_(audiences) & (Artefact.state == "live")


def ensure(session: Session, type_: AudienceType, reference: UUID | None = None) -> Audience:
    """The audience of a person, practice, cluster or the network; made on first use."""
    key = f"{type_}:{reference}" if reference else NETWORK_KEY
    found = session.scalar(select(Audience).where(Audience.key == key))
    if found is None:
        found = Audience(type=type_, key=key)
        if reference is not None:
            setattr(found, f"{type_}_id", reference)
        session.add(found)
        session.flush()
    return found


def ensure_group(session: Session, people: Iterable[UUID]) -> Audience:
    """The unnamed group of exactly these people; the same people give the same group."""
    members = sorted(set(people), key=str)
    key = "group:" + _people_key(members)
    found = session.scalar(select(Audience).where(Audience.key == key))
    if found is None:
        found = Audience(type="group", key=key)
        session.add(found)
        session.flush()
        session.add_all(AudienceMember(audience_id=found.id, person_id=member) for member in members)
        session.flush()
    return found


def open_group(session: Session, actor: Actor, guests: Mapping[UUID, date]) -> Audience:
    """A group of its own: the actor, and guests up to the day before the one named for each.

    Unlike `ensure_group` it is never shared with another thing that the same people happen to see. Raises
    AudienceRefused for nobody, or for more guests than a group may hold.
    """
    if actor.person_id is None or not guests or len(guests) > GROUP_LIMIT:
        raise AudienceRefused("guests")
    found = Audience(type="group", key=f"group:{new_id().hex}")
    session.add(found)
    session.flush()
    session.add(AudienceMember(audience_id=found.id, person_id=actor.person_id))
    session.add_all(AudienceMember(audience_id=found.id, person_id=key, until=until) for key, until in guests.items())
    session.flush()
    return found


def leave_group(session: Session, audience_id: UUID, person_id: UUID) -> None:
    """Let somebody see nothing of a group any more, from now on."""
    session.execute(
        delete(AudienceMember).where(AudienceMember.audience_id == audience_id, AudienceMember.person_id == person_id)
    )


def _people_key(members: Iterable[UUID]) -> str:
    """A short stable name for a set of people."""
    return hashlib.sha256(",".join(str(member) for member in members).encode()).hexdigest()[:40]


def resolve(session: Session, actor: Actor, choice: str, opened: frozenset[str]) -> Audience | AudienceView:
    """The audience that a writer chose: the actor's own view of it, or the row of one that they don't know yet.

    `choice` is "me", "practice", "cluster:<id>", "network", "people:<id>,<id>", or "group:<id>" for a group that the
    actor belongs to, which a form cannot choose; `opened` holds the types beyond the practice that the mix allows.
    Raises AudienceRefused where the actor doesn't belong to it or the mix doesn't open it.
    """
    word, _colon, rest = choice.partition(":")
    if word == "people" and actor.person_id:
        return _people(session, actor, rest)
    if word == "group":
        return _own_group(session, actor, rest)
    mine = word == "me" and actor.person_id is not None
    key = f"person:{actor.person_id}" if mine else _reachable_key(actor, choice, opened)
    if key is None:
        raise AudienceRefused(choice)
    known = next((view for view in actor.audiences if view.key == key), None)
    if known is not None:
        return known
    if mine:
        return ensure(session, "person", actor.person_id)
    found = session.scalar(select(Audience).where(Audience.key == key))
    if found is None:
        raise AudienceRefused(choice)
    return found


def may_choose(session: Session, actor: Actor, choice: str, opened: frozenset[str]) -> bool:
    """Whether `resolve` would accept a choice; asked before a transaction is opened, and writes nothing."""
    word, _colon, rest = choice.partition(":")
    if word == "people":
        return actor.person_id is not None and _colleagues(session, actor, rest) is not None
    if word == "me":
        return actor.person_id is not None
    return _reachable_key(actor, choice, opened) is not None


def choice_of(view: AudienceView) -> str:
    """How a form names an audience: the word that `resolve` takes, for those that aren't groups."""
    return {"person": "me", "practice": "practice", "group": "me"}.get(view.type, view.key)


def _reachable_key(actor: Actor, choice: str, opened: frozenset[str]) -> str | None:
    word = choice.partition(":")[0]
    if word == "practice":
        return f"practice:{actor.practice.id}"
    if word in {"cluster", "network"} and word in opened and choice in {known.key for known in actor.audiences}:
        return choice
    return None


def _people(session: Session, actor: Actor, rest: str) -> Audience:
    wanted = _colleagues(session, actor, rest)
    if wanted is None or actor.person_id is None:
        raise AudienceRefused(rest)
    return ensure_group(session, {actor.person_id, *wanted})


def _own_group(session: Session, actor: Actor, rest: str) -> Audience:
    found = session.scalar(
        select(Audience)
        .join(AudienceMember, AudienceMember.audience_id == Audience.id)
        .where(
            Audience.id == UUID(rest),
            AudienceMember.person_id == actor.person_id,
            still_member(now().date()),
        )
    )
    if found is None:
        raise AudienceRefused(rest)
    return found


def _colleagues(session: Session, actor: Actor, rest: str) -> set[UUID] | None:
    """The people named, where each is a present colleague and they are no more than a group may hold."""
    try:
        wanted = {UUID(part) for part in rest.split(",") if part}
    except ValueError:
        return None
    if not wanted or len(wanted) > GROUP_LIMIT:
        return None
    present = session.scalars(
        select(Membership.person_id).where(
            Membership.practice_id == actor.practice.id,
            Membership.left_at.is_(None),
            Membership.person_id.in_(wanted),
        )
    )
    return wanted if set(present) == wanted else None


def colleagues(session: Session, actor: Actor, chosen: AudienceView) -> dict[UUID, str]:
    """The names of those present colleagues who may see what has this audience, by key; the actor is one of them."""
    query = (
        select(Membership.person_id, Person.name)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.practice_id == actor.practice.id, Membership.left_at.is_(None))
        .order_by(Person.name)
    )
    if chosen.type == "person":
        query = query.where(Membership.person_id == actor.person_id)
    elif chosen.type == "group":
        members = select(AudienceMember.person_id).where(
            AudienceMember.audience_id == chosen.id, still_member(now().date())
        )
        query = query.where(Membership.person_id.in_(members))
    return {row.person_id: row.name for row in session.execute(query)}


def sizes(session: Session, actor: Actor) -> dict[str, int]:
    """How many people each of the actor's audiences holds, by its key: one query."""
    today = now().date()
    active = select(Membership.practice_id, Membership.person_id).where(Membership.left_at.is_(None)).subquery()
    by_cluster = (
        select(Audience.key, func.count(func.distinct(active.c.person_id)))
        .join(ClusterPractice, ClusterPractice.cluster_id == Audience.cluster_id)
        .join(active, active.c.practice_id == ClusterPractice.practice_id)
        .where(
            Audience.id.in_(actor.audience_ids),
            ClusterPractice.since <= today,
            or_(ClusterPractice.until.is_(None), ClusterPractice.until > today),
        )
        .group_by(Audience.key)
    )
    by_practice = (
        select(Audience.key, func.count())
        .join(active, active.c.practice_id == Audience.practice_id)
        .where(Audience.practice_id == actor.practice.id)
        .group_by(Audience.key)
    )
    network = (
        select(Audience.key, func.count(func.distinct(active.c.person_id)))
        .join(active, Audience.key == NETWORK_KEY)
        .join(Practice, Practice.id == active.c.practice_id)
        .group_by(Audience.key)
    )
    rows = session.execute(by_cluster.union_all(by_practice, network))
    return {key: int(count) for key, count in rows}


AUDIENCE_NAMES: dict[AudienceType, Callable[[str, str], str]] = {
    "person": lambda practice, cluster: _("Only you"),
    "group": lambda practice, cluster: _("The people you named"),
    "practice": lambda practice, cluster: practice,
    "cluster": lambda practice, cluster: cluster,
    "network": lambda practice, cluster: _("Every practice in the network"),
}


def view(audience_id: UUID, type_: str, key: str, practice: str, cluster: str | None) -> AudienceView:
    """An audience with the name that people know it by."""
    known = cast("AudienceType", type_)
    return AudienceView(audience_id, known, key, AUDIENCE_NAMES[known](practice, cluster or ""))


def is_wider(chosen: Audience | AudienceView) -> bool:
    """Whether an audience reaches beyond one practice."""
    return WIDTH[chosen.type] > WIDTH["practice"]
