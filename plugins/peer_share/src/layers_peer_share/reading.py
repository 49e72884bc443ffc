"""Reading what Peer share shows: what came back, what readers pressed, what is shared, which questions are open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, or_, select, tuple_
from sqlalchemy.orm import Session

from layers_core.artefacts import audience, reading
from layers_core.artefacts.models import Artefact
from layers_core.artefacts.reading import Place
from layers_core.contract import Actor, Thing
from layers_core.host.loader import Host
from layers_core.practices.models import Practice
from layers_peer_share.kinds import QUESTION
from layers_peer_share.models import Question, Response
from layers_peer_share.vocabularies import order_of_return, response_words

PAGE = 20
MOST_RESPONSES = 500
WIDE = frozenset({"cluster", "network"})


@dataclass(frozen=True)
class Returned:
    """What came back about a thing: in words, never in numbers, and without a name."""

    artefact_id: UUID
    title: str
    words: tuple[str, ...]
    notes: tuple[str, ...]
    unseen: bool


@dataclass(frozen=True)
class Said:
    """What readers said about a thing, as one reader may know it: their own presses and everybody's lines."""

    pressed: frozenset[str]
    notes: tuple[str, ...]
    own_note: str


def _responses() -> Select[UUID, UUID, str, str, datetime | None, bool, str]:
    return (
        select(
            Response.artefact_id,
            Response.person_id,
            Response.type,
            Response.note,
            Response.seen_at,
            (Response.practice_id != Artefact.practice_id).label("elsewhere"),
            Artefact.title,
        )
        .join(Artefact, Artefact.id == Response.artefact_id)
        .order_by(Response.created_at.desc(), Response.id.desc())
        .limit(MOST_RESPONSES)
    )


def _grouped(rows: Iterable[Any]) -> dict[UUID, list[Any]]:
    groups: dict[UUID, list[Any]] = {}
    for row in rows:
        groups.setdefault(row.artefact_id, []).append(row)
    return groups


def _returned(artefact_id: UUID, rows: Sequence[Any]) -> Returned:
    kinds = sorted({(row.type, bool(row.elsewhere)) for row in rows}, key=lambda kind: order_of_return()[kind])
    return Returned(
        artefact_id,
        rows[0].title,
        tuple(response_words(code, "elsewhere" if elsewhere else "here") for code, elsewhere in kinds),
        tuple(row.note for row in rows if row.note),
        any(row.seen_at is None for row in rows),
    )


def came_back(session: Session, actor: Actor) -> list[Returned]:
    """What came back about the actor's own things and they have not seen yet, the newest first: one query."""
    rows = session.execute(
        _responses().where(Response.author_id == actor.person_id, Response.seen_at.is_(None), audience.visible(actor))
    )
    return [_returned(artefact_id, found) for artefact_id, found in _grouped(rows).items()]


# It stands on every home page; making it each time took six times as long as asking it.
USED_AND_UNSEEN = _responses().where(
    Response.author_id == bindparam("author"),
    Response.seen_at.is_(None),
    Response.type == "used",
    audience.visible_when_asked(),
)


def used_and_unseen(session: Session, actor: Actor) -> Mapping[bool, list[tuple[UUID, str]]]:
    """The actor's own things that somebody used, (key, title) by whether that was at another practice: one query."""
    asked = {"author": actor.person_id, "audiences": actor.audience_ids}
    rows = session.connection().execute(USED_AND_UNSEEN, asked)
    found: dict[bool, list[tuple[UUID, str]]] = {True: [], False: []}
    for row in rows:
        entry = (row.artefact_id, row.title)
        if entry not in found[bool(row.elsewhere)]:
            found[bool(row.elsewhere)].append(entry)
    return found


