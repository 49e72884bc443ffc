"""What people do with the files of a thing that is there; a part of the artefact service."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from layers_core.artefacts import audience, guarding, reading
from layers_core.artefacts.attachments import keeping, writing
from layers_core.artefacts.attachments import reading as files_reading
from layers_core.artefacts.attachments.events import FileRemoved
from layers_core.artefacts.attachments.models import Attachment
from layers_core.artefacts.errors import DraftRefused, NotFound
from layers_core.artefacts.followup import FollowUp
from layers_core.artefacts.models import Artefact, Audience
from layers_core.artefacts.unit import Unit
from layers_core.contract import Actor, GuardAnswer, Prepared, Problem, Thing
from layers_core.i18n import gettext as _

DESCRIPTION_LIMIT = 500


class WithFiles(FollowUp):
    """The verbs on a thing's files, beside those of following up. Whoever may change the thing may use them."""

    def _editable(self, session: Session, actor: Actor, artefact_id: UUID) -> Thing:
        raise TypeError("The artefact service knows who may change what")

    def _locked(self, session: Session, actor: Actor, artefact_id: UUID) -> tuple[Artefact, Audience]:
        raise TypeError("The artefact service holds a thing")

    def attach(
        self, actor: Actor, artefact_id: UUID, files: Sequence[Prepared], guard: GuardAnswer, client_key: str = ""
    ) -> None:
        """Add files to a thing; a repeat of the same client key adds nothing again.

        Raises NotFound, NotAllowed, DraftRefused and GuardStop (for the files' names).
        """
        if not files:
            raise DraftRefused([Problem(_("Choose a file"), writing.FIELD)])
        writer = str(actor.person_id)
        with self.database.read() as session:
            if reading.write_result(session, writer, client_key):
                return
            thing = self._editable(session, actor, artefact_id)
        if wrong := writing.problems(files):
            raise DraftRefused(wrong)
        guarding.check([file.name for file in files], guard, wider=audience.is_wider(thing.audience))

        def add(unit: Unit) -> UUID:
            self._locked(unit.session, actor, artefact_id)
            unit.attach(artefact_id, files)
            return artefact_id

        self._once(actor, client_key, add)

    def detach(self, actor: Actor, artefact_id: UUID, attachment_id: UUID) -> None:
        """Take a file off a thing. Its content goes where no other thing has it; a second time changes nothing.

        Raises NotFound, NotAllowed.
        """
        with self.unit(actor) as unit:
            artefact, _chosen = self._locked(unit.session, actor, artefact_id)
            digests = writing.detach(unit.session, artefact_id, attachment_id)
            if digests:
                unit.event(FileRemoved(), artefact)
        keeping.drop_unwanted(self.database, self.host.files, digests)

    def describe(
        self, actor: Actor, artefact_id: UUID, attachment_id: UUID, description: str, guard: GuardAnswer
    ) -> None:
        """Say in words what a picture shows. Raises NotFound, NotAllowed, DraftRefused, GuardStop."""
        if len(description) > DESCRIPTION_LIMIT:
            text = _("The description must be %(most)d characters or fewer", most=DESCRIPTION_LIMIT)
            raise DraftRefused([Problem(text, "description")])
        with self.database.read() as session:
            thing = self._editable(session, actor, artefact_id)
        guarding.check([description], guard, wider=audience.is_wider(thing.audience))
        with self.unit(actor) as unit:
            self._locked(unit.session, actor, artefact_id)
            found = unit.session.scalar(
                select(Attachment).where(Attachment.id == attachment_id, Attachment.artefact_id == artefact_id)
            )
            if found is None:
                raise NotFound(str(attachment_id))
            found.description = description

    def copied_files(self, session: Session, actor: Actor, artefact_id: UUID) -> tuple[Prepared, ...]:
        """The files of a thing as a copy of it takes them over."""
        return tuple(view.again() for view in files_reading.of_things(session, actor, [artefact_id]))
