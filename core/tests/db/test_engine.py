"""Addresses, pragmas and pools."""

from __future__ import annotations

import subprocess
import sys

import pytest
from sqlalchemy import text

from layers_core.db.engine import create_engine, parse_url
from layers_core.db.errors import DatabaseUrlError
from layers_core.testkit.databases import only_postgresql


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "sqlite:///file:x?mode=memory&uri=true", "mysql://x/y", "nonsense", ""]
)
def test_an_address_that_an_instance_cannot_run_on_is_refused(url):
    with pytest.raises(DatabaseUrlError):
        create_engine(url)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_goes_through_psycopg(scheme):
    address = parse_url(f"{scheme}://somebody:pass%40word@db.example/layers")
    assert address.drivername == "postgresql+psycopg"
    assert (address.password, address.host) == ("pass@word", "db.example")


def test_a_new_sqlite_file_is_durable_and_checks_references(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path}/new/folder/layers.db")
    with engine.connect() as connection:
        found = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30000}
    assert (tmp_path / "new" / "folder").stat().st_mode & 0o077 == 0
    engine.dispose()


def test_processes_that_open_a_new_file_together_do_not_block_each_other(tmp_path, workers):
    """Left to SQLite's own busy timeout, several openings in a hundred fail with "database is locked"."""
    result = subprocess.run(
        [sys.executable, workers / "opener.py", tmp_path], capture_output=True, text=True, timeout=60, check=True
    )
    assert result.stdout == ""
    assert len(list(tmp_path.glob("*.db"))) == 200


@only_postgresql
def test_postgresql_sessions_are_in_utc(database):
    with database.read() as session:
        assert session.execute(text("SHOW timezone")).scalar_one() == "UTC"
