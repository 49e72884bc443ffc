"""`layers guidelines`: recommendations from files."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import select

from layers_core.artefacts import audience
from layers_core.artefacts.errors import SaveRefused
from layers_core.artefacts.models import Audience
from layers_core.artefacts.service import ArtefactService
from layers_core.cli.context import CliContext, pass_layers
from layers_core.contract import Actor, GuardAnswer
from layers_core.db.session import Database
from layers_core.host.loader import Host
from layers_core.practices import access
from layers_core.practices.models import Practice
from layers_guidelines.fhir_source import MAX_BYTES
from layers_guidelines.importing import FileReport, Given, read_file, without_repeats
from layers_guidelines.keeping import here_already
from layers_guidelines.kinds import IMPORT
from layers_guidelines.panels import SLUG
from layers_guidelines.service import bring_in

MANY = 4
"""Files from which on a progress bar is worth its line."""
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("guidelines")
def guidelines() -> None:
    """Bring guidelines in."""


@guidelines.command("import")
@click.option("--practice", "code", required=True, metavar="CODE", help="The practice's ODS code.")
@click.option("--source", default="", metavar="NAME", help="Who published it, for files that do not say.")
@click.option("--licence", default="", metavar="TEXT", help="Its licence, for files that do not say.")
@click.option("--dated", type=click.DateTime(["%Y-%m-%d"]), help="Its date, for files that do not say.")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=FILE)
@pass_layers
def import_files(
    layers: CliContext, code: str, source: str, licence: str, dated: datetime | None, files: tuple[Path, ...]
) -> None:
    """Import recommendations from FHIR R4 files (PlanDefinition, or a Bundle of them) into a practice.

    Each file is saved whole or not at all. What a file says that is not understood is reported, never guessed. What is
    here already is left alone.
    """
    actor = practice_actor(layers.database, layers.host, code)
    given = Given(source, licence, dated.date() if dated else None)
    added = here = 0
    bar = click.progressbar(files, label="Importing", file=sys.stderr)
    with bar if len(files) >= MANY and sys.stderr.isatty() else nullcontext(files) as paths:
        for path in paths:
            new, known = _import(layers.service, actor, path, given)
            added, here = added + new, here + known
    click.echo(f"{added} added, {here} here already")
    if not added + here:
        raise click.ClickException("No recommendation could be imported")


def practice_actor(database: Database, host: Host, code: str) -> Actor:
    """A practice itself as the one who brings guidelines in: no person, the one permission, its own audience.

    Raises ClickException for an unknown practice.
    """
    with database.read() as session:
        practice_id = session.scalar(select(Practice.id).where(Practice.code == code.strip().upper()))
        practice = access.find_practice(session, host, practice_id=practice_id) if practice_id else None
        if practice is None:
            raise click.ClickException(f"There is no practice {code}. Import it first: layers practices import FILE")
        if SLUG not in practice.mix.enabled:
            # Nothing is lost by bringing them in first: they show as soon as the practice switches this on.
            click.echo(f"{practice.name} does not use guidelines yet. Switch it on at /{practice.slug}/mix", err=True)
            practice = replace(practice, mix=replace(practice.mix, enabled=practice.mix.enabled | {SLUG}))
        row = session.scalars(select(Audience).where(Audience.key == f"practice:{practice.id}")).one()
        own = audience.view(row.id, row.type, row.key, practice.name, None)
    return replace(access.public_actor(practice, {IMPORT}), audiences=(own,))


def _import(service: ArtefactService, actor: Actor, path: Path, given: Given) -> tuple[int, int]:
    """Import one file and say what came of it; gives how many were added and how many were here already."""
    with path.open("rb") as stream:
        # One byte more than may be read, so that the reader sees that it is too much.
        report = read_file(str(path), stream.read(MAX_BYTES + 1), given)
    with service.database.read() as session:
        keys = [candidate.draft.body["edition"] for candidate in report.candidates]
        without_repeats([report], here_already(session, actor.practice.id, keys))
    drafts = [candidate.draft for candidate in report.candidates if candidate.state == "new"]
    added = here = 0
    try:
        brought = bring_in(service, actor, drafts, GuardAnswer()) if drafts else None
        added = len(brought.added) if brought else 0
        here = report.count("here") + (brought.here if brought else 0)
    except SaveRefused as refused:
        report.unreadable = str(refused)
    _tell(report, added, here)
    return added, here


def _tell(report: FileReport, added: int, here: int) -> None:
    if report.unreadable:
        click.echo(f"{report.name}: not imported. {report.unreadable}", err=True)
        return
    click.echo(f"{report.name}: {added} added, {here} here already, {report.count('left_out')} left out")
    for candidate in report.candidates:
        if candidate.state == "left_out":
            click.echo(f"  left out: {candidate.draft.title}. {candidate.why}", err=True)
    notes = [*report.reported, *(note for candidate in report.candidates for note in candidate.reported)]
    for note in dict.fromkeys(notes):
        where = f" ({note.path})" if note.path else ""
        click.echo(f"  {note.what}{where}: {note.why}", err=True)
