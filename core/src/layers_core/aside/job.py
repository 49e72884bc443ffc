"""Doing work aside: in a thread of the process that was asked, with another that tells the database how far it is.

Where that process ends nothing more is told, and whoever looks is offered to begin again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextvars import copy_context
from threading import Event, Semaphore, Thread

from layers_core.aside import service
from layers_core.aside.service import Turn
from layers_core.db.session import Database
from layers_core.host.faults import trace_without_values

BEAT_SECONDS = 1.0
_ONE = Semaphore(1)
"""One piece of work at a time in a process: two take twice as long, and pages wait for both."""

log = logging.getLogger("layers.aside")


class TakenAway(Exception):
    """The work was taken back, or another process does it."""


class Progress:
    """What the thread that works and the one that tells know of each other."""

    def __init__(self) -> None:
        self.done: int | None = None
        """How much is done. It stays None where the work keeps that itself (`service.note`)."""
        self._working = False
        self._over, self._gone = Event(), Event()

    def check(self) -> None:
        """Ask before each step whether to go on. Raises TakenAway."""
        if self._gone.is_set():
            raise TakenAway

    def _tell(self, database: Database, turn: Turn, beat_seconds: float) -> None:
        while not self._over.wait(beat_seconds):
            try:
                if not service.tell(database, turn, "working" if self._working else "waiting", self.done):
                    self._gone.set()
                    return
            except Exception as error:
                # A database that is busy for a moment is no reason to give up; silent for long, it is found out.
                log.warning("Work %s could not say how far it is\n%s", turn.id, trace_without_values(error))


Work = Callable[[Progress], None]
"""Does all of it, calls `check` before each step, and tells the end itself, together with its last step if it can."""


def start(database: Database, turn: Turn, work: Work, thread: str, beat_seconds: float = BEAT_SECONDS) -> None:
    """Have work done in a thread with that name, after what is going on in this process. Gives back at once."""
    # The page's language and time zone go along with its context.
    run_here = copy_context().run
    Thread(target=run_here, args=(run, database, turn, work, beat_seconds), name=thread, daemon=True).start()


def run(database: Database, turn: Turn, work: Work, beat_seconds: float = BEAT_SECONDS) -> None:
    """Do work here and now. What it raises is logged without any values, and the row says `failed`."""
    progress = Progress()
    teller = Thread(target=progress._tell, args=(database, turn, beat_seconds), daemon=True)
    teller.start()
    failed = False
    try:
        with _ONE:
            progress._working = True
            work(progress)
    except TakenAway:
        return
    except Exception as error:
        # Whatever it was: whoever waits is told, and can begin again. What people wrote is not for the log.
        log.error("Work %s could not be written to its end\n%s", turn.id, trace_without_values(error))
        failed = True
    finally:
        progress._over.set()
        teller.join()
    if failed:
        service.end(database, turn, "failed")
