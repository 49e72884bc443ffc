"""The web shell's commands of `layers` (entry point `layers.commands`): inviting, accounts, serving and the demo."""

from __future__ import annotations

import click
from sqlalchemy import select

from layers_core.cli.context import CliContext, pass_layers
from layers_core.db.engine import may_lose
from layers_core.practices.models import Practice
from layers_core.practices.service import ensure_person
from layers_core.settings import SettingsError
from layers_core.vocabulary import vocabulary
from layers_webshell.accounts import service as accounts
from layers_webshell.app import create_app
from layers_webshell.demo import serving

PORT = click.IntRange(0, 65_535)
THREADS = 8
ROLE = click.Choice(list(vocabulary("roles")))


@click.command()
@click.option("--practice", "code", required=True, metavar="CODE", help="The practice's ODS code.")
@click.option("--email", required=True)
@click.option("--name", default="", help="What colleagues call them; they can change it.")
@click.option("--profession", type=click.Choice(list(vocabulary("professions"))), default="other", show_default=True)
@click.option("--role", "roles", multiple=True, type=ROLE, help="Give it again for more.")
@pass_layers
def invite(layers: CliContext, code: str, email: str, name: str, profession: str, roles: tuple[str, ...]) -> None:
    """Invite somebody to a practice: print a link that works once, within 14 days."""
    _require_email(email)
    base_url = layers.settings.base_url
    with layers.database.write() as session:
        practice = session.scalar(select(Practice).where(Practice.code == code.strip().upper()))
        if practice is None:
            raise click.ClickException(f"There is no practice {code}. Import it with: layers practices import FILE")
        if practice.closed_on is not None:
            raise click.ClickException(f"{practice.name} closed on {practice.closed_on.day} {practice.closed_on:%B %Y}")
        token = accounts.invite(session, practice.id, email, name=name, roles=roles, profession=profession)
    click.echo(f"{base_url}/invitation/{token}")


def _require_email(email: str) -> None:
    before, at, after = email.strip().partition("@")
    if not (before and at and after) or any(sign.isspace() for sign in before + after):
        raise click.BadParameter(f"{email!r} is no e-mail address", param_hint="--email")


@click.command()
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--operator", is_flag=True, help="They run the instance: they see how it is, and no content.")
@pass_layers
def account(layers: CliContext, email: str, name: str, operator: bool) -> None:
    """Give somebody outside the practices an account, such as an evaluator: print a link that sets their password.

    For somebody who has an account it is a new password. The link works once, within a day.
    """
    _require_email(email)
    with layers.database.write() as session:
        person = ensure_person(session, name, email)
        person.is_operator = person.is_operator or operator
        token = accounts.start_reset(session, accounts.make_account(session, person.id).id, None)
    click.echo(f"{layers.settings.base_url}/account/password/{token}")


@click.command()
@click.option("--host", "address", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=PORT, default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=THREADS, show_default=True, help="Requests at a time.")
@click.option("--proxies", type=click.IntRange(0, 5), default=0, show_default=True, help="Reverse proxies in front.")
@pass_layers
def serve(layers: CliContext, address: str, port: int, workers: int, proxies: int) -> None:
    """Serve the instance. It needs a secret key of its own (LAYERS_SECRET_KEY) and tables that are up to date."""
    if layers.settings.demo:
        raise SettingsError(
            "LAYERS_DEMO is set: the demo is started with `layers demo` and served to this machine only."
        )
    layers.settings.check_for_serving()
    app = create_app(layers.settings, host=layers.host, database=layers.database, proxies=proxies)
    with layers.database.engine.connect() as connection:
        for name in may_lose(connection):
            click.echo(
                f"PostgreSQL's setting {name} is off: a power cut can lose what people saved. Set it to on.", err=True
            )
    server = serving.listen(app, address, port, workers)
    click.echo(f"Serving {layers.settings.base_url} on {address}:{server.effective_port}", err=True)
    serving.serve(server)


@click.command()
@click.option("--port", type=PORT, default=8000, show_default=True)
@click.option("--reset", is_flag=True, help="Make the demo anew; the one before is put aside.")
@pass_layers
def demo(layers: CliContext, port: int, reset: bool) -> None:
    """Make the demo where there is none, serve it to this machine, and print who can sign in where."""
    serving.run(layers.settings, port, reset=reset)


commands: tuple[click.Command, ...] = (invite, account, serve, demo)
