"""What this plugin's own tables keep, written in the unit of whatever changed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from layers_core.artefacts import audience
from layers_core.artefacts.models import Artefact, Audience, Revision
from layers_core.artefacts.unit import Unit
from layers_core.contract import Actor, Body, Change, Draft, NewLink, Problem, Thing
from layers_core.i18n import gettext as _
from layers_guidelines import editions
from layers_guidelines.events import CODES, Decided
from layers_guidelines.kinds import DECISION, KINDS, RECOMMENDATION
from layers_guidelines.models import Decision, Edition, Recommendation, Upload

MAY_CHANGE = frozenset({"text", "strength", "certainty"})
"""What a correction of a typed recommendation may touch."""


def changed(thing: Thing, change: Change, unit: Unit) -> None:
    """Keep the tables in step with a thing that was saved. A shared copy is no part of the practice's own list.

    Raises ValueError for a change to a recommendation that is locked, which undoes the save.
    """
    if thing.kind == RECOMMENDATION and change.type == "created" and thing.audience.type == "practice":
        _keep_recommendation(thing, unit)
    elif thing.kind == RECOMMENDATION and change.type == "revised":
        _keep_correction(thing, unit)
    elif thing.kind == DECISION and change.type == "created" and thing.audience.type == "practice":
        _keep_decision(thing, unit)


def _keep_recommendation(thing: Thing, unit: Unit) -> None:
    body = thing.body
    edition = _edition(unit, body)
    unit.session.add(
        Recommendation(
            artefact_id=thing.id,
            edition_id=edition.id,
            path=body["path"],
            strength=body["strength"],
            certainty=body["certainty"],
        )
    )
    unit.session.flush()
    _link_editions(unit, thing, edition)


def _edition(unit: Unit, body: Body) -> Edition:
    """The edition that a recommendation belongs to; made with its first one."""
    session, practice_id = unit.session, unit.actor.practice.id
    found = session.scalar(
        select(Edition).where(Edition.practice_id == practice_id, Edition.edition_key == body["edition"])
    )
    if found is None:
        source = editions.source_key(body["origin"], body["source_name"], body["guideline"], body["source_url"])
        found = Edition(
            practice_id=practice_id,
            edition_key=body["edition"],
            source_key=source,
            title=body["guideline"],
            publisher=body["source_name"],
            source_url=body["source_url"],
            licence=body["licence"],
            version_label=body["version_label"],
            dated=date.fromisoformat(body["dated"]) if body["dated"] else None,
            dated_as_written=body["dated_as_written"],
            content_hash=body["content_hash"],
            imported_at=unit.moment,
            imported_by=unit.actor.person_id,
        )
        session.add(found)
        session.flush()
        _put_in_order(session, practice_id, source)
    return found


def age(edition: Edition) -> tuple[date, Any]:
    """What the editions of one guideline are ordered by: their own date, else when they were brought in."""
    return edition.dated or edition.imported_at.date(), edition.imported_at


def _put_in_order(session: Session, practice_id: UUID, source: str) -> None:
    """Let each edition of a guideline name the next newer one."""
    found = session.scalars(select(Edition).where(Edition.practice_id == practice_id, Edition.source_key == source))
    ordered = sorted(found, key=age)
    for older, newer in pairwise(ordered):
        older.superseded_by = newer.id
    ordered[-1].superseded_by = None
    session.flush()


def _link_editions(unit: Unit, thing: Thing, edition: Edition) -> None:
    """Link a recommendation with the same one of the next older and the next newer edition."""
    rows = unit.session.execute(
        select(Recommendation.artefact_id, Edition)
        .join(Edition, Edition.id == Recommendation.edition_id)
        .join(Artefact, Artefact.id == Recommendation.artefact_id)
        .where(
            Edition.practice_id == edition.practice_id,
            Edition.source_key == edition.source_key,
            Edition.id != edition.id,
            Recommendation.path == thing.body["path"],
            audience.visible(unit.actor),
        )
    ).all()
    older = [row for row in rows if age(row.Edition) < age(edition)]
    newer = [row for row in rows if age(row.Edition) >= age(edition)]
    if older:
        nearest = max(older, key=lambda row: age(row.Edition))
        unit.link(thing.id, NewLink("supersedes", nearest.artefact_id), quiet=True)
    if newer:
        nearest = min(newer, key=lambda row: age(row.Edition))
        unit.link(thing.id, NewLink("supersedes", nearest.artefact_id, reverse=True), quiet=True)


def _keep_correction(thing: Thing, unit: Unit) -> None:
    row = unit.session.get(Recommendation, thing.id)
    before = unit.session.scalar(
        select(Revision.body).where(Revision.artefact_id == thing.id, Revision.number == thing.revision - 1)
    )
    touched = {name for name in thing.body if before is None or before.get(name) != thing.body[name]}
    if row is None or not touched <= MAY_CHANGE or is_locked(unit.session, thing):
        raise ValueError("The original of a recommendation is locked")
    row.strength, row.certainty = thing.body["strength"], thing.body["certainty"]
    unit.session.flush()


def is_locked(session: Session, thing: Thing) -> bool:
    """Whether the words of a recommendation may no longer change: it came from a file, or was decided on."""
    decided = select(Decision.artefact_id).where(Decision.recommendation_id == thing.id).limit(1)
    return bool(thing.body["origin"] == editions.FILE) or session.scalar(decided) is not None


def _keep_decision(thing: Thing, unit: Unit) -> None:
    code = thing.body["decision"]
    unit.session.add(
        Decision(
            artefact_id=thing.id,
            recommendation_id=UUID(thing.body["recommendation"]),
            practice_id=unit.actor.practice.id,
            decision=code,
            decided_at=unit.moment,
        )
    )
    unit.session.flush()
    unit.event(Decided(decision=CODES[code]), thing)


def problems_with(session: Session, actor: Actor, draft: Draft) -> list[Problem]:
    """Why a draft can't be saved: what a practice decides is for all of it, and on something that is there."""
    if draft.kind not in {kind.name for kind in KINDS}:
        return []
    problems = []
    if draft.audience.partition(":")[0] in {"me", "people"}:
        problems.append(Problem(_("This is for everybody in your practice. Choose your practice"), "audience"))
    if draft.kind == DECISION and not _is_there(session, actor, draft.body.get("recommendation")):
        problems.append(Problem(_("The recommendation is no longer here. Go back to the list"), "decision"))
    return problems


