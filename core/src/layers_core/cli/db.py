"""`layers db`: the tables of every distribution."""

from __future__ import annotations

import click

from layers_core.cli.context import CliContext, pass_layers, report
from layers_core.db import migrate
from layers_core.host.loader import migration_rooms


@click.group()
def db() -> None:
    """Bring the tables up to date, and check them."""


@db.command()
@pass_layers
def upgrade(layers: CliContext) -> None:
    """Run every migration that waits: core, web shell, then plugins."""
    engine = layers.any_database.engine
    faults = migrate.upgrade(engine, migration_rooms())
    report(faults)
    if faults:
        raise click.exceptions.Exit(1)
    click.echo("The tables are up to date.")


@db.command()
@pass_layers
def check(layers: CliContext) -> None:
    """Say whether tables, migrations and models agree."""
    # Models are known once their plugins are loaded.
    problems = migrate.check(layers.any_database.engine, migration_rooms(layers.host))
    for problem in problems:
        click.echo(str(problem))
    if problems:
        raise click.exceptions.Exit(1)
    click.echo("Tables, migrations and models agree.")


@db.command()
@pass_layers
def orphans(layers: CliContext) -> None:
    """List tables that belong to nothing that is installed here."""
    found = migrate.orphans(layers.any_database.engine, migration_rooms())
    for name in found:
        click.echo(name)
    if found:
        click.echo(
            "Nothing installed here owns these. Install it again, or drop them once you have a backup.", err=True
        )
        raise click.exceptions.Exit(1)
    click.echo("Every table belongs to something installed here.")
