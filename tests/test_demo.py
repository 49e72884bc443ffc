"""The demo: its world on both databases, and the command that serves it, as somebody starts it."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http.cookiejar import CookieJar
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from layers_core.artefacts import reading
from layers_core.artefacts.models import Artefact, Exposure
from layers_core.artefacts.service import ArtefactService
from layers_core.cli.context import CliContext
from layers_core.cli.root import main
from layers_core.db.base import now
from layers_core.db.session import Database
from layers_core.host.loader import Host, load_host
from layers_core.practices import mix
from layers_core.practices.models import Practice
from layers_core.privacy import identifiers
from layers_core.settings import Settings
from layers_core.usage.models import Consent, UsageEventRow
from layers_core.vocabulary import vocabulary
from layers_reflect.nmc import reading as nmc_reading
from layers_reflect.portfolio.years import period_of
from layers_reflect.profiles import profile_of
from layers_webshell.accounts.demo_links import DemoLinks
from layers_webshell.app import create_app
from layers_webshell.demo import guideline, serving, telling, world

LAYERS = Path(sys.executable).with_name("layers")
LINE = re.compile(r"(\w+) (http://127\.0\.0\.1:\d+/\S+)")
ROLES = {*world.ROLES, "patient"}
STARTING = 60.0


@pytest.fixture(scope="module")
def host() -> Host:
    return load_host(Settings(database_url="sqlite:///unused.db", data_dir=Path(), raise_faults=True))


@pytest.fixture
def built(database: Database, host: Host) -> world.DemoWorld:
    return world.build(database, host, ArtefactService(database, host))


def test_everybody_is_there_and_the_home_practice_uses_everything(
    built: world.DemoWorld, database: Database, host: Host
) -> None:
    nurse = built.actor(database, host, "nurse")
    assert nurse.practice.mix.enabled == host.plugins.keys()
    assert {view.type for view in nurse.audiences} == {"person", "practice", "cluster", "network"}
    neighbour = built.actor(database, host, "neighbour")
    assert f"cluster:{built.cluster}" in {view.key for view in neighbour.audiences}
    outsider = built.actor(database, host, "outsider")
    assert f"cluster:{built.cluster}" not in {view.key for view in outsider.audiences}
    for role in ("evaluator", "operator"):
        with pytest.raises(LookupError):
            built.actor(database, host, role)


def test_there_is_something_due_something_to_see_again_and_no_answer_that_waits(
    built: world.DemoWorld, database: Database, host: Host
) -> None:
    nurse, gp = built.actor(database, host, "nurse"), built.actor(database, host, "gp")
    with database.read() as session:
        assert len(reading.due(session, nurse, 5)) == 1
        assert len(reading.due(session, gp, 5)) == 1
        assert reading.worth_seeing_again(session, host, nurse)
        assert reading.worth_seeing_again(session, host, gp)
        waiting = session.scalar(select(func.count()).where(Artefact.kind.startswith("patient_input.")))
        due = session.scalar(select(func.count()).where(Exposure.due_at <= now()))
    assert waiting == 0
    assert due
    assert due >= 5


def test_the_nurse_can_try_a_discussion_and_no_text_says_who_somebody_is(
    built: world.DemoWorld, database: Database, host: Host
) -> None:
    nurse = built.actor(database, host, "nurse")
    with database.read() as session:
        accounts = nmc_reading.accounts(session, host, nurse)
        ends = profile_of(session, nurse).cycle_ends
    assert ends is not None
    cycle = period_of("nurse", now().date(), ends)
    assert len(accounts) == 5
    assert all(cycle.since <= account.happened_on <= cycle.until for account in accounts)
    for entry in vocabulary("year", world.PACKAGE)["entries"]:
        for answer in entry["answers"].values():
            text = answer if isinstance(answer, str) else ""
            assert [text[span.start : span.end] for span in identifiers.find(text)] == []


def test_decisions_lie_in_the_past_and_can_be_gone_back_to(
    built: world.DemoWorld, database: Database, host: Host
) -> None:
    with database.read() as session:
        decisions = mix.history(session, built.practices["home"])
    assert len(decisions) == 5
    moments = [decision.created_at for decision in decisions]
    assert moments == sorted(moments, reverse=True)
    assert (now() - moments[-1]).days == 84
    trial = next(decision for decision in decisions if decision.choices["guidelines"].state == "trial")
    until = trial.choices["guidelines"].until
    assert until is not None
    assert (until - trial.created_at.date()).days == 28
    lead = built.actor(database, host, "lead")
    service = ArtefactService(database, host)
    mix.roll_back(service, lead, trial.version, "To see", expected=lead.practice.mix.version)
    assert "peer_share" not in built.actor(database, host, "lead").practice.mix.enabled


def test_what_the_study_counts_lies_within_consent(built: world.DemoWorld, database: Database) -> None:
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Consent)) == 6
        events = session.scalars(select(UsageEventRow).order_by(UsageEventRow.sequence)).all()
    assert len({event.name for event in events}) >= 5
    assert all(event.occurred_at <= now() for event in events)
    assert built.study == "riverside-pilot"


def test_everything_told_could_have_been_typed(built: world.DemoWorld, database: Database, host: Host) -> None:
    """Each draft passes the same checks as a submitted form, and the identifier guard finds nothing in it."""
    service = ArtefactService(database, host)
    entries = world.data()
    for entry in entries["things"]:
        actor = built.actor(database, host, entry["by"])
        assert service.check(actor, telling.draft_of(entry, actor, built.cluster)) == {}, entry["name"]
    lead = built.actor(database, host, entries["guideline"]["by"])
    for entry in entries["guideline"]["recommendations"]:
        assert service.check(lead, guideline.draft_of(entries["guideline"], entry, lead)) == {}, entry["name"]


def test_it_is_found_again(built: world.DemoWorld, database: Database) -> None:
    found = world.find(database)
    assert found is not None
    assert (found.people, found.practices, found.public_form) == (built.people, built.practices, built.public_form)
    assert found.public_form


def test_an_empty_database_holds_no_world_and_half_a_world_is_noticed(database: Database) -> None:
    assert world.find(database) is None
    with database.write() as session:
        entry = world.data()["practices"]["home"]
        session.add(Practice(code=entry["code"], slug=entry["slug"], name=entry["name"]))
    with pytest.raises(world.Unfinished):
        world.find(database)


def test_it_can_do_without_any_plugin(database: Database) -> None:
    settings = Settings(database_url="sqlite:///unused.db", data_dir=Path(), raise_faults=True)
    alone = load_host(settings, discover=False)
    made = world.build(database, alone, ArtefactService(database, alone))
    assert made.public_form == ""
    with database.read() as session:
        assert set(session.scalars(select(Artefact.kind))) == {"core.note"}


def test_each_link_signs_in_as_its_role_once(
    built: world.DemoWorld, database: Database, database_url: str, host: Host, tmp_path: Path
) -> None:
    settings = Settings(database_url=database_url, data_dir=tmp_path, demo=True)
    links = DemoLinks()
    app = create_app(settings, host=host, database=database, links=links)
    addresses = world.addresses(database, links)
    assert addresses.keys() == ROLES
    names = {role: entry["name"] for role, entry in world.data()["people"].items()}
    for role, path in addresses.items():
        client = app.test_client()
        page = client.get(path, base_url="http://127.0.0.1", follow_redirects=True)
        assert page.status_code == 200, (role, page.request.path)
        assert (names.get(role, "Friends and Family") in page.text) or role == "patient"
        if role != "patient":
            again = app.test_client().get(path, base_url="http://127.0.0.1")
            assert again.status_code == 410, role


# The command ----------------------------------------------------------------------------------------------------------


class Demo:
    """A running `layers demo`."""

    def __init__(self, folder: Path, *words: str, environ: dict[str, str] | None = None) -> None:
        began = time.monotonic()
        self.process = subprocess.Popen(
            [str(LAYERS), "demo", "--port", "0", *words],
            cwd=folder,
            env=clean(environ),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.links: dict[str, str] = {}
        assert self.process.stdout is not None
        guard = threading.Timer(STARTING, self.process.kill)
        guard.start()
        while len(self.links) < len(ROLES) and (line := self.process.stdout.readline()):
            match = LINE.fullmatch(line.strip())
            assert match, line
            self.links[match[1]] = match[2]
        guard.cancel()
        self.seconds = time.monotonic() - began

    def stop(self) -> str:
        """End it as Ctrl+C does; gives what it said on standard error."""
        self.process.send_signal(signal.SIGINT)
        _out, said = self.process.communicate(timeout=20)
        return said


def clean(environ: dict[str, str] | None = None) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("LAYERS_")} | (environ or {})


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Demo]]:
    running: list[Demo] = []

    def begin(*words: str, environ: dict[str, str] | None = None) -> Demo:
        running.append(Demo(tmp_path, *words, environ=environ))
        return running[-1]

    yield begin
    for demo in running:
        if demo.process.poll() is None:
            demo.process.kill()
            demo.process.communicate()


def open_page(address: str) -> tuple[int, str, str]:
    """Open an address in a browser of its own: status, final address, text."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    try:
        with browser.open(address, timeout=20) as answer:
            return answer.status, answer.url, answer.read().decode()
    except urllib.error.HTTPError as fault:
        return fault.code, address, fault.read().decode()


