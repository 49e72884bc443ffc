"""A mail server hands messages over: a real LMTP session, and a reply for each address."""

from __future__ import annotations

import asyncio
import smtplib
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.exc import OperationalError

from layers_reflect.mail import lmtp
from layers_reflect.mail.delivering import Delivery, Outcome
from layers_reflect.mail.letter import LIMIT

from .conftest import DOMAIN, address_of, message, notes, refusals

if TYPE_CHECKING:
    from layers_webshell.testworld import World

ME = "nurse@example.org"


@pytest.fixture
def told() -> list[Outcome]:
    return []


@pytest.fixture
def port(delivery: Delivery, told: list[Outcome]) -> Iterator[int]:
    """A server of its own in a thread; gives where it listens."""
    # All of it in a thread: another loop may belong to the one in which the tests run.
    listening: Future[int] = Future()
    over = threading.Event()

    async def serve() -> None:
        server = await lmtp.start(delivery, "127.0.0.1", 0, told.append)
        listening.set_result(server.sockets[0].getsockname()[1])
        await asyncio.to_thread(over.wait)
        server.close()

    thread = threading.Thread(target=asyncio.run, args=[serve()])
    thread.start()
    yield listening.result(timeout=10)
    over.set()
    thread.join()


def session(port: int) -> smtplib.LMTP:
    return smtplib.LMTP("127.0.0.1", port)


def test_a_message_is_kept(world: World, port: int, token: str, told: list[Outcome]) -> None:
    with session(port) as client:
        assert client.sendmail(ME, [f"{token}@{DOMAIN}"], message().as_bytes()) == {}
        assert client.sendmail(ME, [f"{token}@{DOMAIN}"], message().as_bytes()) == {}
    assert [note.title for note in notes(world)] == ["Large print"]
    assert told == [Outcome("kept"), Outcome("here")]


def test_an_unknown_address(world: World, port: int, token: str) -> None:
    with session(port) as client:
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            client.sendmail(ME, [f"nurse@{DOMAIN}", ME], message().as_bytes())
        assert {code for code, _words in refused.value.recipients.values()} == {550}
    assert notes(world) == []


def test_a_refusal_is_told_to_its_owner_and_never_answered(world: World, port: int, token: str) -> None:
    with session(port) as client:
        client.sendmail("evil@example.com", [f"{token}@{DOMAIN}"], message(sender="evil@example.com").as_bytes())
        client.sendmail("", [f"{token}@{DOMAIN}"], message("A bounce").as_bytes())
    assert notes(world) == []
    assert len(refusals(world)) == 2


def test_a_reply_for_each_address(world: World, port: int, token: str) -> None:
    other = address_of(world, "gp")
    with session(port) as client:
        client.ehlo()
        client.mail(ME)
        assert client.rcpt(f"{token}@{DOMAIN}")[0] == 250
        assert client.rcpt(f"nobody@{DOMAIN}")[0] == 550
        assert client.rcpt(f"{other}@{DOMAIN}")[0] == 250
        assert client.data(message().as_bytes())[0] == 250
        assert client.getreply()[0] == 250
        assert client.noop()[0] == 250
    assert len(notes(world)) == 1
    assert len(refusals(world, "gp")) == 1


def test_too_large_for_each_address(world: World, port: int, token: str) -> None:
    other = address_of(world, "gp")
    with session(port) as client:
        client.ehlo()
        client.mail(ME)
        for local in (token, other):
            client.rcpt(f"{local}@{DOMAIN}")
        code, words = client.data(
            message().as_bytes() + b"\r\n" + b"x" * 76 * 10 + (b"y" * 998 + b"\r\n") * (LIMIT // 1000)
        )
        assert code == 552
        assert client.getreply() == (code, words)
        assert client.noop()[0] == 250
        assert client.docmd(f"MAIL FROM:<{ME}> SIZE={LIMIT}")[0] == 552
    assert notes(world) == []


def test_long_lines_are_taken(world: World, port: int, token: str) -> None:
    with session(port) as client:
        client.sendmail(ME, [f"{token}@{DOMAIN}"], b"From: nurse@example.org\r\n\r\n" + b"word " * 1000)
    assert len(notes(world)) == 1


def test_many_recipients(world: World, port: int, token: str) -> None:
    with session(port) as client:
        client.ehlo()
        client.mail(ME)
        codes = [client.rcpt(f"{token}@{DOMAIN}")[0] for _number in range(25)]
    assert codes == [250] * 20 + [452] * 5


def test_the_database_is_away(world: World, port: int, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: object) -> None:
        raise OperationalError("", {}, Exception("gone"))

    with session(port) as client:
        client.ehlo()
        client.mail(ME)
        client.rcpt(f"{token}@{DOMAIN}")
        monkeypatch.setattr(world.artefacts.__class__, "save", away)
        assert client.data(message().as_bytes())[0] == 451
        monkeypatch.undo()
        client.sendmail(ME, [f"{token}@{DOMAIN}"], message().as_bytes())
        monkeypatch.setattr(world.database.__class__, "read", away)
        client.mail(ME)
        assert client.rcpt(f"{token}@{DOMAIN}")[0] == 451
        monkeypatch.undo()
    assert len(notes(world)) == 1
