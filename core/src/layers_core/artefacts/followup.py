"""What people do with a thing that is there: connect it, promise, close a promise, comment, answer its coming back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import TYPE_CHECKING, Literal, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from layers_core.artefacts import audience, exposure, guarding, reading
from layers_core.artefacts.errors import DraftRefused, NotAllowed, NotFound
from layers_core.artefacts.models import Action, Artefact, Comment, Exposure
from layers_core.artefacts.unit import Unit
from layers_core.contract import Actor, GuardAnswer, NewLink, Problem, Promise, Thing
from layers_core.db.base import now
from layers_core.i18n import gettext as _
from layers_core.usage import log
from layers_core.usage.events import ActionClosed, Commented, SeenAgain, Viewed
from layers_core.vocabulary import vocabulary

if TYPE_CHECKING:
    from layers_core.db.session import Database
    from layers_core.host.loader import Host

TEXT_LIMIT = 10_000


def today_in(time_zone: str) -> date:
    """The present day where a practice is."""
    return now().astimezone(ZoneInfo(time_zone)).date()


class FollowUp:
    """The verbs on existing things; a part of the artefact service."""

    database: Database
    host: Host
    aware: log.Aware

    def unit(self, actor: Actor) -> AbstractContextManager[Unit]:
        """One transaction for an actor; the service provides it."""
        raise TypeError("The artefact service opens units")

    def _seen(self, session: Session, actor: Actor, artefact_id: UUID) -> Thing:
        thing = reading.get(session, self.host, actor, artefact_id)
        if thing is None or actor.person_id is None:
            raise NotFound(str(artefact_id))
        if not thing.available:
            raise NotAllowed(str(artefact_id))
        return thing

    def link(self, actor: Actor, artefact_id: UUID, link: NewLink) -> None:
        """Connect two things that the actor may see. Raises NotFound, NotAllowed."""
        with self.unit(actor) as unit:
            self._seen(unit.session, actor, artefact_id)
            try:
                unit.link(artefact_id, link)
            except LookupError as error:
                raise NotFound(str(link.other_id)) from error

    def promise(
        self, actor: Actor, artefact_id: UUID, promise: Promise, guard: GuardAnswer, client_key: str = ""
    ) -> UUID:
        """Promise something about a thing; gives the action's key.

        Raises NotFound, NotAllowed, DraftRefused, GuardStop.
        """
        _require_text(promise.expectation, "promise", _("Say what you will do"))
        writer = str(actor.person_id)
        with self.database.read() as session:
            if done := reading.write_result(session, writer, client_key):
                return done
            thing = self._seen(session, actor, artefact_id)
            wider = audience.is_wider(thing.audience)
        guarding.check([promise.expectation], guard, wider=wider)

        def keep(unit: Unit) -> UUID:
            return unit.promise(artefact_id, promise)

        return self._once(actor, client_key, keep)

    def close_action(self, actor: Actor, action_id: UUID, outcome: str, what_happened: str, guard: GuardAnswer) -> None:
        """Say what came of a promise. Only its owner closes it, once; closing it again changes nothing.

        Raises NotFound, DraftRefused, GuardStop.
        """
        if outcome not in vocabulary("outcomes"):
            raise DraftRefused([Problem(_("Choose what happened"), "outcome")])
        _require_text(what_happened, "what_happened", _("Say in a few words what happened"))
        guarding.check([what_happened], guard, wider=False)
        with self.unit(actor) as unit:
            action = unit.session.scalar(
                select(Action).where(Action.id == action_id, Action.owner_id == actor.person_id).with_for_update()
            )
            if action is None or actor.person_id is None:
                raise NotFound(str(action_id))
            if action.closed_at is not None:
                return
            action.outcome, action.what_happened, action.closed_at = outcome, what_happened, unit.moment
            unit.session.flush()
            in_time = action.due_on is None or today_in(actor.practice.time_zone) <= action.due_on
            event = ActionClosed(outcome=cast("Literal['adopt', 'adapt', 'abandon']", outcome), in_time=in_time)
            unit.event(event, unit.session.scalar(select(Artefact).where(Artefact.id == action.artefact_id)))

    def comment(self, actor: Actor, artefact_id: UUID, text: str, guard: GuardAnswer, client_key: str = "") -> UUID:
        """Comment on a thing; gives the comment's key. Raises NotFound, NotAllowed, DraftRefused, GuardStop."""
        _require_text(text, "comment", _("Enter your comment"))
        writer = str(actor.person_id)
        with self.database.read() as session:
            if done := reading.write_result(session, writer, client_key):
                return done
            thing = self._seen(session, actor, artefact_id)
        guarding.check([text], guard, wider=audience.is_wider(thing.audience))

        def keep(unit: Unit) -> UUID:
            comment = Comment(artefact_id=artefact_id, author_id=actor.person_id, text=text, created_at=unit.moment)
            unit.session.add(comment)
            unit.session.flush()
            unit.event(Commented(), thing)
            return comment.id

        return self._once(actor, client_key, keep)

    def _once(self, actor: Actor, client_key: str, keep: Callable[[Unit], UUID]) -> UUID:
        """What `keep` writes, in one transaction, or what another submit with the same key wrote at this moment."""
        writer = str(actor.person_id)
        try:
            with self.unit(actor) as unit:
                result = keep(unit)
                unit.once(writer, client_key, result)
                return result
        except IntegrityError:
            # Two submits with one key met: the other one was first, and its result is this one's too.
            with self.database.read() as session:
                if done := reading.write_result(session, writer, client_key):
                    return done
            raise

    def withdraw_comment(self, actor: Actor, comment_id: UUID) -> None:
        """Take one's own comment out of sight. Raises NotFound."""
        with self.unit(actor) as unit:
            comment = unit.session.scalar(
                select(Comment).where(Comment.id == comment_id, Comment.author_id == actor.person_id)
            )
            if comment is None:
                raise NotFound(str(comment_id))
            comment.withdrawn_at = unit.moment

    def answer_exposure(self, actor: Actor, exposure_id: UUID, answer: str, showing: int) -> None:
        """Answer a thing that came back. Raises NotFound, AlreadyAnswered, DraftRefused."""
        if answer not in vocabulary("exposure_answers"):
            raise DraftRefused([Problem(_("Choose one of the answers"))])
        with self.unit(actor) as unit:
            found = unit.session.scalar(
                select(Exposure).where(Exposure.id == exposure_id, Exposure.person_id == actor.person_id)
            )
            if found is None or actor.person_id is None:
                raise NotFound(str(exposure_id))
            exposure.answer(unit.session, found, answer, showing, unit.moment)
            artefact = unit.session.scalar(select(Artefact).where(Artefact.id == found.artefact_id))
            unit.event(SeenAgain(answer=cast("Literal['still_true']", answer)), artefact)

    def viewed(self, actor: Actor, artefact_id: UUID) -> None:
        """Note, after the page was sent, that the actor opened a thing: once a person, thing and day."""
        self.aware.write(actor, Viewed(), artefact_id)


def _require_text(text: str, field: str, message: str) -> None:
    if not text.strip():
        raise DraftRefused([Problem(message, field)])
    if len(text) > TEXT_LIMIT:
        raise DraftRefused([Problem(_("This must be 10,000 characters or fewer"), field)])
