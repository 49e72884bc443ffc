"""`layers reflect`: what an operator does about Reflect's tables."""

from __future__ import annotations

import click

from layers_core.cli.context import CliContext, pass_layers
from layers_reflect import indexing


@click.group()
def reflect() -> None:
    """Look after what Reflect keeps."""


@reflect.command()
@pass_layers
def reindex(layers: CliContext) -> None:
    """Make anew what notes are filtered and totalled by, from the notes themselves. Nothing is lost by it."""
    with layers.database.write() as session:
        found = indexing.rebuild(session)
    click.echo(f"Notes: {found}")
