"""`layers mail-in` as a process: it follows a Maildir, serves LMTP, and may be killed at any moment."""

from __future__ import annotations

import mailbox
import os
import signal
import smtplib
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .conftest import DOMAIN, KEY, message, notes

if TYPE_CHECKING:
    from layers_webshell.testworld import World

pytestmark = pytest.mark.slow

MESSAGES = 60
PATIENCE = 60
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(database_url: str, tmp_path: Path) -> Start:
    """Starts the command on the world's database."""

    def run(*options: str) -> subprocess.Popen[str]:
        told = {
            "LAYERS_DATABASE_URL": database_url,
            "LAYERS_DATA_DIR": str(tmp_path / "data"),
            "LAYERS_HOME": str(tmp_path),
            "LAYERS_SECRET_KEY": KEY,
            "LAYERS_MAIL_DOMAIN": DOMAIN,
        }
        layers = str(Path(sys.executable).with_name("layers"))
        return subprocess.Popen(
            [layers, "mail-in", *options],
            env={**os.environ, **told},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return run


def wait_until(true: Callable[[], bool]) -> None:
    """Fails where it does not come true in a minute."""
    until = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_killed_again_and_again_it_keeps_each_once(world: World, token: str, tmp_path: Path, start: Start) -> None:
    folder = mailbox.Maildir(tmp_path / "mail", create=True)
    new = tmp_path / "mail" / "new"
    for number in range(MESSAGES):
        sent = message(f"Text {number}", subject=f"Note {number}").as_bytes()
        folder.add(f"Delivered-To: {token}@{DOMAIN}\r\n".encode() + sent)
    for share in (0.9, 0.6, 0.3):
        running = start("--maildir", str(tmp_path / "mail"), "--every", "0.1")
        wait_until(lambda share=share: len(list(new.iterdir())) <= MESSAGES * share)  # type: ignore[misc]
        running.kill()
        running.communicate()
    last = start("--maildir", str(tmp_path / "mail"), "--every", "0.1")
    wait_until(lambda: not list(new.iterdir()))
    last.send_signal(signal.SIGTERM)
    out, _err = last.communicate(timeout=PATIENCE)
    assert last.returncode == 0
    assert " 0 to be tried again" in out
    assert sorted(note.title for note in notes(world)) == sorted(f"Note {number}" for number in range(MESSAGES))


def test_it_serves_lmtp_until_it_is_told_to_stop(world: World, token: str, start: Start) -> None:
    running = start("--lmtp", "127.0.0.1:0")
    assert running.stderr is not None
    line = ""
    while not line.startswith("Listening on 127.0.0.1:"):
        line = running.stderr.readline()
        assert line, "it ended"
    with smtplib.LMTP("127.0.0.1", int(line.rpartition(":")[2])) as client:
        client.sendmail("nurse@example.org", [f"{token}@{DOMAIN}"], message().as_bytes())
    running.send_signal(signal.SIGTERM)
    out, _err = running.communicate(timeout=PATIENCE)
    assert running.returncode == 0
    assert out.startswith("1 kept, ")
    assert len(notes(world)) == 1
