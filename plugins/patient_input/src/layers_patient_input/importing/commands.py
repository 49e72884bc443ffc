"""`layers patients import`: what the pages do, for whoever runs the instance."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import click
from sqlalchemy import select

from layers_core.artefacts.errors import DraftRefused
from layers_core.aside.service import Turn
from layers_core.cli.context import CliContext, pass_layers
from layers_core.contract import Actor
from layers_core.practices import access
from layers_core.practices.models import Practice
from layers_core.vocabulary import vocabulary
from layers_patient_input.importing import choosing, job, meanings, reading, service, wrong_rows
from layers_patient_input.importing.letters import Unreadable
from layers_patient_input.importing.mapping import ROLES, Choices
from layers_patient_input.importing.reading import ImportView
from layers_patient_input.kinds import MODERATE
from layers_patient_input.wording import PACKAGE, SLUG

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
NAMED = 10
"""So many wrong rows are named; `--wrong` writes all of them."""
_OPTIONS = {
    "method": "--method",
    "order": "--dates",
    "scale": "--dont-know",
    "same": "--same-days",
    "column-date": "--column date=NAME",
    "column-answer": "--column answer=NAME",
}


@click.command("import")
@click.option("--practice", "code", required=True, metavar="CODE", help="The practice's ODS code.")
@click.option("--method", type=click.Choice(list(vocabulary("methods", PACKAGE))), help="How answers were collected.")
@click.option("--dates", type=click.Choice(["day", "month"]), help="What comes first in dates such as 3/4/2026.")
@click.option("--dont-know", "scale", type=click.Choice(list(meanings.SCALES)), help="The scale of “Don't know”.")
@click.option("--same-days", type=click.Choice(["leave-out", "keep"]), help="Rows of days that other files had.")
@click.option("--column", "columns", multiple=True, metavar="WHAT=NAME", help=f"What is one of: {', '.join(ROLES)}.")
@click.option("--means", multiple=True, metavar="WORDS=SCALE:CODE", help="What else stands for which answer.")
@click.option("--wrong", type=click.Path(dir_okay=False, path_type=Path), help="Write the wrong rows to this file.")
@click.argument("file", metavar="FILE", type=FILE)
@pass_layers
def import_answers(
    layers: CliContext,
    code: str,
    method: str | None,
    dates: str | None,
    scale: str | None,
    same_days: str | None,
    columns: tuple[str, ...],
    means: tuple[str, ...],
    wrong: Path | None,
    file: Path,
) -> None:
    """Bring answers to the Friends and Family Test in from a CSV file.

    The same file again brings nothing in twice; where a process was killed, the same command goes on with the next row.
    """
    actor = _practice_actor(layers, code)
    try:
        with file.open("rb") as stream:
            brought = service.bring(layers.service, actor, stream, file.name)
    except Unreadable as unreadable:
        raise click.ClickException(f"{file}: {unreadable}") from None
    view = _view(layers, actor, brought.id)
    given: dict[str, Any] = {"method": method, "order": dates, "scale": scale}
    if same_days:
        given["same"] = "yes" if same_days == "leave-out" else "no"
    choices = replace(
        view.choices,
        columns={**view.choices.columns, **_columns(columns, view.shape.header)},
        own={**view.choices.own, **_own(means)},
        **{name: value for name, value in given.items() if value},
    )
    turn = _begin(layers, actor, view, choices)
    if turn:
        click.echo(f"{file.name}: {'going on' if view.done and view.state != 'ready' else 'bringing in'}", err=True)
        with click.progressbar(length=view.total, label="Rows", file=sys.stderr) as bar:
            job.run(layers.service, actor, turn, lambda done: bar.update(done - bar.pos))
    _tell(layers, actor, _view(layers, actor, brought.id), anew=turn is not None, wrong=wrong)


def _begin(layers: CliContext, actor: Actor, view: ImportView, choices: Choices) -> Turn | None:
    """The turn to bring rows in, from the first or from where it stopped; None where all are here."""
    files = layers.host.files.passing
    try:
        if view.state in {"failed", "stopped"}:
            turn = service.go_on(layers.service, actor, view.id)
        elif not view.to_choose:
            turn = None
        else:
            with layers.database.read() as session:
                looked = reading.look(session, actor.practice, files, view, choices)
            turn = service.begin(layers.service, actor, view.id, looked)
    except DraftRefused as refused:
        if view.state == "ready":
            # What was wrong is wrong by these choices as well.
            return None
        options = [f"{problem.message} ({_OPTIONS.get(problem.field, problem.field)})" for problem in refused.problems]
        raise click.ClickException("\n".join(options)) from None
    if turn is None and view.state != "ready":
        raise click.ClickException("Another process brings this file in just now")
    return turn


def _tell(layers: CliContext, actor: Actor, view: ImportView, *, anew: bool, wrong: Path | None) -> None:
    """Say what became of the file. Raises ClickException where it stopped."""
    if view.state != "ready":
        raise click.ClickException(f"Stopped after {view.done:,} of {view.total:,} rows. The same command goes on.")
    # Without a new reading everything that was brought in is here already.
    kept, already = (view.kept, view.already) if anew else (0, view.already + view.kept)
    click.echo(f"{view.total:,} rows read, {kept:,} brought in, {already:,} here already, {view.wrong:,} wrong")
    with layers.database.read() as session:
        for fault in reading.faults_of(session, view.id, 0, NAMED):
            click.echo(f"  line {fault.line:,}: {choosing.why(fault)}", err=True)
        if view.wrong > NAMED:
            click.echo(f"  and {view.wrong - NAMED:,} more", err=True)
        if wrong and view.wrong:
            faults = ((fault.number, fault.code) for fault in reading.every_fault(session, view.id))
            with reading.open_rows(layers.host.files.passing, view) as rows, wrong.open("wb") as out:
                wrong_rows.write(view.shape, rows, faults, out)


def _columns(given: Sequence[str], header: Sequence[str]) -> dict[str, int]:
    places = {meanings.plain(name): place for place, name in reversed(list(enumerate(header)))}
    columns: dict[str, int] = {}
    for each in given:
        role, _equals, name = each.partition("=")
        if role not in ROLES or meanings.plain(name) not in places:
            raise click.BadParameter(f"{each}: there is no such column. There are: {', '.join(header)}")
        columns[role] = places[meanings.plain(name)]
    return columns


def _own(given: Sequence[str]) -> dict[str, str]:
    own = {}
    for each in given:
        words, _equals, meant = each.rpartition("=")
        scale, _colon, code = meant.partition(":")
        if not words or code not in meanings.SCALES.get(scale, {}):
            known = ", ".join(f"{scale}:{code}" for scale, codes in meanings.SCALES.items() for code in codes)
            raise click.BadParameter(f"{each}: there is no such answer. There are: {known}")
        own[meanings.plain(words)] = meant
    return own


def _practice_actor(layers: CliContext, code: str) -> Actor:
    """The practice itself as the one who brings answers in. Raises ClickException for an unknown practice."""
    with layers.database.read() as session:
        practice_id = session.scalar(select(Practice.id).where(Practice.code == code.strip().upper()))
        practice = access.find_practice(session, layers.host, practice_id=practice_id) if practice_id else None
    if practice is None:
        raise click.ClickException(f"There is no practice {code}. Import it first: layers practices import FILE")
    if SLUG not in practice.mix.enabled:
        raise click.ClickException(f"{practice.name} does not use patient input. Switch it on at /{practice.slug}/mix")
    return replace(access.public_actor(practice, {MODERATE}), roles=frozenset({"manager"}))


def _view(layers: CliContext, actor: Actor, import_id: UUID) -> ImportView:
    with layers.database.read() as session:
        view = reading.import_of(session, actor.practice.id, layers.host.files.passing, import_id)
    if view is None:
        raise click.ClickException("Somebody has just undone this file")
    return view
