"""Writing an export aside, as docs/decisions/0011 says."""

from __future__ import annotations

from collections.abc import Iterator

from layers_core.artefacts.service import ArtefactService
from layers_core.aside import job
from layers_core.aside.job import Progress
from layers_core.contract import Actor
from layers_core.db.base import now
from layers_reflect.portfolio import choosing
from layers_reflect.portfolio.formats import FORMATS
from layers_reflect.portfolio.interchange import Entry, Portfolio
from layers_reflect.portfolio.preparing import service as exports
from layers_reflect.portfolio.preparing.service import Order

THREAD = "export-"
BEAT_SECONDS = job.BEAT_SECONDS


def start(artefacts: ArtefactService, actor: Actor, name: str, order: Order) -> None:
    """Have an order written; `name` is whose portfolio it is. Gives back at once."""

    def write(progress: Progress) -> None:
        size = _written(artefacts, actor, name, order, progress)
        if not exports.finish(artefacts.database, order, size):
            artefacts.host.files.passing.remove(order.run)

    job.start(artefacts.database, order.turn, write, f"{THREAD}{order.id}", BEAT_SECONDS)


def _written(artefacts: ArtefactService, actor: Actor, name: str, order: Order, progress: Progress) -> int:
    """Write the file; gives its size."""
    files = artefacts.host.files
    with artefacts.database.read() as session, files.passing.writing(order.run) as stream:
        entries = choosing.in_order(session, actor, order.entries, files, only_for_me=order.only_for_me)
        FORMATS[order.shape](Portfolio(name, now(), _counted(entries, progress)), stream)
    return files.passing.path(order.run).stat().st_size


def _counted(entries: Iterator[Entry], progress: Progress) -> Iterator[Entry]:
    progress.done = 0
    for entry in entries:
        progress.check()
        yield entry
        # What is beside an entry is none.
        progress.done += bool(entry.template)
