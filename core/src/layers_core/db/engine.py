"""The one engine of an instance and its listeners: how transactions begin and what a connection is set to.

An engine made here understands the execution option `layers_transaction`, given by `layers_core.db.session`:

* `read`: the database itself refuses every write (SQLite `query_only`, PostgreSQL `READ ONLY`);
* `write`: SQLite opens with `BEGIN IMMEDIATE`, so that a writer waits its turn at the start instead of failing with
  "database is locked" in the middle;
* `unit`: as `write`, and only the unit of work may commit.
"""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from layers_core.db.errors import CommitRefused, DatabaseUrlError

TRANSACTION = "layers_transaction"
MAY_COMMIT = "layers_may_commit"
BUSY_TIMEOUT_MS = 30_000
_QUERY_ONLY = "layers_query_only"
# An idle connection is often cut by a firewall; half an hour is below the usual limit.
_RECYCLE_SECONDS = 1_800
_WAIT_FOR_DISK = ("fsync", "synchronous_commit", "full_page_writes")


def create_engine(url: str, *, pool_size: int = 8, max_overflow: int = 8) -> Engine:
    """Make the engine for a database address: `sqlite:///file` or `postgresql://…` (`postgres://` is the same).

    The folder of an SQLite file is made. `pool_size` is how many connections stay open; threads beyond that open up to
    `max_overflow` more. Raises DatabaseUrlError for any other kind and for a database in memory, where each connection
    would meet an empty database of its own.
    """
    address = parse_url(url)
    pool: dict[str, Any] = {
        "pool_size": pool_size, "max_overflow": max_overflow, "pool_timeout": 30, "pool_use_lifo": True,
    }  # fmt: skip
    if address.get_backend_name() == "sqlite":
        Path(str(address.database)).absolute().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        engine = sqlalchemy.create_engine(address, **pool)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        engine = sqlalchemy.create_engine(
            address, pool_recycle=_RECYCLE_SECONDS, connect_args=_postgresql_arguments(address), **pool
        )
    event.listen(engine, "commit", _guard_commit)
    return engine


def parse_url(url: str) -> URL:
    """Read a database address and choose its driver. Raises DatabaseUrlError where an instance could not run on it."""
    try:
        address = make_url(url)
    except ArgumentError as fault:
        raise DatabaseUrlError("The database address (LAYERS_DATABASE_URL) cannot be read.") from fault
    if address.drivername in {"postgres", "postgresql", "postgresql+psycopg"}:
        return address.set(drivername="postgresql+psycopg")
    if address.drivername not in {"sqlite", "sqlite+pysqlite"}:
        raise DatabaseUrlError(f"{address.drivername} is not supported: use sqlite:///… or postgresql://…")
    memory = not address.database or address.database == ":memory:" or address.database.startswith("file:")
    if memory or address.query:
        raise DatabaseUrlError("Give SQLite a plain file, such as sqlite:////srv/layers/layers.db, without options.")
    return address


def _postgresql_arguments(address: URL) -> dict[str, Any]:
    """Defaults for psycopg that an address may override by naming them itself."""
    defaults = {"options": "-c timezone=UTC", "connect_timeout": 10, "application_name": "layers"}
    return {name: value for name, value in defaults.items() if name not in address.query}


def _prepare_sqlite(connection: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
    # The driver must not open transactions by itself, before a write and with a plain BEGIN: `_begin_sqlite` opens all.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    _switch_to_wal(connection)
    # NORMAL may lose rows that were already acknowledged when the power goes.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """Choose write-ahead logging, once in the life of a file.

    Two processes that meet at a new file can block each other here, and SQLite then answers "locked" at once without
    waiting for its busy timeout; hence the waiting is done here.
    """
    deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as fault:
            busy = (fault.sqlite_errorcode & 0xFF) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
            if not busy or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _begin_sqlite(connection: Connection) -> None:
    kind = connection.get_execution_options().get(TRANSACTION)
    query_only = kind == "read"
    # A connection goes round between readers and writers; most often it already stands as it is wanted.
    if connection.info.get(_QUERY_ONLY, False) is not query_only:
        connection.exec_driver_sql(f"PRAGMA query_only = {int(query_only)}")
        connection.info[_QUERY_ONLY] = query_only
    connection.exec_driver_sql("BEGIN IMMEDIATE" if kind in {"write", "unit"} else "BEGIN")


def _guard_commit(connection: Connection) -> None:
    if connection.get_execution_options().get(TRANSACTION) == "unit" and not connection.info.get(MAY_COMMIT):
        # SQLAlchemy takes the transaction for ended from here on and would hand it, still open, to the next user.
        connection.connection.rollback()
        raise CommitRefused("Only the unit of work may commit: leave its transaction open and return.")


def may_lose(connection: Connection) -> list[str]:
    """What is set so that a power cut could lose what was saved: names of PostgreSQL's settings that are off.

    SQLite has none: each of its connections waits for the disk (`PRAGMA synchronous = FULL`).
    """
    if connection.dialect.name != "postgresql":
        return []
    return [name for name in _WAIT_FOR_DISK if connection.exec_driver_sql(f"SHOW {name}").scalar() == "off"]
