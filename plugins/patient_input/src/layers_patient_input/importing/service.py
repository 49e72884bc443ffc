"""What is done with a file of answers: chosen, begun, gone on with, stopped, undone.

A file is known again by its content (SHA-256): each row of it is kept once in a practice, however often the file comes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from itertools import islice
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from layers_core.artefacts.errors import DraftRefused, NotAllowed, NotFound
from layers_core.artefacts.followup import today_in
from layers_core.artefacts.service import ArtefactService
from layers_core.artefacts.unit import Unit
from layers_core.aside import service as aside
from layers_core.aside.reading import GOING_ON, STOPPED
from layers_core.aside.service import Turn
from layers_core.contract import Actor, PracticeView, Problem
from layers_core.db.base import new_id
from layers_core.i18n import gettext as _
from layers_patient_input import service as answers
from layers_patient_input.importing import examining
from layers_patient_input.importing.csv_reading import LIMITS, Shape, rows, shape_of, without_header
from layers_patient_input.importing.letters import Unreadable
from layers_patient_input.importing.mapping import Choices, Place
from layers_patient_input.importing.models import Import
from layers_patient_input.importing.reading import KEPT, Looked
from layers_patient_input.kinds import MODERATE
from layers_patient_input.models import Batch
from layers_patient_input.redaction import cleaned

_MOST_OF_A_NAME = 200
_SAMPLE = 200
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Brought:
    """A file that somebody chose; `known` says that it was here before."""

    id: UUID
    known: bool


def may_import(actor: Actor) -> bool:
    """Whether somebody may bring answers in: whoever looks at answers, and managers."""
    return actor.can(MODERATE) and (answers.may_moderate(actor) or "manager" in actor.roles)


def bring(artefacts: ArtefactService, actor: Actor, stream: BinaryIO, name: str) -> Brought:
    """Keep a file for a day, to be looked at; nothing of it counts yet.

    The same file again leads to where it is. Raises NotAllowed; Unreadable for what is no table, or too large.
    """
    require(actor)
    digest = _digest(stream)
    shape, choices, total = _first_look(stream, actor.practice)
    try:
        with artefacts.unit(actor) as unit:
            _tidy(unit, actor)
            found = unit.session.scalar(
                select(Import).where(Import.practice_id == actor.practice.id, Import.digest == digest)
            )
            row = found or Import(
                id=new_id(),
                practice_id=actor.practice.id,
                made_by=actor.person_id,
                made_at=unit.moment,
                name=cleaned(name)[-_MOST_OF_A_NAME:] or _("A file"),
                digest=digest,
                shape=shape.as_json(),
                choices=choices.as_json(),
                state="chosen",
                total=total,
            )
            unit.session.add(row)
            unit.session.flush()
            _store(unit, row.id, stream)
            return Brought(row.id, known=found is not None)
    except IntegrityError:
        # Two people chose the same file at the same moment: the other one was first.
        return bring(artefacts, actor, stream, name)


def choose(artefacts: ArtefactService, actor: Actor, import_id: UUID, choices: Choices) -> None:
    """Keep how a file is to be read. Raises NotAllowed; NotFound, also once that is settled."""
    require(actor)
    with artefacts.unit(actor) as unit:
        row = own(unit.session, actor, import_id)
        if row.state not in {"chosen", "ready"}:
            raise NotFound(str(import_id))
        row.choices = choices.as_json()


def begin(artefacts: ArtefactService, actor: Actor, import_id: UUID, looked: Looked) -> Turn | None:
    """Begin to bring a file in, or to read anew what was wrong with it; None where another did so meanwhile.

    Raises NotAllowed, NotFound; DraftRefused where something is still to choose, or nothing can be brought in.
    """
    require(actor)
    if problems := examining.problems(looked.choices, looked.examined):
        raise DraftRefused(problems)
    with artefacts.unit(actor) as unit:
        row = own(unit.session, actor, import_id)
        if row.state == "ready":
            row.reading += 1
        elif row.state != "chosen":
            return None
        row.choices = looked.choices.as_json()
        row.done = row.kept = row.wrong = row.already = 0
        row.ended_at = None
        if unit.session.get(Batch, row.id) is None:
            unit.session.add(Batch(id=row.id, practice_id=row.practice_id, source="file", made_by=actor.person_id))
        unit.session.flush()
        return aside.take_over(unit.session, row, unit.moment, {"chosen", "ready"})


def go_on(artefacts: ArtefactService, actor: Actor, import_id: UUID) -> Turn | None:
    """Go on where bringing in stopped or failed; None where it goes on or is over. Raises NotAllowed, NotFound.

    DraftRefused where the file is deleted: the same file, chosen again, goes on.
    """
    require(actor)
    with artefacts.unit(actor) as unit:
        row = own(unit.session, actor, import_id)
        if not unit.files.passing.path(row.id).is_file():
            raise DraftRefused(
                [Problem(_("We keep a file for a day. Choose the same file again, then it goes on"), "file")]
            )
        return aside.take_over(unit.session, row, unit.moment)


def stop(artefacts: ArtefactService, actor: Actor, import_id: UUID) -> None:
    """Stop bringing in: what is in stays, and it can go on later. Raises NotAllowed, NotFound."""
    require(actor)
    with artefacts.unit(actor) as unit:
        row = own(unit.session, actor, import_id)
        if row.state in GOING_ON:
            # Whoever works finds its turn gone with the next step.
            row.state, row.run = STOPPED, new_id()


def erase_person(person_id: UUID, unit: Unit) -> None:
    """Leave out who brought a file in; the answers stay."""
    for model in (Import, Batch):
        unit.session.execute(update(model).where(model.made_by == person_id).values(made_by=None))


def _first_look(stream: BinaryIO, practice: PracticeView) -> tuple[Shape, Choices, int]:
    """How a file is read, what its columns seem to be, and how many rows it has. Raises Unreadable."""
    shape = shape_of(stream)
    if examining.is_answer(next(rows(stream, replace(shape, headed=False)))):
        shape = without_header(shape)
    guessed = examining.guess(shape.header, list(islice(rows(stream, shape), _SAMPLE)))
    place = Place(practice.time_zone, today_in(practice.time_zone))
    examined = examining.examine(islice(rows(stream, shape), LIMITS["rows"] + 1), guessed, place)
    if examined.total > LIMITS["rows"]:
        words = _("This file has more than %(number)s rows. Make several files of it", number=f"{LIMITS['rows']:,}")
        raise Unreadable(words)
    if not examined.total:
        raise Unreadable(_("There is no row below the names of the columns"))
    return shape, examining.settled(guessed, examined), examined.total


def _digest(stream: BinaryIO) -> str:
    """SHA-256 of a file. Raises Unreadable for one that is too large."""
    stream.seek(0)
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
        if size > LIMITS["bytes"]:
            words = _("This file is larger than %(number)s MB. Make several files of it", number=LIMITS["bytes"] >> 20)
            raise Unreadable(words)
    return digest.hexdigest()


def _store(unit: Unit, import_id: UUID, stream: BinaryIO) -> None:
    stream.seek(0)
    with unit.files.passing.writing(import_id) as out:
        while chunk := stream.read(_CHUNK):
            out.write(chunk)


def _tidy(unit: Unit, actor: Actor) -> None:
    """Let go of files that were looked at and never brought in."""
    old = Import.made_at < unit.moment - 2 * KEPT
    mine = Import.practice_id == actor.practice.id
    for import_id in unit.session.scalars(
        delete(Import).where(mine, old, Import.state == "chosen").returning(Import.id)
    ):
        unit.files.passing.remove(import_id)


def own(session: Session, actor: Actor, import_id: UUID, *, lock: bool = True) -> Import:
    """A file of the actor's practice; locked for whoever changes it. Raises NotFound."""
    wanted = select(Import).where(Import.id == import_id, Import.practice_id == actor.practice.id)
    row = session.scalar(wanted.with_for_update() if lock else wanted)
    if row is None:
        raise NotFound(str(import_id))
    return row


def require(actor: Actor) -> None:
    """Raise NotAllowed for somebody who may not bring answers in."""
    if not may_import(actor):
        raise NotAllowed(MODERATE)
