"""The command `layers` as somebody types it: what it prints, what it leaves in the database, and its exit codes."""

from __future__ import annotations

import csv
import io
import json
import stat
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from layers_core.artefacts.service import ArtefactService
from layers_core.cli import root
from layers_core.cli.context import CliContext, pass_layers
from layers_core.cli.root import main
from layers_core.contract import Draft, PluginMeta, hookimpl
from layers_core.db.base import now
from layers_core.db.session import Database
from layers_core.host.loader import load_host
from layers_core.practices import access, service
from layers_core.practices.models import Practice
from layers_core.settings import Settings
from layers_core.usage import consent, studies

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "practices" / "epraccur_sample.csv"
COLUMNS = 27
Run = Callable[..., Result]


def row(code: str, name: str = "THE EXAMPLE SURGERY", status: str = "A", closed: str = "", phone: str = "") -> str:
    cells = [""] * COLUMNS
    cells[0], cells[1], cells[9], cells[11], cells[12], cells[17], cells[25] = (
        code, name, "ZZ99 1AA", closed, status, phone, "4",
    )  # fmt: skip
    return ",".join(f'"{cell}"' for cell in cells) + "\n"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(database_url=database_url, data_dir=tmp_path)


@pytest.fixture
def layers(settings: Settings, database: Database) -> CliContext:
    """What the commands work with: the test's database and no plugin."""
    return CliContext(settings, database=database, host=load_host(settings, discover=False))


@pytest.fixture
def run(layers: CliContext) -> Run:
    def invoke(*words: str | Path, obj: CliContext = layers, **more: object) -> Result:
        return CliRunner().invoke(main, [str(word) for word in words], obj=obj, **more)  # type: ignore[arg-type]

    return invoke


def practices_of(layers: CliContext) -> dict[str, Practice]:
    with layers.database.read() as session:
        return {found.code: found for found in session.scalars(select(Practice))}


# practices import -----------------------------------------------------------------------------------------------------


def test_wrong_rows_are_reported_by_line_and_the_rest_imported(run: Run, layers: CliContext, tmp_path: Path) -> None:
    file = tmp_path / "epraccur.csv"
    file.write_text(row("A81001") + "x,y\n" + row("WRONG!") + row("A81002", phone="01632 960002"), encoding="utf-8")
    done = run("practices", "import", file)
    assert done.exit_code == 0, done.output
    assert "line 2: This line has 2 columns instead of 27." in done.stderr
    assert "line 3: “WRONG!” is not a practice code." in done.stderr
    assert done.stdout == "2 new, 0 changed, 0 as before, 2 lines left out\n"
    found = practices_of(layers)
    assert found.keys() == {"A81001", "A81002"}
    assert (found["A81002"].slug, found["A81002"].name) == ("a81002", "The Example Surgery")
    assert found["A81002"].telephone == "01632 960002"


def test_importing_again_changes_nothing_and_a_newer_file_what_differs(
    run: Run, layers: CliContext, tmp_path: Path
) -> None:
    file = tmp_path / "epraccur.csv"
    file.write_text(row("A81001", phone="01632 960001") + row("A81002"), encoding="utf-8")
    run("practices", "import", file)
    assert run("practices", "import", file).stdout.startswith("0 new, 0 changed, 2 as before")
    file.write_text(row("A81001", name="NEW NAME") + row("A81002", status="C", closed="20250331"), encoding="utf-8")
    assert run("practices", "import", file).stdout.startswith("0 new, 2 changed, 0 as before")
    found = practices_of(layers)
    assert (found["A81001"].name, found["A81001"].telephone) == ("New Name", "01632 960001")
    assert found["A81002"].closed_on == date(2025, 3, 31)
    file.write_text(row("A81002"), encoding="utf-8")
    run("practices", "import", file)
    assert practices_of(layers)["A81002"].closed_on is None


