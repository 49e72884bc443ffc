"""Processes that die in the middle of a save, several processes at once, and one submit that arrives twice.

Each process is a real one (`saver.py`) that saves through the artefact service with every installed plugin; its submit
writes the note, its revision, promise, exposure, links, a private addition of Reflect's, events and search rows.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from layers_core.artefacts.models import Action, Artefact, Comment, Exposure, Link, Revision, WriteKey
from layers_core.contract import Draft, GuardAnswer, Promise
from layers_core.usage.models import UsageEventRow
from layers_reflect.models import Aside

pytestmark = pytest.mark.slow

SAVER = Path(__file__).with_name("saver.py")
NOTE, ASIDE = "reflect.note", "reflect.aside"
HELD = ("1", "2", "4", "6", "9", "12", "commit")
"""The writing statements of one submit at which a process is killed, and the moment before its COMMIT."""
EVENTS = Counter({"core.recorded": 2, "core.promised": 1, "reflect.aside_kept": 1})
"""What one submit notes: the note and its addition were recorded, something was promised and something kept."""


@dataclass
class Bench:
    """A database, and the processes that save into it."""

    site: Any
    about: UUID
    running: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, keys: Iterable[str], *, threads: int = 1, hold: str = "") -> subprocess.Popen[str]:
        """A process that has loaded everything and waits for `go`."""
        given = {
            "url": self.site.url,
            "person": str(self.site.world.people["nurse"]),
            "practice": "manor",
            "about": str(self.about),
            "keys": list(keys),
            "threads": threads,
            "hold": hold,
        }
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        process = subprocess.Popen([sys.executable, SAVER, json.dumps(given)], text=True, **pipes)
        self.running.append(process)
        return process

    def go(self, *processes: subprocess.Popen[str]) -> None:
        """Let processes begin together."""
        for process in processes:
            assert process.stdout.readline() == "ready\n", process.communicate()[1]
        for process in processes:
            process.stdin.write("go\n")
            process.stdin.flush()

    def notes(self) -> dict[UUID, Artefact]:
        """The notes that processes saved."""
        with self.site.database.read() as session:
            found = session.scalars(
                select(Artefact).where(Artefact.kind == NOTE, Artefact.title.startswith("zq saved"))
            )
            return {note.id: note for note in found}


@pytest.fixture
def bench(make_site: Any) -> Iterator[Bench]:
    """An empty bench; whatever still runs at the end is ended."""
    site = make_site()
    found = Bench(site, site.save("nurse", Draft("core.note", "About", {"text": "About"}, "practice")))
    yield found
    for process in found.running:
        process.kill()
        process.communicate()


def assert_whole(bench: Bench) -> None:
    """Every note has all that its submit wrote, and nothing is there that belongs to no submit."""
    notes = bench.notes()
    with bench.site.database.read() as session:
        asides = {row.artefact_id: row.note_id for row in session.scalars(select(Aside))}
        additions = set(session.scalars(select(Artefact.id).where(Artefact.kind == ASIDE)))
        assert set(asides) == additions
        assert Counter(asides.values()) == Counter(set(notes))
        for model, column, expected in (
            (Revision, Revision.artefact_id, {*notes, *additions}),
            (Action, Action.artefact_id, set(notes)),
            (Exposure, Exposure.artefact_id, set(notes)),
            (Link, Link.from_id, {*notes, *additions}),
            (WriteKey, WriteKey.result_id, set(notes)),
        ):
            rows = session.scalars(select(column).where(column != bench.about))
            assert Counter(rows) == Counter(expected), model.__name__
        told: dict[UUID, Counter[str]] = {}
        for row in session.scalars(select(UsageEventRow).where(UsageEventRow.artefact_id.is_not(None))):
            if row.artefact_id != bench.about:
                told.setdefault(asides.get(row.artefact_id, row.artefact_id), Counter())[row.name] += 1
        assert told == dict.fromkeys(notes, EVENTS)
        key = "number" if bench.site.database.dialect == "postgresql" else "rowid"
        indexed = Counter(session.scalars(text(f"SELECT {key} FROM core_search")))
        assert indexed == Counter(session.scalars(select(Artefact.number)))


def assert_free(bench: Bench) -> None:
    """The next save need not wait for whoever died."""
    started = time.monotonic()
    bench.site.save("nurse", Draft("core.note", "Next", {"text": "Next"}, "practice"))
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("hold", HELD)
def test_a_process_killed_inside_a_save_leaves_nothing_of_it(bench: Bench, hold: str) -> None:
    process = bench.start(["only"], hold=hold)
    bench.go(process)
    assert process.stdout.readline() == "HOLDING\n", process.communicate()[1]
    process.kill()
    process.communicate()
    assert bench.notes() == {}
    assert_whole(bench)
    assert_free(bench)


def test_one_submit_has_more_statements_than_those_that_it_was_killed_at(bench: Bench) -> None:
    """So that each of them lies inside it."""
    process = bench.start(["only"], hold="13")
    bench.go(process)
    assert process.stdout.readline() == "HOLDING\n"


def test_processes_killed_anywhere_lose_nothing_and_leave_no_half(bench: Bench) -> None:
    acknowledged: set[str] = set()
    for number, delay in enumerate((0.0, 0.02, 0.05, 0.11)):
        process = bench.start((f"{number}.{save}" for save in range(10_000)), threads=2)
        bench.go(process)
        said = [process.stdout.readline()]
        time.sleep(delay)
        process.kill()
        # The kill may have cut the last line.
        said += process.communicate()[0].split("\n")[:-1]
        acknowledged |= {line.split()[1] for line in said}
    assert len(acknowledged) >= 4
    assert acknowledged <= {str(key) for key in bench.notes()}
    assert_whole(bench)
    assert_free(bench)


def test_two_processes_save_at_once_without_one_error_and_with_exact_counts(bench: Bench) -> None:
    processes = [bench.start(f"{name}.{save}" for save in range(60)) for name in "ab"]
    bench.go(*processes)
    results = [process.communicate(timeout=120) for process in processes]
    assert [fault for _said, fault in results] == ["", ""]
    assert [process.returncode for process in processes] == [0, 0]
    assert len(bench.notes()) == 120
    assert_whole(bench)


def test_one_submit_sent_by_two_processes_is_saved_once(bench: Bench) -> None:
    keys = [f"key{number}" for number in range(25)]
    processes = [bench.start(keys, threads=3) for _ in range(2)]
    bench.go(*processes)
    results = [process.communicate(timeout=120) for process in processes]
    assert [fault for _said, fault in results] == ["", ""]
    said = [line.split() for out, _fault in results for line in out.splitlines()]
    assert len(said) == 25 * 6
    assert len({tuple(line) for line in said}) == 25, "each key has one result, whoever asked"
    assert len(bench.notes()) == 25
    assert_whole(bench)


def at_once(work: Callable[[], Any], times: int = 6) -> list[Any]:
    """What the work gives, or raises, in as many threads at the same moment."""
    together, found = threading.Barrier(times), []

    def run() -> None:
        together.wait(30)
        try:
            found.append(work())
        except Exception as error:
            found.append(error)

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_a_comment_and_a_promise_sent_twice_at_once_are_there_once(bench: Bench) -> None:
    artefacts, nurse = bench.site.world.artefacts, bench.site.world.actor("nurse")
    verbs: dict[str, Callable[[str], UUID]] = {
        "comment": lambda key: artefacts.comment(nurse, bench.about, "Hello", GuardAnswer(), key),
        "promise": lambda key: artefacts.promise(nurse, bench.about, Promise("I will"), GuardAnswer(), key),
    }
    for name, verb in verbs.items():
        for number in range(8):
            found = at_once(lambda verb=verb, key=f"{name}{number}": verb(key))
            assert len(set(found)) == 1, found
    with bench.site.database.read() as session:
        for model in (Comment, Action):
            assert session.scalar(select(func.count()).select_from(model)) == 8


def test_a_form_sent_twice_at_once_leads_to_one_thing(bench: Bench) -> None:
    fields = {"kind": "reflect.note", "what": "Once", "audience": "practice", "client_key": "the form's own"}
    browsers = [bench.site.app.test_client() for _ in range(4)]
    for browser in browsers:
        browser.sign_in(bench.site.world.accounts["nurse"])
    waiting = iter(browsers)
    lock = threading.Lock()

    def send() -> str:
        with lock:
            browser = next(waiting)
        answer = browser.send("/manor/record", fields)
        return f"{answer.status_code} {answer.headers.get('Location')}"

    found = at_once(send, 4)
    assert len(set(found)) == 1, found
    assert found[0].startswith("303 /manor/things/")
    assert bench.site.browser("nurse").get("/manor/new").text.count("Once") == 1
