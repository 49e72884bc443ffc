"""The command `layers` itself: it finds its subcommands, and turns what can go wrong into a message and exit code 1."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import click
from sqlalchemy.exc import DBAPIError

from layers_core.cli import (
    db,
    export,
    files,
    guard,
    new_plugin,
    people,
    plugins,
    practices,
    questionnaires,
    send,
    setting_up,
)
from layers_core.cli.context import CliContext
from layers_core.db.errors import DatabaseUrlError, MigrationError, WriterBusy
from layers_core.host.faults import DoorFault, StartRefused
from layers_core.practices.service import Refused
from layers_core.privacy.erasure import ErasurePending
from layers_core.settings import SettingsError

COMMANDS = "layers.commands"
"""Entry-point group: the value is a click command, or a list of them, or a callable that gives either."""

CORE: tuple[click.Command, ...] = (
    practices.practices,
    setting_up.clusters,
    setting_up.studies,
    people.people,
    plugins.plugins,
    db.db,
    export.export,
    guard.guard,
    questionnaires.questionnaires,
    send.send,
    files.files,
    new_plugin.new_plugin,
)
EXPECTED = (
    SettingsError,
    DatabaseUrlError,
    MigrationError,
    StartRefused,
    DoorFault,
    ErasurePending,
    Refused,
    WriterBusy,
)
"""What can go wrong without anybody having made a mistake in the code; the message says what to do."""


class LayersGroup(click.Group):
    """Looks for a command in the core, then in other distributions, then in healthy plugins; the first one counts."""

    @cached_property
    def brought(self) -> Mapping[str, click.Command]:
        """The commands of other distributions. One that cannot be loaded is reported and left out."""
        found: dict[str, click.Command] = {}
        for entry in sorted(entry_points(group=COMMANDS), key=lambda entry: entry.name):
            try:
                found = {str(command.name): command for command in _load(entry)} | found
            except (Exception, SystemExit) as fault:
                click.echo(f"The commands of {entry.name} are left out: {type(fault).__name__}: {fault}", err=True)
        return found

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command's name; those of plugins are left out, with a word, where plugins cannot be loaded."""
        names = {*super().list_commands(ctx), *self.brought}
        try:
            names |= ctx.ensure_object(CliContext).host.registry.commands.keys()
        except EXPECTED as fault:
            click.echo(f"The commands of plugins are left out: {fault}", err=True)
        return sorted(names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name. Plugins are loaded only where nobody else has it."""
        known = super().get_command(ctx, cmd_name) or self.brought.get(cmd_name)
        if known is not None:
            return known
        try:
            return ctx.ensure_object(CliContext).host.registry.commands.get(cmd_name)
        except EXPECTED as fault:
            raise click.ClickException(str(fault)) from fault

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. What was to be expected ends with its message, not with a traceback."""
        try:
            return super().invoke(ctx)
        except EXPECTED as fault:
            raise click.ClickException(str(fault)) from fault
        except DBAPIError as fault:
            # The statement and its values stay out: they may hold what somebody wrote.
            reason = str(fault.orig).strip().partition("\n")[0]
            raise click.ClickException(f"The database refused: {reason}") from fault


def _load(entry: EntryPoint) -> Iterable[click.Command]:
    value = entry.load()
    if callable(value) and not isinstance(value, click.Command):
        value = value()
    commands = [value] if isinstance(value, click.Command) else list(value)
    wrong = [command for command in commands if not isinstance(command, click.Command)]
    if wrong:
        raise TypeError(f"it gives {type(wrong[0]).__name__} instead of a click command")
    return commands


@click.group(cls=LayersGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="layers-core", prog_name="layers")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Run and look after an instance of the Learning Layers toolkit.

    LAYERS_DATABASE_URL chooses the database; without it, commands work on the demo's.
    Exit codes: 0 done, 1 nothing could be done or problems were found, 2 the command was not understood.
    """
    ctx.ensure_object(CliContext)


for _command in CORE:
    main.add_command(_command)
