"""Messages over LMTP (RFC 2033): the mail server hands each one over and hears what became of it for every address."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from layers_reflect.mail.delivering import TEMPORARY, Delivery, Outcome
from layers_reflect.mail.head import RECIPIENTS
from layers_reflect.mail.letter import LIMIT

# An empty return path, in the spellings that aiosmtpd gives.
NOBODY = (None, "", "<>")
OK = "250 2.0.0 Done"
UNKNOWN = "550 5.1.1 No such address"
TOO_LARGE = "552 5.3.4 The message has 25 MB or more"
TOO_MANY = "452 4.5.3 Too many recipients at once"
LATER = "451 4.3.0 Not now. Try again later"
# The refusals that the server should pass on. All others are shown to whom the message was for: an answer would go to
# an address that may be somebody else's.
SAID = {"too_large": TOO_LARGE}


class Server(LMTP):
    """An LMTP session. A line may be as long as mail programs make them, and each address gets its own reply."""

    line_length_limit = 1_000_000

    async def push(self, status: Any) -> None:
        """Send a reply. One that refuses the whole message is said once for each address, as LMTP wants."""
        words = str(status)
        if words.startswith(("552 Error: Too much", "500 Line too long")) and self.envelope is not None:
            words = "\r\n".join([TOO_LARGE if words.startswith("552") else words] * len(self.envelope.rcpt_tos))
        await super().push(words)


class Handler:
    """What is done with what a mail server says. `tell` hears of each outcome."""

    def __init__(self, delivery: Delivery, tell: Callable[[Outcome], None]) -> None:
        self._delivery = delivery
        self._tell = tell

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take an address that is somebody's now."""
        if len(envelope.rcpt_tos) >= RECIPIENTS:
            return TOO_MANY
        try:
            known = await asyncio.to_thread(self._delivery.is_known, address)
        except TEMPORARY:
            return LATER
        if not known:
            self._tell(Outcome("unknown"))
            return UNKNOWN
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 Known"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Bring the message to every address that was taken; the replies come in their order."""
        raw = envelope.original_content or b""
        replies = []
        for address in envelope.rcpt_tos:
            token = self._delivery.token(address)
            outcome = await asyncio.to_thread(self._delivery.deliver, token, raw, bounce=envelope.mail_from in NOBODY)
            self._tell(outcome)
            replies.append(_reply(outcome))
        return "\r\n".join(replies)


def _reply(outcome: Outcome) -> str:
    known = {"unknown": UNKNOWN, "later": LATER, "refused": SAID.get(outcome.reason, OK)}
    return known.get(outcome.state, OK)


async def start(delivery: Delivery, host: str, port: int, tell: Callable[[Outcome], None]) -> asyncio.Server:
    """Listen for a mail server. Raises OSError where the address is taken or is not this computer's."""
    loop = asyncio.get_running_loop()
    return await loop.create_server(
        lambda: Server(
            Handler(delivery, tell), data_size_limit=LIMIT - 1, enable_SMTPUTF8=True, hostname="layers", loop=loop
        ),
        host,
        port,
    )
