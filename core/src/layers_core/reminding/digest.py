"""What a person's weekly mail says: what waits, what is worth seeing again, what they promised, what is new."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from layers_core.artefacts import mine, reading
from layers_core.artefacts.mine import MyAction
from layers_core.contract import Actor
from layers_core.i18n import format_date, ngettext
from layers_core.i18n import gettext as _
from layers_core.practices import access
from layers_core.reminding import slots
from layers_core.reminding.letters import Line, Section
from layers_core.reminding.slots import SlotView

if TYPE_CHECKING:
    from layers_core.host.loader import Host


def sections(
    session: Session, host: Host, person_id: UUID, slot: SlotView, moment: datetime, base_url: str
) -> list[Section]:
    """The parts of a person's mail; none where there is nothing to say, or they belong to no practice now."""
    places = access.practices_of(session, person_id)
    found = (access.find_actor(session, host, person_id, place.slug) for place in places)
    actors = [actor for actor in found if actor is not None]
    if not actors:
        return []
    today = moment.astimezone(ZoneInfo(slot.time_zone)).date()
    parts = (
        _waiting(session, host, actors, base_url),
        _again(session, host, actors, slot, base_url),
        _promised(session, person_id, slot, today, base_url),
        _new(session, host, actors, slot, moment, base_url),
    )
    return [part for part in parts if part.lines]


def _waiting(session: Session, host: Host, actors: list[Actor], base_url: str) -> Section:
    """What plugins say; the same said in two practices once."""
    lines: dict[str, Line] = {}
    for actor in actors:
        practice = actor.practice
        said = host.doors.page("layers_reminders", practice.mix, session=session, practice=practice, actor=actor)
        for _slug, reminder in said:
            text = str(reminder.text)
            lines.setdefault(text, Line(text, f"{base_url}/{practice.slug}/{reminder.path}"))
    return Section(_("Waiting for you"), list(lines.values()))


def _again(session: Session, host: Host, actors: list[Actor], slot: SlotView, base_url: str) -> Section:
    heading = _("Worth seeing again")
    fitting: dict[UUID, Line] = {}
    for actor in actors:
        for showing in reading.worth_seeing_again(session, host, actor, slots.cards(slot.minutes)):
            url = f"{base_url}/{actor.practice.slug}/again/{showing.id}"
            fitting.setdefault(showing.id, Line(showing.thing.title, url))
    lines = list(fitting.values())[: slots.cards(slot.minutes)]
    if lines and not slot.mail_titles:
        words = ngettext("%(num)s thing that you learnt", "%(num)s things that you learnt", len(lines))
        lines = [Line(words, f"{base_url}/{actors[0].practice.slug}/")]
    return Section(heading, lines)


def _promised(session: Session, person_id: UUID, slot: SlotView, today: date, base_url: str) -> Section:
    soon = today + timedelta(days=slots.DAYS)
    due = [item for item in mine.actions(session, person_id, only_open=True) if item.due_on and item.due_on <= soon]
    if slot.mail_titles:
        return Section(_("What you promised"), [promise_line(item, today, base_url) for item in due])
    return Section(_("What you promised"), list(_counted(due, today, base_url)))


def promise_line(item: MyAction, today: date, base_url: str) -> Line:
    """A promise in the person's own words, with its day."""
    assert item.due_on is not None
    day = format_date(item.due_on)
    when = _("overdue since %(date)s", date=day) if item.due_on < today else _("by %(date)s", date=day)
    return Line(f"{item.expectation} ({when})", f"{base_url}/{item.path}")


def _counted(due: list[MyAction], today: date, base_url: str) -> Iterator[Line]:
    late = sum(1 for item in due if item.due_on and item.due_on < today)
    if late:
        yield Line(ngettext("%(num)s promise is overdue", "%(num)s promises are overdue", late), f"{base_url}/me")
    if soon := len(due) - late:
        words = ngettext("%(num)s promise is due within a week", "%(num)s promises are due within a week", soon)
        yield Line(words, f"{base_url}/me")


def _new(session: Session, host: Host, actors: list[Actor], slot: SlotView, moment: datetime, base_url: str) -> Section:
    rules = slots.rules()
    since, most = moment - timedelta(days=rules["new_days"]), rules["listed"]
    lines: list[Line] = []
    listed: set[UUID] = set()
    for actor in actors:
        stream = reading.feed(session, host, actor, limit=most + 1, by_others=True)
        fresh = [thing for thing in stream if thing.created_at >= since]
        place, name = f"{base_url}/{actor.practice.slug}", actor.practice.name
        if slot.mail_titles:
            # What was shared with both of somebody's practices is new to them once.
            shown = [thing for thing in fresh[:most] if thing.id not in listed]
            listed |= {thing.id for thing in shown}
            lines += [Line(thing.title, f"{place}/things/{thing.id}") for thing in shown]
        if len(fresh) > most:
            words = _("More than %(number)s things in %(practice)s", number=most, practice=name)
            lines.append(Line(words, f"{place}/new"))
        elif fresh and not slot.mail_titles:
            words = ngettext(
                "%(num)s thing in %(practice)s", "%(num)s things in %(practice)s", len(fresh), practice=name
            )
            lines.append(Line(words, f"{place}/new"))
    return Section(_("New this week"), lines)
