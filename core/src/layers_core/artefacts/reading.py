"""Reading things: one, the stream, what is due, what is worth seeing again. Nothing here writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import CompoundSelect, Select, select
from sqlalchemy.orm import Session

from layers_core.artefacts import audience, kinds, search, statements, together
from layers_core.artefacts.attachments.reading import AttachmentView
from layers_core.artefacts.models import Action, Artefact, Audience, Exposure, Link, Revision
from layers_core.contract import Actor, AudienceView, NewLink, Thing
from layers_core.db.base import now
from layers_core.practices.models import Person
from layers_core.reminding import slots

if TYPE_CHECKING:
    from layers_core.host.loader import Host

COLUMNS = (
    Artefact.number,
    Artefact.id,
    Artefact.kind,
    Artefact.title,
    Artefact.body,
    Artefact.body_version,
    Artefact.language,
    Artefact.practice_id,
    Artefact.author_id,
    Artefact.audience_id,
    Artefact.state,
    Artefact.revision,
    Artefact.created_at,
    Artefact.updated_at,
)


def thing(host: Host, actor: Actor, row: Any) -> Thing:
    """A row of COLUMNS and `author_name`, read by a query that asked `audience.visible`, as a thing."""
    view = next(known for known in actor.audiences if known.id == row.audience_id)
    available = row.kind in host.registry.kinds and kinds.in_mix(row.kind, actor.practice.mix)
    return kinds.build(host, actor, row, view, row.author_name or "", available=available)


def things() -> Select[Any]:
    """The query of things with their author's name; the caller adds the condition of who may see them."""
    return select(*COLUMNS, Person.name.label("author_name")).outerjoin(Person, Person.id == Artefact.author_id)


def get(session: Session, host: Host, actor: Actor, artefact_id: UUID) -> Thing | None:
    """A live thing that the actor may see, or None."""
    asked = {"id": artefact_id, "audiences": actor.audience_ids}
    rows = _asked(session, statements.THING_BY_ID, asked)
    return thing(host, actor, rows[0]) if rows else None


def get_many(session: Session, host: Host, actor: Actor, ids: Sequence[UUID]) -> dict[UUID, Thing]:
    """Those of these things that the actor may see, by key: one query."""
    asked = {"ids": list(ids), "audiences": actor.audience_ids}
    return {row.id: thing(host, actor, row) for row in _asked(session, statements.THINGS_BY_ID, asked)}


def _asked(
    session: Session, statement: Select[Any] | CompoundSelect[Any], parameters: Mapping[str, Any]
) -> Sequence[Any]:
    """Ask a statement of `statements` or `together`, past the ORM."""
    return session.connection().execute(statement, parameters).all()


@dataclass(frozen=True)
class Place:
    """Where a page of the stream ended; the next one begins after it."""

    created_at: datetime
    id: UUID


def feed(
    session: Session,
    host: Host,
    actor: Actor,
    *,
    before: Place | None = None,
    limit: int = 20,
    kind: str = "",
    by_others: bool = False,
) -> list[Thing]:
    """The newest things that the actor may see, newest first.

    One short range of the index for each audience, merged: no OFFSET and no count. `kind` keeps one kind;
    `by_others` leaves out what the actor wrote, for "New for you".
    """
    hidden = kinds.hidden_kinds(host, actor.practice.mix)
    known = [view for view in actor.audiences if not (by_others and view.type == "person")]
    if not known:
        return []
    statement = statements.feed(
        len(known), kind=bool(kind), hidden=bool(hidden), by_others=by_others, before=before is not None
    )
    asked: dict[str, Any] = {f"audience{number}": view.id for number, view in enumerate(known)}
    asked |= {"kind": kind, "hidden": hidden, "person": actor.person_id, "limit": limit}
    if before:
        asked |= {"before_at": before.created_at, "before_id": before.id}
    return [thing(host, actor, row) for row in _asked(session, statement, asked)]


@dataclass(frozen=True)
class Found:
    """A thing that search found, and the line with the found words marked."""

    thing: Thing
    snippet: str


