"""`layers files`: the contents of attached files, which lie in the data folder beside the database."""

from __future__ import annotations

import click

from layers_core.cli.context import CliContext, pass_layers


@click.group()
def files() -> None:
    """Tidy up attached files, and check that none is missing."""


@files.command()
@pass_layers
def sweep(layers: CliContext) -> None:
    """Delete files of forms never sent, of exports a day old, and what an interrupted save left. Run it daily."""
    from layers_core.artefacts.attachments import keeping

    swept = keeping.sweep(layers.database, layers.host.files)
    click.echo(
        f"Deleted: {swept.contents} files, {swept.halves} half files, {swept.passing} exports. "
        f"Let go: {swept.waiting} waiting files."
    )


@files.command()
@pass_layers
def check(layers: CliContext) -> None:
    """List attached files whose content is missing, as after a restore without the folder of files."""
    from layers_core.artefacts.attachments import keeping

    found = keeping.missing(layers.database, layers.host.files)
    for file in found:
        # No name: it may say what the writer kept for themselves.
        click.echo(f"{file.attachment_id} of {file.artefact_id}")
    if found:
        click.echo(f"{len(found)} files are missing in {layers.host.files.root}. Restore that folder.", err=True)
        raise click.exceptions.Exit(1)
    click.echo("Every attached file is there.")
