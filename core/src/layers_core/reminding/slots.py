"""A person's own time of the week for what they learnt: when it is next, and how much fits into it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from layers_core.artefacts.errors import DraftRefused
from layers_core.contract import Actor, Problem
from layers_core.db.base import put_once
from layers_core.i18n import DEFAULT_TIMEZONE
from layers_core.i18n import gettext as _
from layers_core.reminding.models import Slot
from layers_core.usage.events import SlotChosen
from layers_core.vocabulary import vocabulary

if TYPE_CHECKING:
    from layers_core.artefacts.unit import Unit

DAYS = 7
HOUR = 60
MINUTES_A_DAY = 24 * HOUR


@dataclass(frozen=True)
class SlotView:
    """What a person chose. `weekday` is None where they set no time aside; 0 is Monday."""

    weekday: int | None = None
    starts: int = 9 * HOUR
    minutes: int = 0
    time_zone: str = DEFAULT_TIMEZONE
    digest: bool = False
    reminders: bool = False
    mail_titles: bool = False
    feed_titles: bool = False
    has_feed: bool = False


def of(session: Session, person_id: UUID) -> SlotView:
    """What a person chose; everything off where they chose nothing."""
    row = session.get(Slot, person_id)
    return view(row) if row else SlotView()


def view(row: Slot) -> SlotView:
    """A slot's row as pages and mails meet it."""
    return SlotView(
        weekday=row.weekday,
        starts=row.starts,
        minutes=row.minutes,
        time_zone=row.time_zone,
        digest=row.digest,
        reminders=row.reminders,
        mail_titles=row.mail_titles,
        feed_titles=row.feed_titles,
        has_feed=row.feed_hash is not None,
    )


def rules() -> dict[str, Any]:
    """The numbers of data/slot.json."""
    return vocabulary("slot")


def cards(minutes: int | None) -> int:
    """How many cards fit into so many minutes; the number for somebody without a slot where there are none."""
    known = rules()
    return max(1, minutes // known["minutes_a_card"]) if minutes else int(known["cards_without"])


def most_cards() -> int:
    """How many cards the longest slot holds."""
    return max(cards(minutes) for minutes in rules()["minutes"])


def start_on(slot: SlotView, day: date) -> datetime:
    """The moment in UTC at which a slot begins on a day.

    A time that the clock skips in spring counts as the hour after it, one that comes twice in autumn as the first.
    """
    hour, minute = divmod(slot.starts, HOUR)
    local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(slot.time_zone))
    return local.astimezone(UTC)


def next_start(slot: SlotView, after: datetime) -> datetime | None:
    """When a slot begins next, later than a moment; None without a slot."""
    if slot.weekday is None:
        return None
    today = after.astimezone(ZoneInfo(slot.time_zone)).date()
    days = (today + timedelta(days=number) for number in range(DAYS + 1))
    return next(start for day in days if day.weekday() == slot.weekday and (start := start_on(slot, day)) > after)


def week_of(slot: SlotView, start: datetime) -> str:
    """The week in which a slot begins, such as 2026-W47."""
    year, week, _day = start.astimezone(ZoneInfo(slot.time_zone)).isocalendar()
    return f"{year}-W{week:02}"


def checked(slot: SlotView) -> SlotView:
    """A slot as it may be kept. Raises DraftRefused with what to do."""
    problems = []
    if slot.weekday is not None:
        if slot.weekday not in range(DAYS):
            problems.append(Problem(_("Choose a day of the week"), "weekday"))
        if slot.starts not in range(MINUTES_A_DAY):
            problems.append(Problem(_("Enter a time, for example 13:30"), "starts"))
        if slot.minutes not in rules()["minutes"]:
            problems.append(Problem(_("Choose how many minutes"), "minutes"))
    elif slot.digest:
        problems.append(Problem(_("Choose a day first: the e-mail comes before your time"), "weekday"))
    if problems:
        raise DraftRefused(problems)
    return slot if slot.weekday is not None else replace(slot, starts=SlotView.starts, minutes=0)


def held(session: Session, person_id: UUID) -> Slot:
    """A person's row, made on first use: nobody else changes it until the transaction ends."""
    put_once(session, Slot, person_id=person_id)
    return session.get_one(Slot, person_id, with_for_update=True)


def choose(session: Session, person_id: UUID, slot: SlotView, moment: datetime) -> None:
    """Keep what a person chose; their calendar's address stays as it is. Raises DraftRefused."""
    slot = checked(slot)
    row = held(session, person_id)
    for name in ("weekday", "starts", "minutes", "time_zone", "digest", "reminders", "mail_titles", "feed_titles"):
        setattr(row, name, getattr(slot, name))
    row.updated_at = moment
    session.flush()


def choose_as(unit: Unit, actor: Actor, slot: SlotView) -> None:
    """`choose` for a member of a practice, with its usage event. Raises DraftRefused."""
    assert actor.person_id is not None
    choose(unit.session, actor.person_id, slot, unit.moment)
    unit.event(SlotChosen(minutes=slot.minutes if slot.weekday is not None else 0, digest=slot.digest))