def find(
    session: Session,
    host: Host,
    actor: Actor,
    query: str,
    *,
    before: int | None = None,
    limit: int = 20,
    any_word: bool = False,
) -> list[Found]:
    """The newest things with all (or any) of the words of the query that the actor may see, newest first."""
    hidden = kinds.hidden_kinds(host, actor.practice.mix)
    hits = search.find(session, actor.audience_ids, hidden, query, before=before, limit=limit, any_word=any_word)
    asked = {"numbers": [hit.number for hit in hits], "audiences": actor.audience_ids}
    rows = _asked(session, statements.THINGS_BY_NUMBER, asked) if hits else ()
    by_number = {row.number: thing(host, actor, row) for row in rows}
    return [Found(by_number[hit.number], hit.snippet) for hit in hits if hit.number in by_number]


@dataclass(frozen=True)
class DueAction:
    """An open promise of the actor's, with the title of its thing where they may still see it."""

    id: UUID
    artefact_id: UUID
    title: str
    expectation: str
    due_on: date | None
    visible: bool


def due(session: Session, actor: Actor, limit: int = 10) -> list[DueAction]:
    """The actor's own open promises, the most urgent first, those without a date last."""
    asked = {"person": actor.person_id, "audiences": actor.audience_ids, "limit": limit}
    rows = _asked(session, statements.DUE, asked)
    return [
        DueAction(row.id, row.artefact_id, row.title if row.visible else "", row.expectation, row.due_on, row.visible)
        for row in rows
    ]


@dataclass(frozen=True)
class Showing:
    """A thing that has come back, and the showing's number that its answer must name."""

    id: UUID
    number: int
    thing: Thing


def worth_seeing_again(session: Session, host: Host, actor: Actor, limit: int | None = None) -> list[Showing]:
    """Things that are due to come back to the actor, the longest due first: what fits their slot, or `limit`."""
    hidden = kinds.hidden_kinds(host, actor.practice.mix)
    asked = {"person": actor.person_id, "moment": now(), "audiences": actor.audience_ids, "hidden": hidden}
    most = slots.most_cards() if limit is None else limit
    rows = _asked(session, statements.again(hidden=bool(hidden)), {**asked, "again_limit": most})
    fitting = rows[: slots.cards(rows[0].slot_minutes)] if rows and limit is None else rows
    return [Showing(row.exposure_id, row.reviews, thing(host, actor, row)) for row in fitting]


def showing(session: Session, host: Host, actor: Actor, exposure_id: UUID) -> Showing | None:
    """One thing that comes back to the actor, due or not, or None: not theirs, let go, or not to be seen."""
    row = session.execute(
        select(Exposure.reviews, Exposure.artefact_id).where(
            Exposure.id == exposure_id, Exposure.person_id == actor.person_id, Exposure.due_at.is_not(None)
        )
    ).one_or_none()
    found = get(session, host, actor, row.artefact_id) if row else None
    return Showing(exposure_id, row.reviews, found) if row and found and found.available else None


def again_and_new(session: Session, host: Host, actor: Actor, *, new: int = 5) -> tuple[list[Showing], list[Thing]]:
    """What `worth_seeing_again` gives, and what `feed` gives `by_others`, in one query."""
    hidden = kinds.hidden_kinds(host, actor.practice.mix)
    known = [view for view in actor.audiences if view.type != "person"]
    if not known:
        return worth_seeing_again(session, host, actor), []
    asked: dict[str, Any] = {f"audience{number}": view.id for number, view in enumerate(known)}
    asked |= {"person": actor.person_id, "moment": now(), "audiences": actor.audience_ids, "hidden": hidden}
    statement = together.again_and_new(len(known), hidden=bool(hidden))
    rows = _asked(session, statement, {**asked, "limit": new, "again_limit": slots.most_cards()})
    due = sorted((row for row in rows if row.exposure_id), key=lambda row: (row.due_at, row.exposure_id))
    newest = sorted((row for row in rows if not row.exposure_id), key=lambda row: (row.created_at, row.id))
    fitting = due[: slots.cards(due[0].slot_minutes)] if due else ()
    return (
        [Showing(row.exposure_id, row.reviews, thing(host, actor, row)) for row in fitting],
        [thing(host, actor, row) for row in newest[: -new - 1 : -1]],
    )


def links_from(session: Session, artefact_id: UUID) -> tuple[NewLink, ...]:
    """The links that start at a thing, whoever may see their other ends: for checks, not for pages."""
    rows = session.execute(select(Link.type, Link.to_id).where(Link.from_id == artefact_id).order_by(Link.created_at))
    return tuple(NewLink(row.type, row.to_id) for row in rows)


