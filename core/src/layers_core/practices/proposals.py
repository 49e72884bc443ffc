"""Suggestions: anybody makes them and supports them, a lead or manager decides with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from layers_core.artefacts.errors import DraftRefused, NotAllowed, NotFound
from layers_core.artefacts.service import ArtefactService
from layers_core.contract import Actor, Problem
from layers_core.host.builtin import DECIDE_MIX
from layers_core.i18n import gettext as _
from layers_core.practices.mix import STATES
from layers_core.practices.models import Person, Proposal, ProposalSupport
from layers_core.usage.events import MixDecided, MixProposed, MixSupported


def propose(
    service: ArtefactService, actor: Actor, text: str, *, page: str = "", plugin: str = "", wanted: str = ""
) -> UUID:
    """Suggest a change, to a switch or to anything on a page; gives the proposal's key.

    Raises NotAllowed for somebody who is no member, DraftRefused for an empty or unknown suggestion.
    """
    if actor.person_id is None:
        raise NotAllowed("proposal")
    if not text.strip() or len(text) > 4000:
        raise DraftRefused([Problem(_("Enter what you suggest, in 4,000 characters or fewer"), "text")])
    if (plugin and plugin not in service.host.plugins) or (wanted and wanted not in STATES):
        raise DraftRefused([Problem(_("Choose one of the practice's tools"), "plugin")])
    with service.unit(actor) as unit:
        proposal = Proposal(
            practice_id=actor.practice.id,
            plugin=plugin or None,
            wanted=wanted or None,
            text=text.strip(),
            page=page[:500],
            proposed_by=actor.person_id,
            created_at=unit.moment,
        )
        unit.session.add(proposal)
        unit.session.flush()
        unit.event(MixProposed())
        return proposal.id


def support(service: ArtefactService, actor: Actor, proposal_id: UUID, *, on: bool = True) -> None:
    """Support an open proposal of one's practice, or take the support back; twice is the same as once.

    Raises NotFound.
    """
    with service.unit(actor) as unit:
        proposal = _open_proposal(unit.session, actor, proposal_id)
        key = {"proposal_id": proposal.id, "person_id": actor.person_id}
        found = unit.session.get(ProposalSupport, key)
        if on and found is None:
            unit.session.add(ProposalSupport(**key, created_at=unit.moment))
            unit.event(MixSupported())
        elif not on and found is not None:
            unit.session.delete(found)


def settle(service: ArtefactService, actor: Actor, proposal_id: UUID, *, accepted: bool, reason: str) -> None:
    """Accept or decline a proposal with a reason; the switch itself is a decision of its own.

    Raises NotFound, NotAllowed, DraftRefused.
    """
    if not actor.can(DECIDE_MIX):
        raise NotAllowed("proposal")
    if not reason.strip():
        raise DraftRefused([Problem(_("Say why, in a few words"), "reason")])
    with service.unit(actor) as unit:
        proposal = _open_proposal(unit.session, actor, proposal_id)
        proposal.decision = "accepted" if accepted else "declined"
        proposal.decided_by, proposal.decided_at, proposal.reason = actor.person_id, unit.moment, reason.strip()
        unit.event(MixDecided(change="accepted" if accepted else "declined"))


def _open_proposal(session: Session, actor: Actor, proposal_id: UUID) -> Proposal:
    proposal = session.scalar(
        select(Proposal)
        .where(Proposal.id == proposal_id, Proposal.practice_id == actor.practice.id, Proposal.decision == "open")
        .with_for_update()
    )
    if proposal is None or actor.person_id is None:
        raise NotFound(str(proposal_id))
    return proposal


@dataclass(frozen=True)
class ProposalView:
    """A proposal, how many support it, and whether the reader does."""

    id: UUID
    plugin: str | None
    wanted: str | None
    text: str
    page: str
    proposed_by: str
    created_at: datetime
    decision: str
    decided_by: str
    decided_at: datetime | None
    reason: str
    supporters: int
    mine: bool


def proposals(session: Session, actor: Actor) -> list[ProposalView]:
    """The practice's proposals, open ones first, then the newest."""
    decider = aliased(Person)
    supporters = select(func.count()).where(ProposalSupport.proposal_id == Proposal.id).scalar_subquery()
    mine = (
        select(func.count())
        .where(ProposalSupport.proposal_id == Proposal.id, ProposalSupport.person_id == actor.person_id)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Proposal, Person.name, decider.name, supporters, mine)
        .join(Person, Person.id == Proposal.proposed_by)
        .outerjoin(decider, decider.id == Proposal.decided_by)
        .where(Proposal.practice_id == actor.practice.id)
        .order_by(Proposal.decision != "open", Proposal.created_at.desc())
        .limit(200)
    )
    return [
        ProposalView(
            found.id,
            found.plugin,
            found.wanted,
            found.text,
            found.page,
            name,
            found.created_at,
            found.decision,
            decided or "",
            found.decided_at,
            found.reason,
            int(count),
            bool(own),
        )
        for found, name, decided, count, own in rows
    ]
