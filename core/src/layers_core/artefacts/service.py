"""The one service that saves: permission, schema, checks, then everything of one submit in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from marshmallow import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from layers_core.artefacts import audience, guarding, kinds, reading, search
from layers_core.artefacts.attachments import writing
from layers_core.artefacts.attachments.service import WithFiles
from layers_core.artefacts.choices import ONLY_ME
from layers_core.artefacts.errors import CheckFailed, DraftRefused, EditConflict, NotAllowed, NotFound
from layers_core.artefacts.models import Artefact, Audience
from layers_core.artefacts.unit import Unit, opened
from layers_core.contract import (
    Actor,
    ArtefactKind,
    AudienceView,
    Body,
    Change,
    Draft,
    GuardAnswer,
    NewLink,
    Problem,
    Thing,
)
from layers_core.host.doors import DoorFault
from layers_core.i18n import gettext as _
from layers_core.usage import log
from layers_core.usage.events import AUDIENCE_NAMES, IdentifierDecided, Revised, SharedCopy, Withdrawn

if TYPE_CHECKING:
    from layers_core.db.session import Database
    from layers_core.host.loader import Host

TITLE_LIMIT = 200
BODY_LIMIT = 200_000


@dataclass(frozen=True)
class Saved:
    """The result of a write: the thing's key, and whether this was the repeat of a submit that had been done."""

    id: UUID
    repeated: bool = False


