"""The web shell's commands: inviting somebody from the command line. Serving and the demo are tried in tests/."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from layers_core.cli.context import CliContext
from layers_core.cli.root import main
from layers_core.db.base import now
from layers_core.practices.models import Practice
from layers_core.settings import Settings
from layers_webshell.accounts.models import Invitation

WORDS = ("--practice", "a81001", "--email", " New.Nurse@Manor.example ", "--name", "New Nurse")


@pytest.fixture
def layers(world: Any, database_url: str, tmp_path: Path) -> CliContext:
    settings = Settings(database_url=database_url, data_dir=tmp_path, base_url="http://127.0.0.1")
    return CliContext(settings, database=world.database, host=world.host)


def invite(layers: CliContext, *words: str) -> Any:
    return CliRunner().invoke(main, ["invite", *words], obj=layers)


def test_the_printed_link_lets_somebody_in_once(layers: CliContext, visitor: Any) -> None:
    done = invite(layers, *WORDS, "--profession", "nurse", "--role", "lead", "--role", "manager")
    assert done.exit_code == 0, done.output
    base, _slash, path = done.stdout.strip().partition("/invitation/")
    assert base == "http://127.0.0.1"
    page = visitor.get(f"/invitation/{path}")
    assert page.status_code == 200
    assert "New Nurse" in page.text
    with layers.database.read() as session:
        kept = session.scalars(select(Invitation)).one()
    assert (kept.email, kept.profession) == ("new.nurse@manor.example", "nurse")
    assert set(kept.roles) == {"member", "lead", "manager"}
    assert path not in kept.token_hash

    again = invite(layers, *WORDS)
    assert again.stdout != done.stdout
    assert visitor.get(f"/invitation/{path}").status_code == 410


@pytest.mark.parametrize(
    ("words", "code", "reason"),
    [
        (("--practice", "Z99999", "--email", "a@b.example"), 1, "There is no practice Z99999"),
        (("--practice", "A81001", "--email", "no address"), 2, "is no e-mail address"),
        (("--practice", "A81001", "--email", "a@b.example", "--role", "king"), 2, "--role"),
        (("--practice", "A81001", "--email", "a@b.example", "--profession", "king"), 2, "--profession"),
        (("--practice", "A81001"), 2, "--email"),
    ],
)
def test_what_cannot_be_is_refused(layers: CliContext, words: tuple[str, ...], code: int, reason: str) -> None:
    done = invite(layers, *words)
    assert done.exit_code == code
    assert reason in done.stderr
    with layers.database.read() as session:
        assert session.scalars(select(Invitation)).all() == []


def test_nobody_is_invited_to_a_practice_that_has_closed(layers: CliContext) -> None:
    with layers.database.write() as session:
        session.scalars(select(Practice).where(Practice.code == "A81001")).one().closed_on = now().date()
    done = invite(layers, *WORDS)
    assert done.exit_code == 1
    assert "closed on" in done.stderr


def test_an_evaluator_gets_an_account_and_a_study(layers: CliContext, visitor: Any) -> None:
    done = CliRunner().invoke(main, ["account", "--email", "eva@study.example", "--name", "Eva"], obj=layers)
    assert done.exit_code == 0, done.output
    path = done.stdout.strip().removeprefix("http://127.0.0.1")
    chosen = visitor.submit(visitor.get(path), {"password": "seventeen purple kettles"})
    assert chosen.status_code == 303
    words = ["studies", "add", "second", "--title", "Second pilot", "--approval", "Example", "--starts", "2026-11-01"]
    practices = ["--practice", "a81001", "--practice", "A81002"]
    made = CliRunner().invoke(main, [*words, *practices, "--evaluator", "eva@study.example"], obj=layers)
    assert made.exit_code == 0, made.output
    signed_in = visitor.submit(
        visitor.get("/sign-in"), {"email": "eva@study.example", "password": "seventeen purple kettles"}
    )
    assert signed_in.location == "/evaluation"
    assert "Second pilot" in visitor.get("/evaluation").text
    assert visitor.get("/manor/").status_code == 404
    again = CliRunner().invoke(main, [*words, *practices], obj=layers)
    assert again.exit_code == 1
    assert "There is a study second already" in again.stderr


def test_an_operator_sees_the_installation(layers: CliContext, visitor: Any) -> None:
    command = ["account", "--email", "op@host.example", "--name", "Op", "--operator"]
    path = CliRunner().invoke(main, command, obj=layers).stdout.strip().removeprefix("http://127.0.0.1")
    visitor.submit(visitor.get(path), {"password": "seventeen purple kettles"})
    visitor.submit(visitor.get("/sign-in"), {"email": "op@host.example", "password": "seventeen purple kettles"})
    assert visitor.get("/operator").status_code == 200


def test_a_cluster_opens_to_its_practices(layers: CliContext, client_for: Any) -> None:
    words = ["clusters", "add", "U2", "--name", "Example federation", "--kind", "federation"]
    made = CliRunner().invoke(main, [*words, "--practice", "A81001", "--practice", "B82003"], obj=layers)
    assert made.exit_code == 0, made.output
    assert "Example federation" in client_for("nurse").get("/manor/").text
    assert "Example federation" in client_for("outsider").get("/hilltop/").text
    assert "Example federation" not in client_for("neighbour").get("/riverside/").text
    nobody = CliRunner().invoke(main, [*words[:2], "U3", *words[3:], "--practice", "Z99999"], obj=layers)
    assert nobody.exit_code == 1
    assert "There is no practice Z99999" in nobody.stderr
