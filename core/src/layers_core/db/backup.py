"""Copies of an SQLite database, made through SQLite's own backup so that writers can go on meanwhile."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from layers_core.db.base import now

KEEP = 3
_MARK = ".before-migration-"


def backup_sqlite(source: Path, target: Path) -> None:
    """Copy a database file as of one moment. The copy appears under its name only when it is whole and on the disk."""
    unfinished = target.with_name(f"{target.name}.part")
    unfinished.unlink(missing_ok=True)
    # Readable by the owner alone from its first byte: it holds what people wrote.
    os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    with closing(sqlite3.connect(source, timeout=30)) as origin, closing(sqlite3.connect(unfinished)) as copy:
        origin.backup(copy)
    # The copy inherits write-ahead logging; as a file to keep it should stand alone, without a second file beside it.
    with closing(sqlite3.connect(unfinished)) as copy:
        copy.execute("PRAGMA journal_mode = DELETE")
    with unfinished.open("rb+") as handle:
        os.fsync(handle.fileno())
    unfinished.replace(target)


def backup_before_migration(source: Path, keep: int = KEEP) -> Path:
    """Copy a database beside itself and keep only the newest `keep` of such copies. Returns the new one's path."""
    target = source.with_name(f"{source.name}{_MARK}{now():%Y%m%dT%H%M%S%fZ}")
    backup_sqlite(source, target)
    for old in backups(source)[keep:]:
        old.unlink(missing_ok=True)
    return target


def backups(source: Path) -> list[Path]:
    """The copies made before migrations of this database, newest first."""
    found = source.parent.glob(f"{source.name}{_MARK}*Z")
    return sorted(found, reverse=True)
