"""`layers practices`: practices from the NHS register."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import click

from layers_core.cli.context import CliContext, pass_layers
from layers_core.practices import ods, register
from layers_core.practices.service import Refused

BATCH = 500
BIG = 200_000
"""Bytes from which on a file takes long enough for a progress bar."""


@click.group()
def practices() -> None:
    """Look after the list of practices."""


@practices.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@pass_layers
def import_file(layers: CliContext, file: Path) -> None:
    """Take in the NHS register of practices.

    FILE is epraccur.csv as the Organisation Data Service gives it out: 27 columns, no header. Rows that are wrong are
    reported by line and left out; importing the same file again changes nothing.
    """
    done: Counter[str] = Counter()
    database = layers.database
    with file.open("rb") as stream, _progress(file) as reached:
        rows = ods.read(stream)
        while batch := list(islice(rows, BATCH)):
            with database.write() as session:
                known = register.known(session, [row.ods_code for row in batch if isinstance(row, ods.OdsPractice)])
                for row in batch:
                    if isinstance(row, ods.OdsProblem):
                        done["wrong"] += _report(row)
                        continue
                    try:
                        done[register.take_in(session, row, known.get(row.ods_code))] += 1
                    except Refused as refused:
                        done["wrong"] += 1
                        click.echo(f"line {row.line}: {refused}", err=True)
            reached(batch[-1].line)
    click.echo(
        f"{done['new']} new, {done['changed']} changed, {done['same']} as before, {done['wrong']} lines left out"
    )
    if not done["new"] + done["changed"] + done["same"]:
        raise click.ClickException(f"No practice could be imported from {file.name}")


def _report(problem: ods.OdsProblem) -> int:
    """Say what is wrong in a line; gives 1 where the line was left out because of it."""
    where = f"line {problem.line}: " if problem.line else ""
    click.echo(f"{where}{problem.what} {problem.advice}", err=True)
    return 0 if problem.imported or problem.harmless else 1


@contextmanager
def _progress(file: Path) -> Iterator[Callable[[int], object]]:
    """Give what is told which line was reached; it draws a bar for a big file on a terminal."""
    if file.stat().st_size < BIG or not sys.stderr.isatty():
        yield lambda line: None
        return
    with file.open("rb") as stream:
        lines = sum(1 for _line in stream)
    with click.progressbar(length=lines, label="Importing", file=sys.stderr) as bar:
        yield lambda line: bar.update(line - bar.pos)
