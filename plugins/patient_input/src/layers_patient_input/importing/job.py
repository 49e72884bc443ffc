"""Bringing a file in aside: some rows at a time, each time in one transaction with how far it is.

So a process that is killed leaves whole steps alone, and whoever goes on begins with the next row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import delete

from layers_core.artefacts.followup import today_in
from layers_core.artefacts.service import ArtefactService
from layers_core.artefacts.unit import Unit
from layers_core.aside import job
from layers_core.aside import service as aside
from layers_core.aside.job import Progress, TakenAway
from layers_core.aside.service import Turn
from layers_core.contract import Actor
from layers_core.db.base import now, put_many
from layers_patient_input.catalogue import Form
from layers_patient_input.events import AnswersImported
from layers_patient_input.importing import csv_reading
from layers_patient_input.importing.csv_reading import LIMITS, Row, Shape
from layers_patient_input.importing.forms import form_of, given
from layers_patient_input.importing.mapping import Choices, Place, Reading, Reply, Wrong
from layers_patient_input.importing.models import Import, ImportFault
from layers_patient_input.schemas import settings_of
from layers_patient_input.service import Source, keep_many

THREAD = "import-"
Said = Callable[[int], object]
"""Is told how many rows are done, again and again."""


def start(artefacts: ArtefactService, actor: Actor, turn: Turn) -> None:
    """Have a file brought in. Gives back at once."""

    def work(progress: Progress) -> None:
        _Work(artefacts, actor, turn).do(progress.check)

    job.start(artefacts.database, turn, work, f"{THREAD}{turn.id}")


def run(artefacts: ArtefactService, actor: Actor, turn: Turn, said: Said) -> None:
    """Bring a file in here and now; where it fails, its row says so."""

    def work(progress: Progress) -> None:
        _Work(artefacts, actor, turn).do(progress.check, said)

    job.run(artefacts.database, turn, work)


@dataclass
class _Step:
    """What became of some rows."""

    replies: list[Reply] = field(default_factory=list)
    wrong: list[tuple[Row, Wrong]] = field(default_factory=list)
    already: int = 0


class _Work:
    """One reading of one file, from where it stopped."""

    def __init__(self, artefacts: ArtefactService, actor: Actor, turn: Turn) -> None:
        self._artefacts, self._actor, self._turn = artefacts, actor, turn
        with artefacts.database.read() as session:
            row = session.get_one(Import, turn.id)
        self._done, self._kept, self._wrong, self._already = row.done, row.kept, row.wrong, row.already
        self._days: list[date] = [day for day in (row.first_day, row.last_day) if day]
        self._reading_number = row.reading
        self._shape = Shape.from_json(row.shape)
        choices = Choices.from_json(row.choices)
        practice = actor.practice
        self._reading = Reading(choices, Place(practice.time_zone, today_in(practice.time_zone)))
        place = choices.columns.get("text")
        self._question = self._shape.header[place] if place is not None else ""
        self._forms: dict[str, Form] = {}

    def do(self, check: Callable[[], None], said: Said = lambda done: None) -> None:
        """Bring in every row that is left, then say that it is over. Raises TakenAway, OSError."""
        said(self._done)
        with self._artefacts.host.files.passing.path(self._turn.id).open("rb") as stream:
            left = islice(csv_reading.rows(stream, self._shape), self._done, None)
            for rows in _steps(left):
                check()
                with self._artefacts.unit(self._actor) as unit:
                    self._keep(unit, rows)
                said(self._done)
        with self._artefacts.unit(self._actor) as unit:
            self._note(unit, state="ready", ended_at=unit.moment)
            unit.event(AnswersImported(answers=self._kept, wrong=self._wrong))

    def _keep(self, unit: Unit, rows: list[Row]) -> None:
        step = self._read(unit, rows)
        by_scale: dict[str, list[Reply]] = {}
        for reply in step.replies:
            by_scale.setdefault(reply.scale, []).append(reply)
        for scale, replies in by_scale.items():
            form = self._form(scale)
            source = ((given(form, reply), Source(reply.method, reply.day, batch=self._turn.id)) for reply in replies)
            keep_many(unit, form, source)
        faults = [
            {
                "import_id": self._turn.id,
                "number": row.number,
                "line": row.line,
                "code": wrong.code,
                "value": wrong.value,
            }
            for row, wrong in step.wrong
        ]
        put_many(unit.session, ImportFault, faults)
        self._count(rows, step)
        first, last = (min(self._days), max(self._days)) if self._days else (None, None)
        self._note(unit, state="working", done=self._done, first_day=first, last_day=last)

    def _read(self, unit: Unit, rows: list[Row]) -> _Step:
        """What each row says; of the readings before this one, all are here but those that were wrong."""
        step = _Step()
        again = self._wrong_before(unit, rows) if self._reading_number > 1 else {row.number for row in rows}
        for row in rows:
            if row.number not in again:
                step.already += 1
                continue
            found = self._reading.read(row)
            if isinstance(found, Wrong):
                step.wrong.append((row, found))
            elif self._reading.here_already(found):
                step.already += 1
            else:
                step.replies.append(found)
        return step

    def _wrong_before(self, unit: Unit, rows: list[Row]) -> set[int]:
        """Which of these rows were wrong in the reading before; they are looked at anew."""
        mine = ImportFault.import_id == self._turn.id, ImportFault.number.between(rows[0].number, rows[-1].number)
        return set(unit.session.scalars(delete(ImportFault).where(*mine).returning(ImportFault.number)))

    def _count(self, rows: list[Row], step: _Step) -> None:
        self._done += len(rows)
        self._kept += len(step.replies)
        self._wrong += len(step.wrong)
        self._already += step.already
        days = [*self._days, *(reply.day for reply in step.replies)]
        self._days = [min(days), max(days)] if days else []

    def _note(self, unit: Unit, **values: Any) -> None:
        """Keep how far it is in the transaction of the step. Raises TakenAway, so that nothing of the step stays."""
        counts = {"kept": self._kept, "wrong": self._wrong, "already": self._already}
        if not aside.note(unit.session, self._turn, beat_at=now(), **counts, **values):
            raise TakenAway

    def _form(self, scale: str) -> Form:
        if scale not in self._forms:
            self._forms[scale] = form_of(scale, settings_of(self._actor.practice), self._question)
        return self._forms[scale]


def _steps(rows: Iterable[Row]) -> Iterator[list[Row]]:
    left = iter(rows)
    while step := list(islice(left, LIMITS["rows_a_step"])):
        yield step