def test_a_practice_that_closed_without_a_date_closed_when_we_first_heard(
    run: Run, layers: CliContext, tmp_path: Path
) -> None:
    file = tmp_path / "epraccur.csv"
    file.write_text(row("A81001", status="C"), encoding="utf-8")
    run("practices", "import", file)
    assert practices_of(layers)["A81001"].closed_on == now().date()
    with layers.database.write() as session:
        session.scalars(select(Practice)).one().closed_on = date(2020, 1, 1)
    assert run("practices", "import", file).stdout.startswith("0 new, 0 changed, 1 as before")


@pytest.mark.parametrize("content", ["", "not,a,register\n", "PK\x03\x04zip"])
def test_a_file_without_any_practice_is_a_failure(run: Run, tmp_path: Path, content: str) -> None:
    file = tmp_path / "wrong.csv"
    file.write_text(content, encoding="utf-8")
    done = run("practices", "import", file)
    assert done.exit_code == 1
    assert "No practice could be imported from wrong.csv" in done.stderr


def test_a_file_that_is_not_there_is_a_wrong_command(run: Run, tmp_path: Path) -> None:
    assert run("practices", "import", tmp_path / "nothing.csv").exit_code == 2


def test_more_rows_than_a_batch(run: Run, layers: CliContext, tmp_path: Path) -> None:
    file = tmp_path / "epraccur.csv"
    file.write_text("".join(row(f"A{number:05}") for number in range(1_203)), encoding="utf-8")
    assert run("practices", "import", file).stdout.startswith("1203 new")
    with layers.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Practice)) == 1_203


@pytest.mark.real_files
def test_the_registers_own_sample(run: Run, layers: CliContext) -> None:
    assert run("practices", "import", SHARED).exit_code == 0
    found = practices_of(layers)
    assert found["A81043"].name == "The Manor House Surgery"
    assert found["A81044"].name == "McKenzie House Surgery"


# plugins --------------------------------------------------------------------------------------------------------------


class Tidy:
    """A plugin with a command that uses what commands work with."""

    meta = PluginMeta("tidy", "Tidy up", "2.5", ">=0.1", "", "", "")

    @hookimpl
    def layers_commands(self) -> Iterable[click.Command]:
        @click.command("count-practices")
        @pass_layers
        def count(layers: CliContext) -> None:
            """Count the practices."""
            with layers.database.read() as session:
                click.echo(session.scalar(select(func.count()).select_from(Practice)))

        return [count]


class Broken:
    meta = PluginMeta("broken", "Broken", "1", ">=99", "", "", "")


def test_plugins_are_listed_and_a_quarantined_one_fails_the_command(
    run: Run, settings: Settings, database: Database
) -> None:
    tidy = load_host(settings, plugins=[Tidy()], discover=False)
    done = run("plugins", obj=CliContext(settings, database=database, host=tidy))
    assert done.exit_code == 0
    assert done.stdout.splitlines()[1].split(maxsplit=3) == ["tidy", "2.5", "healthy", "Tidy up"]

    both = load_host(settings, plugins=[Broken(), Tidy()], discover=False)
    done = run("plugins", obj=CliContext(settings, database=database, host=both))
    assert done.exit_code == 1
    assert "healthy" in done.stdout
    broken = next(line for line in done.stdout.splitlines() if line.startswith("broken"))
    assert "quarantined" in broken
    assert ">=99" in broken


def test_a_plugin_that_is_left_out_is_listed(run: Run, settings: Settings, database: Database, tmp_path: Path) -> None:
    without = Settings(database_url=settings.database_url, data_dir=tmp_path, disabled_plugins=frozenset({"tidy"}))
    host = load_host(without, plugins=[Tidy()], discover=False)
    done = run("plugins", obj=CliContext(without, database=database, host=host))
    assert done.exit_code == 0
    assert "left out" in done.stdout