def _is_there(session: Session, actor: Actor, key: object) -> bool:
    with contextlib.suppress(ValueError):
        wanted = UUID(str(key))
        query = select(Artefact.id).where(
            Artefact.id == wanted, Artefact.kind == RECOMMENDATION, audience.visible(actor)
        )
        return session.scalar(query) is not None
    return False


def here_already(session: Session, practice_id: UUID, keys: Iterable[str]) -> set[tuple[str, str]]:
    """The places, as (edition, path), that these editions' recommendations take in a practice's own list."""
    rows = session.execute(
        select(Edition.edition_key, Recommendation.path)
        .join(Recommendation, Recommendation.edition_id == Edition.id)
        .join(Artefact, Artefact.id == Recommendation.artefact_id)
        .join(Audience, Audience.id == Artefact.audience_id)
        .where(
            Edition.practice_id == practice_id,
            Edition.edition_key.in_(sorted(set(keys))),
            Artefact.state == "live",
            Audience.type == "practice",
        )
    )
    return {(key, path) for key, path in rows}


def personal_data(person_id: UUID, session: Session) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """What this plugin alone keeps about a person: the editions that they brought in, and files that wait."""
    for edition in session.scalars(select(Edition).where(Edition.imported_by == person_id).order_by(Edition.id)):
        yield _("Guideline that you brought in"), {"title": edition.title, "when": edition.imported_at.isoformat()}
    for name, when in session.execute(
        select(Upload.name, Upload.uploaded_at).where(Upload.person_id == person_id).order_by(Upload.id)
    ):
        yield _("File that you chose and have not saved"), {"name": name, "when": when.isoformat()}


def erase_person(person_id: UUID, unit: Unit) -> None:
    """Forget who brought an edition in, and drop files that wait for them."""
    unit.session.execute(update(Edition).where(Edition.imported_by == person_id).values(imported_by=None))
    unit.session.execute(delete(Upload).where(Upload.person_id == person_id))
