"""Brings a file of answers in, in a process of its own, and is killed in the middle of a step. Holds no tests.

Called with JSON: `url`, `folder` (of the instance's data), `key` (of the file), `practice`, `rows` (in a step), `after`
(how many steps). Ends by SIGKILL after the next step's answers are written, before they are committed.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from layers_core.artefacts.attachments.store import FileStore
from layers_core.artefacts.service import ArtefactService
from layers_core.db.session import Database
from layers_core.host.loader import load_host
from layers_core.practices import access
from layers_core.settings import Settings
from layers_patient_input.importing import job, reading, service
from layers_patient_input.importing.csv_reading import LIMITS
from layers_patient_input.kinds import MODERATE
from layers_patient_input.plugin import Plugin


def main() -> None:
    """Do what the first argument says."""
    told = json.loads(sys.argv[1])
    settings = Settings(
        database_url=told["url"], data_dir=Path(told["folder"]), secret_key="a key for tests, long enough", base_url=""
    )
    host = load_host(settings, plugins=[Plugin()], discover=False)
    host.files = FileStore(Path(told["folder"]))
    artefacts = ArtefactService(Database.at(told["url"]), host)
    key = UUID(told["key"])
    LIMITS["rows_a_step"] = told["rows"]
    with artefacts.database.read() as session:
        practice = access.find_practice(session, host, slug=told["practice"])
        assert practice is not None
        view = reading.import_of(session, practice.id, host.files.passing, key)
        assert view is not None
        looked = reading.look(session, practice, host.files.passing, view, replace(view.choices, method="sms"))
    actor = replace(access.public_actor(practice, {MODERATE}), roles=frozenset({"manager"}))
    turn = (
        service.begin(artefacts, actor, key, looked) if view.state == "chosen" else service.go_on(artefacts, actor, key)
    )
    assert turn is not None
    keep, steps = job.keep_many, told["after"]

    def killed(unit: Any, form: Any, given: Any) -> None:
        nonlocal steps
        keep(unit, form, given)
        if not steps:
            os.kill(os.getpid(), signal.SIGKILL)
        steps -= 1

    job.keep_many = killed
    job.run(artefacts, actor, turn, lambda done: None)


if __name__ == "__main__":
    main()
