"""The copies that an SQLite database leaves beside itself before it is migrated."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing

import pytest

from layers_core.db.backup import backup_sqlite, backups
from layers_core.db.engine import create_engine
from layers_core.db.migrate import upgrade
from layers_core.db.rooms import MigrationRoom


@pytest.fixture
def step(tmp_path):
    """Adds a revision to a room and runs it on one database."""
    folder = tmp_path / "core"
    folder.mkdir()
    engine = create_engine(f"sqlite:///{tmp_path}/layers.db")

    def run(body: str) -> None:
        number = len(list(folder.glob("*.py"))) + 1
        down = f"{number - 1:04d}" if number > 1 else None
        (folder / f"{number:04d}.py").write_text(
            f"from alembic import op\nrevision = '{number:04d}'\ndown_revision = {down!r}\n"
            f"def upgrade():\n    op.execute({body!r})\n"
        )
        assert upgrade(engine, [MigrationRoom("core", folder)]) == []

    yield run
    engine.dispose()


def test_only_data_is_copied_and_only_before_something_runs(step, tmp_path):
    database = tmp_path / "layers.db"
    step("CREATE TABLE core_a (x INT)")
    step("INSERT INTO core_a VALUES (1)")
    assert backups(database) == []
    step("UPDATE core_a SET x = 2")
    (copy,) = backups(database)
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT x FROM core_a").fetchall() == [(1,)]
        assert connection.execute("SELECT version_num FROM alembic_version_core").fetchall() == [("0002",)]
    assert copy.stat().st_mode & 0o077 == 0


def test_the_newest_three_are_kept(step, tmp_path):
    step("CREATE TABLE core_a (x INT)")
    step("INSERT INTO core_a VALUES (0)")
    for number in range(1, 6):
        step(f"UPDATE core_a SET x = {number}")
    values = []
    for copy in backups(tmp_path / "layers.db"):
        with closing(sqlite3.connect(copy)) as connection:
            values.append(connection.execute("SELECT x FROM core_a").fetchone()[0])
    assert values == [4, 3, 2]


def test_a_copy_under_writes_is_whole(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path}/layers.db")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE a (x INT)")
        connection.exec_driver_sql("CREATE TABLE b (x INT)")
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            with engine.begin() as connection:
                connection.exec_driver_sql("INSERT INTO a VALUES (1)")
                connection.exec_driver_sql("INSERT INTO b VALUES (1)")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            copy = tmp_path / f"copy{number}.db"
            backup_sqlite(tmp_path / "layers.db", copy)
            with closing(sqlite3.connect(copy)) as connection:
                assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                rows = [connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in "ab"]
            assert rows[0] == rows[1]
    finally:
        stop.set()
        writer.join()
        engine.dispose()
    assert sorted(path.name for path in tmp_path.glob("copy*")) == [f"copy{number}.db" for number in range(5)]
