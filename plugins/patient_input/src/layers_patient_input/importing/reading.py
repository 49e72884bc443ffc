"""What pages and commands ask about files of answers. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import Row as ResultRow
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from layers_core.artefacts.attachments.passing import PassingFiles
from layers_core.artefacts.followup import today_in
from layers_core.aside.reading import GOING_ON, state_of
from layers_core.contract import PracticeView
from layers_core.db.base import now
from layers_core.i18n import gettext as _
from layers_core.practices.models import Person
from layers_patient_input.importing import csv_reading
from layers_patient_input.importing.csv_reading import Row, Shape
from layers_patient_input.importing.examining import Examined, examine, settled
from layers_patient_input.importing.mapping import Choices, Place
from layers_patient_input.importing.models import Import, ImportFault
from layers_patient_input.models import Answer
from layers_patient_input.months.models import MonthlyReturn
from layers_patient_input.months.rules import Month

KEPT = timedelta(days=1)
"""So long a file can be read again."""
LISTED = 20


@dataclass(frozen=True)
class ImportView:
    """A file as those who bring answers in see it.

    `state` is chosen, waiting, working, ready, failed, stopped (its process ended, or somebody stopped it) or undone.
    `by` is "" for a command, or somebody who was erased. `until` is None once the file itself is deleted.
    """

    id: UUID
    name: str
    state: str
    by: str
    made_at: datetime
    total: int
    done: int
    kept: int
    wrong: int
    already: int
    reading: int
    first_day: date | None
    last_day: date | None
    until: datetime | None
    shape: Shape
    choices: Choices

    @property
    def going_on(self) -> bool:
        """Whether somebody brings it in, or will."""
        return self.state in GOING_ON

    @property
    def to_choose(self) -> bool:
        """Whether it may be chosen how it is read: at first, and again for the rows that were wrong."""
        return self.until is not None and (self.state == "chosen" or (self.state == "ready" and self.wrong > 0))


def import_of(session: Session, practice_id: UUID, files: PassingFiles, import_id: UUID) -> ImportView | None:
    """A file of this practice, or None."""
    found = session.execute(_views(practice_id).where(Import.id == import_id)).one_or_none()
    return _view(found, files) if found else None


def imports_of(session: Session, practice_id: UUID, files: PassingFiles) -> list[ImportView]:
    """The newest files of this practice: one query. A file that was only looked at goes with its day."""
    found = session.execute(_views(practice_id).order_by(Import.made_at.desc()).limit(LISTED))
    views = [_view(row, files) for row in found]
    return [view for view in views if view.until or view.state != "chosen"]


def faults_of(session: Session, import_id: UUID, first: int, most: int) -> list[ImportFault]:
    """Rows that could not be brought in, from a row of the file on."""
    wanted = select(ImportFault).where(ImportFault.import_id == import_id, ImportFault.number >= first)
    return list(session.scalars(wanted.order_by(ImportFault.number).limit(most)))


def every_fault(session: Session, import_id: UUID) -> Iterator[ImportFault]:
    """All rows that could not be brought in, some at a time."""
    wanted = select(ImportFault).where(ImportFault.import_id == import_id).order_by(ImportFault.number)
    return iter(session.scalars(wanted.execution_options(yield_per=1000)))


def brought_in(session: Session, import_id: UUID) -> tuple[int, int]:
    """How many answers came with a file, in all its readings, and how many of them wait to be looked at."""
    waiting = func.count().filter(Answer.state == "waiting")
    row = session.execute(select(func.count(), waiting).where(Answer.batch_id == import_id)).one()
    return row[0], row[1]


def sent_among(session: Session, practice_id: UUID, days: Iterable[date]) -> list[Month]:
    """The months of these days whose return was sent."""
    firsts = {Month.of(day).first for day in days}
    wanted = select(MonthlyReturn.month).where(
        MonthlyReturn.practice_id == practice_id, MonthlyReturn.month.in_(firsts)
    )
    return [Month.of(first) for first in session.scalars(wanted.order_by(MonthlyReturn.month))]


@dataclass(frozen=True)
class Looked:
    """A file as it would be read: `choices` with what the file itself says; `others` are files with the same days."""

    choices: Choices
    examined: Examined
    others: Sequence[ImportView]


def look(session: Session, practice: PracticeView, files: PassingFiles, view: ImportView, choices: Choices) -> Looked:
    """Go through a file, or what of it could not be brought in before. Raises FileNotFoundError once it is deleted."""
    others = [
        other
        for other in (_view(row, files) for row in session.execute(_views(practice.id)))
        if other.id != view.id and other.state != "undone" and other.first_day and other.last_day
    ]
    spans = tuple((other.first_day, other.last_day) for other in others if other.first_day and other.last_day)
    chosen = replace(choices, others=spans)
    examined = _examined(session, practice, files, view, chosen)
    if (known := settled(chosen, examined)) != chosen:
        # What the file itself says about its dates and its scale changes how its rows are read.
        chosen, examined = known, _examined(session, practice, files, view, known)
    return Looked(chosen, examined, [other for other in others if _meets(other, examined)])


def _examined(
    session: Session, practice: PracticeView, files: PassingFiles, view: ImportView, choices: Choices
) -> Examined:
    place = Place(practice.time_zone, today_in(practice.time_zone))
    with open_rows(files, view) as rows:
        return examine(rows if view.state == "chosen" else _still_wrong(session, view.id, rows), choices, place)


@contextmanager
def open_rows(files: PassingFiles, view: ImportView) -> Iterator[Iterator[Row]]:
    """The rows of a file from the first. Raises FileNotFoundError once it is deleted."""
    with files.path(view.id).open("rb") as stream:
        yield csv_reading.rows(stream, view.shape)


def personal_data(session: Session, person_id: UUID) -> list[tuple[str, Mapping[str, object]]]:
    """The files that somebody brought in, for their own download."""
    rows = session.scalars(select(Import).where(Import.made_by == person_id).order_by(Import.id))
    return [
        (
            _("A file of patients’ answers that you brought in"),
            {"name": row.name, "made_at": row.made_at, "state": row.state},
        )
        for row in rows
    ]


def _still_wrong(session: Session, import_id: UUID, rows: Iterator[Row]) -> Iterator[Row]:
    """Those rows of a file that could not be brought in before. Both come in the file's order."""
    numbers = (fault.number for fault in every_fault(session, import_id))
    wanted = next(numbers, None)
    for row in rows:
        if wanted is None:
            return
        if row.number == wanted:
            yield row
            wanted = next(numbers, None)


