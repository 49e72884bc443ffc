"""`layers reflect`: what an operator does about Reflect's tables."""

from __future__ import annotations

from datetime import datetime

import click

from layers_core.cli.context import CliContext, pass_layers
from layers_core.practices.service import find_person
from layers_reflect import indexing
from layers_reflect.classification import known_professions
from layers_reflect.nmc.telling import place_of
from layers_reflect.profiles import choose, profile_of


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


@reflect.command()
@click.option("--person", "email", metavar="E-MAIL", required=True, help="Whose notes are meant.")
@click.option("--profession", "professions", type=click.Choice(list(known_professions())), multiple=True, required=True)
@click.option("--cycle-ends", type=click.DateTime(["%Y-%m-%d"]), help="Nurses: the last day of their NMC cycle.")
@pass_layers
def profile(layers: CliContext, email: str, professions: tuple[str, ...], cycle_ends: datetime | None) -> None:
    """Say for somebody what their notes count for, as they can on their own page. What is not said stays as it is."""
    with layers.database.read() as session:
        person = find_person(session, email)
        actor = place_of(session, layers.host, person.id) if person else None
        kept = profile_of(session, actor) if actor else None
    if actor is None or kept is None:
        raise click.ClickException(f"Nobody with the address {email} can write reflections here.")
    ends = cycle_ends.date() if cycle_ends else kept.cycle_ends
    choose(layers.service, actor, list(professions), kept.appraisal_month, ends)
    click.echo(f"{actor.name}: {', '.join(professions)}")
