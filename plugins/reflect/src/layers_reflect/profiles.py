"""What somebody chose about their own portfolio: their professions, and when their year or cycle ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import update
from sqlalchemy.orm import Session

from layers_core.artefacts.service import ArtefactService
from layers_core.contract import Actor
from layers_core.db.base import put_once
from layers_reflect import classification
from layers_reflect.models import Profile


@dataclass(frozen=True)
class ProfileView:
    """Somebody's choices, or what their profession in the practice suggests."""

    professions: tuple[str, ...]
    appraisal_month: int | None
    cycle_ends: date | None

    @property
    def schemes(self) -> tuple[str, ...]:
        """The schemes that they classify by."""
        return classification.schemes_for(self.professions)


def profile_of(session: Session, actor: Actor) -> ProfileView:
    """The actor's choices, or what their profession in the practice suggests: one query."""
    kept = session.get(Profile, actor.person_id) if actor.person_id else None
    if kept is None:
        return ProfileView(classification.assumed(actor.profession), None, None)
    return ProfileView(tuple(kept.professions), kept.appraisal_month, kept.cycle_ends)


def choose(
    service: ArtefactService,
    actor: Actor,
    professions: list[str],
    appraisal_month: int | None,
    cycle_ends: date | None,
) -> None:
    """Keep the actor's choices; the same submit twice is the same. Raises LookupError for an unknown profession."""
    for code in professions:
        if code not in classification.known_professions():
            raise LookupError(f"No profession {code}")
    chosen = {"professions": professions, "appraisal_month": appraisal_month, "cycle_ends": cycle_ends}
    with service.unit(actor) as unit:
        if not put_once(unit.session, Profile, person_id=actor.person_id, **chosen):
            unit.session.execute(update(Profile).where(Profile.person_id == actor.person_id).values(**chosen))
