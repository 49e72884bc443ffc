"""Where mail goes: to a server by SMTP, or into a Maildir to look at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from layers_core.settings import Settings, SettingsError

Post = Callable[[EmailMessage], None]
"""Hands one mail over. Raises Unreachable where nothing was handed over yet, any other OSError where it is not taken
(smtplib's errors are some), ValueError for bad headers."""


class Unreachable(OSError):
    """No server let us in, so that nothing was handed over and the mail may be tried again."""


SECONDS = 30
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


@contextmanager
def opened(settings: Settings) -> Iterator[Post]:
    """The way that the settings name. Raises SettingsError where they name none that can be used."""
    url = settings.smtp_url
    if not url or not settings.mail_from:
        raise SettingsError(
            "Mail needs LAYERS_SMTP_URL (smtp://host:25, smtp+starttls://user:password@host, smtps://… or "
            "maildir:///path) and LAYERS_MAIL_FROM (the address that it comes from)."
        )
    way = _way(url)
    if way is None:
        raise SettingsError("LAYERS_SMTP_URL is not understood: use smtp://, smtp+starttls://, smtps:// or maildir:///")
    yield way


def _way(url: str) -> Post | None:
    """How an address takes mail; None for one that is not understood."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme == "maildir" and parts.path:
        return _maildir(Path(unquote(parts.path)))
    if parts.scheme in PORTS and parts.hostname:
        return _smtp(parts, parts.hostname, port or PORTS[parts.scheme])
    return None


def _maildir(path: Path) -> Post:
    import mailbox

    # Not by `create=True`, which fails where another process makes the folder at the same moment.
    for folder in (path, *(path / name for name in ("tmp", "new", "cur"))):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    box = mailbox.Maildir(path, create=False)

    def send(message: EmailMessage) -> None:
        box.add(message)

    return send


def _smtp(parts: SplitResult, host: str, port: int) -> Post:
    """One connection for each mail: a refused one spoils nothing for the next."""
    import smtplib
    import ssl

    def connected() -> smtplib.SMTP:
        if parts.scheme == "smtps":
            return smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=ssl.create_default_context())
        return smtplib.SMTP(host, port, timeout=SECONDS)

    def send(message: EmailMessage) -> None:
        with ExitStack() as stack:
            try:
                server = stack.enter_context(connected())
                if parts.scheme == "smtp+starttls":
                    server.starttls(context=ssl.create_default_context())
                if parts.username:
                    server.login(unquote(parts.username), unquote(parts.password or ""))
            except OSError as fault:
                raise Unreachable(type(fault).__name__) from fault
            server.send_message(message)

    return send
