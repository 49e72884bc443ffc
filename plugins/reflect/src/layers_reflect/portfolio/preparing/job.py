"""Writing an export aside: in a thread of the process that was asked, which tells the database how far it is.

Where that process ends nothing more is told, and whoever looks is offered to begin again (docs/decisions/0011).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextvars import copy_context
from dataclasses import dataclass, field
from threading import Event, Semaphore, Thread

from layers_core.artefacts.service import ArtefactService
from layers_core.contract import Actor
from layers_core.db.base import now
from layers_core.host.faults import trace_without_values
from layers_reflect.portfolio import choosing
from layers_reflect.portfolio.formats import FORMATS
from layers_reflect.portfolio.interchange import Entry, Portfolio
from layers_reflect.portfolio.preparing import service as exports
from layers_reflect.portfolio.preparing.service import Order

THREAD = "export-"
BEAT_SECONDS = 1.0
_TURN = Semaphore(1)
"""One export at a time in a process: two take twice as long, and pages wait for both."""

log = logging.getLogger("layers.reflect.export")


class _TakenAway(Exception):
    """The export was taken back, or another process writes it."""


@dataclass
class _Tally:
    """What the thread that writes and the one that tells know of each other."""

    working: bool = False
    done: int = 0
    over: Event = field(default_factory=Event)
    taken_away: Event = field(default_factory=Event)


def start(artefacts: ArtefactService, actor: Actor, name: str, order: Order) -> None:
    """Have an order written; `name` is whose portfolio it is. Gives back at once."""
    # The page's language and time zone go along with its context.
    run = copy_context().run
    Thread(target=run, args=(_write, artefacts, actor, name, order), name=f"{THREAD}{order.id}", daemon=True).start()


def _write(artefacts: ArtefactService, actor: Actor, name: str, order: Order) -> None:
    tally = _Tally()
    teller = Thread(target=_tell, args=(artefacts, order, tally), daemon=True)
    teller.start()
    size = None
    try:
        with _TURN:
            tally.working = True
            size = _written(artefacts, actor, name, order, tally)
    except _TakenAway:
        return
    except Exception as error:
        # Whatever it was: whoever waits is told, and can begin again. What the entries say is not for the log.
        log.error("Export %s could not be written\n%s", order.id, trace_without_values(error))
    finally:
        tally.over.set()
        # Nothing may be told after how it ended.
        teller.join()
    if size is None:
        exports.fail(artefacts.database, order)
    elif not exports.finish(artefacts.database, order, size):
        artefacts.host.files.passing.remove(order.run)


def _written(artefacts: ArtefactService, actor: Actor, name: str, order: Order, tally: _Tally) -> int:
    """Write the file; gives its size."""
    files = artefacts.host.files
    with artefacts.database.read() as session, files.passing.writing(order.run) as stream:
        entries = choosing.in_order(session, actor, order.entries, files, only_for_me=order.only_for_me)
        FORMATS[order.shape](Portfolio(name, now(), _counted(entries, tally)), stream)
    return files.passing.path(order.run).stat().st_size


def _counted(entries: Iterator[Entry], tally: _Tally) -> Iterator[Entry]:
    for entry in entries:
        if tally.taken_away.is_set():
            raise _TakenAway
        yield entry
        # What is beside an entry is none.
        tally.done += bool(entry.template)


def _tell(artefacts: ArtefactService, order: Order, tally: _Tally) -> None:
    while not tally.over.wait(BEAT_SECONDS):
        try:
            if not exports.tell(artefacts.database, order, "working" if tally.working else "waiting", tally.done):
                tally.taken_away.set()
                return
        except Exception as error:
            # A database that is busy for a moment is no reason to give up; silent for long, it is found out.
            log.warning("Export %s could not say how far it is\n%s", order.id, trace_without_values(error))
