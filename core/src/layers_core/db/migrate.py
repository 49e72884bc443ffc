"""Bringing the tables of every distribution up to date, and saying what is not. Alembic, driven from here alone."""

from __future__ import annotations

import logging
import re
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any, Literal

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from sqlalchemy import Connection, Engine, inspect, select, table, text

from layers_core.db.backup import backup_before_migration
from layers_core.db.compare import differences, upgrade_code
from layers_core.db.engine import TRANSACTION
from layers_core.db.errors import MigrationError
from layers_core.db.rooms import MigrationRoom, in_order, pending

log = logging.getLogger(__name__)

# Any number does, as long as every process of every release takes the same one ("layers" in ASCII).
_ADVISORY_LOCK = int.from_bytes(b"layers")
_LOCK_SECONDS = 600.0
# Alembic's `op` is one for the whole process: two threads, even on two databases, would run each other's steps.
_ONE_IN_PROCESS = threading.Lock()
_VERSION_TABLE = re.compile(r"alembic_version_(?P<slug>.+)")


@dataclass(frozen=True, slots=True)
class MigrationFault:
    """A plugin whose tables could not be brought up to date; the rest of the instance is."""

    slug: str
    reason: str


@dataclass(frozen=True, slots=True)
class MigrationProblem:
    """One thing that is wrong with the tables of one distribution.

    `pending`: revisions wait to be run; `unknown`: the database or the files name revisions that do not fit; `differs`:
    a table is not what its model says; `broken`: the files or the models cannot be read.
    """

    slug: str
    kind: Literal["pending", "unknown", "differs", "broken"]
    detail: str

    def __str__(self) -> str:
        return f"{self.slug}: {self.detail}"


def upgrade(engine: Engine, rooms: Sequence[MigrationRoom]) -> list[MigrationFault]:
    """Run every pending migration: core, then web shell, then plugins by slug, each in a transaction of its own.

    One process at a time. An SQLite database with data in it is copied beside itself first. Returns the plugins that
    failed; such a plugin keeps the revisions that it had finished. Raises MigrationError where the core or the web
    shell cannot be brought up to date.
    """
    faults: list[MigrationFault] = []
    with _ONE_IN_PROCESS, _alone(engine), _connect(engine) as connection:
        waiting: list[tuple[MigrationRoom, list[str]]] = []
        for room in in_order(rooms):
            with _reporting(room, faults, connection):
                waiting.append((room, pending(connection, room)))
            connection.rollback()
        waiting = [(room, steps) for room, steps in waiting if steps]
        if waiting and engine.dialect.name == "sqlite" and _has_data(connection):
            copy = backup_before_migration(Path(str(engine.url.database)).absolute())
            log.info("Copied the database to %s before migrating", copy)
        for room, steps in waiting:
            with _reporting(room, faults, connection):
                _run(connection, room)
                log.info("Migrated %s: %s", room.slug, ", ".join(steps))
    return faults


def check(engine: Engine, rooms: Sequence[MigrationRoom]) -> list[MigrationProblem]:
    """Everything that keeps tables, migrations and models from agreeing; empty where all is well. Changes nothing.

    The distributions' models have to be imported before (`layers_core.host.loader.load_host` does).
    """
    problems: list[MigrationProblem] = []
    with engine.connect() as connection:
        for room in in_order(rooms):
            problems += _check_room(connection, room)
            connection.rollback()
    return problems


def orphans(engine: Engine, rooms: Sequence[MigrationRoom]) -> list[str]:
    """The tables, version tables included, that belong to no installed distribution, by name."""
    slugs = {room.slug for room in rooms}
    prefixes = tuple(room.prefix for room in rooms)

    def owned(name: str) -> bool:
        version = _VERSION_TABLE.fullmatch(name)
        return version["slug"] in slugs if version else name.startswith(prefixes)

    return sorted(name for name in inspect(engine).get_table_names() if not owned(name))


def revision(engine: Engine, room: MigrationRoom, message: str) -> Path:
    """Write the next migration of a room from what its models changed, for a developer to read and to finish.

    Returns the new file; its `upgrade` does nothing where nothing changed. Raises MigrationError unless the database
    is up to date for the room.
    """
    with engine.connect() as connection:
        waiting = pending(connection, room)
        if waiting:
            raise MigrationError(room.slug, f"Run its pending migrations first: {', '.join(waiting)}.")
        code = upgrade_code(connection, room)
    script = room.scripts()
    number = f"{len(list(script.walk_revisions())) + 1:04d}"
    words = re.sub(r"[^a-z0-9]+", "_", message.casefold()).strip("_")[:40]
    path = room.folder / f"{number}_{words}.py"
    path.write_text(
        _REVISION.substitute(
            message=message,
            dialects="from sqlalchemy.dialects import postgresql\n" if "postgresql." in code else "",
            sqlalchemy="import sqlalchemy as sa\n" if "sa." in code else "",
            operations="from alembic import op\n" if code else "",
            revision=number,
            down=repr(script.get_current_head()),
            body=code or "    pass",
        ),
        encoding="utf-8",
    )
    return path


