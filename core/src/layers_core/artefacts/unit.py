"""The unit of work: everything that one submit writes, committed once or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from layers_core.artefacts import audience, exposure, kinds, search
from layers_core.artefacts.attachments import writing
from layers_core.artefacts.models import Action, Artefact, Audience, GuardDecision, Link, Revision, WriteKey
from layers_core.contract import Actor, AudienceView, Body, Brought, Change, Draft, NewLink, Prepared, Promise, Thing
from layers_core.db.base import new_id, now, put
from layers_core.usage import log
from layers_core.usage.events import AUDIENCE_NAMES, ActionClosed, Linked, Promised, Recorded, UsageEvent
from layers_core.vocabulary import vocabulary

if TYPE_CHECKING:
    from layers_core.artefacts.attachments.store import FileStore
    from layers_core.host.loader import Host

NESTED_LIMIT = 8
USES = frozenset({"answers", "adapts"})
"""The links by which somebody uses another thing, so that it comes back to them too."""
_WRITTEN = tuple(column.name for column in Artefact.__table__.columns if column.name != "number")


class Unit:
    """What a service gives to hooks that write. It never commits: whoever opened it does, once.

    `session` is for a plugin's own tables; the core's tables are written through the methods.
    """

    def __init__(self, session: Session, actor: Actor, host: Host) -> None:
        self.session = session
        self.actor = actor
        self.moment: datetime = now()
        self._host = host
        self._depth = 0
        self._added: set[UUID] = set()
        self._actor_key: UUID | None = None

    @property
    def files(self) -> FileStore:
        """Where files lie. What is written there or removed stays so, also where the unit is rolled back."""
        return self._host.files

    def once(self, writer: str, client_key: str, result_id: UUID) -> None:
        """Remember that this write was done, so that a repeat finds its result. An empty key remembers nothing."""
        if client_key:
            put(self.session, WriteKey, writer=writer, client_key=client_key, result_id=result_id)

    def add(
        self,
        draft: Draft,
        brought: Brought | None = None,
        *,
        body: Body | None = None,
        chosen: Audience | AudienceView | None = None,
    ) -> Thing:
        """Save something new with its revision, links, promise, exposure, search row and events.

        What is `brought` from elsewhere keeps the dates and actions that it has there. It is nothing that happened
        now, so that neither it nor its actions are events of use: whoever brings things notes that once. `body` is the
        draft's as `kinds.checked_body` gave it, where it was checked before; `chosen` is the audience, where it was
        settled before, as for what is added in the name of nobody.
        Raises AudienceRefused, UnknownKind, or marshmallow's ValidationError for a body that doesn't fit its schema.
        """
        if self._depth >= NESTED_LIMIT:
            raise RuntimeError("Hooks that save keep causing each other")
        kind = kinds.require(self._host, draft.kind)
        if chosen is None:
            chosen = audience.resolve(self.session, self.actor, draft.audience, opened(self._host, self.actor))
        if body is None:
            body = kinds.checked_body(self._host, kind, draft.body)
        artefact = Artefact(
            id=new_id(),
            kind=kind.name,
            title=draft.title,
            body=body,
            body_version=kind.version,
            language=draft.language,
            practice_id=self.actor.practice.id,
            author_id=self.actor.person_id,
            audience_id=chosen.id,
            state="live",
            revision=1,
            created_at=brought.created_at if brought else self.moment,
            updated_at=brought.updated_at if brought else self.moment,
        )
        values = {column: getattr(artefact, column) for column in _WRITTEN}
        artefact.number = put(self.session, Artefact, **values)[0]
        self._added.add(artefact.id)
        self.keep_revision(artefact)
        search.index(self.session, artefact, chosen, kinds.words(kind, chosen, body), new=True)
        if kind.resurfaces and self.actor.person_id:
            exposure.start(self.session, self.actor.person_id, artefact.id, self.moment)
        if brought:
            self._keep_past_actions(artefact.id, brought)
        else:
            prompted = any(link.type == "prompted_by" for link in draft.links)
            self.event(Recorded(audience=AUDIENCE_NAMES[chosen.type], prompted=prompted), artefact)
        for link in draft.links:
            self.link(artefact.id, link, quiet=True)
        if draft.promise:
            self.promise(artefact.id, draft.promise)
        self.attach(artefact.id, draft.attachments, quiet=brought is not None)
        thing = kinds.thing_from(self._host, self.actor, artefact, chosen, self.actor.name)
        self.changed(thing, Change("created", draft.extras))
        return thing

    def keep_revision(self, artefact: Artefact) -> None:
        """Keep the artefact's present state as an immutable revision."""
        put(
            self.session,
            Revision,
            artefact_id=artefact.id,
            number=artefact.revision,
            title=artefact.title,
            body=artefact.body,
            body_version=artefact.body_version,
            audience_id=artefact.audience_id,
            edited_by=self.actor.person_id,
            created_at=self.moment,
        )

    def forget_words(self, artefact_id: UUID) -> None:
        """Delete what a withdrawn thing said, in its present state and all earlier ones; its title and links stay.

        For words that somebody took back for good. Its files go too, their contents with the next `layers files sweep`.
        Raises LookupError for a thing that isn't withdrawn.
        """
        artefact = self.session.scalar(
            select(Artefact).where(Artefact.id == artefact_id, Artefact.state == "withdrawn")
        )
        if artefact is None:
            raise LookupError(f"No withdrawn thing {artefact_id}")
        artefact.body = {}
        writing.detach(self.session, artefact_id)
        self.session.execute(delete(Revision).where(Revision.artefact_id == artefact_id))
        self.session.flush()

    def changed(self, thing: Thing, change: Change) -> None:
        """Tell the mix's plugins; what they write is part of this unit, and a fault of theirs undoes all of it."""
        self._depth += 1
        try:
            self._host.doors.strict(
                "layers_artefact_changed",
                self.actor.practice.mix,
                practice=self.actor.practice,
                actor=self.actor,
                artefact=thing,
                change=change,
                unit=self,
            )
        finally:
            self._depth -= 1

    def link(self, artefact_id: UUID, link: NewLink, *, quiet: bool = False) -> None:
        """Connect two things, both of which the actor may see; a link that exists already stays as it is.

        Raises LookupError for a thing that the actor may not see or a type that the vocabulary lacks. `quiet` leaves
        out the event, where the link is part of a larger fact.
        """
        if link.type not in vocabulary("link_types"):
            raise LookupError(f"No link type {link.type}")
        self._require_visible(link.other_id)
        ends = (link.other_id, artefact_id) if link.reverse else (artefact_id, link.other_id)
        exists = select(Link.id).where(Link.from_id == ends[0], Link.type == link.type, Link.to_id == ends[1])
        if self.session.scalar(exists) is None:
            self.session.add(
                Link(
                    type=link.type, from_id=ends[0], to_id=ends[1], made_by=self.actor.person_id, created_at=self.moment
                )
            )
            self.session.flush()
            if link.type in USES and not link.reverse:
                used = self.session.scalar(select(Artefact).where(Artefact.id == link.other_id))
                if used is not None:
                    self.bring_back(used)
            if not quiet:
                self.event(Linked(), self.session.scalar(select(Artefact).where(Artefact.id == artefact_id)))

    def _require_visible(self, artefact_id: UUID) -> None:
        if artefact_id in self._added:
            # Its audience may be a group that is as new as the thing, so that the actor's own list lacks it.
            return
        query = select(Artefact.id).where(Artefact.id == artefact_id, audience.visible(self.actor))
        if self.session.scalar(query) is None:
            raise LookupError(f"No thing {artefact_id} that may be linked")

    def promise(self, artefact_id: UUID, promise: Promise) -> UUID:
        """Add an action to a thing and give its key; its owner is the actor unless the promise names a colleague.

        Raises LookupError where nobody can own it.
        """
        owner = promise.owner_id or self.actor.person_id
        if owner is None:
            raise LookupError("A promise needs somebody who keeps it")
        key = new_id()
        put(
            self.session,
            Action,
            id=key,
            artefact_id=artefact_id,
            practice_id=self.actor.practice.id,
            owner_id=owner,
            expectation=promise.expectation,
            due_on=promise.due_on,
            created_at=self.moment,
        )
        self._note(Promised(dated=promise.due_on is not None), artefact_id)
        return key

    def _keep_past_actions(self, artefact_id: UUID, brought: Brought) -> None:
        for action in brought.actions:
            put(
                self.session,
                Action,
                id=new_id(),
                artefact_id=artefact_id,
                practice_id=self.actor.practice.id,
                owner_id=self.actor.person_id,
                expectation=action.expectation,
                due_on=action.due_on,
                outcome=action.outcome,
                what_happened=action.what_happened,
                created_at=action.created_at,
                closed_at=action.closed_at,
            )

    def did(self, artefact_id: UUID, what: str) -> None:
        """Add an action that is done and kept already: its outcome is "adopt". Raises LookupError for nobody."""
        if self.actor.person_id is None:
            raise LookupError("What was done was done by somebody")
        put(
            self.session,
            Action,
            artefact_id=artefact_id,
            practice_id=self.actor.practice.id,
            owner_id=self.actor.person_id,
            expectation=what,
            due_on=None,
            outcome="adopt",
            what_happened=what,
            created_at=self.moment,
            closed_at=self.moment,
        )
        self._note(ActionClosed(outcome="adopt", in_time=True), artefact_id)

    def bring_back(self, thing: Artefact | Thing) -> None:
        """Let somebody else's thing come back to the actor as well, because they use it or answered it.

        Nothing happens where its kind does not resurface, or it comes back to them already.
        """
        kind = self._host.registry.kinds.get(thing.kind)
        if kind is not None and kind.resurfaces and self.actor.person_id:
            exposure.start(self.session, self.actor.person_id, thing.id, self.moment)

    def attach(self, artefact_id: UUID, files: Sequence[Prepared], *, quiet: bool = False) -> None:
        """Add files to a thing, with one event for all of them unless `quiet`; nothing happens where there are none.

        Their contents are on the disk before their rows are committed. Raises DraftRefused where they are too many or
        too large together, one that was kept has gone, or the disk refuses.
        """
        if files:
            store, by = self._host.files, self.actor.person_id
            added = writing.attach(self.session, store, artefact_id, files, by, self.moment)
            if not quiet:
                self._note(added, artefact_id)

    def guard_decision(self, artefact_id: UUID, found: Mapping[str, int], explanation: str) -> None:
        """Keep how many marks of which type the writer looked at and why the words may stay; never the words."""
        self.session.add(
            GuardDecision(
                artefact_id=artefact_id,
                found=dict(found),
                explanation=explanation,
                decided_by=self.actor.person_id,
                created_at=self.moment,
            )
        )
        self.session.flush()

    def event(self, event: UsageEvent, artefact: Artefact | Thing | None = None) -> None:
        """Write one declared usage event in this transaction. Raises LookupError for a type that nobody declared."""
        self._note(event, artefact.id if artefact else None)

    def _note(self, event: UsageEvent, artefact_id: UUID | None) -> None:
        if self._actor_key is None and self.actor.person_id:
            self._actor_key = log.actor_key(self.session, self.actor.person_id)
        log.write(self.session, self._host, self.actor, self._actor_key, event, artefact_id, self.moment)


def opened(host: Host, actor: Actor) -> frozenset[str]:
    """The types of audience beyond the practice that the actor's mix opens."""
    return frozenset(
        type_ for slug in actor.practice.mix.enabled for type_ in host.registry.opens_audiences.get(slug, frozenset())
    )
