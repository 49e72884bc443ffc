"""What pages ask about what patients are told. Nothing here writes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, tuple_, union
from sqlalchemy.orm import Session

from layers_core.artefacts import audience, kinds
from layers_core.artefacts.models import Action, Artefact, Link
from layers_core.contract import Actor
from layers_core.host.loader import Host
from layers_core.practices.models import Person
from layers_patient_input import receipts
from layers_patient_input.loop import concerns
from layers_patient_input.loop.models import EntryAnswer, Reply, Tip
from layers_patient_input.loop.schemas import PARTS
from layers_patient_input.models import Answer, Publication

PAGE = 20
LISTED = 50


@dataclass(frozen=True)
class PublicEntry:
    """An entry as everybody may read it: no name, no link to a person, nothing that is for staff."""

    id: UUID
    theme: str
    you_said: str
    we_learned: str
    we_did: str
    change: str
    on: date | None
    language: str
    published_at: datetime


def published(
    session: Session, host: Host, practice_id: UUID, limit: int = PAGE, before: Publication | None = None
) -> list[PublicEntry]:
    """What a practice tells its patients now, newest first; after an entry, where the page before ended with it."""
    query = _shown(practice_id).limit(limit)
    if before is not None:
        place = tuple_(Publication.published_at, Publication.artefact_id)
        query = query.where(place < (before.published_at, before.artefact_id))
    return _entries(session, host, query)


def chosen(session: Session, host: Host, practice_id: UUID, ids: Collection[UUID]) -> list[PublicEntry]:
    """Those of these entries that patients can read now, newest first."""
    return _entries(session, host, _shown(practice_id).where(Publication.artefact_id.in_(ids)))


def shown_between(
    session: Session, host: Host, practice_id: UUID, first: datetime, last: datetime
) -> list[PublicEntry]:
    """The entries that patients can read now and could first, or again, read in a time, newest first."""
    return _entries(session, host, _shown(practice_id).where(Publication.published_at.between(first, last)))


def _shown(practice_id: UUID) -> Select[Any]:
    return (
        select(
            Artefact.id,
            Artefact.kind,
            Artefact.body,
            Artefact.body_version,
            Artefact.language,
            Publication.published_at,
        )
        .join(Publication, Publication.artefact_id == Artefact.id)
        .where(
            Publication.practice_id == practice_id,
            Publication.unpublished_at.is_(None),
            Artefact.state == "live",
        )
        .order_by(Publication.published_at.desc(), Publication.artefact_id.desc())
    )


def _entries(session: Session, host: Host, query: Select[Any]) -> list[PublicEntry]:
    found = []
    for row in session.execute(query):
        body = kinds.read_body(host, row.kind, row.body, row.body_version)
        found.append(
            PublicEntry(
                id=row.id,
                **{part: body[part] for part in PARTS},
                change=body["change"],
                on=date.fromisoformat(body["on"]) if body["on"] else None,
                language=row.language,
                published_at=row.published_at,
            )
        )
    return found


def publication(session: Session, practice_id: UUID, artefact_id: UUID) -> Publication | None:
    """An entry's place on the practice's public page, also where it was taken off."""
    query = select(Publication).where(Publication.artefact_id == artefact_id, Publication.practice_id == practice_id)
    return session.scalar(query)


def publications_of(session: Session, ids: Collection[UUID]) -> dict[UUID, Publication]:
    """The publications of these things, by the thing's key."""
    rows = session.scalars(select(Publication).where(Publication.artefact_id.in_(ids)))
    return {row.artefact_id: row for row in rows}


def entries_of(session: Session, practice_id: UUID, limit: int = LISTED) -> list[tuple[UUID, str, Publication]]:
    """A practice's entries, published or taken off, as (key, title, publication), newest first."""
    rows = session.execute(
        select(Artefact.id, Artefact.title, Publication)
        .join(Publication, Publication.artefact_id == Artefact.id)
        .where(Publication.practice_id == practice_id, Artefact.state == "live")
        .order_by(Publication.published_at.desc())
        .limit(limit)
    )
    return [(row.id, row.title, row.Publication) for row in rows]


