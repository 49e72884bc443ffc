"""The two ways to the database: a session that reads, and a unit that writes in one transaction."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session, sessionmaker

from layers_core.db.engine import BUSY_TIMEOUT_MS, MAY_COMMIT, TRANSACTION, create_engine
from layers_core.db.errors import CommitRefused, NestedUnit, ReadOnly, UnitError, WriterBusy


class ReadSession(Session):
    """A session for reading: a changed object raises ReadOnly, and the database itself refuses SQL that writes."""

    def flush(self, objects: Any = None) -> None:
        """Refuse what was changed; do nothing otherwise. Raises ReadOnly."""
        if self.new or self.dirty or self.deleted:
            raise ReadOnly("This session was opened for reading: use a unit of work to change something.")


class UnitSession(Session):
    """The session of a unit of work. Savepoints (`begin_nested`) are free to use; the end belongs to the unit alone."""

    def commit(self) -> NoReturn:
        """Always refused. Raises CommitRefused."""
        self._refuse("commit")

    def rollback(self) -> NoReturn:
        """Always refused: raise an error to roll back all, or use a savepoint for a part. Raises CommitRefused."""
        self._refuse("roll back")

    def close(self) -> NoReturn:
        """Always refused. Raises CommitRefused."""
        self._refuse("close")

    def reset(self) -> NoReturn:
        """Always refused. Raises CommitRefused."""
        self._refuse("reset")

    def _refuse(self, verb: str) -> NoReturn:
        raise CommitRefused(f"Code inside a unit of work may not {verb} its session: everything in it is saved as one.")

    def save_whole(self, connection: Connection) -> None:
        """Write what is pending and commit. Called once, by the unit. Raises UnitError where not all would be saved."""
        self.flush()
        _check_still_whole(connection)
        # Taken now: after the commit the connection is back in the pool, where the next unit finds this again.
        facts = connection.info
        facts[MAY_COMMIT] = True
        try:
            super().commit()
        finally:
            facts.pop(MAY_COMMIT, None)

    def discard(self) -> None:
        """Roll back what was not committed and give the connection back. Called once, by the unit."""
        super().close()


class Database:
    """One database of one process: its engine, its readers and its one writer at a time (SQLite).

    Safe to share between threads, and usable in a child that was forked outside a unit.
    """

    def __init__(self, engine: Engine) -> None:
        """Take an engine made by `layers_core.db.engine.create_engine`."""
        self.engine = engine
        self._readers = sessionmaker(
            engine.execution_options(**{TRANSACTION: "read"}, **_read_only_options(engine)),
            class_=ReadSession, autoflush=False, expire_on_commit=False,
        )  # fmt: skip
        self._writers = sessionmaker(
            engine.execution_options(**{TRANSACTION: "unit"}), class_=UnitSession, expire_on_commit=False
        )
        self._after_fork()
        _OPEN.add(self)

    @classmethod
    def at(cls, url: str) -> Database:
        """Open the database at an address. Raises DatabaseUrlError where it is of an unknown kind."""
        return cls(create_engine(url))

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.engine.dialect.name

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that only reads, from one moment's state of the database on SQLite.

        Ends with COMMIT, because psycopg forgets its prepared statements at every ROLLBACK. Raises ReadOnly where an
        object was changed; SQL that writes is refused by the database (sqlalchemy.exc.DBAPIError).
        """
        session = self._readers()
        try:
            yield session
            session.commit()
        finally:
            session.close()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A unit: one transaction, committed once when the block ends, rolled back whole when it raises.

        Raises NestedUnit inside another unit of the same thread, WriterBusy after 30 seconds of waiting for this
        process's other units on SQLite, UnitError where a swallowed database error means that not all would be saved.
        """
        if getattr(self._open, "unit", False):
            raise NestedUnit("A unit of work is open already: pass its session on instead of opening another.")
        with self._turn():
            self._open.unit = True
            session = self._writers()
            try:
                connection = session.connection()
                yield session
                session.save_whole(connection)
            finally:
                self._open.unit = False
                session.discard()

    def dispose(self) -> None:
        """Close every connection. The database can be used again afterwards."""
        self.engine.dispose()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Let one writer of this process at a time to SQLite: a queue is fair, while its busy timeout polls."""
        if self.dialect != "sqlite":
            yield
            return
        if not self._writer.acquire(timeout=BUSY_TIMEOUT_MS / 1000):
            raise WriterBusy("Another save kept the database for too long. Nothing was saved.")
        try:
            yield
        finally:
            self._writer.release()

    def _after_fork(self) -> None:
        # The parent's lock may be held by a thread that does not exist here.
        self._writer = threading.Lock()
        self._open = threading.local()


def _read_only_options(engine: Engine) -> dict[str, bool]:
    return {"postgresql_readonly": True} if engine.dialect.name == "postgresql" else {}


def _check_still_whole(connection: Connection) -> None:
    """Find a transaction that ended or broke unnoticed, which a COMMIT would hide. Raises UnitError."""
    driver: Any = connection.connection.dbapi_connection
    if connection.dialect.name == "sqlite":
        # SQLite itself rolls back on a full disk, and statements after that would stand alone.
        broken = not driver.in_transaction
    else:
        # PostgreSQL answers COMMIT of a failed transaction with a silent ROLLBACK.
        broken = driver.info.transaction_status.name == "INERROR"
    if broken:
        raise UnitError("A database error inside the unit of work was swallowed; everything in it is rolled back.")


def _before_fork() -> None:
    for database in _OPEN:
        if database.dialect == "sqlite":
            # SQLite forbids carrying an open connection into a child.
            database.engine.dispose()


def _after_fork_in_child() -> None:
    for database in _OPEN:
        # The child needs connections of its own, and must not close its parent's.
        database.engine.dispose(close=False)
        database._after_fork()


# For gunicorn --preload.
_OPEN: weakref.WeakSet[Database] = weakref.WeakSet()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_child=_after_fork_in_child)
