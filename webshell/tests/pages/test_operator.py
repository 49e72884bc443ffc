"""The operator's page: what is installed and how it is, nothing that anybody wrote; and the health address."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from layers_core.contract import Actor, Draft, HomeCard, PluginMeta, PracticeView, hookimpl
from layers_core.host.loader import Host
from layers_core.settings import Settings
from layers_webshell.app import create_app
from layers_webshell.testclient import Browser
from layers_webshell.testworld import World

ClientFor = Callable[..., Browser]


def meta(slug: str, **more: Any) -> PluginMeta:
    given = {"requires_core": ">=0.1", "summary": "s", "stores": "s", "seen_by": "s", **more}
    return PluginMeta(slug=slug, name=slug.capitalize(), version="1.2", **given)


class Stumbles:
    """Fails on each home page."""

    meta = meta("stumbles")

    @hookimpl
    def layers_home_cards(self, practice: PracticeView, actor: Actor, session: Session) -> Iterable[HomeCard]:
        """Never a card."""
        secret = "a patient's words"
        raise RuntimeError(f"could not show {secret}")


class Ancient:
    """Needs another core."""

    meta = meta("ancient", requires_core=">=99")


@pytest.fixture(scope="module")
def web_plugins() -> Sequence[object]:
    """One that fails, one that does not fit."""
    return [Stumbles(), Ancient()]


@pytest.fixture(scope="module")
def web_raise_faults() -> bool:
    """Faults are isolated here."""
    return False


def test_only_the_operator(world: World, client_for: ClientFor) -> None:
    found = {role for role in world.people if client_for(role).get("/operator").status_code == 200}
    assert found == {"operator"}


def test_it_says_what_is_wrong_and_where(world: World, host: Host, client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    for _number in range(3):
        assert nurse.get("/manor/").status_code == 200
    page = client_for("operator").get("/operator").text
    assert "Kept out: faulty" in page
    assert ">=99" in page.replace("&gt;", ">")
    assert "Page parts suspended" in page
    assert "RuntimeError" in page
    assert "3 recent faults" in page
    assert "layers_home_cards" in page
    assert "patient's words" not in page.replace("&#39;", "'")
    assert "Every migration has run" in page
    assert world.database.dialect in page


def test_no_content_and_no_people(world: World, client_for: ClientFor) -> None:
    draft = Draft("core.note", "Larger letters", {"text": "Print at 18 points"}, audience="practice")
    world.artefacts.save(world.actor("nurse"), draft)
    page = client_for("operator").get("/operator").text
    assert "Manor Street Surgery" in page
    assert "A81001" in page
    for word in ("Larger letters", "18 points", "Nadia", "@"):
        assert word not in page.replace("Otto", "")


def test_missing_migrations_are_named(world: World, client_for: ClientFor) -> None:
    with world.database.write() as session:
        session.execute(text("UPDATE alembic_version_webshell SET version_num = '9999'"))
    page = client_for("operator").get("/operator").text
    assert "webshell" in page
    assert "9999" in page
    assert "Every migration has run" not in page


def test_health_follows_the_database(visitor: Browser, settings: Settings, host: Host, tmp_path: Any) -> None:
    well = visitor.get("/health")
    assert (well.status_code, well.json) == (200, {"status": "ok"})
    assert "Set-Cookie" not in well.headers
    for url in (f"sqlite:///{tmp_path / 'empty.db'}", "postgresql://nobody@127.0.0.1:1/none"):
        app: Flask = create_app(
            Settings(database_url=url, data_dir=tmp_path, secret_key=settings.secret_key), host=host
        )
        ill = app.test_client().get("/health", base_url="http://127.0.0.1")
        assert (ill.status_code, list(ill.json)) == (503, ["status"])
        assert "nobody" not in ill.text


def test_settings_that_could_lose_what_was_saved_are_named(world: World, client_for: ClientFor) -> None:
    page = client_for("operator").get("/operator").text
    # The tests' own PostgreSQL does not wait for the disk.
    assert ("A power cut can lose what people saved. Set to on: fsync<" in page) == (
        world.database.dialect == "postgresql"
    )


STARTED = """
import sys
import layers_webshell.app
from pathlib import Path
from layers_core.host.loader import load_host
from layers_core.settings import Settings

load_host(Settings(database_url="sqlite:///unused.db", data_dir=Path("unused")))
print(sorted({"alembic", "mako", "phonenumbers", "segno"} & sys.modules.keys()))
"""


def test_a_worker_starts_without_what_few_pages_need() -> None:
    """Alembic alone would be 8 MB and 0.05 s of every worker."""
    done = subprocess.run([sys.executable, "-c", STARTED], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
