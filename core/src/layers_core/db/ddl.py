"""For migrations that must say different things to SQLite and PostgreSQL (search, triggers, policies)."""

from __future__ import annotations

from collections.abc import Sequence

from alembic import op


def dialect() -> str:
    """The kind of database that the running migration works on: `sqlite` or `postgresql`."""
    return op.get_context().dialect.name


def execute_for(*, sqlite: Sequence[str], postgresql: Sequence[str]) -> None:
    """Run the statements of the database at hand, in their order. Both kinds have to be given, if only as `()`."""
    for statement in {"sqlite": sqlite, "postgresql": postgresql}[dialect()]:
        op.execute(statement)
