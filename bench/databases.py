"""Where the databases are: SQLite files kept under var/bench, and a durable PostgreSQL server of the run's own."""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

from bench import loading, things, world
from bench.instance import KEPT, settings
from bench.world import World
from layers_core.db.migrate import upgrade
from layers_core.db.session import Database
from layers_core.host.loader import Host, load_host, migration_rooms
from layers_core.testkit.servers import PostgresServer

KINDS = ("sqlite", "postgresql")


@dataclass
class Loaded:
    """A database with so many things in it."""

    kind: str
    size: int
    url: str
    database: Database
    world: World

    def backends(self, name: str) -> list[int]:
        """The processes of PostgreSQL that serve the connections of this name; none on SQLite."""
        if self.kind == "sqlite":
            return []
        with psycopg.connect(make_url(self.url).set(drivername="postgresql").render_as_string(False)) as connection:
            found = connection.execute("SELECT pid FROM pg_stat_activity WHERE application_name = %s", [name])
            return [row[0] for row in found]

    def named(self, name: str) -> str:
        """The address under which a process is known to PostgreSQL by a name."""
        address = make_url(self.url)
        if self.kind == "postgresql":
            address = address.update_query_dict({"application_name": name})
        return address.render_as_string(hide_password=False)


class Databases:
    """Opens each database once. Use as a context manager."""

    def __init__(self, *, reload: bool) -> None:
        self.host: Host = load_host(settings("sqlite:///unused.db"))
        self._reload = reload
        self._open: dict[tuple[str, int, bool], Loaded] = {}
        self._ends = ExitStack()
        self._server: PostgresServer | None = None

    def __enter__(self) -> Databases:
        return self

    def __exit__(self, *_error: object) -> None:
        for loaded in self._open.values():
            loaded.database.dispose()
        self._ends.close()

    def get(self, kind: str, size: int, *, to_write: bool = False) -> Loaded:
        """The database of a kind with so many things; made where it is not there yet.

        One `to_write` to is another one, so that what one goal saves does not change what the next one reads.
        """
        key = (kind, size, to_write)
        if key not in self._open:
            makers: dict[str, Callable[[int], str]] = {"sqlite": self._sqlite, "postgresql": self._postgresql}
            url = makers[kind](size)
            if to_write and kind == "sqlite":
                url = self._copy(url)
            database = Database.at(url)
            self._open[key] = Loaded(kind, size, url, database, world.read(database))
        return self._open[key]

    def _copy(self, url: str) -> str:
        path = Path(str(make_url(url).database))
        folder = Path(tempfile.mkdtemp(prefix="layers-bench-", dir=KEPT))
        self._ends.callback(shutil.rmtree, folder)
        shutil.copyfile(path, folder / path.name)
        return f"sqlite:///{folder / path.name}"

    def _sqlite(self, size: int) -> str:
        path = KEPT / f"{size}-{_stamp()}.db"
        if self._reload or not path.exists():
            KEPT.mkdir(parents=True, exist_ok=True)
            half = KEPT / f"{size}.half"
            for old in (*KEPT.glob(f"{size}-*"), *KEPT.glob(f"{size}.half*")):
                old.unlink(missing_ok=True)
            with self._filling(f"sqlite:///{half}") as found:
                batches = loading.shown(things.chunks(found, self.host, size), size, "SQLite")
                loading.into_sqlite(half, batches)
            half.rename(path)
            half.with_name(f"{half.name}.migrating").unlink(missing_ok=True)
        return f"sqlite:///{path}"

    def _postgresql(self, size: int) -> str:
        if self._server is None:
            self._server = PostgresServer(durable=True)
            self._ends.callback(self._server.stop)
        address = self._server.fresh()
        with self._filling(address.owner_url) as found:
            batches = loading.shown(things.chunks(found, self.host, size), size, "PostgreSQL")
            loading.into_postgresql(address.owner_url, batches)
        return address.url

    @contextmanager
    def _filling(self, url: str) -> Iterator[World]:
        """Make the tables and the people, and give them to whoever loads the things."""
        database = Database.at(url)
        faults = upgrade(database.engine, migration_rooms())
        if faults:
            raise RuntimeError(f"Migrations failed: {faults}")
        print("  people and practices", file=sys.stderr)
        world.make(database, self.host)
        found = world.read(database)
        database.dispose()
        yield found


def _stamp() -> str:
    """Changes with what is loaded and with the tables it goes into."""
    files: list[Any] = [Path(module.__file__ or "") for module in (things, world, loading)]
    files += [path for room in migration_rooms() for path in sorted(Path(room.folder).glob("*.py"))]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]
