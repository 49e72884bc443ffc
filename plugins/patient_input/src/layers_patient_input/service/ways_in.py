"""The links through which patients reach the form."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from layers_core.artefacts.errors import NotAllowed, NotFound
from layers_core.artefacts.service import ArtefactService
from layers_core.contract import Actor, PracticeView
from layers_core.practices.models import PublicLink
from layers_core.practices.service import ensure_public_link
from layers_patient_input.catalogue import FFT
from layers_patient_input.kinds import WAYS_IN
from layers_patient_input.wording import SLUG


def open_way_in(session: Session, practice: PracticeView) -> None:
    """Make the practice's link to the form where it has none."""
    ensure_public_link(session, practice.id, SLUG, FFT)


def close_way_in(artefacts: ArtefactService, actor: Actor, token: str, *, renew: bool) -> None:
    """Withdraw a link, so that posters with it lead nowhere; with `renew`, make a new one.

    Raises NotAllowed, NotFound.
    """
    if not actor.can(WAYS_IN):
        raise NotAllowed(token)
    with artefacts.unit(actor) as unit:
        link = unit.session.scalar(
            select(PublicLink).where(
                PublicLink.token == token, PublicLink.practice_id == actor.practice.id, PublicLink.plugin == SLUG
            )
        )
        if link is None:
            raise NotFound(token)
        link.withdrawn_at = link.withdrawn_at or unit.moment
        unit.session.flush()
        if renew:
            open_way_in(unit.session, actor.practice)


def new_way_in(artefacts: ArtefactService, actor: Actor) -> None:
    """Make a link where there is none in force. Raises NotAllowed."""
    if not actor.can(WAYS_IN):
        raise NotAllowed(WAYS_IN)
    with artefacts.unit(actor) as unit:
        open_way_in(unit.session, actor.practice)