class ArtefactService(WithFiles):
    """Saves artefacts and what follows from them. Raises the errors of `artefacts.errors`; see each method."""

    def __init__(self, database: Database, host: Host) -> None:
        self.database = database
        self.host = host
        self.aware = log.Aware(database, host)

    @contextmanager
    def unit(self, actor: Actor) -> Iterator[Unit]:
        """One transaction for an actor: committed at the end, rolled back on any exception.

        Plugins use it for what is no artefact; everything written through the unit is committed together.
        """
        with self.database.write() as session:
            yield Unit(session, actor, self.host)

    def check(self, actor: Actor, draft: Draft, *, choosing: bool = True) -> Mapping[str, int]:
        """Everything that is asked before a save; gives the guard's marks by type.

        `choosing` is false where the audience was chosen at an earlier save. Raises NotAllowed, DraftRefused, GuardStop
        or CheckFailed.
        """
        return self._checked(actor, draft, choosing=choosing)[1]

    def _checked(self, actor: Actor, draft: Draft, *, choosing: bool = True) -> tuple[Body, Mapping[str, int]]:
        """What `check` asks; the body as it is kept, and the marks."""
        kind = self._savable(actor, draft.kind)
        body = self._check_shape(kind, draft)
        with self.database.read() as session:
            if choosing:
                self._check_audience(session, actor, draft.audience)
            try:
                found = self.host.doors.strict(
                    "layers_check_draft",
                    actor.practice.mix,
                    practice=actor.practice,
                    actor=actor,
                    session=session,
                    draft=draft,
                )
            except DoorFault as fault:
                raise CheckFailed(str(fault)) from fault
        if found:
            raise DraftRefused([problem for _slug, problem in found])
        if actor.person_id is None:
            return body, {}
        return body, guarding.check(guarding.texts_of(draft), draft.guard, wider=guarding.is_wider(draft.audience))

    def _savable(self, actor: Actor, name: str) -> ArtefactKind:
        kind = self.host.registry.kinds.get(name)
        if kind is None or not kinds.in_mix(name, actor.practice.mix) or not actor.can(kind.permission):
            raise NotAllowed(name)
        return kind

    def _check_shape(self, kind: ArtefactKind, draft: Draft) -> Body:
        """The body as it is kept. Raises DraftRefused."""
        problems, body = [], draft.body
        if kind.only_for_author and draft.audience != ONLY_ME:
            problems.append(Problem(_("This is only for you. Nobody else can see it"), "audience"))
        if not draft.title.strip():
            problems.append(Problem(_("Enter some text before you save"), "title"))
        if len(draft.title) > TITLE_LIMIT:
            problems.append(Problem(_("The title must be 200 characters or fewer"), "title"))
        if sum(len(part) for part in guarding.texts_of(draft)) > BODY_LIMIT:
            problems.append(Problem(_("This is too long to save as one note. Split it in two")))
        problems += writing.problems(draft.attachments)
        try:
            body = kinds.checked_body(self.host, kind, draft.body)
        except ValidationError as error:
            problems += [Problem(message, field) for field, message in _flat(error.messages_dict)]
        if problems:
            raise DraftRefused(problems)
        return body

    def _check_audience(self, session: Session, actor: Actor, choice: str) -> None:
        if not audience.may_choose(session, actor, choice, opened(self.host, actor)):
            raise DraftRefused([Problem(_("Choose who should see it from the list"), "audience")])

    def save(self, actor: Actor, draft: Draft, client_key: str = "") -> Saved:
        """Save something new; a repeat of the same client key gives the first result.

        Raises NotAllowed, DraftRefused, GuardStop or CheckFailed, and DoorFault where a plugin failed in the unit.
        """
        return self._save(actor, draft, client_key, shared=False)

    def _save(self, actor: Actor, draft: Draft, client_key: str, *, shared: bool) -> Saved:
        writer = str(actor.person_id or f"public:{actor.practice.id}")
        try:
            body, marks = self._checked(actor, draft)
            with self.unit(actor) as unit:
                thing = unit.add(draft, body=body)
                self._keep_guard(unit, thing.id, marks, draft.guard)
                if shared:
                    unit.event(SharedCopy(audience=AUDIENCE_NAMES[thing.audience.type]), thing)
                unit.once(writer, client_key, thing.id)
        except Exception:
            # A key that was used before ends here, and so may what has changed since then: the first result counts.
            if repeated := self.repeat_of(writer, client_key):
                return repeated
            raise
        return Saved(thing.id)

    def repeat_of(self, writer: str, client_key: str) -> Saved | None:
        """The first result of a write that was done before, or None."""
        if not client_key:
            return None
        with self.database.read() as session:
            result = reading.write_result(session, writer, client_key)
        return Saved(result, repeated=True) if result else None

    def _keep_guard(self, unit: Unit, artefact_id: UUID, marks: Mapping[str, int], answer: GuardAnswer) -> None:
        if marks:
            unit.guard_decision(artefact_id, marks, answer.explanation)
            artefact = unit.session.scalar(select(Artefact).where(Artefact.id == artefact_id))
            unit.event(IdentifierDecided(marks=sum(marks.values()), explained=bool(answer.explanation)), artefact)

    def revise(self, actor: Actor, artefact_id: UUID, draft: Draft, base_revision: int) -> Saved:
        """Change a thing that the actor may edit. Its kind and audience stay as they are.

        `base_revision` is the revision that the form started from. Raises NotFound, EditConflict, and what `save` does.
        """
        with self.database.read() as session:
            current = self._editable(session, actor, artefact_id)
            draft = _as_revision(draft, current, reading.links_from(session, artefact_id))
        body, marks = self._checked(actor, draft, choosing=False)
        with self.unit(actor) as unit:
            artefact, chosen = self._locked(unit.session, actor, artefact_id)
            if artefact.revision != base_revision:
                raise EditConflict(self._thing(unit.session, actor, artefact_id))
            kind = kinds.require(self.host, artefact.kind)
            artefact.title, artefact.language = draft.title, draft.language
            artefact.body, artefact.body_version = body, kind.version
            artefact.revision += 1
            artefact.updated_at = unit.moment
            unit.session.flush()
            unit.keep_revision(artefact)
            search.index(unit.session, artefact, chosen, kinds.words(kind, chosen, artefact.body))
            unit.event(Revised(), artefact)
            self._keep_guard(unit, artefact_id, marks, draft.guard)
            unit.attach(artefact_id, draft.attachments)
            unit.changed(
                kinds.thing_from(self.host, actor, artefact, chosen, current.author_name),
                Change("revised", draft.extras),
            )
        return Saved(artefact_id)

    def _thing(self, session: Session, actor: Actor, artefact_id: UUID) -> Thing:
        thing = reading.get(session, self.host, actor, artefact_id)
        if thing is None:
            raise NotFound(str(artefact_id))
        return thing

    def _editable(self, session: Session, actor: Actor, artefact_id: UUID) -> Thing:
        thing = self._thing(session, actor, artefact_id)
        if not may_edit(self.host, actor, thing):
            raise NotAllowed(str(artefact_id))
        return thing

    def _locked(self, session: Session, actor: Actor, artefact_id: UUID) -> tuple[Artefact, Audience]:
        """The artefact's row, held until the unit ends, checked again inside the transaction."""
        self._editable(session, actor, artefact_id)
        row = session.execute(
            select(Artefact, Audience)
            .join(Audience, Audience.id == Artefact.audience_id)
            .where(Artefact.id == artefact_id)
            .with_for_update(of=Artefact)
        ).one()
        return row.Artefact, row.Audience

    def narrow(self, actor: Actor, artefact_id: UUID, choice: str) -> None:
        """Let fewer people see a thing from now on. Copies that others made stay.

        Raises NotFound, NotAllowed, or DraftRefused for an audience that isn't narrower.
        """
        with self.unit(actor) as unit:
            artefact, current = self._locked(unit.session, actor, artefact_id)
            self._check_audience(unit.session, actor, choice)
            chosen = audience.resolve(unit.session, actor, choice, opened(self.host, actor))
            if audience.WIDTH[chosen.type] >= audience.WIDTH[current.type]:
                raise DraftRefused([Problem(_("Choose fewer people than can see it now"), "audience")])
            artefact.audience_id = chosen.id
            artefact.revision += 1
            artefact.updated_at = unit.moment
            unit.session.flush()
            unit.keep_revision(artefact)
            self._reindex(unit.session, artefact, chosen)
            unit.event(Withdrawn(), artefact)
            unit.changed(kinds.thing_from(self.host, actor, artefact, chosen, ""), Change("narrowed"))

    def share_copy(
        self, actor: Actor, artefact_id: UUID, choice: str, guard: GuardAnswer, client_key: str = ""
    ) -> Saved:
        """Share a thing more widely: a copy is made, linked by `copy_of`; the original stays as private as it was.

        The copy holds what the kind lets others read (`ArtefactKind.for_others`), also for its author.
        Raises NotFound, NotAllowed, and what `save` does.
        """
        with self.database.read() as session:
            thing = self._editable(session, actor, artefact_id)
            files = self.copied_files(session, actor, artefact_id)
        copy = Draft(
            kind=thing.kind,
            title=thing.title,
            body=kinds.require(self.host, thing.kind).for_others(thing.body),
            audience=choice,
            language=thing.language,
            links=(NewLink("copy_of", artefact_id),),
            guard=guard,
            attachments=files,
        )
        return self._save(actor, copy, client_key, shared=True)

    def withdraw(self, actor: Actor, artefact_id: UUID) -> None:
        """Take a thing out of everybody's sight but its author's, at /me. Raises NotFound or NotAllowed."""
        with self.unit(actor) as unit:
            artefact, chosen = self._locked(unit.session, actor, artefact_id)
            artefact.state, artefact.updated_at = "withdrawn", unit.moment
            unit.session.flush()
            search.remove(unit.session, artefact.number)
            unit.event(Withdrawn(), artefact)
            unit.changed(kinds.thing_from(self.host, actor, artefact, chosen, ""), Change("withdrawn"))

    def restore(self, actor: Actor, artefact_id: UUID) -> None:
        """Bring back a thing that its author withdrew. Raises NotFound."""
        with self.unit(actor) as unit:
            row = unit.session.execute(
                select(Artefact, Audience)
                .join(Audience, Audience.id == Artefact.audience_id)
                .where(
                    Artefact.id == artefact_id,
                    Artefact.author_id == actor.person_id,
                    Artefact.practice_id == actor.practice.id,
                    Artefact.state == "withdrawn",
                )
            ).one_or_none()
            if row is None:
                raise NotFound(str(artefact_id))
            artefact, chosen = row
            artefact.state, artefact.updated_at = "live", unit.moment
            unit.session.flush()
            self._reindex(unit.session, artefact, chosen)
            unit.changed(kinds.thing_from(self.host, actor, artefact, chosen, actor.name), Change("restored"))

    def _reindex(self, session: Session, artefact: Artefact, chosen: Audience | AudienceView) -> None:
        kind = kinds.require(self.host, artefact.kind)
        body = kinds.read_body(self.host, artefact.kind, artefact.body, artefact.body_version)
        search.index(session, artefact, chosen, kinds.words(kind, chosen, body))


def may_edit(host: Host, actor: Actor, thing: Thing) -> bool:
    """Whether the actor may change a thing: its author, or whoever holds its kind's permission where it says so."""
    kind = host.registry.kinds.get(thing.kind)
    if kind is None or not thing.available or not actor.can(kind.permission):
        return False
    if kind.edited_by_permission and thing.practice_id == actor.practice.id:
        return True
    return actor.person_id is not None and thing.author_id == actor.person_id


def _as_revision(draft: Draft, current: Thing, links: tuple[NewLink, ...]) -> Draft:
    """A draft with the kind, audience and links that the thing has, so that checks see what they saw at first."""
    return Draft(
        kind=current.kind,
        title=draft.title,
        body=draft.body,
        audience=audience.choice_of(current.audience),
        language=draft.language,
        links=links,
        extras=draft.extras,
        guard=draft.guard,
        attachments=draft.attachments,
    )


def _flat(messages: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    for field, value in messages.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{field}.")
        elif isinstance(value, list):
            yield from ((f"{prefix}{field}", str(message)) for message in value)
        else:
            yield f"{prefix}{field}", str(value)
