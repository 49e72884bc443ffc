"""A served demo for journeys in a real browser, on both databases, and devices in somebody's hands."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select
from waitress.server import create_server

from layers_core.artefacts.service import ArtefactService
from layers_core.db.session import Database
from layers_core.host.loader import Host, load_host
from layers_core.settings import Settings
from layers_core.testkit.servers import DatabaseAddress
from layers_core.usage.models import UsageEventRow
from layers_webshell.accounts.demo_links import DemoLinks
from layers_webshell.app import create_app
from layers_webshell.demo import world

from ..newcomer import beside

KEY = "a key for tests only, long enough to be taken"
LAYERS = Path(sys.executable).with_name("layers")
START_SECONDS = 30
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}


@dataclass
class Served:
    """The demo, answering on this machine. `links` holds what the demo would print, by role."""

    url: str
    links: Mapping[str, str]
    world: world.DemoWorld
    database: Database
    host: Host

    def events(self, after: int = 0) -> list[tuple[str, str]]:
        """(name, tier) of every usage event since a sequence number, in order."""
        with self.database.read() as session:
            rows = session.execute(
                select(UsageEventRow.name, UsageEventRow.tier)
                .where(UsageEventRow.sequence > after)
                .order_by(UsageEventRow.sequence)
            )
            return [(row.name, row.tier) for row in rows]

    def last_event(self) -> int:
        """The sequence number of the newest event."""
        with self.database.read() as session:
            return session.scalar(select(UsageEventRow.sequence).order_by(UsageEventRow.sequence.desc()).limit(1)) or 0


@pytest.fixture
def served(database: Database, database_url: str, tmp_path: Path) -> Iterator[Served]:
    """The demo's world on an empty database, served on a free port."""
    settings = Settings(
        database_url=database_url,
        secret_key=KEY,
        base_url="http://127.0.0.1",
        data_dir=tmp_path,
        demo=True,
        raise_faults=True,
        trusted_hosts=("127.0.0.1",),
    )
    host = load_host(settings)
    made = world.build(database, host, ArtefactService(database, host))
    links = DemoLinks()
    app = create_app(settings, host=host, database=database, links=links)
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    url = f"http://127.0.0.1:{server.effective_port}"
    threading.Thread(target=server.run, daemon=True).start()
    addresses = {role: url + path for role, path in world.addresses(database, links).items()}
    yield Served(url, addresses, made, database, host)
    server.close()


Restarted = Callable[[Path], str]


@pytest.fixture
def restarted(served: Served, database_address: DatabaseAddress, tmp_path: Path) -> Iterator[Restarted]:
    """`restarted(site)` serves the same instance with the plugins in a folder too, as its operator would; its address.

    Whoever is signed in stays so: it is the same host, and the key and the database are the same.
    """
    running: list[subprocess.Popen[bytes]] = []

    def restart(site: Path) -> str:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        shared = {"SECRET_KEY": KEY, "BASE_URL": "http://127.0.0.1", "DATA_DIR": str(tmp_path)}
        owner = beside(site, DATABASE_URL=database_address.owner_url, **shared)
        subprocess.run([LAYERS, "db", "upgrade"], env=owner, check=True, capture_output=True)
        environ = beside(site, DATABASE_URL=database_address.url, **shared)
        running.append(subprocess.Popen([LAYERS, "serve", "--port", str(port)], env=environ, stderr=subprocess.DEVNULL))
        url = f"http://127.0.0.1:{port}"
        _wait_for(f"{url}/health")
        return url

    yield restart
    for process in running:
        process.terminate()
        process.wait(timeout=START_SECONDS)


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(url, timeout=START_SECONDS).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


Device = Callable[..., Page]


@pytest.fixture
def device(browser: Browser, served: Served) -> Iterator[Device]:
    """`device("nurse", phone=True)` is a fresh browser, signed in by that role's link; "patient" opens the form."""
    contexts = []

    def hand_over(role: str, *, phone: bool = False, javascript: bool = True) -> Page:
        context = browser.new_context(viewport=PHONE if phone else DESK, java_script_enabled=javascript)
        contexts.append(context)
        page = context.new_page()
        page.goto(served.links[role])
        return page

    yield hand_over
    for context in contexts:
        context.close()
