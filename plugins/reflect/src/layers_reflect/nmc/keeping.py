"""Finding and keeping one's checklist: one thing, changed over three years."""

from __future__ import annotations

from sqlalchemy.orm import Session

from layers_core.artefacts import audience, reading
from layers_core.artefacts.models import Artefact
from layers_core.artefacts.service import ArtefactService
from layers_core.contract import Actor, Body, Draft, GuardAnswer, Thing
from layers_core.host.loader import Host
from layers_core.i18n import gettext as _
from layers_reflect.nmc.kinds import CHECKLIST


def kept(session: Session, host: Host, actor: Actor) -> Thing | None:
    """The actor's checklist: where they brought another one along, the one that was changed last. One query."""
    row = session.execute(
        reading.things()
        .where(Artefact.kind == CHECKLIST, Artefact.author_id == actor.person_id, audience.visible(actor))
        .order_by(Artefact.updated_at.desc(), Artefact.id.desc())
        .limit(1)
    ).one_or_none()
    return reading.thing(host, actor, row) if row else None


def keep(
    service: ArtefactService,
    actor: Actor,
    before: Thing | None,
    body: Body,
    guard: GuardAnswer,
    base_revision: int,
    client_key: str,
) -> None:
    """Keep a checklist, in place of the one before.

    Raises what `ArtefactService.save` and `revise` do: EditConflict where it was changed since `base_revision`.
    """
    draft = Draft(CHECKLIST, _("NMC checklist"), body, guard=guard)
    if before is None:
        service.save(actor, draft, client_key)
    else:
        service.revise(actor, before.id, draft, base_revision)
