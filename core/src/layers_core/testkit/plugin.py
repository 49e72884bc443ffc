"""The pytest plugin of the test kit (entry point `pytest11`): the fixtures that every distribution's tests use."""

from __future__ import annotations

import pytest

from layers_core.testkit.databases import (
    database,
    database_address,
    database_kind,
    database_owner_url,
    database_schema,
    database_url,
    databases,
    empty_database_url,
    migration_rooms,
    postgres_server,
)
from layers_core.testkit.plugins import example_plugin, make_host

__all__ = [
    "database",
    "database_address",
    "database_kind",
    "database_owner_url",
    "database_schema",
    "database_url",
    "databases",
    "empty_database_url",
    "example_plugin",
    "make_host",
    "migration_rooms",
    "postgres_server",
    "pytest_configure",
]


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marks that the fixtures give, for plugins outside this workspace."""
    config.addinivalue_line("markers", "postgres: needs a PostgreSQL server")
