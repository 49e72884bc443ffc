"""What people do with a thing that came back to them: answer, say what they changed, put it off."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal, cast
from uuid import UUID

from sqlalchemy import select

from layers_core.artefacts import audience, exposure, guarding, reading
from layers_core.artefacts.errors import DraftRefused, NotFound, require_text
from layers_core.artefacts.models import Artefact, Exposure
from layers_core.artefacts.unit import Unit
from layers_core.contract import Actor, GuardAnswer, Problem, Promise
from layers_core.i18n import gettext as _
from layers_core.reminding import slots
from layers_core.usage.events import PutOff, SeenAgain
from layers_core.vocabulary import vocabulary

if TYPE_CHECKING:
    from layers_core.db.session import Database
    from layers_core.host.loader import Host


@dataclass(frozen=True)
class Changed:
    """What somebody changed, or will change by a day, because of a thing that came back."""

    text: str
    done: bool
    due_on: date | None = None
    guard: GuardAnswer = field(default_factory=GuardAnswer)


class ComingBack:
    """The verbs on what came back; a part of the artefact service."""

    database: Database
    host: Host

    def unit(self, actor: Actor) -> AbstractContextManager[Unit]:
        """One transaction for an actor; the service provides it."""
        raise TypeError("The artefact service opens units")

    def answer_exposure(
        self, actor: Actor, exposure_id: UUID, answer: str, showing: int, changed: Changed | None = None
    ) -> None:
        """Answer a thing that came back. An answer that asks for a change makes its action in the same transaction:
        closed as adopted where it is done, else an open promise with a date.

        Raises NotFound, AlreadyAnswered, DraftRefused, GuardStop.
        """
        choices = vocabulary("exposure_answers")
        if answer not in choices:
            raise DraftRefused([Problem(_("Choose one of the answers"))])
        asked = "asks" in choices[answer]
        if asked:
            self._check(actor, exposure_id, changed or Changed("", done=True))
        with self.unit(actor) as unit:
            found = _own(unit, actor, exposure_id)
            exposure.answer(unit.session, found, answer, showing, unit.moment)
            artefact = unit.session.scalar(select(Artefact).where(Artefact.id == found.artefact_id))
            if asked and changed:
                if changed.done:
                    unit.did(found.artefact_id, changed.text)
                else:
                    unit.promise(found.artefact_id, Promise(changed.text, changed.due_on))
            unit.event(SeenAgain(answer=cast("Literal['still_true']", answer)), artefact)

    def _check(self, actor: Actor, exposure_id: UUID, changed: Changed) -> None:
        """Everything that is asked of a change before it is kept."""
        require_text(changed.text, "change", _("Say what you changed, or what you will change"))
        if not changed.done and changed.due_on is None:
            raise DraftRefused([Problem(_("Say by when you will change it"), "change-day")])
        with self.database.read() as session:
            shown = reading.showing(session, self.host, actor, exposure_id)
        if shown is None:
            raise NotFound(str(exposure_id))
        guarding.check([changed.text], changed.guard, wider=audience.is_wider(shown.thing.audience))

    def put_off_exposure(self, actor: Actor, exposure_id: UUID, code: str, showing: int) -> None:
        """Let a thing come back later, without a review. `code` is one of data/snoozes.json.

        "slot" means the person's next time of the week; a week where they set none aside. Raises NotFound,
        AlreadyAnswered, DraftRefused.
        """
        choices = vocabulary("snoozes")
        if code not in choices:
            raise DraftRefused([Problem(_("Choose when it should come back"))])
        with self.unit(actor) as unit:
            found = _own(unit, actor, exposure_id)
            days = choices[code]["days"]
            start = slots.next_start(slots.of(unit.session, found.person_id), unit.moment) if days is None else None
            if start is not None:
                exposure.put_off_until(unit.session, found, start, showing, unit.moment)
            else:
                exposure.put_off(unit.session, found, days or choices["week"]["days"], showing, unit.moment)
            artefact = unit.session.scalar(select(Artefact).where(Artefact.id == found.artefact_id))
            unit.event(PutOff(until=cast("Literal['week']", code)), artefact)


def _own(unit: Unit, actor: Actor, exposure_id: UUID) -> Exposure:
    found = unit.session.scalar(
        select(Exposure).where(Exposure.id == exposure_id, Exposure.person_id == actor.person_id)
    )
    if found is None or actor.person_id is None:
        raise NotFound(str(exposure_id))
    return found