def count_things(folder: Path) -> int:
    with sqlite3.connect(folder / "var" / "demo" / "layers.db") as connection:
        return int(connection.execute("SELECT count(*) FROM core_artefact").fetchone()[0])


@pytest.mark.slow
def test_the_demo_starts_keeps_its_data_and_can_be_made_anew(start: Callable[..., Demo], tmp_path: Path) -> None:
    first = start()
    assert first.links.keys() == ROLES
    status, address, text = open_page(first.links["nurse"])
    assert (status, address.rpartition("/otterbrook")[2]) == (200, "/")
    assert "Maya Hazel" in text
    assert open_page(first.links["nurse"])[0] == 410  # a link works once
    assert open_page(first.links["patient"])[0] == 200
    assert "Traceback" not in first.stop()
    things = count_things(tmp_path)
    assert things

    layers = CliContext(Settings(database_url=f"sqlite:///{tmp_path}/var/demo/layers.db", data_dir=tmp_path))
    found = world.find(layers.database)
    assert found is not None
    entry = world.data()["things"][0]
    gp = found.actor(layers.database, layers.host, "gp")
    with layers.service.unit(gp) as unit:
        unit.add(telling.draft_of(entry, gp, found.cluster))
    layers.database.dispose()

    second = start()
    assert second.links.keys() == ROLES
    assert not set(first.links.values()) & {link for role, link in second.links.items() if role != "patient"}
    base, path = second.links["gp"].partition("/demo/")[0], first.links["manager"].partition("/demo/")[2]
    assert open_page(f"{base}/demo/{path}")[0] == 410  # new links at each start
    second.stop()
    assert count_things(tmp_path) == things + 1

    third = start("--reset")
    assert open_page(third.links["gp"])[0] == 200
    third.stop()
    assert count_things(tmp_path) == things
    assert (tmp_path / "var" / "demo" / serving.ASIDE / "layers.db").is_file()


