"""Erasing a person: what was theirs alone goes, what they shared stays without them, and nothing names them any more.

The usage log keeps its events: the one row that ties a person to their key is deleted, and with it the way back.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    ColumnElement,
    ForeignKey,
    String,
    Table,
    Text,
    and_,
    cast,
    delete,
    inspect,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from layers_core.artefacts import kinds, search
from layers_core.artefacts.attachments import custody, keeping
from layers_core.artefacts.models import Artefact, Audience, AudienceMember, WriteKey
from layers_core.artefacts.unit import Unit
from layers_core.contract import MixView, PracticeView
from layers_core.db import migrate
from layers_core.db.base import Base
from layers_core.db.rooms import FOUNDATION
from layers_core.db.session import Database
from layers_core.host.loader import Host, migration_rooms
from layers_core.i18n import gettext as _
from layers_core.practices.access import find_practice, public_actor
from layers_core.practices.models import Membership, Person
from layers_core.privacy.vocabulary import words as titles_of

REMOVED = "[…]"
"""What stands in a text where the person's name or address stood."""
STAYS = frozenset({"core_audience", "core_membership", "core_action", "core_comment", "core_proposal"})
"""Tables whose rows others still need; the person whom they name is nobody by then."""
NAMES_OF_OTHERS = frozenset({"core_person", "core_practice", "core_cluster"})
"""Tables that hold names in their own right; another person may have the same one."""


class ErasurePending(RuntimeError):
    """Not everything about the person can be reached now, so nothing was erased; the message says what is missing."""


@dataclass(frozen=True)
class Erased:
    """What erasing a person did: things deleted, and texts of others in which their name or address stood."""

    things: int
    texts: int


def erase_person(database: Database, host: Host, person_id: UUID) -> Erased:
    """Erase a person in one transaction, all of it or nothing.

    Raises LookupError for nobody, ErasurePending where an uninstalled plugin left tables behind, and DoorFault where an
    installed one cannot be asked or fails.
    """
    left_behind = migrate.orphans(database.engine, migration_rooms())
    if left_behind:
        raise ErasurePending(
            f"Tables of a plugin that is not installed may hold something about this person: {', '.join(left_behind)}. "
            "Install it again, or drop them."
        )
    with database.write() as session:
        person = session.get(Person, person_id)
        if person is None:
            raise LookupError(f"No person {person_id}")
        needles = _needles(person.name, person.email)
        unit = Unit(session, public_actor(_practice(session, host, person_id)), host)
        contents = custody.contents_of(session, person_id)
        custody.erase_sound(session, person_id)
        host.doors.custody("layers_erase_person", person_id=person_id, unit=unit)
        things = _delete_own_things(session, person_id)
        _forget_keys(session, person_id)
        session.execute(delete(WriteKey).where(WriteKey.writer == str(person_id)))
        _leave(session, unit, person)
        texts = _remove_mentions(session, host, needles)
    # A file that others have too stays; what a crash before this line leaves goes with `layers files sweep`.
    keeping.drop_unwanted(database, host.files, contents)
    if database.dialect == "sqlite":
        _wipe(str(database.engine.url.database))
    return Erased(things, texts)


def _practice(session: Session, host: Host, person_id: UUID) -> PracticeView:
    """A practice for the unit that plugins are given: one that the person belonged to, else a stand-in."""
    found = session.scalar(select(Membership.practice_id).where(Membership.person_id == person_id).limit(1))
    practice = find_practice(session, host, practice_id=found) if found else None
    return practice or PracticeView(UUID(int=0), "", "", "", "Europe/London", (), "", MixView(0, {}, frozenset()))


def _delete_own_things(session: Session, person_id: UUID) -> int:
    """Delete what nobody else can see for good: private things, those lent to guests for a time, and withdrawn ones."""
    table = Base.metadata.tables["core_artefact"]
    own = select(Audience.id).where(Audience.person_id == person_id)
    others = select(AudienceMember.audience_id).where(
        AudienceMember.person_id != person_id, AudienceMember.until.is_(None)
    )
    lent = select(AudienceMember.audience_id).where(
        AudienceMember.person_id == person_id, AudienceMember.audience_id.not_in(others)
    )
    theirs = and_(table.c.author_id == person_id, or_(table.c.state != "live", table.c.audience_id.in_(lent)))
    doomed = or_(table.c.audience_id.in_(own), theirs)
    numbers = session.scalars(select(table.c.number).where(doomed)).all()
    for number in numbers:
        search.remove(session, number)
    _delete(session, table, doomed)
    return len(numbers)


def _delete(session: Session, table: Table, doomed: ColumnElement[bool]) -> None:
    """Delete rows with whatever refers to them; a reference that may be empty is emptied."""
    for key in _keys_to(table):
        points = key.parent.in_(select(key.column).where(doomed))
        if key.parent.nullable:
            session.execute(update(key.parent.table).where(points).values({key.parent.name: None}))
        else:
            _delete(session, key.parent.table, points)
    session.execute(delete(table).where(doomed))


