"""Saves notes with their parts until it has saved enough, and prints each one's id once it is safely saved.

Called with: database address, number of units, threads, and `hold` to stop in the middle of the last unit.
"""

from __future__ import annotations

import sys
import threading
import time

from sqlalchemy import select
from tables import Note, Part

from layers_core.db.session import Database


def save(database: Database, number: int, *, hold: bool) -> None:
    with database.write() as session:
        session.scalars(select(Note).limit(1)).all()
        note = Note(text=f"{number}")
        session.add(note)
        session.flush()
        if hold:
            print("HOLDING", flush=True)
            time.sleep(60)
        session.add(Part(note_id=note.id))
    sys.stdout.write(f"{note.id}\n")
    sys.stdout.flush()


def main() -> None:
    url, units, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    hold = sys.argv[4:] == ["hold"]
    database = Database.at(url)

    def work() -> None:
        for number in range(units // threads):
            save(database, number, hold=hold and number == units // threads - 1)

    running = [threading.Thread(target=work) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()


main()