def _check_room(connection: Connection, room: MigrationRoom) -> list[MigrationProblem]:
    try:
        waiting = pending(connection, room)
    except MigrationError as fault:
        return [MigrationProblem(room.slug, "unknown", fault.reason)]
    except (Exception, SystemExit) as fault:
        return [MigrationProblem(room.slug, "broken", _in_short(fault))]
    if waiting:
        # Until these have run, every difference between tables and models is to be expected.
        return [MigrationProblem(room.slug, "pending", f"Not run yet: {', '.join(waiting)}.")]
    if not any(name.startswith(room.prefix) for name in room.metadata.tables):
        # Without this, a plugin that was not imported would seem to want all its tables dropped.
        tables = [name for name in inspect(connection).get_table_names() if name.startswith(room.prefix)]
        words = "Its models are not loaded, so its tables cannot be compared with them."
        return [MigrationProblem(room.slug, "broken", words)] if tables else []
    return [MigrationProblem(room.slug, "differs", words) for words in differences(connection, room)]


def _run(connection: Connection, room: MigrationRoom) -> None:
    """Run a room's pending migrations, each in its own transaction."""
    script = room.scripts()

    def steps(done: Any, _context: Any) -> Any:
        return script._upgrade_revs("head", done)

    def after_step(*_facts: Any, **_more: Any) -> None:
        _check_foreign_keys(connection, room)

    with EnvironmentContext(Config(), script, fn=steps) as environment:
        environment.configure(
            connection=connection,
            target_metadata=room.metadata,
            version_table=room.version_table,
            transactional_ddl=True,
            transaction_per_migration=True,
            render_as_batch=True,
            on_version_apply=after_step,
        )
        with environment.begin_transaction():
            environment.run_migrations()
    connection.commit()


@contextmanager
def _reporting(room: MigrationRoom, faults: list[MigrationFault], connection: Connection) -> Iterator[None]:
    """Turn whatever a plugin's migrations raise into a fault; let it stop the start for the core and the web shell."""
    try:
        yield
    except (Exception, SystemExit) as fault:
        connection.rollback()
        reason = fault.reason if isinstance(fault, MigrationError) else _in_short(fault)
        if not room.is_plugin:
            raise MigrationError(room.slug, reason) from fault
        log.error("The migrations of %s failed", room.slug, exc_info=True)
        faults.append(MigrationFault(room.slug, reason))


@contextmanager
def _alone(engine: Engine) -> Iterator[None]:
    """Hold the right to migrate this database; a second process waits. A process that dies gives it back."""
    if engine.dialect.name == "sqlite":
        # A file of its own: the database itself has to stay readable, and its lock is let go between migrations.
        with closing(sqlite3.connect(f"{engine.url.database}.migrating", timeout=_LOCK_SECONDS)) as holder:
            holder.isolation_level = None
            holder.execute("BEGIN EXCLUSIVE")
            yield
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as holder:
        holder.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _ADVISORY_LOCK})
        try:
            yield
        finally:
            holder.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _ADVISORY_LOCK})


@contextmanager
def _connect(engine: Engine) -> Iterator[Connection]:
    """A connection whose transactions write from their start, with SQLite's foreign keys held back.

    SQLite changes most things about a table by making it anew and dropping the old one, and a drop with foreign keys in
    force deletes the rows that refer to it. They are checked after each migration instead.
    """
    with engine.connect().execution_options(**{TRANSACTION: "write"}) as connection:
        driver: Any = connection.connection.dbapi_connection
        sqlite = engine.dialect.name == "sqlite"
        if sqlite:
            driver.execute("PRAGMA foreign_keys = OFF")
        try:
            yield connection
        finally:
            connection.rollback()
            if sqlite:
                driver.execute("PRAGMA foreign_keys = ON")


def _check_foreign_keys(connection: Connection, room: MigrationRoom) -> None:
    if connection.dialect.name != "sqlite":
        return
    # Anybody may refer to the core's tables; to a plugin's only the plugin itself.
    broken = {
        row.table
        for row in connection.execute(text("PRAGMA foreign_key_check"))
        if not room.is_plugin or row.table.startswith(room.prefix)
    }
    if broken:
        raise MigrationError(room.slug, f"It leaves rows that refer to nothing in {', '.join(sorted(broken))}.")


def _has_data(connection: Connection) -> bool:
    names = [name for name in inspect(connection).get_table_names() if not _VERSION_TABLE.fullmatch(name)]
    found = any(connection.execute(select(1).select_from(table(name)).limit(1)).first() for name in names)
    connection.rollback()
    return found


def _in_short(fault: BaseException) -> str:
    first = str(fault).strip().splitlines()
    return f"{type(fault).__name__}: {first[0]}" if first else type(fault).__name__


_REVISION = Template('''"""$message"""

from __future__ import annotations

${sqlalchemy}${operations}${dialects}
revision: str = "$revision"
down_revision: str | None = $down


def upgrade() -> None:
    """Bring the tables from the revision before to this one."""
$body
''')
