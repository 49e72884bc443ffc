"""What a command works with: settings, database, host and service, each opened when it is first asked for.

Published, so that commands of plugins can use it: `@pass_layers` hands it to a click command as its first argument.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import click
from sqlalchemy import inspect

from layers_core.db.errors import MigrationError
from layers_core.db.rooms import in_order, pending
from layers_core.db.session import Database
from layers_core.host.loader import Host, load_host, migration_rooms
from layers_core.settings import Settings

if TYPE_CHECKING:
    from layers_core.artefacts.service import ArtefactService
    from layers_core.db.migrate import MigrationFault


class CliContext:
    """What commands work with. Whatever is not given is made from the environment when it is first used."""

    def __init__(
        self, settings: Settings | None = None, *, database: Database | None = None, host: Host | None = None
    ) -> None:
        if settings is not None:
            self.settings = settings
        if database is not None:
            self.any_database = self.database = database
        if host is not None:
            self.host = host

    @cached_property
    def settings(self) -> Settings:
        """The settings of the instance. Raises SettingsError."""
        return Settings.from_environment()

    @cached_property
    def any_database(self) -> Database:
        """The database as it is, with or without tables; for commands about the tables themselves."""
        return Database.at(self.settings.database_url)

    @cached_property
    def database(self) -> Database:
        """The database with its tables up to date.

        A new SQLite file gets its tables. Raises MigrationError for any other database that waits for `db upgrade`.
        """
        database = self.any_database
        if database.dialect == "sqlite" and not inspect(database.engine).get_table_names():
            from layers_core.db import migrate

            click.echo(f"Making the tables in {database.engine.url.database}", err=True)
            report(migrate.upgrade(database.engine, migration_rooms()))
        require_tables(database)
        return database

    @cached_property
    def host(self) -> Host:
        """The loaded plugins; those that could not be loaded are kept out and reported. Raises StartRefused."""
        return load_host(self.settings)

    @cached_property
    def service(self) -> ArtefactService:
        """The one service that saves."""
        # It brings the schedule of what comes back, which takes long to import and few commands need.
        from layers_core.artefacts.service import ArtefactService

        return ArtefactService(self.database, self.host)


pass_layers = click.make_pass_decorator(CliContext, ensure=True)
"""Decorator that gives a command the `CliContext` as its first argument."""


def require_tables(database: Database) -> None:
    """Raise MigrationError where the tables of the core or the web shell are not up to date; warn about a plugin's."""
    with database.engine.connect() as connection:
        for room in in_order(migration_rooms()):
            try:
                waiting = pending(connection, room)
            except Exception as fault:
                if not room.is_plugin:
                    raise
                click.echo(f"The tables of {room.slug} cannot be read: {fault}", err=True)
                continue
            finally:
                connection.rollback()
            if waiting and not room.is_plugin:
                raise MigrationError(room.slug, "The tables are not up to date. Run: layers db upgrade")
            if waiting:
                click.echo(f"The tables of {room.slug} are not up to date. Run: layers db upgrade", err=True)


def report(faults: list[MigrationFault]) -> None:
    """Say which plugins could not be brought up to date."""
    for fault in faults:
        click.echo(f"{fault.slug} could not be brought up to date: {fault.reason}", err=True)
