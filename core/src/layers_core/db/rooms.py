"""Where each distribution keeps its migrations, and in which order the distributions go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, MetaData

from layers_core.db.base import Base
from layers_core.db.errors import MigrationError

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

# Every process knows the rooms, and few migrate: Alembic is imported by the functions that need it, because it took
# 0.07 s of every start.
FOUNDATION = ("core", "webshell")
"""The rooms that everything stands on, in their order; every other room is a plugin's."""


@dataclass(frozen=True, slots=True)
class MigrationRoom:
    """The migrations of one distribution.

    `slug` names it, its tables (`<slug>_…`) and its version table; `folder` holds its revision files; `metadata` holds
    its models' tables among others.
    """

    slug: str
    folder: Path
    metadata: MetaData = Base.metadata

    @property
    def prefix(self) -> str:
        """What the name of each of its tables starts with."""
        return f"{self.slug}_"

    @property
    def version_table(self) -> str:
        """The table in which Alembic keeps the revision that this room has reached."""
        return f"alembic_version_{self.slug}"

    @property
    def is_plugin(self) -> bool:
        """Whether the instance can do without it."""
        return self.slug not in FOUNDATION

    def scripts(self) -> ScriptDirectory:
        """Its revision files. Raises MigrationError where the folder is missing."""
        from alembic.script import ScriptDirectory
        from alembic.util import CommandError

        try:
            return ScriptDirectory(str(self.folder), version_locations=[str(self.folder)])
        except CommandError as fault:
            raise MigrationError(self.slug, f"The folder of migrations {self.folder} is missing.") from fault


def in_order(rooms: Iterable[MigrationRoom]) -> list[MigrationRoom]:
    """Core first, then the web shell, then plugins by slug: the order in which tables may refer to one another."""
    weights = {slug: weight for weight, slug in enumerate(FOUNDATION)}
    return sorted(rooms, key=lambda room: (weights.get(room.slug, len(FOUNDATION)), room.slug))


def reached(connection: Connection, room: MigrationRoom) -> tuple[str, ...]:
    """The revisions that a database says it has reached for a room; none where the room is new to it."""
    from alembic.runtime.migration import MigrationContext

    opts = {"version_table": room.version_table}
    return MigrationContext.configure(connection, opts=opts).get_current_heads()


def pending(connection: Connection, room: MigrationRoom) -> list[str]:
    """The revisions that a room still has to run, oldest first.

    Raises MigrationError where the database names a revision that the room does not know, or the room's files do not
    end in one revision. Whatever a broken revision file raises comes through.
    """
    script = room.scripts()
    known = {revision.revision for revision in script.walk_revisions()}
    heads = script.get_heads()
    if len(heads) > 1:
        raise MigrationError(room.slug, f"Its migrations end in several revisions ({', '.join(sorted(heads))}).")
    done = reached(connection, room)
    unknown = sorted(set(done) - known)
    if unknown:
        raise MigrationError(
            room.slug,
            f"The database has revision {', '.join(unknown)}, which this installation does not know. "
            "Install the release that wrote it, or a later one.",
        )
    # Only a room without any file has no head, and then there is nothing to run.
    steps = script.iterate_revisions(heads[0], done or "base") if heads else ()
    return [step.revision for step in steps][::-1]
