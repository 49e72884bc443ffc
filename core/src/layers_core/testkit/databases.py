"""Fixtures: a database for each test, on SQLite and on PostgreSQL, with every installed distribution's tables.

`database` and `database_url` serve most tests. A test module chooses other tables by overriding `migration_rooms` or
`database_schema` (scope "module"). What a whole module shares, it can make itself from `databases`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from layers_core.db.rooms import MigrationRoom
from layers_core.db.session import Database
from layers_core.testkit.requirements import missing
from layers_core.testkit.servers import (
    DatabaseAddress,
    DatabaseSource,
    MigratedSchema,
    PostgresServer,
    Schema,
    SqliteFiles,
)

_POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.postgres)

only_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True, scope="session")
"""Marks a test of what SQLite alone does; it is not run, and not counted as skipped, on PostgreSQL."""

only_postgresql = pytest.mark.parametrize("database_kind", [_POSTGRESQL], indirect=True, scope="session")
"""Marks a test of what PostgreSQL alone does."""


@pytest.fixture(scope="session", params=["sqlite", _POSTGRESQL])
def database_kind(request: pytest.FixtureRequest) -> str:
    """The kind of database that the test runs on; every test that needs a database runs on both."""
    return str(request.param)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """The tests' own PostgreSQL server, started by the first test that needs it."""
    try:
        server = PostgresServer()
    except Exception as fault:
        missing("postgres", f"no server could be started here ({type(fault).__name__}: {fault})")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def databases(database_kind: str, request: pytest.FixtureRequest) -> Iterator[DatabaseSource]:
    """Makes and drops databases of the kind at hand, for fixtures that live longer than one test."""
    if database_kind == "postgresql":
        yield request.getfixturevalue("postgres_server")
        return
    files = SqliteFiles()
    yield files
    files.stop()


@pytest.fixture(scope="module")
def migration_rooms() -> Sequence[MigrationRoom]:
    """The distributions whose tables a test database has: every installed one."""
    from layers_core.host.loader import migration_rooms as installed

    return tuple(installed())


@pytest.fixture(scope="module")
def database_schema(migration_rooms: Sequence[MigrationRoom]) -> Schema:
    """What makes the tables of a test database: the migrations of `migration_rooms`."""
    return MigratedSchema(tuple(migration_rooms))


@pytest.fixture
def database_address(
    databases: DatabaseSource, database_schema: Schema, request: pytest.FixtureRequest
) -> Iterator[DatabaseAddress]:
    """A migrated database of the test's own: its address for the application and for its owner.

    A fixture that needs a database with something in it asks for `filled_schema`, which then makes the template:
    copying a filled database takes a small part of the time that filling each one would.
    """
    filled = "filled_schema" in request.fixturenames
    address = databases.fresh(request.getfixturevalue("filled_schema") if filled else database_schema)
    yield address
    databases.drop(address)


@pytest.fixture
def database_url(database_address: DatabaseAddress) -> str:
    """The address of a migrated database; on PostgreSQL for a role that neither owns tables nor is a superuser."""
    return database_address.url


@pytest.fixture
def database_owner_url(database_address: DatabaseAddress) -> str:
    """The address of the same database for the role that owns its tables."""
    return database_address.owner_url


@pytest.fixture
def empty_database_url(databases: DatabaseSource) -> Iterator[str]:
    """The address of a database without any table, for its owner (to migrate it in the test)."""
    address = databases.fresh()
    yield address.owner_url
    databases.drop(address)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated database, open for the application."""
    found = Database.at(database_url)
    yield found
    found.dispose()
