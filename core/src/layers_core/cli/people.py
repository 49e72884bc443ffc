"""`layers people`: the people of an instance."""

from __future__ import annotations

import click

from layers_core.cli.context import CliContext, pass_layers
from layers_core.practices.service import find_person
from layers_core.privacy.erasure import erase_person


@click.group()
def people() -> None:
    """Look after the people of the instance."""


@people.command()
@click.option("--email", required=True, help="The address that they sign in with.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_layers
def erase(layers: CliContext, email: str, yes: bool) -> None:
    """Erase a person: what was theirs alone is deleted, what they shared stays without their name.

    Their events in the usage log stay, and nobody can tell any more whose they were.
    """
    with layers.database.read() as session:
        person = find_person(session, email)
        if person is None:
            raise click.ClickException(f"Nobody here has the address {email}")
        person_id, name = person.id, person.name
    if not yes:
        click.confirm(f"Erase {name} for good?", abort=True)
    erased = erase_person(layers.database, layers.host, person_id)
    click.echo(f"Erased. {erased.things} things deleted; name or address taken out of {erased.texts} other texts.")
    click.echo(
        "Backups and exports made before still hold what they held: erase there too when you restore one.", err=True
    )
