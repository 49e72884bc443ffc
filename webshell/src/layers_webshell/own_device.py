"""Whether a device is the person's own, and by which mark what waits on it is known to be theirs."""

from __future__ import annotations

import hashlib
from uuid import UUID

from flask import session

from layers_webshell.accounts.identity import OWN


def is_own() -> bool:
    """Whether the present sign-in was marked as being on the person's own device."""
    return bool(session.get(OWN))


def owner_mark(person_id: UUID) -> str:
    """The mark of a person on what their device keeps for them.

    It opens nothing: the server compares it with who is signed in, so that nobody sends what somebody else wrote. It
    does not change with the instance's secret key, because notes wait on devices for longer.
    """
    return hashlib.sha256(f"layers outbox {person_id}".encode()).hexdigest()[:32]