def _keys_to(table: Table) -> Iterator[ForeignKey]:
    """The foreign keys of other tables to one."""
    for other in Base.metadata.sorted_tables:
        if other is not table:
            yield from (key for key in sorted(other.foreign_keys, key=str) if key.column.table is table)


def _forget_keys(session: Session, person_id: UUID) -> None:
    """Take the person's key out of the tables of the core and the web shell; plugins have seen to theirs."""
    prefixes = tuple(f"{slug}_" for slug in FOUNDATION)
    for key in _keys_to(Base.metadata.tables["core_person"]):
        table = key.parent.table
        if not table.name.startswith(prefixes) or table.name in STAYS:
            continue
        theirs = key.parent == person_id
        if key.parent.nullable:
            session.execute(update(table).where(theirs).values({key.parent.name: None}))
        else:
            _delete(session, table, theirs)


def _leave(session: Session, unit: Unit, person: Person) -> None:
    """End every membership and make the person nobody."""
    memberships = update(Membership).where(Membership.person_id == person.id)
    session.execute(memberships.where(Membership.left_at.is_(None)).values(left_at=unit.moment))
    session.execute(memberships.values(roles=["member"]))
    person.name = _("Somebody who has left")
    person.email = f"{person.id}@erased.invalid"
    person.is_operator = False
    session.flush()


def _needles(name: str, email: str) -> list[str]:
    """What to look for in texts: the address, and the name with and without its title.

    A name of one word is left alone, because it would take too many other words with it.
    """
    words = name.split()
    titles = {title.casefold() for title in titles_of("titles", "cased") | titles_of("titles", "uncased")}
    bare = words[1:] if words and words[0].rstrip(".").casefold() in titles else words
    found = [email, *(" ".join(part) for part in (words, bare) if len(bare) > 1)]
    # The longest first: a name with its title is replaced whole.
    return sorted({needle for needle in found if needle}, key=len, reverse=True)


def _remove_mentions(session: Session, host: Host, needles: list[str]) -> int:
    """Take the name and the address out of every text that is kept, whoever wrote it; gives how many rows had one."""
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(needle)}(?!\w)" for needle in needles), re.IGNORECASE)
    there = set(inspect(session.connection()).get_table_names())
    count = 0
    for table in Base.metadata.sorted_tables:
        columns = [column for column in table.columns if isinstance(column.type, String | JSON)]
        if not columns or table.name in NAMES_OF_OTHERS or table.name not in there:
            continue
        keys = list(table.primary_key.columns)
        mentioned = or_(*(_mentions(column, needles) for column in columns))
        for row in session.execute(select(*keys, *columns).where(mentioned)).mappings().all():
            changed = {column.name: _without(row[column], pattern, column.type) for column in columns}
            changed = {column: value for column, value in changed.items() if value != row[table.c[column]]}
            if changed:
                session.execute(update(table).where(*(key == row[key] for key in keys)).values(changed))
                count += 1
                if table.name == Artefact.__tablename__:
                    _reindex(session, host, row[table.c.number])
    return count


def _mentions(column: Any, needles: Iterable[str]) -> ColumnElement[bool]:
    """The condition that a column's text holds one of the needles, however JSON spells it."""
    words = cast(column, Text) if isinstance(column.type, JSON) else column
    spellings = {spelt for needle in needles for spelt in (needle, json.dumps(needle)[1:-1])}
    return or_(*(words.icontains(spelt, autoescape=True) for spelt in sorted(spellings)))


def _without(value: Any, pattern: re.Pattern[str], kind: Any = None) -> Any:
    """A text, or whatever JSON holds, without what the pattern finds; no longer than its column."""
    if isinstance(value, str):
        return pattern.sub(REMOVED, value)[: getattr(kind, "length", None)]
    if isinstance(value, dict):
        return {_without(name, pattern): _without(item, pattern) for name, item in value.items()}
    if isinstance(value, list):
        return [_without(item, pattern) for item in value]
    return value


def _reindex(session: Session, host: Host, number: int) -> None:
    """Bring a changed thing's words in the search index up to date; one whose kind is missing leaves it."""
    artefact, chosen = session.execute(
        select(Artefact, Audience)
        .join(Audience, Audience.id == Artefact.audience_id)
        .where(Artefact.number == number)
        .execution_options(populate_existing=True)
    ).one()
    kind = host.registry.kinds.get(artefact.kind)
    if kind is None or artefact.state != "live":
        search.remove(session, number)
        return
    body = kinds.read_body(host, artefact.kind, artefact.body, artefact.body_version)
    search.index(session, artefact, chosen, kinds.words(kind, chosen, body))


def _wipe(path: str) -> None:
    """Overwrite what SQLite still keeps of deleted rows in its free pages, its search index and its log."""
    with closing(sqlite3.connect(path, timeout=30.0, isolation_level=None)) as connection:
        connection.execute("INSERT INTO core_search (core_search) VALUES ('optimize')")
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
