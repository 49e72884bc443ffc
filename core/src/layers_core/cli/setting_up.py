"""`layers clusters` and `layers studies`: what a region or a pilot sets up once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from layers_core.cli.context import CliContext, pass_layers
from layers_core.db.base import now
from layers_core.practices.models import Practice
from layers_core.practices.service import add_to_cluster, create_cluster, find_person
from layers_core.usage import studies as kept_studies
from layers_core.usage.models import Study
from layers_core.vocabulary import vocabulary

CODES = {"multiple": True, "required": True, "metavar": "CODE", "help": "An ODS code; give it again for more."}


@click.group()
def clusters() -> None:
    """Set up networks of practices."""


@clusters.command("add")
@click.argument("code")
@click.option("--name", required=True, help="What people read under “Who should see it?”.")
@click.option("--kind", type=click.Choice(list(vocabulary("cluster_kinds"))), default="pcn", show_default=True)
@click.option("--practice", "codes", **CODES)  # type: ignore[arg-type]
@pass_layers
def add_cluster(layers: CliContext, code: str, name: str, kind: str, codes: tuple[str, ...]) -> None:
    """Make a cluster, such as a primary care network, of practices that belong to it from today on."""
    with layers.database.write() as session:
        cluster = create_cluster(session, code, name, kind)
        for practice in _practices(session, codes):
            add_to_cluster(session, cluster, practice, now().date())
    click.echo(f"{name}: {len(set(codes))} practices")


@click.group()
def studies() -> None:
    """Set up evaluations of pilots."""


@studies.command("add")
@click.argument("slug")
@click.option("--title", required=True)
@click.option("--approval", required=True, help="Who approved it, and under which reference.")
@click.option("--starts", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Its first day.")
@click.option("--practice", "codes", **CODES)  # type: ignore[arg-type]
@click.option("--evaluator", "emails", multiple=True, metavar="E-MAIL", help="Who sees its figures; again for more.")
@click.option("--suppression", type=click.Choice(list(vocabulary("suppression"))), default="hes", show_default=True)
@pass_layers
def add_study(
    layers: CliContext,
    slug: str,
    title: str,
    approval: str,
    starts: datetime,
    codes: tuple[str, ...],
    emails: tuple[str, ...],
    suppression: str,
) -> None:
    """Make a study. Its evaluators need an account first: layers account."""
    with layers.database.write() as session:
        if session.scalar(select(Study.id).where(Study.slug == slug)) is not None:
            raise click.ClickException(f"There is a study {slug} already")
        study = kept_studies.create(session, slug, title, approval, starts.date(), suppression=suppression)
        for practice in _practices(session, codes):
            kept_studies.add_practice(session, study, practice.id)
        for email in dict.fromkeys(emails):
            person = find_person(session, email)
            if person is None:
                raise click.ClickException(f"Nobody here has the address {email}. Make an account: layers account")
            kept_studies.add_evaluator(session, study, person.id)
    click.echo(f"{title}: {len(set(codes))} practices, {len(set(emails))} evaluators")


def _practices(session: Session, codes: Iterable[str]) -> list[Practice]:
    """The practices of these codes, each once. Raises ClickException for a code that nobody has."""
    found = []
    for code in dict.fromkeys(code.strip().upper() for code in codes):
        practice = session.scalar(select(Practice).where(Practice.code == code))
        if practice is None:
            raise click.ClickException(f"There is no practice {code}. Import it with: layers practices import FILE")
        found.append(practice)
    return found
