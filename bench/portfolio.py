"""Measure what taking a portfolio out costs: `python -m bench.portfolio [--entries N] [--shape S]`.

Each format is written from a database in a process of its own, as the pages do it, for a tenth of the entries and for
all of them. Memory is flat where the second takes at most 1.5 times as much as the first. A PDF is made where the extra
is installed, and only as large as the pages allow (data/exports.json): it is limited because it is not flat.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from bench.report import machine
from layers_core.artefacts.attachments import prepare
from layers_core.contract import Draft
from layers_core.db.base import now
from layers_core.db.migrate import upgrade
from layers_core.db.session import Database
from layers_core.host.loader import load_host, migration_rooms
from layers_core.practices.access import find_actor
from layers_core.practices.service import find_person
from layers_core.settings import Settings
from layers_core.vocabulary import vocabulary
from layers_reflect.kinds import NOTE
from layers_reflect.portfolio.choosing import choices, in_order
from layers_reflect.portfolio.formats import FORMATS
from layers_reflect.portfolio.interchange import Portfolio
from layers_reflect.reading import EVERYTHING
from layers_reflect.writing import quick_body
from layers_webshell.testworld import MANOR, make_world

FLAT = 1.5
BATCH, WITH_A_FILE = 100, 50
PERSON = "gp"
WORDS = "We looked at how our letters read to somebody who sees badly, what they need, and what to change. " * 8
FIRST_DAY = date(2020, 4, 1)


def settings(folder: Path) -> Settings:
    """An instance of its own in a folder."""
    url = f"sqlite:///{(folder / 'bench.db').as_posix()}"
    return Settings(database_url=url, data_dir=folder, secret_key="the key of the benchmarks, long enough", base_url="")


def fill(folder: Path, entries: int) -> None:
    """A world in which one person wrote so many entries, some with a file."""
    host = load_host(settings(folder))
    database = Database.at(settings(folder).database_url)
    upgrade(database.engine, migration_rooms(host))
    world = make_world(database, host, host.plugins)
    for start in range(0, entries, BATCH):
        with world.artefacts.unit(world.actor(PERSON)) as unit:
            for number in range(start, min(start + BATCH, entries)):
                about = {
                    "date": (FIRST_DAY + timedelta(days=number % 2000)).isoformat(),
                    "minutes": 60,
                    "types": ["cpd"],
                }
                text = f"What I learnt, number {number}. {WORDS}"
                note = unit.add(Draft(NOTE, f"Entry {number}", quick_body(text, about)))
                if number % WITH_A_FILE == 0:
                    unit.attach(note.id, [prepare("board.txt", f"{number} {WORDS}".encode())], quiet=True)
    database.dispose()


def write(folder: Path, shape: str, entries: int) -> dict[str, float]:
    """Write the first so many entries; gives the seconds that it took and this process's greatest memory in MB."""
    host = load_host(settings(folder))
    database = Database.at(settings(folder).database_url)
    with database.read() as session:
        person = find_person(session, f"{PERSON}@example.org")
        actor = find_actor(session, host, person.id, MANOR) if person else None
        if actor is None:
            raise LookupError("The world is not as it was filled")
        began = time.perf_counter()
        ids = [choice.id for choice in choices(session, actor, EVERYTHING)][:entries]
        found = in_order(session, actor, ids, host.files, only_for_me=False)
        with (folder / "out").open("w+b") as stream:
            FORMATS[shape](Portfolio(actor.name, now(), found), stream)
        seconds = time.perf_counter() - began
    return {"seconds": seconds, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def measured(folder: Path, shape: str, entries: int) -> dict[str, float]:
    """The same in a process of its own."""
    words = [sys.executable, "-m", "bench.portfolio", "--at", str(folder), "--shape", shape, "--entries", str(entries)]
    answer = subprocess.run(words, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(answer.stdout)
    return found


def main(arguments: Sequence[str]) -> int:
    """Print the table; 1 where memory grew in a format that has no limit."""
    parser = argparse.ArgumentParser(prog="python -m bench.portfolio", description=__doc__)
    parser.add_argument("--entries", type=int, default=5_000, help="entries of the person (5000)")
    parser.add_argument("--shape", choices=sorted(FORMATS), help="only this format")
    parser.add_argument("--at", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.at:
        print(json.dumps(write(options.at, options.shape, options.entries)))
        return 0
    missed = False
    with tempfile.TemporaryDirectory() as name:
        fill(Path(name), options.entries)
        print(f"{machine()}; SQLite\n")
        print("| format | entries | seconds | peak memory | of a tenth | |\n|---|---|---|---|---|---|")
        for shape in [options.shape] if options.shape else FORMATS:
            most = vocabulary("exports", "layers_reflect")[shape]["most"]
            entries = min(options.entries, most or options.entries)
            few, many = (measured(Path(name), shape, count) for count in (entries // 10, entries))
            ratio = many["memory"] / few["memory"]
            flat = ratio <= FLAT
            missed |= not (flat or most)
            verdict = "limited" if most else "met" if flat else "MISSED"
            cost = f"{many['seconds']:.1f} | {many['memory']:.0f} MB | {ratio:.2f} ×"
            print(f"| {shape} | {entries:,} | {cost} | {verdict} |")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
