"""Saves through the artefact service, in a process of its own that a test may kill. Holds no tests.

Called with JSON: `url`, `person`, `practice`, `about` (a thing to link to), `keys` (client keys; one save each),
`threads` (each saves every key), and `hold`: "" or the number of the writing statement, or "commit", at which the
process stops for good inside its first save. Prints "ready", waits for a line, then prints each save's key and id.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import event

from layers_core.artefacts.service import ArtefactService
from layers_core.contract import Actor, Draft, NewLink, Promise
from layers_core.db.session import Database
from layers_core.host.loader import load_host
from layers_core.practices import access
from layers_core.settings import Settings

WRITES = ("INSERT", "UPDATE", "DELETE")


def draft(text: str, about: UUID) -> Draft:
    """A submit that writes into every table that a submit can write into."""
    body = {"template": "what_so_what_now_what", "template_version": 1, "answers": {"what": text}}
    return Draft(
        "reflect.note",
        text,
        body,
        "practice",
        promise=Promise(text, date(2026, 12, 4)),
        links=(NewLink("prompted_by", about),),
        extras={"only_for_me": text},
    )


def stop_at(database: Database, hold: str) -> None:
    """Stand still for good at a writing statement of a unit, or right before its COMMIT."""
    seen = [0]

    def stand_still(*_rest: Any) -> None:
        print("HOLDING", flush=True)
        time.sleep(600)

    def count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().startswith(WRITES):
            seen[0] += 1
            if str(seen[0]) == hold:
                stand_still()

    def commit(_connection: Any) -> None:
        if seen[0]:
            stand_still()

    event.listen(database.engine, "after_cursor_execute", count)
    if hold == "commit":
        event.listen(database.engine, "commit", commit)


def main(given: dict[str, Any]) -> None:
    """Save what was asked for."""
    settings = Settings(database_url=given["url"], data_dir=Path())
    host, database = load_host(settings), Database.at(given["url"])
    service = ArtefactService(database, host)
    with database.read() as session:
        found = access.find_actor(session, host, UUID(given["person"]), given["practice"])
    assert found is not None
    actor: Actor = found
    about = UUID(given["about"])
    print("ready", flush=True)
    sys.stdin.readline()
    stop_at(database, given["hold"])
    together = threading.Barrier(given["threads"])

    def save_all() -> None:
        for key in given["keys"]:
            together.wait(60)
            saved = service.save(actor, draft(f"zq saved {key}", about), key)
            # One write, so that what several threads say does not mix.
            sys.stdout.write(f"{key} {saved.id}\n")
            sys.stdout.flush()

    threads = [threading.Thread(target=save_all) for _ in range(given["threads"])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
