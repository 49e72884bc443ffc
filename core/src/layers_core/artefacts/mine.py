"""What belongs to a person, wherever they work now: their own things, promises, comments and use.

Rights to one's own words don't depend on a mix or a membership, so nothing here asks for an actor. Whoever calls this
has made sure that it is the person themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Label, Select, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from layers_core.artefacts import kinds
from layers_core.artefacts.models import Action, ActionDate, Artefact, Audience, Comment, ExposureAnswer, Revision
from layers_core.artefacts.models import Exposure as ExposureRow
from layers_core.artefacts.reading import Place
from layers_core.practices.models import Cluster, Membership, Practice
from layers_core.reminding.models import Sending
from layers_core.usage.models import ActorKey, UsageEventRow

if TYPE_CHECKING:
    from layers_core.host.loader import Host


@dataclass(frozen=True)
class MyThing:
    """One's own thing: its body in the kind's present version, or as it was kept where the kind is not installed."""

    id: UUID
    kind: str
    title: str
    body: Mapping[str, Any]
    language: str
    state: str
    revision: int
    audience_type: str
    audience_name: str
    practice_slug: str
    practice_name: str
    still_member: bool
    created_at: datetime
    updated_at: datetime


def _still_member(person_id: UUID, practice_id: InstrumentedAttribute[UUID]) -> Label[bool]:
    """Whether the person belongs to the practice of a row now, so that its pages are there for them."""
    member = select(Membership.id).where(
        Membership.person_id == person_id, Membership.practice_id == practice_id, Membership.left_at.is_(None)
    )
    return member.exists().label("still_member")


def _things(person_id: UUID) -> Select[Any]:
    return (
        select(
            Artefact.id,
            Artefact.kind,
            Artefact.title,
            Artefact.body,
            Artefact.body_version,
            Artefact.language,
            Artefact.state,
            Artefact.revision,
            Artefact.created_at,
            Artefact.updated_at,
            Audience.type.label("audience_type"),
            Cluster.name.label("cluster_name"),
            Practice.slug.label("practice_slug"),
            Practice.name.label("practice_name"),
            _still_member(person_id, Artefact.practice_id),
        )
        .join(Audience, Audience.id == Artefact.audience_id)
        .join(Practice, Practice.id == Artefact.practice_id)
        .outerjoin(Cluster, Cluster.id == Audience.cluster_id)
        .where(Artefact.author_id == person_id)
    )


def _my_thing(host: Host, row: Any) -> MyThing:
    return MyThing(
        id=row.id,
        kind=row.kind,
        title=row.title,
        body=_body(host, row.kind, row.body, row.body_version),
        language=row.language,
        state=row.state,
        revision=row.revision,
        audience_type=row.audience_type,
        audience_name=row.cluster_name or row.practice_name,
        practice_slug=row.practice_slug,
        practice_name=row.practice_name,
        still_member=bool(row.still_member),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _body(host: Host, kind: str, body: Mapping[str, Any], version: int) -> Mapping[str, Any]:
    return kinds.read_body(host, kind, dict(body), version) if kind in host.registry.kinds else body


def things(
    session: Session, host: Host, person_id: UUID, *, before: Place | None = None, limit: int | None = 20
) -> list[MyThing]:
    """Everything that a person wrote, newest first, in whatever state and practice. `limit` None gives all of it."""
    query = _things(person_id).order_by(Artefact.created_at.desc(), Artefact.id.desc()).limit(limit)
    if before:
        query = query.where(tuple_(Artefact.created_at, Artefact.id) < (before.created_at, before.id))
    return [_my_thing(host, row) for row in session.execute(query)]


def thing(session: Session, host: Host, person_id: UUID, artefact_id: UUID) -> MyThing | None:
    """One thing that the person wrote, or None."""
    row = session.execute(_things(person_id).where(Artefact.id == artefact_id)).one_or_none()
    return _my_thing(host, row) if row else None


@dataclass(frozen=True)
class MyRevision:
    """An earlier state of one's own thing."""

    artefact_id: UUID
    number: int
    title: str
    body: Mapping[str, Any]
    created_at: datetime


def revisions(session: Session, host: Host, person_id: UUID, ids: Sequence[UUID] | None = None) -> list[MyRevision]:
    """The states of a person's own things (or of those named), each thing's oldest first."""
    query = (
        select(Revision, Artefact.kind)
        .join(Artefact, Artefact.id == Revision.artefact_id)
        .where(Artefact.author_id == person_id)
        .order_by(Revision.artefact_id, Revision.number)
    )
    if ids is not None:
        query = query.where(Revision.artefact_id.in_(ids))
    return [
        MyRevision(
            row.Revision.artefact_id,
            row.Revision.number,
            row.Revision.title,
            _body(host, row.kind, row.Revision.body, row.Revision.body_version),
            row.Revision.created_at,
        )
        for row in session.execute(query)
    ]