def share(session: Session, practice_id: UUID, today: date) -> int | None:
    """How many of ten concerns led to a change, as `concerns` defines it; None where there are too few to say."""
    window = concerns.window(today)
    counted = (
        Answer.practice_id == practice_id,
        Answer.state == "released",
        Answer.criticality.in_(concerns.CRITICAL),
        Answer.received_on.between(window.first, window.last),
    )
    told = (
        select(EntryAnswer.answer_id)
        .join(Publication, Publication.artefact_id == EntryAnswer.entry_id)
        .join(Artefact, Artefact.id == EntryAnswer.entry_id)
        .where(
            Publication.practice_id == practice_id,
            Publication.unpublished_at.is_(None),
            Publication.change.in_(concerns.CHANGING),
            Artefact.state == "live",
        )
    )
    replied = select(Reply.answer_id).where(Reply.practice_id == practice_id, Reply.change.in_(concerns.CHANGING))
    changed = union(told, replied).subquery()
    number = select(func.count()).select_from(Answer).where(*counted)
    of_these = select(func.count()).select_from(Answer).join(changed, changed.c.answer_id == Answer.id).where(*counted)
    return concerns.tenths(*session.execute(select(number.scalar_subquery(), of_these.scalar_subquery())).one())


def tips(session: Session, practice_id: UUID, limit: int = PAGE, before: Tip | None = None) -> list[Tip]:
    """The tips that patients offer to others, newest first; after a tip, where the page before ended with it."""
    query = (
        select(Tip)
        .where(Tip.practice_id == practice_id)
        .order_by(Tip.shown_at.desc(), Tip.artefact_id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(tuple_(Tip.shown_at, Tip.artefact_id) < (before.shown_at, before.artefact_id))
    return list(session.scalars(query))


@dataclass(frozen=True)
class PromisedBefore:
    """A promise on something that an entry came from; `outcome` is None while it is open."""

    entry_id: UUID
    artefact_id: UUID
    expectation: str
    due_on: date | None
    outcome: str | None
    owner_name: str


def promised_before(session: Session, actor: Actor, entries: Collection[UUID]) -> list[PromisedBefore]:
    """The promises on what these entries came from, where the reader may see it, oldest first. For staff alone."""
    rows = session.execute(
        select(Link.to_id, Artefact.id, Action.expectation, Action.due_on, Action.outcome, Person.name)
        .join(Artefact, Artefact.id == Link.from_id)
        .join(Action, Action.artefact_id == Artefact.id)
        .join(Person, Person.id == Action.owner_id)
        .where(Link.to_id.in_(entries), Link.type == "leads_to", audience.visible(actor))
        .order_by(Action.created_at)
    )
    return [PromisedBefore(*row) for row in rows]


@dataclass(frozen=True)
class Answered:
    """What was told of a released answer, and its row; `reply` and `tip` are None where there is none."""

    answer: Answer
    reply: Reply | None
    tip: Tip | None


def answered(session: Session, ids: Collection[UUID]) -> dict[UUID, Answered]:
    """The answers that these things were released from, by the thing's key: one query."""
    rows = session.execute(
        select(Answer, Reply, Tip)
        .outerjoin(Reply, Reply.answer_id == Answer.id)
        .outerjoin(Tip, Tip.artefact_id == Answer.released_artefact_id)
        .where(Answer.released_artefact_id.in_(ids), Answer.state == "released")
    )
    found = (Answered(*row) for row in rows)
    return {one.answer.released_artefact_id: one for one in found if one.answer.released_artefact_id}


def by_receipt(session: Session, practice_id: UUID, code: str) -> tuple[Answer, Reply | None] | None:
    """The answer that a receipt code belongs to and the reply to it; None for a code of none, or of one taken back."""
    row = session.execute(
        select(Answer, Reply)
        .outerjoin(Reply, Reply.answer_id == Answer.id)
        .where(
            Answer.practice_id == practice_id,
            Answer.receipt_hash == receipts.hash_of(code),
            Answer.state != "withdrawn",
        )
    ).one_or_none()
    return (row.Answer, row.Reply) if row else None
