"""`layers mail-in` on a Maildir: each message once, whatever happens between saving and moving."""

from __future__ import annotations

import mailbox
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from layers_core.cli.context import CliContext
from layers_core.settings import Settings
from layers_reflect.mail import delivering
from layers_reflect.mail.commands import mail_in
from layers_reflect.mail.delivering import Delivery
from layers_reflect.mail.letter import LIMIT
from layers_reflect.mail.maildir import Maildir

from .conftest import DOMAIN, address_of, message, notes, refusals

if TYPE_CHECKING:
    from layers_webshell.testworld import World


@pytest.fixture
def folder(tmp_path: Path) -> mailbox.Maildir:
    return mailbox.Maildir(tmp_path / "mail", create=True)


def put(folder: mailbox.Maildir, token: str, content: bytes, header: str = "Delivered-To") -> Path:
    """Deliver a message as a mail server does; gives its file."""
    key = folder.add(f"{header}: {token}@{DOMAIN}\r\n".encode() + content)
    return Path(str(folder._path), "new", key)


def run(world: World, folder: mailbox.Maildir, *options: str, domain: str = DOMAIN) -> Result:
    settings = Settings(database_url="sqlite://", data_dir=Path(), mail_domain=domain)
    context = CliContext(settings, database=world.database, host=world.host)
    path = str(folder._path)
    return CliRunner().invoke(mail_in, ["--maildir", path, "--once", *options], obj=context)


def names(folder: mailbox.Maildir, place: str) -> list[str]:
    where = Path(str(folder._path), place)
    return sorted(os.listdir(where)) if where.is_dir() else []


def test_each_goes_where_its_outcome_shows(world: World, folder: mailbox.Maildir, token: str) -> None:
    put(folder, token, message("One").as_bytes())
    put(folder, token, message("Two").as_bytes(), "X-Original-To")
    put(folder, token, message(sender="evil@example.com").as_bytes())
    put(folder, "nobody", message().as_bytes())
    put(folder, token, b"Subject: x\r\n\r\n" + b"x" * LIMIT)
    done = run(world, folder)
    assert done.exit_code == 0, done.output
    assert "2 kept, 0 here already, 2 refused, 1 for nobody here, 0 to be tried again" in done.stdout
    assert "It did not come from the e-mail address that you sign in with." in done.stderr
    assert token not in done.output
    assert names(folder, "new") == []
    assert len(names(folder, "cur")) == 2
    for place in (".refused.forged", ".refused.too_large", ".refused.unknown"):
        assert len(names(folder, f"{place}/cur")) == 1
    assert len(notes(world)) == len(refusals(world)) == 2
    assert "0 kept" in run(world, folder).stdout


def test_a_process_that_ended_before_the_move(world: World, folder: mailbox.Maildir, token: str) -> None:
    path = put(folder, token, message().as_bytes())
    content = path.read_bytes()
    assert run(world, folder).exit_code == 0
    path.write_bytes(content)
    again = run(world, folder)
    assert "0 kept, 1 here already" in again.stdout
    assert len(notes(world)) == 1


def test_one_that_another_process_took(
    world: World, folder: mailbox.Maildir, delivery: Delivery, token: str, tmp_path: Path
) -> None:
    path = put(folder, token, message().as_bytes())
    maildir = Maildir(tmp_path / "mail")
    waiting = maildir.waiting()
    path.unlink()
    assert list(maildir.take(waiting, delivery)) == []


def test_what_waits_stays(world: World, folder: mailbox.Maildir, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivering, "AN_HOUR", 1)
    put(folder, token, message("One").as_bytes())
    put(folder, token, message("Two").as_bytes())
    done = run(world, folder)
    assert done.exit_code == 1
    assert "1 kept" in done.stdout
    assert "1 to be tried again" in done.stdout
    assert len(names(folder, "new")) == 1


def test_kept_and_removed(world: World, folder: mailbox.Maildir, token: str) -> None:
    put(folder, token, message().as_bytes())
    assert run(world, folder, "--remove").exit_code == 0
    assert names(folder, "new") == names(folder, "cur") == []
    assert len(notes(world)) == 1


def test_a_message_for_two(world: World, folder: mailbox.Maildir, token: str) -> None:
    other = address_of(world, "gp")
    put(folder, token, f"Delivered-To: {other}@{DOMAIN}\r\n".encode() + message().as_bytes())
    assert "1 kept" in run(world, folder).stdout
    assert len(notes(world)) == 1
    assert len(refusals(world, "gp")) == 1


def test_a_link_in_the_folder_is_not_followed(
    world: World, folder: mailbox.Maildir, token: str, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(f"Delivered-To: {token}@{DOMAIN}\r\n".encode() + message().as_bytes())
    (tmp_path / "mail" / "new" / "1").symlink_to(secret)
    assert "1 refused" in run(world, folder).stdout
    assert notes(world) == []
    assert secret.exists()


def test_what_the_command_refuses(world: World, folder: mailbox.Maildir, tmp_path: Path) -> None:
    assert "LAYERS_MAIL_DOMAIN" in run(world, folder, domain="").stderr
    context = CliContext(Settings(database_url="", data_dir=tmp_path, mail_domain=DOMAIN), database=world.database)
    context.host = world.host
    invoke = CliRunner().invoke
    assert "no folders new and cur" in invoke(mail_in, ["--maildir", str(tmp_path), "--once"], obj=context).stderr
    assert invoke(mail_in, [], obj=context).exit_code == 2
    assert invoke(mail_in, ["--lmtp", "nowhere"], obj=context).exit_code == 2
    assert invoke(mail_in, ["--lmtp", "127.0.0.1:0", "--once"], obj=context).exit_code == 2
