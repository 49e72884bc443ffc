"""Writing usage events: into the transaction of what they record, or once a day after a page was read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from layers_core.contract import Actor
from layers_core.db.base import new_id, now, put_once
from layers_core.usage.events import UsageEvent
from layers_core.usage.models import ActorKey, UsageEventRow

if TYPE_CHECKING:
    from layers_core.db.session import Database
    from layers_core.host.loader import Host

MOST_REMEMBERED = 50_000

_KEYS, _EVENTS = cast("Table", ActorKey.__table__), cast("Table", UsageEventRow.__table__)
_KEY_OF = select(_KEYS.c.actor_key).where(_KEYS.c.person_id == bindparam("person"))
# Both dialects spell an insert that leaves a row out where it exists alike. Made once: a save writes several events,
# and making the statement for each took twice as long as writing it.
_INSERT: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_ADD_EVENT = {
    name: insert(_EVENTS).on_conflict_do_nothing(index_elements=["once_key"]).inline()
    for name, insert in _INSERT.items()
}


def actor_key(session: Session, person_id: UUID) -> UUID:
    """The random key that stands for a person in the log; made on first use."""
    connection = session.connection()
    found = connection.scalar(_KEY_OF, {"person": person_id})
    if found is None:
        put_once(session, ActorKey, person_id=person_id, actor_key=new_id())
        found = connection.scalar(_KEY_OF, {"person": person_id})
        assert found is not None
    return cast("UUID", found)


def write(
    session: Session,
    host: Host,
    actor: Actor,
    key: UUID | None,
    event: UsageEvent,
    artefact_id: UUID | None,
    moment: datetime,
) -> None:
    """Add one event to the session's transaction; nothing where it counts once a day and is there already.

    `key` is the actor's `actor_key`, None for nobody. Raises LookupError for an event type that no plugin declared.
    """
    if event.name not in host.registry.event_types:
        raise LookupError(f"No plugin declares the event {event.name}")
    # What was added to the session comes first, as it would with a statement of the ORM's.
    session.flush()
    connection = session.connection()
    connection.execute(
        _ADD_EVENT[connection.dialect.name],
        {
            "id": new_id(),
            "name": event.name,
            "version": event.version,
            "tier": event.tier,
            "actor_key": key,
            "role": actor.profession,
            "practice_id": actor.practice.id,
            "artefact_id": artefact_id,
            "plugin": event.name.partition(".")[0],
            "mix_version": actor.practice.mix.version,
            "occurred_at": moment,
            "props": event.props(),
            "once_key": _once_key(event, key, artefact_id, moment),
        },
    )


def _once_key(event: UsageEvent, key: UUID | None, artefact_id: UUID | None, moment: datetime) -> str | None:
    return f"{event.name}:{key}:{artefact_id}:{moment:%Y%m%d}" if event.once_a_day else None


class Aware:
    """Writes events of reading, each in a transaction of its own after the response.

    It remembers which of them it wrote today, so that a thing that is opened again and again costs no transaction; the
    database alone decides, and another process may try once more.
    """

    def __init__(self, database: Database, host: Host) -> None:
        self._database, self._host = database, host
        self._day: date | None = None
        self._written: set[tuple[str, UUID, UUID]] = set()

    def write(self, actor: Actor, event: UsageEvent, artefact_id: UUID) -> None:
        """Write an event that counts once a person, thing and day; nobody without an account counts."""
        if actor.person_id is None:
            return
        moment = now()
        fact = (event.name, actor.person_id, artefact_id)
        if self._day != moment.date() or len(self._written) >= MOST_REMEMBERED:
            self._day, self._written = moment.date(), set()
        if fact in self._written:
            return
        with self._database.write() as session:
            key = actor_key(session, actor.person_id)
            write(session, self._host, actor, key, event, artefact_id, moment)
        self._written.add(fact)
