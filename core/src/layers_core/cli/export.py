"""`layers export`: what leaves an instance for evaluation."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import click

from layers_core.cli.context import CliContext, pass_layers
from layers_core.usage import export as exports
from layers_core.usage.studies import StudyView, all_studies

OUT = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.group()
def export() -> None:
    """Write out what evaluation may have."""


@export.command()
@click.option("--study", "slug", metavar="SLUG", help="The study; may be left out where there is only one.")
@click.option("--format", "shape", type=click.Choice(sorted(exports.FORMATS)), default="csv", show_default=True)
@click.option("--out", type=OUT, help="Where to write it; otherwise it is printed.")
@click.option("--codebook", type=OUT, help="Where to write what the columns and events mean.")
@pass_layers
def events(layers: CliContext, slug: str | None, shape: str, out: Path | None, codebook: Path | None) -> None:
    """Export a study's usage events: pseudonyms, no words, only people who opted in, only from that moment on."""
    with layers.database.read() as session:
        study = _study(all_studies(session), slug)
        if codebook is not None:
            with _writing(codebook) as stream:
                stream.write(exports.codebook(layers.host, study))
        with _writing(out) as stream:
            exports.FORMATS[shape](session, study, stream)


def _study(studies: list[StudyView], slug: str | None) -> StudyView:
    """The study that was asked for.

    Raises UsageError where it is not clear which, ClickException where there is none.
    """
    if not studies:
        raise click.ClickException("There is no study on this instance.")
    found = [study for study in studies if slug in (None, study.slug)]
    if len(found) == 1:
        return found[0]
    names = ", ".join(study.slug for study in studies)
    raise click.UsageError(f"There is no study {slug}. There are: {names}" if slug else f"Choose a study: {names}")


@contextmanager
def _writing(path: Path | None) -> Iterator[TextIO]:
    """A stream to the file, which is there only once it is whole; standard output without a file."""
    if path is None:
        yield sys.stdout
        return
    half = path.with_name(f".{path.name}.half")
    try:
        # The rows are pseudonyms of people: nobody else on the machine needs them.
        number = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(number, "w", encoding="utf-8", newline="") as stream:
            yield stream
        half.replace(path)
    except OSError as fault:
        raise click.ClickException(f"{path} cannot be written: {fault.strerror}") from fault
    finally:
        half.unlink(missing_ok=True)
