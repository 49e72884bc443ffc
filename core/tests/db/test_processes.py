"""Several processes on one database, and processes that die."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import func, select


def start(workers: Path, url: str, units: int, threads: int = 1, *more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, workers / "writer.py", url, str(units), str(threads), *more],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def counts(database, tables) -> tuple[int, int]:
    with database.read() as session:
        return tuple(session.scalar(select(func.count()).select_from(table)) for table in (tables.Note, tables.Part))


def test_two_processes_save_two_hundred_times_each_without_one_locked_error(database, database_url, tables, workers):
    running = [start(workers, database_url, 200, 2) for _ in range(2)]
    results = [process.communicate(timeout=120) for process in running]
    assert [fault for _, fault in results] == ["", ""]
    assert [len(saved.splitlines()) for saved, _ in results] == [200, 200]
    assert counts(database, tables) == (400, 400)


def test_a_process_killed_inside_a_unit_leaves_nothing_of_it(database, database_url, tables, workers):
    process = start(workers, database_url, 4, 1, "hold")
    lines = [process.stdout.readline().strip() for _ in range(4)]
    assert lines[-1] == "HOLDING"
    process.kill()
    process.communicate()
    assert counts(database, tables) == (3, 3)
    # The dead process holds no lock.
    started = time.monotonic()
    with database.write() as session:
        session.add(tables.Note(text="next"))
    assert time.monotonic() - started < 5


def test_a_process_killed_anywhere_loses_nothing_that_it_had_acknowledged(database, database_url, tables, workers):
    acknowledged: set[str] = set()
    for delay in (0.01, 0.05, 0.1):
        process = start(workers, database_url, 100_000)
        acknowledged.add(process.stdout.readline().strip())
        assert acknowledged != {""}
        time.sleep(delay)
        process.kill()
        # The last line may have been cut by the kill.
        acknowledged.update(line for line in process.communicate()[0].split("\n")[:-1])
    with database.read() as session:
        stored = {str(found) for found in session.scalars(select(tables.Note.id))}
        whole = {str(found) for found in session.scalars(select(tables.Part.note_id))}
    assert len(acknowledged) > 3
    assert acknowledged <= stored
    assert stored == whole