@dataclass(frozen=True)
class MyAction:
    """A promise of one's own, open or closed, with the practice it was made in."""

    id: UUID
    artefact_id: UUID
    practice_slug: str
    practice_name: str
    expectation: str
    due_on: date | None
    outcome: str | None
    what_happened: str
    created_at: datetime
    closed_at: datetime | None
    still_member: bool

    @property
    def path(self) -> str:
        """Where its owner finds it, below the instance's address: its own page, where its practice is still theirs."""
        return f"{self.practice_slug}/actions/{self.id}" if self.still_member else "me"


def actions(session: Session, person_id: UUID, *, only_open: bool = False) -> list[MyAction]:
    """A person's promises, the most urgent first, those without a date last."""
    query = (
        select(
            Action.id,
            Action.artefact_id,
            Practice.slug,
            Practice.name,
            Action.expectation,
            Action.due_on,
            Action.outcome,
            Action.what_happened,
            Action.created_at,
            Action.closed_at,
            _still_member(person_id, Action.practice_id),
        )
        .join(Practice, Practice.id == Action.practice_id)
        .where(Action.owner_id == person_id)
        .order_by(Action.due_on.is_(None), Action.due_on, Action.id)
    )
    if only_open:
        query = query.where(Action.closed_at.is_(None))
    rows: Iterable[Any] = session.execute(query)
    return [MyAction(*row) for row in rows]


@dataclass(frozen=True)
class MyMove:
    """A change that the person made to the day by which a promise is due."""

    action_id: UUID
    from_on: date | None
    to_on: date | None
    reason: str
    changed_at: datetime


def moves(session: Session, person_id: UUID) -> list[MyMove]:
    """The changes of days that a person made, oldest first."""
    rows = session.execute(
        select(ActionDate.action_id, ActionDate.from_on, ActionDate.to_on, ActionDate.reason, ActionDate.changed_at)
        .where(ActionDate.changed_by == person_id)
        .order_by(ActionDate.id)
    )
    return [MyMove(*row) for row in rows]


@dataclass(frozen=True)
class MyMail:
    """A mail that was begun for the person: which kind, about what, and what came of it."""

    kind: str
    key: str
    state: str
    begun_at: datetime


def mails(session: Session, person_id: UUID) -> list[MyMail]:
    """The mails that were begun for a person, oldest first."""
    rows = session.execute(
        select(Sending.kind, Sending.key, Sending.state, Sending.begun_at)
        .where(Sending.person_id == person_id)
        .order_by(Sending.begun_at, Sending.key)
    )
    return [MyMail(*row) for row in rows]


@dataclass(frozen=True)
class MyComment:
    """A comment that the person wrote, under whosever thing."""

    id: UUID
    artefact_id: UUID
    text: str
    created_at: datetime
    withdrawn_at: datetime | None


def comments(session: Session, person_id: UUID) -> list[MyComment]:
    """A person's comments, oldest first, withdrawn ones included."""
    rows = session.execute(
        select(Comment.id, Comment.artefact_id, Comment.text, Comment.created_at, Comment.withdrawn_at)
        .where(Comment.author_id == person_id)
        .order_by(Comment.id)
    )
    return [MyComment(*row) for row in rows]


@dataclass(frozen=True)
class MyAnswer:
    """What a person answered when a thing came back to them."""

    artefact_id: UUID
    answer: str
    answered_at: datetime


def answers(session: Session, person_id: UUID) -> list[MyAnswer]:
    """A person's answers to things that came back, oldest first."""
    rows = session.execute(
        select(ExposureRow.artefact_id, ExposureAnswer.answer, ExposureAnswer.answered_at)
        .join(ExposureRow, ExposureRow.id == ExposureAnswer.exposure_id)
        .where(ExposureRow.person_id == person_id)
        .order_by(ExposureAnswer.answered_at, ExposureRow.id)
    )
    return [MyAnswer(*row) for row in rows]


@dataclass(frozen=True)
class MyEvent:
    """One fact of the usage log about the person, with all that it holds."""

    sequence: int
    name: str
    tier: str
    occurred_at: datetime
    practice_name: str
    role: str
    artefact_id: UUID | None
    props: Mapping[str, Any]


def events(session: Session, person_id: UUID, *, before: int | None = None, limit: int | None = 50) -> list[MyEvent]:
    """What the usage log holds about a person, newest first. `before` is the last `sequence` of the page before."""
    query = (
        select(
            UsageEventRow.sequence,
            UsageEventRow.name,
            UsageEventRow.tier,
            UsageEventRow.occurred_at,
            Practice.name.label("practice_name"),
            UsageEventRow.role,
            UsageEventRow.artefact_id,
            UsageEventRow.props,
        )
        .join(ActorKey, ActorKey.actor_key == UsageEventRow.actor_key)
        .outerjoin(Practice, Practice.id == UsageEventRow.practice_id)
        .where(ActorKey.person_id == person_id)
        .order_by(UsageEventRow.sequence.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(UsageEventRow.sequence < before)
    return [MyEvent(*row) for row in session.execute(query)]
