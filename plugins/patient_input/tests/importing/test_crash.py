"""A process that is killed in the middle of bringing answers in: no row is lost, none is there twice."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from uuid import UUID

from sqlalchemy import update

from layers_core.aside.reading import SILENT
from layers_core.db.base import now
from layers_patient_input.importing import service
from layers_patient_input.importing.models import Import

from .conftest import Importing

KILLED = Path(__file__).with_name("killed.py")
ROWS = 95
STEP = 10


def table() -> str:
    """Rows that can be told apart; each 19th is wrong."""
    lines = [
        f"{1 + number % 28:02}/03/2026,{'Fine' if number % 19 == 7 else ('Good', 'Poor')[number % 2]},Note {number}"
        for number in range(ROWS)
    ]
    return "Date,Answer,Comments\n" + "\n".join(lines) + "\n"


def kill(importing: Importing, import_id: UUID, after: int) -> None:
    """Bring in so many steps, and be killed within the next."""
    told = {
        "url": importing.house.database.engine.url.render_as_string(hide_password=False),
        "folder": str(importing.house.host.files.root),
        "key": str(import_id),
        "practice": "manor",
        "rows": STEP,
        "after": after,
    }
    done = subprocess.run(
        [sys.executable, str(KILLED), json.dumps(told)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    with importing.house.database.write() as session:
        # Instead of waiting for half a minute.
        session.execute(update(Import).values(beat_at=now() - 2 * SILENT))


def test_a_killed_process_leaves_whole_steps_and_another_goes_on(importing: Importing) -> None:
    import_id = importing.bring(table())
    for after, done in ((3, 30), (0, 30), (4, 70)):
        kill(importing, import_id, after)
        view = importing.view(import_id)
        assert (view.state, view.done) == ("stopped", done)
        assert view.kept + view.wrong == done
        assert len(importing.house.answers()) == view.kept == sum(importing.tally().values())
        assert len(importing.faults(import_id)) == view.wrong
    actor = importing.house.actor("manager")
    view = importing.run(service.go_on(importing.house.artefacts, actor, import_id))
    wrong = [number for number in range(ROWS) if number % 19 == 7]
    assert (view.state, view.total, view.done) == ("ready", ROWS, ROWS)
    assert (view.kept, view.wrong, view.already) == (ROWS - len(wrong), len(wrong), 0)
    assert [number for number, *_rest in importing.faults(import_id)] == wrong
    texts = [row.items[1]["answer"][0]["valueString"] for row in importing.house.answers()]
    assert texts == [f"Note {number}" for number in range(ROWS) if number not in wrong]
    expected = Counter(
        (f"2026-03-{1 + number % 28:02}", "2020", ("good", "poor")[number % 2], "sms")
        for number in range(ROWS)
        if number not in wrong
    )
    assert importing.tally() == expected