def write_result(session: Session, writer: str, client_key: str) -> UUID | None:
    """The result of a write that this writer did before under the same client key."""
    if not client_key:
        return None
    return session.connection().scalar(statements.WRITE_RESULT, {"writer": writer, "key": client_key})


@dataclass(frozen=True)
class ActionView:
    """A promise as readers of its thing meet it."""

    id: UUID
    artefact_id: UUID
    owner_id: UUID
    owner_name: str
    expectation: str
    due_on: date | None
    outcome: str | None
    what_happened: str
    closed_at: datetime | None


def actions_of(session: Session, ids: Sequence[UUID]) -> list[ActionView]:
    """The promises of these things, which the caller has checked that the reader may see, oldest first."""
    rows = _asked(session, statements.ACTIONS, {"ids": list(ids)})
    return [ActionView(*row) for row in rows]


@dataclass(frozen=True)
class OwnAction:
    """One of the actor's own promises, with the title of its thing where they may still see it."""

    id: UUID
    artefact_id: UUID
    title: str
    expectation: str
    due_on: date | None
    outcome: str | None
    what_happened: str
    closed_at: datetime | None
    visible: bool


def own_action(session: Session, actor: Actor, action_id: UUID) -> OwnAction | None:
    """A promise of the actor's, open or closed, or None: its owner always sees it."""
    row = session.execute(
        select(Action, Artefact.title, audience.visible(actor).label("visible"))
        .join(Artefact, Artefact.id == Action.artefact_id)
        .where(Action.id == action_id, Action.owner_id == actor.person_id)
    ).one_or_none()
    if row is None:
        return None
    action = row.Action
    return OwnAction(
        action.id,
        action.artefact_id,
        row.title if row.visible else "",
        action.expectation,
        action.due_on,
        action.outcome,
        action.what_happened,
        action.closed_at,
        bool(row.visible),
    )


@dataclass(frozen=True)
class CommentView:
    """A comment under a thing."""

    id: UUID
    author_id: UUID
    author_name: str
    practice_name: str
    text: str
    created_at: datetime


@dataclass(frozen=True)
class Beside:
    """What stands beside a thing on its page: promises and comments oldest first, files in their order."""

    actions: list[ActionView]
    comments: list[CommentView]
    files: list[AttachmentView]


def beside(session: Session, actor: Actor, ids: Sequence[UUID], artefact_id: UUID) -> Beside:
    """The promises of these things, as `actions_of` gives them, and one thing's comments and files: one query."""
    asked = {"ids": list(ids), "id": artefact_id, "audiences": actor.audience_ids}
    rows = _asked(session, together.BESIDE, asked)
    first, second = len(fields(ActionView)), len(fields(ActionView)) + len(fields(CommentView))
    files = sorted((row for row in rows if row.file_id), key=lambda row: row.file_position)
    return Beside(
        [
            ActionView(*row[:first])
            for row in sorted((row for row in rows if row.action_id), key=lambda row: row.action_id)
        ],
        [
            CommentView(*row[first:second])
            for row in sorted((row for row in rows if row.comment_id), key=lambda row: row.comment_id)
        ],
        [AttachmentView(*row[second : second + len(fields(AttachmentView))]) for row in files],
    )


@dataclass(frozen=True)
class RevisionView:
    """An earlier state of a thing, in its kind's present version."""

    number: int
    title: str
    body: dict[str, Any]
    edited_by: str
    audience: AudienceView
    created_at: datetime


def history(session: Session, host: Host, actor: Actor, found: Thing) -> list[RevisionView]:
    """Those states of a thing that were saved under an audience to which the actor belongs, newest first."""
    rows = session.execute(
        select(Revision, Person.name.label("editor"), Audience.id.label("audience_id"))
        .join(Audience, Audience.id == Revision.audience_id)
        .outerjoin(Person, Person.id == Revision.edited_by)
        .where(Revision.artefact_id == found.id, Revision.audience_id.in_(actor.audience_ids))
        .order_by(Revision.number.desc())
        .limit(100)
    )
    return [
        RevisionView(
            row.Revision.number,
            row.Revision.title,
            kinds.body_for(host, actor, found, row.Revision.body, row.Revision.body_version) if found.available else {},
            row.editor or "",
            next(known for known in actor.audiences if known.id == row.audience_id),
            row.Revision.created_at,
        )
        for row in rows
    ]
