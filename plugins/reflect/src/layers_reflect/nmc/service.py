"""Letting one chosen registrant read exactly five accounts, for a time, and ending it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from layers_core.artefacts import audience, guarding, reading
from layers_core.artefacts.errors import DraftRefused, NotFound
from layers_core.artefacts.followup import today_in
from layers_core.artefacts.service import ArtefactService
from layers_core.artefacts.unit import Unit
from layers_core.contract import Actor, Draft, GuardAnswer, NewLink, Problem, Thing
from layers_core.db.base import now
from layers_core.i18n import gettext as _
from layers_core.practices.models import Membership, Person
from layers_core.practices.service import normalise_email
from layers_core.usage.events import IdentifierDecided
from layers_reflect.kinds import NOTE, note_for_others
from layers_reflect.nmc.events import DiscussionEnded, DiscussionOpened
from layers_reflect.nmc.kinds import DISCUSSED
from layers_reflect.nmc.models import DiscussedAccount, Discussion
from layers_reflect.nmc.rules import rules
from layers_reflect.prompts import is_private


def open_discussion(
    service: ArtefactService,
    actor: Actor,
    account_ids: Sequence[UUID],
    email: str,
    days: int,
    guard: GuardAnswer,
    client_key: str = "",
) -> UUID:
    """Let the registrant with this e-mail address read copies of the accounts; gives the discussion's key.

    Raises DraftRefused for another number of accounts than five, things that are no notes of the actor's, nobody with
    that address, or a time that is too long; GuardStop for marked words that were not explained, because the partner
    may work elsewhere; NotFound for somebody without an account.
    """
    if actor.person_id is None:
        raise NotFound("nobody")
    writer = str(actor.person_id)
    if repeated := service.repeat_of(writer, client_key):
        return repeated.id
    with service.database.read() as session:
        accounts = _accounts(session, service, actor, account_ids)
        partner, problems = _partner(session, actor, email)
    problems += _problems(accounts, days)
    if problems or partner is None:
        raise DraftRefused(problems)
    texts = [text for account in accounts for text in guarding.texts_of(_copy(account, "me"))]
    marks = guarding.check(texts, guard, wider=True)
    until = today_in(actor.practice.time_zone) + timedelta(days=days + 1)
    with service.unit(actor) as unit:
        discussion = _write(unit, accounts, partner, until)
        if marks:
            unit.guard_decision(accounts[0].id, marks, guard.explanation)
            unit.event(IdentifierDecided(marks=sum(marks.values()), explained=True), accounts[0])
        unit.event(DiscussionOpened(days=days))
        unit.once(writer, client_key, discussion)
        return discussion


def _accounts(session: Session, service: ArtefactService, actor: Actor, ids: Sequence[UUID]) -> list[Thing]:
    found = reading.get_many(session, service.host, actor, list(dict.fromkeys(ids)))
    mine = [found[key] for key in dict.fromkeys(ids) if key in found]
    return [
        thing
        for thing in mine
        if thing.kind == NOTE and thing.author_id == actor.person_id and thing.available and not is_private(thing.body)
    ]


def _problems(accounts: Sequence[Thing], days: int) -> list[Problem]:
    wanted, most = rules()["accounts"], rules()["days"]["most"]
    problems = []
    if len(accounts) != wanted:
        problems.append(Problem(_("Choose exactly %(number)s accounts", number=wanted), "accounts"))
    if not 1 <= days <= most:
        problems.append(Problem(_("Choose from 1 to %(most)s days", most=most), "days"))
    return problems


def _partner(session: Session, actor: Actor, email: str) -> tuple[UUID | None, list[Problem]]:
    found = session.scalar(
        select(Person.id)
        .join(Membership, Membership.person_id == Person.id)
        .where(Person.email == normalise_email(email), Membership.left_at.is_(None))
        .limit(1)
    )
    if found is None:
        text = _("Nobody who works here has this email address. Check it, or ask a manager to invite them")
        return None, [Problem(text, "email")]
    if found == actor.person_id:
        return None, [Problem(_("Choose another registrant, not yourself"), "email")]
    return found, []


def _copy(account: Thing, choice: str) -> Draft:
    return Draft(
        kind=DISCUSSED,
        title=account.title,
        body=note_for_others(account.body),
        audience=choice,
        language=account.language,
        links=(NewLink("copy_of", account.id),),
    )


def _write(unit: Unit, accounts: Sequence[Thing], partner: UUID, until: date) -> UUID:
    session, actor = unit.session, unit.actor
    group = audience.open_group(session, actor, {partner: until})
    discussion = Discussion(
        person_id=actor.person_id,
        partner_id=partner,
        practice_id=actor.practice.id,
        audience_id=group.id,
        until=until,
        created_at=unit.moment,
    )
    session.add(discussion)
    session.flush()
    for position, account in enumerate(accounts):
        made = unit.add(_copy(account, f"group:{group.id}"))
        session.add(
            DiscussedAccount(copy_id=made.id, account_id=account.id, discussion_id=discussion.id, position=position)
        )
    session.flush()
    return discussion.id


def end(service: ArtefactService, actor: Actor, discussion_id: UUID) -> None:
    """End a discussion of one's own now: its partner reads nothing more. Raises NotFound."""
    with service.unit(actor) as unit:
        found = unit.session.scalar(
            select(Discussion)
            .where(Discussion.id == discussion_id, Discussion.person_id == actor.person_id)
            .with_for_update()
        )
        if found is None or actor.person_id is None:
            raise NotFound(str(discussion_id))
        if found.ended_at is None:
            audience.leave_group(unit.session, found.audience_id, found.partner_id)
            found.ended_at = unit.moment
            unit.session.flush()
            unit.event(DiscussionEnded())


def was_read(service: ArtefactService, actor: Actor, discussion_id: UUID) -> None:
    """Note that the partner read the accounts, so that their writer is told the first and the last day."""
    moment = now()
    with service.unit(actor) as unit:
        unit.session.execute(
            update(Discussion)
            .where(Discussion.id == discussion_id, Discussion.partner_id == actor.person_id)
            .values(first_read_at=func.coalesce(Discussion.first_read_at, moment), last_read_at=moment)
            .execution_options(synchronize_session=False)
        )


def erase_person(person_id: UUID, unit: Unit) -> None:
    """Forget every discussion that a person had, whichever of the two they were."""
    theirs = select(Discussion.id).where(or_(Discussion.person_id == person_id, Discussion.partner_id == person_id))
    unit.session.execute(delete(DiscussedAccount).where(DiscussedAccount.discussion_id.in_(theirs)))
    unit.session.execute(delete(Discussion).where(Discussion.id.in_(theirs)))
