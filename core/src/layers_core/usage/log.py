"""Writing usage events: into the transaction of what they record, or once a day after a page was read."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from layers_core.contract import Actor
from layers_core.db.base import new_id, now
from layers_core.usage.events import UsageEvent
from layers_core.usage.models import ActorKey, UsageEventRow

if TYPE_CHECKING:
    from layers_core.db.session import Database
    from layers_core.host.loader import Host


def _insert(session: Session, model: type[ActorKey | UsageEventRow]) -> sqlite.Insert:
    """An insert that can leave a row out where it exists; both dialects spell it alike."""
    make = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return cast("sqlite.Insert", make(model))


def actor_key(session: Session, person_id: UUID) -> UUID:
    """The random key that stands for a person in the log; made on first use."""
    found = session.scalar(select(ActorKey.actor_key).where(ActorKey.person_id == person_id))
    if found is None:
        session.execute(
            _insert(session, ActorKey).values(person_id=person_id, actor_key=new_id()).on_conflict_do_nothing()
        )
        found = session.scalar(select(ActorKey.actor_key).where(ActorKey.person_id == person_id))
        assert found is not None
    return found


def write(
    session: Session, host: Host, actor: Actor, event: UsageEvent, artefact_id: UUID | None, moment: datetime
) -> None:
    """Add one event to the session's transaction; nothing where it counts once a day and is there already.

    Raises LookupError for an event type that no plugin declared.
    """
    if event.name not in host.registry.event_types:
        raise LookupError(f"No plugin declares the event {event.name}")
    key = actor_key(session, actor.person_id) if actor.person_id else None
    once = f"{event.name}:{key}:{artefact_id}:{moment:%Y%m%d}" if event.once_a_day else None
    session.execute(
        _insert(session, UsageEventRow)
        .values(
            id=new_id(),
            name=event.name,
            version=event.version,
            tier=event.tier,
            actor_key=key,
            role=actor.profession,
            practice_id=actor.practice.id,
            artefact_id=artefact_id,
            plugin=event.name.partition(".")[0],
            mix_version=actor.practice.mix.version,
            occurred_at=moment,
            props=event.props(),
            once_key=once,
        )
        .on_conflict_do_nothing(index_elements=["once_key"])
    )


def write_aware(database: Database, host: Host, actor: Actor, event: UsageEvent, artefact_id: UUID) -> None:
    """Write an event of reading in a transaction of its own, after the response; nobody without an account counts."""
    if actor.person_id is not None:
        with database.write() as session:
            write(session, host, actor, event, artefact_id, now())
