"""Reading what guidelines show: the list, what is undecided, decisions, other editions. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, aliased

from layers_core.artefacts import audience, reading
from layers_core.artefacts.models import Artefact
from layers_core.contract import Actor, Thing
from layers_core.host.loader import Host
from layers_guidelines.keeping import age
from layers_guidelines.models import Decision, Edition, Recommendation, Upload
from layers_guidelines.words import SETTLING

PAGE = 20


@dataclass(frozen=True)
class DecisionView:
    """A decision that the practice made: the thing itself, what it is about, its code and when."""

    thing: Thing
    recommendation_id: UUID
    code: str
    decided_at: datetime


@dataclass(frozen=True)
class Listed:
    """A recommendation in the practice's list, with the decision that counts, if there is one."""

    thing: Thing
    edition: Edition
    decision: DecisionView | None


@dataclass(frozen=True)
class ListPage:
    """Some of the practice's recommendations, the newest first; `older` is where the next page begins."""

    items: list[Listed]
    older: int | None


def recommendations(
    session: Session,
    host: Host,
    actor: Actor,
    *,
    undecided: bool = False,
    edition_id: UUID | None = None,
    before: int | None = None,
    limit: int = PAGE,
) -> ListPage:
    """The practice's own recommendations, the newest first. `before` is the `older` of the page before.

    `undecided` keeps those of the newest editions on which nothing is decided.
    """
    query = _listed(actor)
    if undecided:
        query = query.where(_undecided(actor), Edition.superseded_by.is_(None))
    if edition_id:
        query = query.where(Edition.id == edition_id)
    if before:
        query = query.where(Artefact.number < before)
    rows = session.execute(query.order_by(Artefact.number.desc()).limit(limit + 1)).all()
    things = [(reading.thing(host, actor, row), row.Edition) for row in rows[:limit]]
    made = current(decisions(session, host, actor, [thing.id for thing, _edition in things]))
    items = [Listed(thing, edition, made.get(thing.id)) for thing, edition in things]
    return ListPage(items, items[-1].thing.number if len(rows) > limit else None)


def _listed(actor: Actor) -> Select[Any]:
    return (
        reading.things()
        .add_columns(Edition)
        .join(Recommendation, Recommendation.artefact_id == Artefact.id)
        .join(Edition, Edition.id == Recommendation.edition_id)
        .where(Edition.practice_id == actor.practice.id, audience.visible(actor))
    )


def _undecided(actor: Actor) -> ColumnElement[bool]:
    other = aliased(Artefact)
    return ~(
        select(Decision.artefact_id)
        .join(other, other.id == Decision.artefact_id)
        .where(
            Decision.practice_id == actor.practice.id,
            Decision.recommendation_id == Recommendation.artefact_id,
            Decision.decision.in_(SETTLING),
            other.state == "live",
        )
        .exists()
    )


def to_decide(session: Session, host: Host, actor: Actor, limit: int) -> list[Thing]:
    """The newest recommendations that wait for a decision: one query."""
    query = _listed(actor).where(_undecided(actor), Edition.superseded_by.is_(None))
    rows = session.execute(query.order_by(Artefact.number.desc()).limit(limit))
    return [reading.thing(host, actor, row) for row in rows]


def decisions(session: Session, host: Host, actor: Actor, ids: Iterable[UUID]) -> list[DecisionView]:
    """What the practice decided on these recommendations, the newest first: one query."""
    wanted = list(ids)
    if not wanted:
        return []
    rows = session.execute(
        reading.things()
        .add_columns(Decision.recommendation_id, Decision.decision, Decision.decided_at)
        .join(Decision, Decision.artefact_id == Artefact.id)
        .where(
            Decision.recommendation_id.in_(wanted),
            Decision.practice_id == actor.practice.id,
            audience.visible(actor),
        )
        .order_by(Decision.decided_at.desc(), Decision.artefact_id.desc())
    )
    return [
        DecisionView(reading.thing(host, actor, row), row.recommendation_id, row.decision, row.decided_at)
        for row in rows
    ]


def current(made: Iterable[DecisionView]) -> dict[UUID, DecisionView]:
    """The decision that counts, the newest one, by the recommendation's key."""
    found: dict[UUID, DecisionView] = {}
    for decision in made:
        found.setdefault(decision.recommendation_id, decision)
    return found


@dataclass(frozen=True)
class OtherEdition:
    """The same recommendation in another edition of its guideline, beside the one that a page shows."""

    thing: Thing
    dated: date | None
    dated_as_written: str
    version_label: str
    newer: bool
    same_label: bool
    same_text: bool


def other_editions(
    session: Session, host: Host, actor: Actor, things: Sequence[Thing]
) -> dict[UUID, list[OtherEdition]]:
    """The same recommendations in the practice's other editions, the newest first, by this one's key: one query."""
    mine, my_edition = aliased(Recommendation), aliased(Edition, name="my_edition")
    rows = session.execute(
        reading.things()
        .add_columns(Edition, my_edition, mine.artefact_id.label("mine"))
        .join(Recommendation, Recommendation.artefact_id == Artefact.id)
        .join(Edition, Edition.id == Recommendation.edition_id)
        .join(
            my_edition,
            (my_edition.practice_id == Edition.practice_id)
            & (my_edition.source_key == Edition.source_key)
            & (my_edition.id != Edition.id),
        )
        .join(mine, (mine.edition_id == my_edition.id) & (mine.path == Recommendation.path))
        .where(
            mine.artefact_id.in_([thing.id for thing in things]),
            Edition.practice_id == actor.practice.id,
            audience.visible(actor),
        )
    ).all()
    texts = {thing.id: thing.body["text"] for thing in things}
    found: dict[UUID, list[OtherEdition]] = {}
    for row in sorted(rows, key=lambda row: age(row.Edition), reverse=True):
        theirs, ours = row.Edition, row.my_edition
        thing = reading.thing(host, actor, row)
        found.setdefault(row.mine, []).append(
            OtherEdition(
                thing,
                theirs.dated,
                theirs.dated_as_written,
                theirs.version_label,
                newer=age(theirs) > age(ours),
                same_label=theirs.version_label == ours.version_label != "",
                same_text=thing.body["text"] == texts[row.mine],
            )
        )
    return found


def edition(session: Session, actor: Actor, edition_id: UUID) -> Edition | None:
    """An edition of the practice's own, or None."""
    return session.scalar(select(Edition).where(Edition.id == edition_id, Edition.practice_id == actor.practice.id))


def uploads(session: Session, actor: Actor) -> list[tuple[str, bytes]]:
    """The files that wait for this person's look, in the order in which they were chosen."""
    rows = session.execute(
        select(Upload.name, Upload.content)
        .where(Upload.practice_id == actor.practice.id, Upload.person_id == actor.person_id)
        .order_by(Upload.id)
    )
    return [(name, content) for name, content in rows]