def _meets(other: ImportView, examined: Examined) -> bool:
    if not (other.first_day and other.last_day and examined.first_day and examined.last_day):
        return False
    return other.first_day <= examined.last_day and examined.first_day <= other.last_day


def _views(practice_id: UUID) -> Select[Import, str]:
    return (
        select(Import, Person.name)
        .outerjoin(Person, Person.id == Import.made_by)
        .where(Import.practice_id == practice_id)
    )


def _view(found: ResultRow[Import, str], files: PassingFiles) -> ImportView:
    row, by = found
    return ImportView(
        id=row.id,
        name=row.name,
        state=state_of(row, now()),
        by=by or "",
        made_at=row.made_at,
        total=row.total,
        done=row.done,
        kept=row.kept,
        wrong=row.wrong,
        already=row.already,
        reading=row.reading,
        first_day=row.first_day,
        last_day=row.last_day,
        until=_until(files.path(row.id)),
        shape=Shape.from_json(row.shape),
        choices=Choices.from_json(row.choices),
    )


def _until(path: Path) -> datetime | None:
    """When a file goes; None where it has gone."""
    try:
        written = path.stat().st_mtime
    except FileNotFoundError:
        return None
    until = datetime.fromtimestamp(written, tz=now().tzinfo) + KEPT
    return until if until > now() else None
