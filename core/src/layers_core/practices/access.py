"""Turning a person and a practice into an actor: one query for person, membership, practice, mix and audiences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, Date, ScalarSelect, Select, Uuid, bindparam, select
from sqlalchemy.orm import Session

from layers_core.artefacts import audience
from layers_core.artefacts.models import Audience
from layers_core.contract import Actor, MixView, PluginChoice, PracticeView
from layers_core.db.base import now
from layers_core.host.loader import Host
from layers_core.practices.models import Cluster, Membership, Mix, Person, Practice

PRACTICE_COLUMNS = (
    Practice.id,
    Practice.code,
    Practice.slug,
    Practice.name,
    Practice.time_zone,
    Practice.languages,
    Practice.telephone,
    Practice.mix_version,
)


def choices_from(plugins: Mapping[str, Any]) -> dict[str, PluginChoice]:
    """The kept form of a mix as choices by slug."""
    return {
        slug: PluginChoice(
            state=choice.get("state", "off"),
            settings=choice.get("settings") or {},
            until=date.fromisoformat(choice["until"]) if choice.get("until") else None,
            question=choice.get("question", ""),
        )
        for slug, choice in plugins.items()
    }


def practice_view(row: Any, plugins: Mapping[str, Any] | None, host: Host) -> PracticeView:
    """A practice's row and the kept form of its mix as hooks and pages see them."""
    choices = choices_from(plugins or {})
    return PracticeView(
        id=row.id,
        code=row.code,
        slug=row.slug,
        name=row.name,
        time_zone=row.time_zone,
        languages=tuple(row.languages),
        telephone=row.telephone,
        mix=MixView(row.mix_version, choices, host.enabled(choices)),
    )


def find_practice(
    session: Session, host: Host, *, slug: str = "", practice_id: UUID | None = None
) -> PracticeView | None:
    """A practice by the first part of its address or by key, with its mix; None where there is none."""
    wanted = Practice.id == practice_id if practice_id else Practice.slug == slug
    row = session.execute(
        select(*PRACTICE_COLUMNS, Mix.plugins)
        .outerjoin(Mix, (Mix.practice_id == Practice.id) & (Mix.version == Practice.mix_version))
        .where(wanted)
    ).one_or_none()
    return practice_view(row, row.plugins, host) if row else None


def actor_query(person_id: BindParameter[Any] | ScalarSelect[UUID]) -> Select[Any]:
    """One row for each audience of a member, with everything about the member beside it: what `actor_from` takes.

    Its parameters are `slug`, the practice's, `today`, and whatever finds the person.
    """
    practice_id = select(Practice.id).where(Practice.slug == bindparam("slug")).scalar_subquery()
    mine = audience.ids_for(person_id, practice_id, bindparam("today", type_=Date()))
    return (
        select(
            *PRACTICE_COLUMNS,
            Mix.plugins,
            Membership.person_id,
            Person.name.label("person_name"),
            Membership.roles,
            Membership.profession,
            Audience.id.label("audience_id"),
            Audience.type.label("audience_type"),
            Audience.key.label("audience_key"),
            Cluster.name.label("cluster_name"),
        )
        .select_from(Membership)
        .join(Person, Person.id == Membership.person_id)
        .join(Practice, Practice.id == Membership.practice_id)
        .outerjoin(Mix, (Mix.practice_id == Practice.id) & (Mix.version == Practice.mix_version))
        .join(Audience, Audience.id.in_(mine))
        .outerjoin(Cluster, Cluster.id == Audience.cluster_id)
        .where(Practice.slug == bindparam("slug"), Membership.person_id == person_id, Membership.left_at.is_(None))
        .order_by(Audience.key)
    )


# Every page asks this; making the statement each time took longer than asking it, and the ORM as long again.
ACTOR = actor_query(bindparam("person_id", type_=Uuid()))


def find_actor(session: Session, host: Host, person_id: UUID, slug: str) -> Actor | None:
    """The actor that a person is in a practice; None where they are no present member of it."""
    asked = {"person_id": person_id, "slug": slug, "today": now().date()}
    rows = session.connection().execute(ACTOR, asked).all()
    return actor_from(rows, host) if rows else None


def actor_from(rows: Sequence[Any], host: Host) -> Actor:
    """The actor that the rows of an `actor_query` tell of; there is at least one."""
    first = rows[0]
    practice = practice_view(first, first.plugins, host)
    return Actor(
        person_id=first.person_id,
        name=first.person_name,
        practice=practice,
        roles=frozenset(first.roles),
        profession=first.profession,
        permissions=host.registry.permissions_for(frozenset(first.roles), practice.mix.enabled),
        audiences=tuple(
            audience.view(row.audience_id, row.audience_type, row.audience_key, practice.name, row.cluster_name)
            for row in rows
        ),
    )


def public_actor(practice: PracticeView, permissions: Iterable[str] = ()) -> Actor:
    """Somebody without an account, in a practice's public pages: no audience, only the permissions named."""
    return Actor(None, "", practice, frozenset(), "", frozenset(permissions), ())


@dataclass(frozen=True)
class MyPractice:
    """A practice that a person belongs to, for the list at /me."""

    slug: str
    name: str
    profession: str
    roles: tuple[str, ...]


def practices_of(session: Session, person_id: UUID) -> list[MyPractice]:
    """The practices that a person belongs to now, by name."""
    rows = session.execute(
        select(Practice.slug, Practice.name, Membership.profession, Membership.roles)
        .join(Membership, Membership.practice_id == Practice.id)
        .where(Membership.person_id == person_id, Membership.left_at.is_(None))
        .order_by(Practice.name)
    )
    return [MyPractice(row.slug, row.name, row.profession, tuple(row.roles)) for row in rows]