def test_a_plugins_command_is_one_of_ours_and_uses_the_same_database(
    run: Run, settings: Settings, database: Database
) -> None:
    layers = CliContext(settings, database=database, host=load_host(settings, plugins=[Tidy()], discover=False))
    with database.write() as session:
        service.create_practice(session, "A81001", "Manor Surgery")
    done = run("count-practices", obj=layers)
    assert (done.exit_code, done.stdout) == (0, "1\n")
    assert "Count the practices." in run("--help", obj=layers).stdout
    assert run("count-practices").exit_code == 2


class Entry:
    """An entry point of another distribution."""

    def __init__(self, name: str, value: object) -> None:
        self.name, self._value = name, value

    def load(self) -> object:
        if isinstance(self._value, BaseException):
            raise self._value
        return self._value


@click.command("greet")
def greet() -> None:
    """Say hello."""
    click.echo("hello")


@pytest.mark.parametrize("value", [greet, [greet], lambda: greet, lambda: [greet]])
def test_another_distribution_brings_commands_and_a_broken_one_takes_nothing_away(
    run: Run, monkeypatch: pytest.MonkeyPatch, value: object
) -> None:
    entries = [
        Entry("bad", ImportError("gone")),
        Entry("worse", SystemExit(3)),
        Entry("odd", [7]),
        Entry("good", value),
    ]
    monkeypatch.setattr(root, "entry_points", lambda group: entries)
    monkeypatch.delitem(main.__dict__, "brought", raising=False)
    done = run("greet")
    assert (done.exit_code, done.stdout) == (0, "hello\n")
    for name in ("bad", "worse", "odd"):
        assert f"The commands of {name} are left out" in done.stderr
    monkeypatch.delitem(main.__dict__, "brought", raising=False)


# db -------------------------------------------------------------------------------------------------------------------


def test_a_new_database_gets_its_tables_and_then_all_is_well(run: Run, empty_database_url: str, tmp_path: Path) -> None:
    layers = CliContext(Settings(database_url=empty_database_url, data_dir=tmp_path))
    assert run("db", "check", obj=layers).exit_code == 1
    assert "Not run yet" in run("db", "check", obj=layers).stdout
    done = run("db", "upgrade", obj=layers)
    assert (done.exit_code, done.stdout) == (0, "The tables are up to date.\n")
    done = run("db", "check", obj=layers)
    assert done.exit_code == 0, done.output
    assert run("db", "orphans", obj=layers).exit_code == 0
    with layers.any_database.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE gone_entry (id INTEGER)")
    done = run("db", "orphans", obj=layers)
    assert (done.exit_code, done.stdout) == (1, "gone_entry\n")
    layers.any_database.dispose()


def test_commands_need_tables(run: Run, empty_database_url: str, tmp_path: Path) -> None:
    """A new SQLite file gets its tables by itself; a database server is nobody's to fill by accident."""
    file = tmp_path / "epraccur.csv"
    file.write_text(row("A81001"), encoding="utf-8")
    layers = CliContext(Settings(database_url=empty_database_url, data_dir=tmp_path))
    done = run("practices", "import", file, obj=layers)
    if empty_database_url.startswith("sqlite"):
        assert done.exit_code == 0, done.output
    else:
        assert done.exit_code == 1
        assert "Run: layers db upgrade" in done.stderr
    layers.any_database.dispose()


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"LAYERS_DATABASE_URL": "mysql://nowhere/x"}, "mysql is not supported"),
        ({"LAYERS_DATABASE_URL": "postgresql://nobody:secret@127.0.0.1:1/none"}, "The database refused"),
        ({"LAYERS_CONFIG": "/nowhere/layers.toml"}, "cannot be read"),
    ],
)
def test_what_is_wrong_outside_is_said_without_a_traceback_or_a_password(environ: dict[str, str], words: str) -> None:
    done = CliRunner(env=environ).invoke(main, ["db", "check"])
    assert done.exit_code == 1
    assert words in done.stderr
    assert "Traceback" not in done.output
    assert "secret" not in done.output


