"""Begins an export in a process of its own and is killed while it writes. Holds no tests.

Called with JSON: `url`, `folder` (of files), `person`. Prints the key of the export; ends by SIGKILL after two entries.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from layers_core.artefacts.attachments.store import FileStore
from layers_core.artefacts.service import ArtefactService
from layers_core.db.session import Database
from layers_core.host.loader import load_host
from layers_core.practices.access import find_actor
from layers_core.settings import Settings
from layers_reflect.plugin import Plugin
from layers_reflect.portfolio import csv_file, formats
from layers_reflect.portfolio.choosing import choices
from layers_reflect.portfolio.interchange import Entry, Portfolio
from layers_reflect.portfolio.preparing import job, service
from layers_reflect.reading import EVERYTHING

BEAT_SECONDS = 0.02


def killed(portfolio: Portfolio, out: Any) -> None:
    """Write two entries, wait until that is told, and end."""

    def entries() -> Iterator[Entry]:
        for number, entry in enumerate(portfolio.entries, 1):
            yield entry
            if number == 2:
                out.flush()
                time.sleep(10 * BEAT_SECONDS)
                os.kill(os.getpid(), signal.SIGKILL)

    csv_file.write(Portfolio(portfolio.person_name, portfolio.made_at, entries()), out)


def main() -> None:
    """Do what the first argument says."""
    told = json.loads(sys.argv[1])
    key = "a key for tests only, long enough to be taken"
    settings = Settings(database_url=told["url"], data_dir=Path(told["folder"]), secret_key=key, base_url="")
    host = load_host(settings, plugins=[Plugin()], discover=False)
    host.files = FileStore(Path(told["folder"]))
    artefacts = ArtefactService(Database.at(told["url"]), host)
    with artefacts.database.read() as session:
        actor = find_actor(session, host, UUID(told["person"]), "manor")
        assert actor is not None
        keys = [choice.id for choice in choices(session, actor, EVERYTHING)]
    begun = service.begin(artefacts, actor, service.Wish("csv", keys, False, {}, "killed"))
    assert begun.order is not None
    print(begun.id, flush=True)
    job.BEAT_SECONDS = BEAT_SECONDS
    formats.FORMATS["csv"] = killed
    job.start(artefacts, actor, "Killed", begun.order)
    threading.Event().wait()


if __name__ == "__main__":
    main()