@pytest.mark.slow
def test_a_demo_that_was_not_finished_is_made_anew(start: Callable[..., Demo], tmp_path: Path) -> None:
    layers = CliContext(Settings(database_url=f"sqlite:///{tmp_path}/var/demo/layers.db", data_dir=tmp_path))
    with layers.database.write() as session:
        entry = world.data()["practices"]["home"]
        session.add(Practice(code=entry["code"], slug=entry["slug"], name=entry["name"]))
    layers.database.dispose()
    demo = start()
    assert open_page(demo.links["gp"])[0] == 200
    assert "It is made anew." in demo.stop()


@pytest.mark.slow
def test_a_port_in_use_is_said(start: Callable[..., Demo], tmp_path: Path) -> None:
    port = start().links["gp"].split("/")[2].partition(":")[2]
    done = subprocess.run(
        [str(LAYERS), "demo", "--port", port], cwd=tmp_path, env=clean(), capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert f"127.0.0.1:{port}" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_serve_knows_no_demo_links(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/layers.db"
    layers = CliContext(Settings(database_url=url, data_dir=tmp_path))
    world.build(layers.database, layers.host, layers.service)
    layers.database.dispose()
    environ = clean({"LAYERS_DATABASE_URL": url, "LAYERS_SECRET_KEY": "k" * 40})
    with subprocess.Popen(
        [str(LAYERS), "serve", "--port", "0"], cwd=tmp_path, env=environ, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        try:
            port = re.search(r":(\d+)$", line.strip())
            assert port, line
            assert open_page(f"http://127.0.0.1:{port[1]}/health")[0] == 200
            assert open_page(f"http://127.0.0.1:{port[1]}/demo/sign-in/anything")[0] == 404
        finally:
            process.kill()


@pytest.mark.parametrize(
    ("environ", "reason"),
    [
        ({}, "The secret key is missing"),
        ({"LAYERS_SECRET_KEY": "short"}, "fewer than"),
        ({"LAYERS_SECRET_KEY": "k" * 40, "LAYERS_DEMO": "1"}, "LAYERS_DEMO is set"),
    ],
)
def test_serve_refuses_what_would_be_unsafe(tmp_path: Path, environ: dict[str, str], reason: str) -> None:
    given = {"LAYERS_DATABASE_URL": f"sqlite:///{tmp_path}/layers.db", **environ}
    done = CliRunner(env={name: "" for name in os.environ if name.startswith("LAYERS_")} | given).invoke(
        main, ["serve", "--port", "0"]
    )
    assert done.exit_code == 1
    assert reason in done.output


def test_only_the_demos_own_file_is_put_aside(tmp_path: Path) -> None:
    elsewhere = Settings(database_url=f"sqlite:///{tmp_path}/other.db", data_dir=tmp_path / "demo")
    (tmp_path / "other.db").touch()
    with pytest.raises(Exception, match="own file"):
        serving.put_aside(elsewhere)
    assert (tmp_path / "other.db").exists()
