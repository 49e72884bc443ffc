"""`layers mail-in`: messages that people send to themselves become notes."""

from __future__ import annotations

import signal
import sys
from collections import Counter
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from layers_core.cli.context import CliContext, pass_layers
from layers_core.vocabulary import label
from layers_reflect.prompts import PACKAGE

# Reading mail takes much that no other command and no page needs, so it is imported when messages are taken.
if TYPE_CHECKING:
    import threading

    from layers_reflect.mail.delivering import Delivery, Outcome
    from layers_reflect.mail.maildir import Maildir

MANY = 10
"""Messages from which on a progress bar is worth its line."""
STOPS = (signal.SIGINT, signal.SIGTERM)


class _Address(click.ParamType[tuple[str, int]]):
    """HOST:PORT."""

    name = "host:port"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:
        """The two parts of an address."""
        host, _colon, port = str(value).rpartition(":")
        if not host or not port.isdecimal() or int(port) > 65535:
            self.fail("Use an address such as 127.0.0.1:8024", param, ctx)
        return host.strip("[]"), int(port)


@click.command("mail-in")
@click.option("--maildir", type=click.Path(file_okay=False, path_type=Path), help="Take new messages from a Maildir.")
@click.option("--lmtp", type=_Address(), metavar="HOST:PORT", help="Listen for a mail server that speaks LMTP.")
@click.option("--once", is_flag=True, help="Take what is in the Maildir now, then stop.")
@click.option("--every", type=click.FloatRange(min=0.1), default=10, show_default=True, metavar="SECONDS",
              help="How often to look into the Maildir.")  # fmt: skip
@click.option("--remove", is_flag=True, help="Delete a message from the Maildir once it is kept.")
@pass_layers
def mail_in(
    layers: CliContext, maildir: Path | None, lmtp: tuple[str, int] | None, once: bool, every: float, remove: bool
) -> None:
    """Keep what people send to their secret addresses as private notes.

    Needs LAYERS_MAIL_DOMAIN. Nobody is ever answered by e-mail; what is refused is shown to whom it was sent. Exit code
    1 with --once says that messages are left which have to be tried again.
    """
    if (maildir is None) == (lmtp is None):
        raise click.UsageError("Choose --maildir or --lmtp")
    if lmtp and (once or remove):
        raise click.UsageError("--once and --remove go with --maildir")
    if not layers.settings.mail_domain:
        raise click.ClickException("Set LAYERS_MAIL_DOMAIN to the domain of the secret addresses first.")
    from layers_reflect.mail.delivering import Delivery

    delivery = Delivery(layers.service, layers.settings.mail_domain, layers.settings.mail_authserv_id)
    if lmtp:
        import asyncio

        tally = asyncio.run(_listen(delivery, *lmtp))
    else:
        assert maildir is not None
        tally = _follow(delivery, maildir, once=once, every=every, remove=remove)
    click.echo(_summary(tally))
    if once and tally["later"]:
        raise click.exceptions.Exit(1)


def _follow(delivery: Delivery, path: Path, *, once: bool, every: float, remove: bool) -> Counter[str]:
    """Take messages until told to stop, or once; gives how many had each outcome."""
    import threading

    from layers_reflect.mail.maildir import Maildir, NoMaildir

    try:
        folder = Maildir(path, remove=remove)
    except NoMaildir as fault:
        raise click.ClickException(str(fault)) from fault
    tally: Counter[str] = Counter()
    if once:
        return _round(folder, delivery, tally)
    stop = threading.Event()
    for number in STOPS:
        signal.signal(number, lambda *_: stop.set())
    while not stop.is_set():
        # What waits is counted anew in each round.
        tally.pop("later", None)
        _round(folder, delivery, tally, stop)
        stop.wait(every)
    return tally


def _round(
    folder: Maildir, delivery: Delivery, tally: Counter[str], stop: threading.Event | None = None
) -> Counter[str]:
    paths = folder.waiting()
    for path, outcome in _with_bar(folder.take(paths, delivery), len(paths)):
        tally[outcome.state] += 1
        _tell(outcome, path.name)
        if stop is not None and stop.is_set():
            break
    return tally


def _with_bar(items: Iterable[tuple[Path, Outcome]], number: int) -> Iterable[tuple[Path, Outcome]]:
    bar: AbstractContextManager[Iterable[tuple[Path, Outcome]]] = nullcontext(items)
    if number >= MANY and sys.stderr.isatty():
        bar = click.progressbar(items, length=number, label="Messages", file=sys.stderr)
    with bar as shown:
        yield from shown


async def _listen(delivery: Delivery, host: str, port: int) -> Counter[str]:
    """Serve LMTP until told to stop; gives how many messages had each outcome."""
    import asyncio

    from layers_reflect.mail import lmtp

    tally: Counter[str] = Counter()

    def tell(outcome: Outcome) -> None:
        tally[outcome.state] += 1
        _tell(outcome, "A message")

    try:
        server = await lmtp.start(delivery, host, port, tell)
    except OSError as fault:
        raise click.ClickException(f"{host}:{port} cannot be listened on: {fault.strerror}") from fault
    stop = asyncio.Event()
    for number in STOPS:
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with server:
        click.echo(f"Listening on {host}:{server.sockets[0].getsockname()[1]}", err=True)
        await stop.wait()
    return tally


def _tell(outcome: Outcome, name: str) -> None:
    """Say what did not become a note and why; never whose it was or what it says."""
    if outcome.state == "refused":
        click.echo(f"{name}: refused. {label('mail_refusals', outcome.reason, PACKAGE)}", err=True)
    elif outcome.state == "unknown":
        click.echo(f"{name}: for no address that is known here.", err=True)
    elif outcome.state == "later":
        click.echo(f"{name}: not now. It is tried again later.", err=True)


def _summary(tally: Counter[str]) -> str:
    return (
        f"{tally['kept']} kept, {tally['here']} here already, {tally['refused']} refused, "
        f"{tally['unknown']} for nobody here, {tally['later']} to be tried again"
    )