# export events --------------------------------------------------------------------------------------------------------


@pytest.fixture
def pilot(layers: CliContext) -> str:
    """Two members of a practice in a study, one of whom takes part, and a note by each."""
    with layers.database.write() as session:
        practice = service.create_practice(session, "A81001", "Manor Surgery", slug="manor")
        study = studies.create(session, "pilot", "Pilot", "Test", (now() - timedelta(days=1)).date())
        studies.add_practice(session, study, practice.id)
        people = []
        for name in ("Grace", "Nadia"):
            person = service.ensure_person(session, name, f"{name}@manor.example")
            service.join(session, person, practice.id, "gp", ())
            people.append(person.id)
        consent.give(session, people[0], now() - timedelta(hours=1))
    for person_id in people:
        with layers.database.read() as session:
            actor = access.find_actor(session, layers.host, person_id, "manor")
        assert actor is not None
        ArtefactService(layers.database, layers.host).save(
            actor, Draft("core.note", "Secret title", {"text": "Secret words"}, "practice")
        )
    return "pilot"


def test_events_are_exported_for_those_who_take_part(run: Run, pilot: str, tmp_path: Path) -> None:
    printed = run("export", "events", "--format", "csv")
    assert printed.exit_code == 0, printed.output
    rows = list(csv.DictReader(io.StringIO(printed.stdout)))
    assert [(found["event"], found["study"]) for found in rows] == [("core.recorded", pilot)]
    assert "Secret" not in printed.stdout

    out, codebook = tmp_path / "events.jsonl", tmp_path / "codebook.md"
    done = run("export", "events", "--study", pilot, "--format", "jsonl", "--out", out, "--codebook", codebook)
    assert (done.exit_code, done.stdout) == (0, "")
    assert [json.loads(line)["event"] for line in out.read_text(encoding="utf-8").splitlines()] == ["core.recorded"]
    assert "`core.recorded`" in codebook.read_text(encoding="utf-8")
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix in {".jsonl", ".half"}) == ["events.jsonl"]


def test_an_export_needs_to_know_which_study(run: Run, layers: CliContext, pilot: str) -> None:
    assert run("export", "events", "--study", "other").exit_code == 2
    with layers.database.write() as session:
        studies.create(session, "second", "Second", "Test", now().date())
    done = run("export", "events")
    assert done.exit_code == 2
    assert "pilot, second" in done.stderr
    assert run("export", "events", "--study", "second").stdout.count("\n") == 1
    assert run("export", "events", "--format", "xml").exit_code == 2


def test_an_export_without_a_study_or_a_place_fails(run: Run, layers: CliContext, tmp_path: Path) -> None:
    assert run("export", "events").exit_code == 1
    with layers.database.write() as session:
        studies.create(session, "pilot", "Pilot", "Test", now().date())
    done = run("export", "events", "--out", tmp_path / "nowhere" / "events.csv")
    assert done.exit_code == 1
    assert "cannot be written" in done.stderr


# people erase ---------------------------------------------------------------------------------------------------------


def test_erasing_asks_first_and_says_what_it_did(run: Run, layers: CliContext, pilot: str) -> None:
    assert run("people", "erase", "--email", "nobody@manor.example").exit_code == 1
    refused = run("people", "erase", "--email", "grace@manor.example", input="n\n")
    assert refused.exit_code == 1
    done = run("people", "erase", "--email", " GRACE@manor.example ", "--yes")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("Erased. 0 things deleted")
    with layers.database.read() as session:
        assert service.find_person(session, "grace@manor.example") is None
    assert run("export", "events").stdout.count("\n") == 1  # the heading alone


def test_without_a_command_it_helps(run: Run) -> None:
    done = run("--help")
    assert done.exit_code == 0
    for name in ("practices", "plugins", "db", "export", "people", "new-plugin"):
        assert name in done.stdout
    assert run("nonsense").exit_code == 2
