"""`layers portfolio`: what the portfolio's pages do, for whoever runs the instance."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO, cast

import click
from sqlalchemy.orm import Session

from layers_core.artefacts.errors import CheckFailed
from layers_core.cli.context import CliContext, pass_layers
from layers_core.contract import Actor
from layers_core.db.base import now
from layers_core.practices.access import find_actor, practices_of
from layers_core.practices.models import Person
from layers_core.practices.service import find_person
from layers_reflect.kinds import WRITE
from layers_reflect.portfolio import gathering
from layers_reflect.portfolio.formats import FORMATS, MOVES
from layers_reflect.portfolio.importing import Importer
from layers_reflect.portfolio.interchange import Entry, Portfolio, Refused, Report
from layers_reflect.portfolio.pdf_file import NoPdf
from layers_reflect.portfolio.sources import open_source

EMAIL = click.option("--person", "email", metavar="E-MAIL", required=True, help="Whose portfolio it is.")


@click.group()
def portfolio() -> None:
    """Take a person's portfolio out of this instance, or bring one in."""


@portfolio.command("export")
@EMAIL
@click.option("--format", "shape", type=click.Choice(sorted(FORMATS)), required=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Where to write it.")
@click.option(
    "--only-for-me/--no-only-for-me",
    "private",
    default=None,
    help="Whether private additions come along. They do in leap2a and archive, which are made to move with somebody; "
    "not in the others, which are made to be shown.",
)
@pass_layers
def export(layers: CliContext, email: str, shape: str, out: Path, private: bool | None) -> None:
    """Write all entries of a person, from every practice, to a file that only you can read."""
    only_for_me = shape in MOVES if private is None else private
    with layers.database.read() as session:
        person = _person(session, email)
        total = gathering.how_many(session, person.id, only_for_me=only_for_me)
        entries = gathering.entries_of(session, person.id, store=layers.host.files, only_for_me=only_for_me)
        try:
            with _progress(entries, total) as shown, _writing(out) as stream:
                FORMATS[shape](Portfolio(person.name, now(), shown), stream)
        except NoPdf as fault:
            raise click.ClickException(f"A PDF cannot be made here: {fault}. Export html, and print that.") from fault
    click.echo(f"{total} entries are in {out}. It holds what they wrote for themselves: keep it safe.", err=True)


@portfolio.command("import")
@EMAIL
@click.option("--practice", "slug", metavar="SLUG", help="Where the entries shall belong, if there are several.")
@click.argument("source", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@pass_layers
def bring(layers: CliContext, email: str, slug: str | None, source: Path) -> None:
    """Bring in a Leap2A file or an archive; everything is seen by the person alone. Prints a report as JSON.

    A file that was brought in before, in whole or in part, is no harm: what is here already is left as it is.
    """
    with layers.database.read() as session:
        person = _person(session, email)
        actor = _actor(session, layers, person, slug)
    try:
        with source.open("rb") as stream:
            report = Importer(layers.service, actor, _counter()).bring(open_source(stream))
    except (Refused, CheckFailed) as refused:
        raise click.ClickException(str(refused)) from refused
    except OSError as fault:
        raise click.ClickException(f"{source} cannot be read: {fault.strerror}") from fault
    click.echo(json.dumps(asdict(report), indent=1, ensure_ascii=False))


def _person(session: Session, email: str) -> Person:
    person = find_person(session, email)
    if person is None:
        raise click.ClickException(f"Nobody here has the address {email}")
    return person


def _actor(session: Session, layers: CliContext, person: Person, slug: str | None) -> Actor:
    """The person in the practice that was named, or in the only one where they may write reflections."""
    slugs = [practice.slug for practice in practices_of(session, person.id) if slug in (None, practice.slug)]
    actors = [actor for each in slugs if (actor := find_actor(session, layers.host, person.id, each))]
    able = [actor for actor in actors if actor.can(WRITE)]
    if len(able) == 1:
        return able[0]
    if able:
        names = ", ".join(actor.practice.slug for actor in able)
        raise click.UsageError(f"Choose a practice with --practice: {names}")
    where = slug or "any practice"
    raise click.ClickException(f"{person.name} cannot write reflections in {where}: switch Reflect on there first.")


@contextmanager
def _progress(entries: Iterator[Entry], total: int) -> Iterator[Iterator[Entry]]:
    """The entries with a bar on the terminal, where there is one."""
    with click.progressbar(entries, length=total, label="Writing", file=sys.stderr) as bar:
        yield iter(bar)


def _counter() -> Callable[[Report], None]:
    """Says on a terminal how far an import is."""

    def show(report: Report) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r{report.read} read, {report.kept} kept", err=True, nl=False)

    return show


@contextmanager
def _writing(path: Path) -> Iterator[BinaryIO]:
    """A stream to a file that is there only once it is whole."""
    half: Path | None = None
    try:
        # A name that nobody can have laid a file or a link of their own under.
        with NamedTemporaryFile(dir=path.parent, prefix=".portfolio-", suffix=".half", delete=False) as stream:
            half = Path(stream.name)
            yield cast("BinaryIO", stream)
        half.replace(path)
    except OSError as fault:
        raise click.ClickException(f"{path} cannot be written: {fault.strerror}") from fault
    finally:
        if half:
            half.unlink(missing_ok=True)
