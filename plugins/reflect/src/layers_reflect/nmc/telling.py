"""Telling people by mail: that accounts wait to be read, and that their cycle ends soon. Neither names anybody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.orm import Session

from layers_core.artefacts.followup import today_in
from layers_core.contract import Actor, Reminder
from layers_core.i18n import format_date
from layers_core.i18n import gettext as _
from layers_core.practices import access
from layers_reflect.kinds import WRITE
from layers_reflect.nmc import reading
from layers_reflect.nmc.models import Discussion
from layers_reflect.nmc.reading import DiscussionView
from layers_reflect.nmc.rules import rules
from layers_reflect.profiles import ProfileView, profile_of

if TYPE_CHECKING:
    from layers_core.artefacts.service import ArtefactService
    from layers_core.host.loader import Host
    from layers_core.settings import Settings

PATH = "reflect/nmc"


def reminders(session: Session, actor: Actor) -> Iterator[Reminder]:
    """For the weekly mail: accounts that the actor has not read yet, and the end of their own cycle."""
    for item in reading.asked(session, actor):
        if item.first_read_at is None:
            yield Reminder(_asking(item), f"{PATH}/discussion/{item.id}")
    profile = profile_of(session, actor)
    if ends_soon(profile, actor) and profile.cycle_ends:
        text = _("Your NMC registration is renewed on %(date)s", date=format_date(profile.cycle_ends))
        yield Reminder(text, f"{PATH}/checklist")


def ends_soon(profile: ProfileView, actor: Actor) -> bool:
    """Whether the cycle of somebody who counts NMC categories ends within the time of data/nmc.json."""
    if profile.cycle_ends is None or "categories" not in profile.schemes:
        return False
    today = today_in(actor.practice.time_zone)
    return today <= profile.cycle_ends <= today + timedelta(days=rules()["warn_days"])


def _asking(item: DiscussionView) -> str:
    day = format_date(item.last_day)
    return _("A colleague asks you to read five reflective accounts, until %(date)s", date=day)


def place_of(session: Session, host: Host, person_id: UUID) -> Actor | None:
    """The person in a practice of theirs in which they can open Reflect's pages; None where there is none."""
    for practice in access.practices_of(session, person_id):
        actor = access.find_actor(session, host, person_id, practice.slug)
        if actor is not None and actor.can(WRITE):
            return actor
    return None


def tell_partner(service: ArtefactService, settings: Settings, discussion_id: UUID) -> None:
    """Send a discussion's partner one mail now, where this instance sends mail and they asked to be reminded."""
    if not (settings.smtp_url and settings.mail_from):
        return
    from layers_core.reminding import post
    from layers_core.reminding.letters import Line
    from layers_core.reminding.sending import Sender

    with service.database.read() as session:
        kept = session.get(Discussion, discussion_id)
        partner = place_of(session, service.host, kept.partner_id) if kept else None
        found = reading.asked(session, partner) if partner else []
    item = next((item for item in found if item.id == discussion_id), None)
    if item is None or partner is None:
        return
    line = Line(_asking(item), f"{settings.base_url}/{partner.practice.slug}/{PATH}/discussion/{item.id}")
    with post.opened(settings) as hand_over:
        Sender(service.database, service.host, settings, hand_over).at_once(item.partner_id, str(item.id), line)