def about(session: Session, actor: Actor, things: Sequence[Thing]) -> Mapping[UUID, Returned | Said]:
    """For each of these things what the actor may know: its author what came back, a reader what they pressed.

    Things that nobody said anything about are left out. One query.
    """
    if not things:
        return {}
    rows = session.execute(
        _responses().where(
            Response.artefact_id.in_([thing.id for thing in things]),
            audience.visible(actor),
            or_(Response.author_id == actor.person_id, Response.person_id == actor.person_id, Response.note != ""),
        )
    )
    mine = {thing.id for thing in things if thing.author_id == actor.person_id}
    return {
        artefact_id: _returned(artefact_id, found) if artefact_id in mine else _said(actor, found)
        for artefact_id, found in _grouped(rows).items()
    }


def _said(actor: Actor, rows: Sequence[Any]) -> Said:
    own = [row for row in rows if row.person_id == actor.person_id]
    return Said(
        frozenset(row.type for row in own),
        tuple(row.note for row in rows if row.note and row.person_id != actor.person_id),
        next((row.note for row in own if row.note), ""),
    )


@dataclass(frozen=True)
class ThingsPage:
    """Some things, newest first, and where the next page begins; None where there is none."""

    things: list[Thing]
    older: str | None


def shared(session: Session, host: Host, actor: Actor, older: str = "") -> ThingsPage:
    """What was shared beyond one practice, twenty a page: the core's stream with the wider audiences alone."""
    wide = replace(actor, audiences=tuple(view for view in actor.audiences if view.type in WIDE))
    return _page(reading.feed(session, host, wide, before=_place(older), limit=PAGE + 1))


def open_questions(session: Session, host: Host, actor: Actor, older: str = "") -> ThingsPage:
    """The open questions that the actor may see, twenty a page."""
    query = (
        reading.things()
        .join(Question, Question.artefact_id == Artefact.id)
        .where(Question.state == "open", audience.visible(actor))
    )
    place = _place(older)
    if place:
        query = query.where(tuple_(Artefact.created_at, Artefact.id) < (place.created_at, place.id))
    query = query.order_by(Artefact.created_at.desc(), Artefact.id.desc()).limit(PAGE + 1)
    return _page([reading.thing(host, actor, row) for row in session.execute(query)])


def _page(found: list[Thing]) -> ThingsPage:
    things = found[:PAGE]
    last = things[-1] if len(found) > PAGE else None
    return ThingsPage(things, f"{last.created_at.isoformat()}~{last.id}" if last else None)


def _place(text: str) -> Place | None:
    """Where a page begins; the first page for an address that somebody cut off."""
    moment, _tilde, key = text.partition("~")
    try:
        found = Place(datetime.fromisoformat(moment), UUID(key)) if text else None
    except ValueError:
        return None
    return found if found and found.created_at.tzinfo else None


def practice_names(session: Session, things: Iterable[Thing]) -> Mapping[UUID, str]:
    """The names of the practices where things were recorded: one query."""
    ids = {thing.practice_id for thing in things}
    rows = session.execute(select(Practice.id, Practice.name).where(Practice.id.in_(ids)))
    return {row.id: row.name for row in rows}


@dataclass(frozen=True)
class QuestionState:
    """Whether a question is open, and what came of it."""

    artefact_id: UUID
    open: bool
    outcome: str | None


def states_of(session: Session, things: Sequence[Thing]) -> Mapping[UUID, QuestionState]:
    """The states of those of these things that are questions: one query, none where there is no question."""
    ids = [thing.id for thing in things if thing.kind == QUESTION]
    if not ids:
        return {}
    rows = session.execute(
        select(Question.artefact_id, Question.state, Question.outcome).where(Question.artefact_id.in_(ids))
    )
    return {row.artefact_id: QuestionState(row.artefact_id, row.state == "open", row.outcome) for row in rows}


def personal_data(session: Session, person_id: UUID) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """What a person pressed and wrote here."""
    rows = session.execute(
        select(Response.artefact_id, Response.type, Response.note, Response.created_at)
        .where(Response.person_id == person_id)
        .order_by(Response.created_at)
    )
    for row in rows:
        yield (
            response_words(row.type, "label"),
            {"thing": str(row.artefact_id), "note": row.note, "when": row.created_at.isoformat()},
        )
