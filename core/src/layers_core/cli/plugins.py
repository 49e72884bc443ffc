"""`layers plugins`: what is installed and how it does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version

import click

from layers_core.cli.context import CliContext, pass_layers
from layers_core.host.loader import Host

HEADINGS = ("PLUGIN", "VERSION", "STATE", "NAME OR REASON")


@click.command()
@pass_layers
def plugins(layers: CliContext) -> None:
    """List the installed plugins and whether they work. Exit code 1 where one is quarantined."""
    host = layers.host
    click.echo(table(HEADINGS, list(rows(host))))
    if host.quarantined:
        raise click.exceptions.Exit(1)


def rows(host: Host) -> Iterator[tuple[str, str, str, str]]:
    """A line for each installed plugin: slug, version, state, and its name or what is wrong with it."""
    for slug, loaded in host.plugins.items():
        yield slug, loaded.meta.version, "healthy", str(loaded.meta.name)
    for found in host.quarantined:
        yield found.slug, _version_of(found.name), "quarantined", found.reason
    for slug in host.disabled:
        yield slug, "", "left out", "named in LAYERS_DISABLE"


def _version_of(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""


def table(headings: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """Headings and lines in columns as wide as their widest cell."""
    cells = [headings, *lines]
    widths = [max(len(line[column]) for line in cells) for column in range(len(headings))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells
    )
