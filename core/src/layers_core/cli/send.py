"""`layers send`: mail to those who asked for it; started by cron or a timer, as often as one likes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

import click

from layers_core.cli.context import CliContext, pass_layers
from layers_core.db.base import now

if TYPE_CHECKING:
    from layers_core.reminding.sending import Outcome, Sender


@click.group()
def send() -> None:
    """Send people the mail that they asked for. Each mail goes once, however often this runs.

    LAYERS_SMTP_URL and LAYERS_MAIL_FROM say where it goes and whose it is. Exit code 1: some could not be sent.
    """


@send.command()
@pass_layers
def digests(layers: CliContext) -> None:
    """Send the weekly mail to everybody whose time of the week begins within a day. Run it every hour."""
    _send(layers, lambda sender: sender.digests)


@send.command()
@pass_layers
def reminders(layers: CliContext) -> None:
    """Remind everybody who asked for it of what they promised by tomorrow. Run it every morning."""
    _send(layers, lambda sender: sender.reminders)


def _send(layers: CliContext, which: Callable[[Sender], Callable[[datetime], Counter[Outcome]]]) -> None:
    # They bring the schedule of what comes back, which takes long to import and few commands need.
    from layers_core.reminding import post
    from layers_core.reminding.sending import Sender

    layers.settings.check_for_serving()
    with post.opened(layers.settings) as hand_over:
        done = which(Sender(layers.database, layers.host, layers.settings, hand_over))(now())
    click.echo(
        f"Sent {done['sent']}, nothing to say {done['nothing']}, not yet {done['early']}, "
        f"sent before {done['before']}, failed {done['failed']}"
    )
    if done["failed"]:
        raise click.ClickException(
            "Some mail could not be sent. What the server refused is not tried again. Where the server could not be "
            "reached, the next run tries again."
        )
