"""Migrations of several distributions on one database, good ones and bad ones."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from layers_core.db.engine import create_engine
from layers_core.db.errors import MigrationError
from layers_core.db.migrate import check, orphans, upgrade
from layers_core.db.rooms import MigrationRoom, in_order
from layers_core.testkit.databases import only_sqlite

CREATE = "op.create_table('{name}', sa.Column('id', sa.Integer, primary_key=True), sa.Column('text', sa.String))"


@pytest.fixture
def engine(empty_database_url):
    found = create_engine(empty_database_url)
    yield found
    found.dispose()


@pytest.fixture
def room(tmp_path):
    """Makes a room whose revisions 0001, 0002, … have the given bodies; called again, it adds to the room."""

    def make(slug: str, *bodies: str) -> MigrationRoom:
        folder = tmp_path / slug
        folder.mkdir(exist_ok=True)
        done = len(list(folder.glob("*.py")))
        for number, body in enumerate(bodies, done + 1):
            lines = "\n    ".join(body.splitlines())
            (folder / f"{number:04d}_step.py").write_text(
                "import sqlalchemy as sa\nfrom alembic import op\n\n"
                f"revision = '{number:04d}'\ndown_revision = {f'{number - 1:04d}' if number > 1 else None!r}\n\n\n"
                f"def upgrade():\n    {lines}\n"
            )
        return MigrationRoom(slug, folder)

    return make


def tables(engine) -> set[str]:
    return {name for name in inspect(engine).get_table_names() if not name.startswith("alembic_version_")}


def version(engine, slug: str) -> str | None:
    with engine.connect() as connection:
        return connection.execute(text(f"SELECT version_num FROM alembic_version_{slug}")).scalar()


def test_the_core_goes_first_then_the_shell_then_plugins_by_slug(engine, room):
    slugs = ["reflect", "webshell", "guidelines", "core"]
    rooms = [room(slug, CREATE.format(name=f"{slug}_a")) for slug in slugs]
    assert [found.slug for found in in_order(rooms)] == ["core", "webshell", "guidelines", "reflect"]
    assert upgrade(engine, rooms) == []
    assert tables(engine) == {"core_a", "webshell_a", "guidelines_a", "reflect_a"}


def test_a_plugins_table_may_refer_to_the_cores_although_its_room_comes_first(engine, room):
    reference = "sa.Column('core_id', sa.Integer, sa.ForeignKey('core_a.id'))"
    plugin = room("alpha", f"op.create_table('alpha_a', {reference})")
    assert upgrade(engine, [plugin, room("core", CREATE.format(name="core_a"))]) == []


def test_only_what_is_new_is_run_again(engine, room):
    upgrade(engine, [room("core", CREATE.format(name="core_a"))])
    assert upgrade(engine, [room("core", CREATE.format(name="core_b"))]) == []
    assert tables(engine) == {"core_a", "core_b"}
    assert version(engine, "core") == "0002"
    assert upgrade(engine, [room("core")]) == []


@pytest.mark.parametrize(
    "bad", ["raise ValueError('bad luck')", "raise SystemExit(3)", "op.execute('SELECT * FROM nothing')"]
)
def test_a_plugins_failing_migration_leaves_the_rest_up_and_is_reported(engine, room, bad):
    rooms = [
        room("core", CREATE.format(name="core_a")),
        room("alpha", CREATE.format(name="alpha_a"), CREATE.format(name="alpha_b") + "\n" + bad),
        room("beta", CREATE.format(name="beta_a")),
    ]
    faults = upgrade(engine, rooms)
    assert [fault.slug for fault in faults] == ["alpha"]
    assert faults[0].reason
    # The step that failed left nothing; the one before it stays.
    assert tables(engine) == {"core_a", "alpha_a", "beta_a"}
    assert version(engine, "alpha") == "0001"
    assert [(problem.slug, problem.kind) for problem in check(engine, rooms) if problem.slug == "alpha"] == [
        ("alpha", "pending")
    ]


def test_a_plugin_whose_files_cannot_be_read_is_reported(engine, room, tmp_path):
    broken = room("alpha", "pass")
    (broken.folder / "0002_step.py").write_text("this is not Python")
    gone = MigrationRoom("beta", tmp_path / "nowhere")
    rooms = [room("core", CREATE.format(name="core_a")), broken, gone]
    assert [fault.slug for fault in upgrade(engine, rooms)] == ["alpha", "beta"]
    assert tables(engine) == {"core_a"}
    assert {(problem.slug, problem.kind) for problem in check(engine, rooms) if problem.slug != "core"} == {
        ("alpha", "broken"),
        ("beta", "unknown"),
    }


def test_a_failing_migration_of_the_core_stops_the_start(engine, room):
    with pytest.raises(MigrationError, match="core: ValueError: bad luck"):
        upgrade(engine, [room("core", "raise ValueError('bad luck')"), room("alpha", CREATE.format(name="alpha_a"))])
    assert tables(engine) == set()


@pytest.mark.parametrize(("slug", "stops"), [("core", True), ("alpha", False)])
def test_an_unknown_revision_is_refused_by_name(engine, room, slug, stops):
    known = room(slug, CREATE.format(name=f"{slug}_a"))
    upgrade(engine, [known])
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE alembic_version_{slug} SET version_num = '0042'"))
    if stops:
        with pytest.raises(MigrationError, match="0042"):
            upgrade(engine, [known])
    else:
        assert "0042" in upgrade(engine, [known])[0].reason
    assert [(problem.kind, "0042" in problem.detail) for problem in check(engine, [known])] == [("unknown", True)]


def test_two_ends_of_one_room_are_refused_by_name(engine, room):
    forked = room("alpha", "pass", "pass")
    (forked.folder / "0003_step.py").write_text("revision = '0003'\ndown_revision = '0001'\ndef upgrade():\n    pass\n")
    assert "0002, 0003" in upgrade(engine, [forked])[0].reason


def test_check_names_what_was_not_run(engine, room):
    found = check(engine, [room("core", "pass", "pass")])
    assert [str(problem) for problem in found] == ["core: Not run yet: 0001, 0002."]


def test_check_says_when_it_has_no_models_to_compare_with(engine, room):
    alpha = room("alpha", CREATE.format(name="alpha_a"))
    upgrade(engine, [alpha])
    assert [(problem.slug, problem.kind) for problem in check(engine, [alpha])] == [("alpha", "broken")]


def test_orphans_are_the_tables_of_nobody_installed(engine, room):
    here, gone = room("core", CREATE.format(name="core_a")), room("alpha", CREATE.format(name="alpha_a"))
    upgrade(engine, [here, gone])
    assert orphans(engine, [here, gone]) == []
    assert orphans(engine, [here]) == ["alembic_version_alpha", "alpha_a"]


def test_remaking_a_table_keeps_the_rows_that_refer_to_it(engine, room):
    """SQLite remakes a table to change it; with foreign keys in force, dropping the old one would cascade."""
    child = (
        "op.create_table('core_b', sa.Column('a_id', sa.Integer, "
        "sa.ForeignKey('core_a.id', ondelete='CASCADE'), primary_key=True))\n"
        "op.execute(\"INSERT INTO core_a VALUES (1, 'x')\")\n"
        "op.execute('INSERT INTO core_b VALUES (1)')"
    )
    change = (
        "with op.batch_alter_table('core_a', recreate='always' if op.get_context().dialect.name == 'sqlite' "
        "else 'never') as batch:\n"
        "    batch.alter_column('text', nullable=False)"
    )
    assert upgrade(engine, [room("core", CREATE.format(name="core_a"), child, change)]) == []
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM core_b")).scalar_one() == 1
        if engine.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1


def test_a_migration_that_leaves_broken_references_is_rolled_back(engine, room):
    child = "op.create_table('alpha_b', sa.Column('a_id', sa.Integer, sa.ForeignKey('alpha_a.id')))"
    orphan = "op.execute('INSERT INTO alpha_b VALUES (7)')"
    faults = upgrade(engine, [room("alpha", CREATE.format(name="alpha_a"), child, orphan)])
    assert [fault.slug for fault in faults] == ["alpha"]
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM alpha_b")).scalar_one() == 0


def test_statements_by_kind_of_database(engine, room):
    body = (
        "from layers_core.db.ddl import execute_for\n"
        "execute_for(sqlite=['CREATE TABLE core_sqlite (x INT)'], postgresql=['CREATE TABLE core_postgresql (x INT)'])"
    )
    upgrade(engine, [room("core", body)])
    assert tables(engine) == {f"core_{engine.dialect.name}"}


UPGRADE = (
    "import sys; from pathlib import Path\n"
    "from layers_core.db.engine import create_engine\n"
    "from layers_core.db.migrate import upgrade\n"
    "from layers_core.db.rooms import MigrationRoom\n"
    "upgrade(create_engine(sys.argv[1]), [MigrationRoom('core', Path(sys.argv[2]))])\n"
)


def test_processes_that_start_together_migrate_once(empty_database_url, engine, room):
    core = room("core", *(CREATE.format(name=f"core_t{n}") + "\nimport time; time.sleep(0.02)" for n in range(12)))
    running = [
        subprocess.Popen(
            [sys.executable, "-c", UPGRADE, empty_database_url, str(core.folder)], stderr=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    assert [process.communicate(timeout=60)[1] for process in running] == ["", "", ""]
    assert len(tables(engine)) == 12


@only_sqlite
def test_on_sqlite_a_second_process_waits_for_the_whole_of_the_first(empty_database_url, engine, room):
    core = room("core", CREATE.format(name="core_a"))
    command = [sys.executable, "-c", UPGRADE, empty_database_url, str(core.folder)]
    with closing(sqlite3.connect(f"{engine.url.database}.migrating", isolation_level=None)) as first:
        first.execute("BEGIN EXCLUSIVE")
        second = subprocess.Popen(command)
        with pytest.raises(subprocess.TimeoutExpired):
            second.wait(2)
        assert tables(engine) == set()
    assert second.wait(30) == 0
    assert tables(engine) == {"core_a"}


def test_a_process_killed_inside_a_migration_leaves_whole_steps(empty_database_url, engine, room):
    stop = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"
    core = room("core", CREATE.format(name="core_a"), CREATE.format(name="core_b") + "\n" + stop)
    process = subprocess.run([sys.executable, "-c", UPGRADE, empty_database_url, str(core.folder)], timeout=60)
    assert process.returncode == -9
    assert tables(engine) == {"core_a"}
    second = Path(core.folder / "0002_step.py")
    second.write_text(second.read_text().replace("os.kill(os.getpid(), signal.SIGKILL)", "pass"))
    assert upgrade(engine, [core]) == []
    assert tables(engine) == {"core_a", "core_b"}
