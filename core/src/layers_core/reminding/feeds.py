"""A person's calendar (iCalendar) under a secret address: their time of the week, and promises by their day."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from layers_core.artefacts import mine
from layers_core.artefacts.mine import MyAction
from layers_core.i18n import gettext as _
from layers_core.reminding import slots
from layers_core.reminding.models import Slot

if TYPE_CHECKING:
    from icalendar import Calendar, Event

DAY_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
REFRESH = timedelta(hours=6)
FIRST_WEEK = date(2024, 1, 1)
"""A Monday: the weekly event begins in its week, so that it says the same whenever it is read."""


def _hash(token: str) -> str:
    """What is kept of an address. It is random and long, so a fast hash hides it."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def renew(session: Session, person_id: UUID, moment: datetime) -> str:
    """Make a person's secret address, in place of the one before; gives what it ends in, which is kept nowhere."""
    token = secrets.token_urlsafe(32)
    row = slots.held(session, person_id)
    row.feed_hash, row.updated_at = _hash(token), moment
    session.flush()
    return token


def withdraw(session: Session, person_id: UUID, moment: datetime) -> None:
    """Let a person's address end. Nothing happens where there is none."""
    session.execute(update(Slot).where(Slot.person_id == person_id).values(feed_hash=None, updated_at=moment))


def person_of(session: Session, token: str) -> UUID | None:
    """Whose address ends in this; None where it is nobody's, or no longer."""
    return session.scalar(select(Slot.person_id).where(Slot.feed_hash == _hash(token)))


def calendar(session: Session, person_id: UUID, base_url: str) -> bytes:
    """A person's calendar: the same bytes as long as nothing changed, so that a program need not fetch it again."""
    from icalendar import Calendar

    row = session.get(Slot, person_id)
    made = Calendar()
    made.add("prodid", "-//Learning Layers//EN")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("x-wr-calname", _("Learning"))
    made.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    host = urlsplit(base_url).hostname or "localhost"
    if row is not None and row.weekday is not None:
        _add_slot(made, row, base_url, host)
    for action in mine.actions(session, person_id, only_open=True):
        if action.due_on is not None:
            titles = row is not None and row.feed_titles
            made.add_component(_promise(action, action.due_on, base_url, host, titles=titles))
    made.add_missing_timezones()
    return bytes(made.to_ical())


def _add_slot(made: Calendar, row: Slot, base_url: str, host: str) -> None:
    assert row.weekday is not None
    zone = ZoneInfo(row.time_zone)
    hour, minute = divmod(row.starts, slots.HOUR)
    day = FIRST_WEEK + timedelta(days=row.weekday)
    start = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
    event = _event(f"slot-{row.person_id}@{host}", _("Time for what you learnt"), row.updated_at)
    event.add("dtstart", start)
    event.add("duration", timedelta(minutes=row.minutes))
    event.add("rrule", {"freq": "weekly", "byday": DAY_CODES[row.weekday]})
    event.add("url", f"{base_url}/")
    made.add_component(event)


def _promise(action: MyAction, due_on: date, base_url: str, host: str, *, titles: bool) -> Event:
    summary = _("Promised: %(what)s", what=action.expectation) if titles else _("A promise is due")
    event = _event(f"promise-{action.id}@{host}", summary, action.created_at)
    event.add("dtstart", due_on)
    event.add("dtend", due_on + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add("url", f"{base_url}/{action.path}")
    return event


def _event(uid: str, summary: str, stamp: datetime) -> Event:
    from icalendar import Event

    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", stamp.astimezone(UTC))
    event.add("summary", summary)
    return event
