"""What people do with a thing that is there: connect it, promise, move or close a promise, comment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Literal, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from layers_core.artefacts import audience, guarding, reading
from layers_core.artefacts.comeback import ComingBack
from layers_core.artefacts.errors import DraftRefused, NotAllowed, NotFound, require_text
from layers_core.artefacts.models import Action, ActionDate, Artefact, Audience, Comment
from layers_core.artefacts.unit import Unit
from layers_core.contract import Actor, GuardAnswer, NewLink, Problem, Promise, Thing
from layers_core.db.base import now
from layers_core.i18n import gettext as _
from layers_core.usage import log
from layers_core.usage.events import ActionClosed, ActionMoved, Commented, Viewed
from layers_core.vocabulary import vocabulary


def today_in(time_zone: str) -> date:
    """The present day where a practice is."""
    return now().astimezone(ZoneInfo(time_zone)).date()


class FollowUp(ComingBack):
    """The verbs on existing things; a part of the artefact service."""

    aware: log.Aware

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
        require_text(promise.expectation, "promise", _("Say what you will do"))
        writer = str(actor.person_id)
        with self.database.read() as session:
            if done := reading.write_result(session, writer, client_key):
                return done
            thing = self._seen(session, actor, artefact_id)
            wider = audience.is_wider(thing.audience)
            others = promise.owner_id not in (None, actor.person_id)
            if others and promise.owner_id not in audience.colleagues(session, actor, thing.audience):
                raise DraftRefused([Problem(_("Choose somebody who can see this"), "owner")])
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
        require_text(what_happened, "what_happened", _("Say in a few words what happened"))
        with self.database.read() as session:
            readers = session.scalar(
                select(Audience)
                .join(Artefact, Artefact.audience_id == Audience.id)
                .join(Action, Action.artefact_id == Artefact.id)
                .where(Action.id == action_id, Action.owner_id == actor.person_id)
            )
        if readers is None:
            raise NotFound(str(action_id))
        guarding.check([what_happened], guard, wider=audience.is_wider(readers))
        with self.unit(actor) as unit:
            action = _own(unit, actor, action_id)
            if action.closed_at is not None:
                return
            action.outcome, action.what_happened, action.closed_at = outcome, what_happened, unit.moment
            unit.session.flush()
            in_time = action.due_on is None or today_in(actor.practice.time_zone) <= action.due_on
            event = ActionClosed(outcome=cast("Literal['adopt', 'adapt', 'abandon']", outcome), in_time=in_time)
            unit.event(event, unit.session.scalar(select(Artefact).where(Artefact.id == action.artefact_id)))

    def move_action(self, actor: Actor, action_id: UUID, due_on: date | None, reason: str, guard: GuardAnswer) -> None:
        """Change the day by which one's own promise is due; the old day and the reason are kept. None takes it away.

        The same day again changes nothing, so that a repeat does no harm. Raises NotFound, DraftRefused (also where the
        promise is closed), GuardStop.
        """
        require_text(reason, "reason", _("Say why the date changes"))
        # Its owner alone reads it.
        guarding.check([reason], guard, wider=False)
        with self.unit(actor) as unit:
            action = _own(unit, actor, action_id)
            if action.closed_at is not None:
                raise DraftRefused([Problem(_("This promise is closed, so its date stays as it is"))])
            before = action.due_on
            if before == due_on:
                return
            unit.session.add(
                ActionDate(
                    action_id=action.id,
                    from_on=before,
                    to_on=due_on,
                    reason=reason,
                    changed_by=actor.person_id,
                    changed_at=unit.moment,
                )
            )
            action.due_on = due_on
            unit.session.flush()
            later = due_on is None or (before is not None and due_on > before)
            artefact = unit.session.scalar(select(Artefact).where(Artefact.id == action.artefact_id))
            unit.event(ActionMoved(later=later), artefact)

    def comment(self, actor: Actor, artefact_id: UUID, text: str, guard: GuardAnswer, client_key: str = "") -> UUID:
        """Comment on a thing; gives the comment's key. Raises NotFound, NotAllowed, DraftRefused, GuardStop."""
        require_text(text, "comment", _("Enter your comment"))
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

    def viewed(self, actor: Actor, artefact_id: UUID) -> None:
        """Note, after the page was sent, that the actor opened a thing: once a person, thing and day."""
        self.aware.write(actor, Viewed(), artefact_id)


def _own(unit: Unit, actor: Actor, action_id: UUID) -> Action:
    """The actor's own promise, held until the unit ends. Raises NotFound."""
    action = unit.session.scalar(
        select(Action).where(Action.id == action_id, Action.owner_id == actor.person_id).with_for_update()
    )
    if action is None or actor.person_id is None:
        raise NotFound(str(action_id))
    return action
