"""Opening, renewing and withdrawing the links to a practice's forms."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from layers_core.artefacts.errors import DraftRefused, NotAllowed, NotFound
from layers_core.artefacts.followup import today_in
from layers_core.artefacts.service import ArtefactService
from layers_core.artefacts.unit import Unit
from layers_core.contract import Actor, PracticeView, Problem
from layers_core.i18n import gettext as _
from layers_core.practices.models import Practice, PublicLink
from layers_core.practices.service import ensure_public_link
from layers_patient_input.catalogue import FFT
from layers_patient_input.kinds import WAYS_IN
from layers_patient_input.ways_in import reading
from layers_patient_input.wording import SLUG

MOST_DAYS = 5 * 366
"""How far away the end of a link may be."""
UNTIL = "until-day"
"""The field in which a link's last day is typed."""


def open_first(session: Session, practice: PracticeView) -> None:
    """Make a practice's link to the Friends and Family Test on the web where it has none."""
    ensure_public_link(session, practice.id, SLUG, FFT)


def open_way_in(artefacts: ArtefactService, actor: Actor, form: str, method: str, until: date | None = None) -> str:
    """Give the token of the link to a form by a collection method; made where there is none that works.

    `until` is its last day. Raises NotAllowed, DraftRefused.
    """
    _require(actor)
    ends = _end_of(until, actor.practice)
    with _alone(artefacts, actor) as unit:
        problems = []
        if form not in reading.forms(unit.session, actor.practice):
            problems.append(Problem(_("Choose a form from the list"), "form"))
        if method not in reading.METHODS:
            problems.append(Problem(_("Choose how patients reach it from the list"), "method"))
        if problems:
            raise DraftRefused(problems)
        link = ensure_public_link(unit.session, actor.practice.id, SLUG, form, method)
        if ends is not None:
            link.expires_at = ends
        return link.token


def renew(artefacts: ArtefactService, actor: Actor, token: str) -> str:
    """Put a new link in the place of one, which leads nowhere from now on; gives the new one's token.

    Raises NotAllowed, NotFound.
    """
    _require(actor)
    with _alone(artefacts, actor) as unit:
        old = _own(unit.session, actor, token)
        old.withdrawn_at = unit.moment
        unit.session.flush()
        new = ensure_public_link(unit.session, actor.practice.id, SLUG, old.form, old.method)
        if old.expires_at is not None and old.expires_at > unit.moment:
            new.expires_at = old.expires_at
        return new.token


def withdraw(artefacts: ArtefactService, actor: Actor, token: str) -> None:
    """Let a link lead nowhere from now on. Raises NotAllowed, NotFound."""
    _require(actor)
    with _alone(artefacts, actor) as unit:
        _own(unit.session, actor, token).withdrawn_at = unit.moment


def end_on(artefacts: ArtefactService, actor: Actor, token: str, until: date | None) -> None:
    """Let a link work up to a day, that day included, or without an end. Raises NotAllowed, NotFound, DraftRefused."""
    _require(actor)
    ends = _end_of(until, actor.practice)
    with _alone(artefacts, actor) as unit:
        _own(unit.session, actor, token).expires_at = ends


@contextmanager
def _alone(artefacts: ArtefactService, actor: Actor) -> Iterator[Unit]:
    """A unit in which nobody else changes the practice's links: two people who press at once make one link."""
    with artefacts.unit(actor) as unit:
        unit.session.execute(
            select(Practice.id).where(Practice.id == actor.practice.id).with_for_update(key_share=True)
        )
        yield unit
        unit.session.flush()


def _require(actor: Actor) -> None:
    if not actor.can(WAYS_IN):
        raise NotAllowed(WAYS_IN)


def _own(session: Session, actor: Actor, token: str) -> PublicLink:
    found = reading.way_in(session, actor.practice, token)
    if found is None:
        raise NotFound(token)
    return session.get_one(PublicLink, token)


def _end_of(until: date | None, practice: PracticeView) -> datetime | None:
    """The moment at which a link ends whose last day this is. Raises DraftRefused."""
    if until is None:
        return None
    today = today_in(practice.time_zone)
    if until < today:
        raise DraftRefused([Problem(_("Enter today’s date or a later one"), UNTIL)])
    if until > today + timedelta(days=MOST_DAYS):
        raise DraftRefused([Problem(_("Enter a date in the next 5 years"), UNTIL)])
    return datetime.combine(until + timedelta(days=1), time(), ZoneInfo(practice.time_zone))
