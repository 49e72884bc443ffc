"""What the tables in a database look like beside the models, for one distribution at a time (Alembic autogenerate)."""

from __future__ import annotations

from typing import Any, Literal

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.autogenerate.api import AutogenContext
from alembic.operations.ops import MigrateOperation, MigrationScript, OpContainer
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

from layers_core.db.rooms import MigrationRoom

UNMANAGED = ("core_search",)
"""Tables whose names start so are made by hand in migrations; they are compared only where a model describes them."""


def changes(connection: Connection, room: MigrationRoom) -> MigrationScript:
    """What a migration would have to do so that the room's tables become what its models say."""
    return produce_migrations(_context(connection, room), room.metadata)


def differences(connection: Connection, room: MigrationRoom) -> list[str]:
    """The same in words, one for each difference; empty where tables and models agree."""
    found = changes(connection, room).upgrade_ops
    return [] if found is None else [_in_words(step) for step in _steps(found)]


def upgrade_code(connection: Connection, room: MigrationRoom) -> str:
    """The same as the body of a migration's `upgrade`, for a developer to read and to finish."""
    script = changes(connection, room)
    if script.upgrade_ops is None or script.upgrade_ops.is_empty():
        return ""
    code = render_python_code(
        script.upgrade_ops,
        render_as_batch=True,
        render_item=_render_item,
        migration_context=_context(connection, room),
    )
    return "\n".join(line for line in code.splitlines() if not line.lstrip().startswith("# ###"))


def _context(connection: Connection, room: MigrationRoom) -> MigrationContext:
    virtual = _virtual_tables(connection)
    modelled = set(room.metadata.tables)

    def mine(name: str | None) -> bool:
        if name is None or not name.startswith(room.prefix) or name in virtual:
            return False
        return name in modelled or not name.startswith(UNMANAGED)

    def include_name(name: str | None, kind: str, _parents: Any) -> bool:
        return mine(name) if kind == "table" else True

    def include_object(_object: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
        return mine(name) if kind == "table" else True

    opts: dict[str, Any] = {
        "version_table": room.version_table,
        "target_metadata": room.metadata,
        "include_name": include_name,
        "include_object": include_object,
        "compare_type": True,
    }
    return MigrationContext.configure(connection, opts=opts)


def _virtual_tables(connection: Connection) -> frozenset[str]:
    """SQLite's full-text tables and the tables that SQLite keeps behind them."""
    if connection.dialect.name != "sqlite":
        return frozenset()
    rows = connection.execute(text("SELECT name FROM pragma_table_list WHERE type IN ('virtual', 'shadow')"))
    return frozenset(rows.scalars())


def _steps(container: OpContainer) -> list[MigrateOperation]:
    found: list[MigrateOperation] = []
    for step in container.ops:
        found.extend(_steps(step) if isinstance(step, OpContainer) and not hasattr(step, "to_table") else [step])
    return found


def _in_words(step: MigrateOperation) -> str:
    names = [getattr(step, field, None) for field in ("table_name", "column_name", "index_name", "constraint_name")]
    column = getattr(step, "column", None)
    names.append(getattr(column, "name", None))
    return f"{type(step).__name__.removesuffix('Op')} {'.'.join(str(name) for name in names if name)}"


def _render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write our own column types as what they are in the database: a migration must not change when the code does."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    if kind == "type" and isinstance(item, JSONB):
        # On SQLite, Alembic writes the name of an inner type without importing it.
        return "postgresql.JSONB()"
    return False
