"""A person with a secret address, and messages made for the occasion."""

from __future__ import annotations

from collections.abc import Callable
from email import policy
from email.message import EmailMessage
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from layers_core.artefacts.models import Artefact
from layers_reflect.kinds import NOTE
from layers_reflect.mail import reading, service
from layers_reflect.mail.delivering import Delivery

if TYPE_CHECKING:
    from layers_webshell.testworld import World

DOMAIN = "notes.example.org"
KEY = "the key of these tests"
Letter = Callable[..., EmailMessage]


@pytest.fixture
def token(world: World) -> str:
    """The first part of the nurse's address."""
    return address_of(world, "nurse")


def address_of(world: World, role: str) -> str:
    """Make somebody's address and give its first part."""
    actor = world.actor(role)
    service.renew(world.artefacts, actor, KEY)
    with world.database.read() as session:
        mine = reading.my_address(session, actor, KEY)
    assert mine is not None
    return mine.token


@pytest.fixture
def delivery(world: World) -> Delivery:
    """What brings messages in, without a check of senders by a server."""
    return Delivery(world.artefacts, DOMAIN)


def message(
    text: str | None = "Ask who can read the letter",
    subject: str = "Large print",
    sender: str = "Nadia Brown <nurse@example.org>",
    **heads: str,
) -> EmailMessage:
    """A message that the nurse sends to herself; `heads` adds lines to its head, `_` for `-`."""
    made = EmailMessage(policy=policy.SMTP)
    made["From"] = sender
    made["Subject"] = subject
    made["Message-ID"] = "<1@mail.example.org>"
    for name, value in heads.items():
        made[name.replace("_", "-")] = value
    if text is not None:
        made.set_content(text)
    return made


def raw(*lines: str | bytes) -> bytes:
    """A message from the nurse as it stands on the wire; `lines` follow the From line."""
    parts = [line if isinstance(line, bytes) else line.encode("utf-8", "surrogateescape") for line in lines]
    return b"\r\n".join([b"From: nurse@example.org", *parts])


def notes(world: World, role: str = "nurse") -> list[Artefact]:
    """Everything that somebody has recorded, oldest first."""
    with world.database.read() as session:
        query = select(Artefact).where(Artefact.author_id == world.people[role], Artefact.kind == NOTE)
        return list(session.scalars(query.order_by(Artefact.number)))


def text_of(note: Artefact) -> str:
    """What a note says."""
    return str(note.body["answers"]["what"])


def refusals(world: World, role: str = "nurse") -> list[reading.Refusal]:
    """The messages that somebody is told about."""
    with world.database.read() as session:
        return reading.my_refusals(session, world.actor(role))
