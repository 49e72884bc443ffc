"""A person's calendar: the right hours all year, plain words unless they chose titles, and an address that ends."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from sqlalchemy import update

from layers_core.artefacts.models import Action
from layers_core.contract import Draft, Promise
from layers_core.db.base import now
from layers_core.reminding import feeds, slots

BASE = "https://layers.example"


@pytest.fixture
def nurse(world):
    return world.actor("nurse@manor.example", "manor")


def choose(world, actor, **more) -> None:
    slot = slots.SlotView(**{"weekday": 3, "starts": 13 * 60 + 30, "minutes": 20, **more})
    with world.service.unit(actor) as unit:
        slots.choose_as(unit, actor, slot)


def read(world, actor) -> bytes:
    with world.database.read() as session:
        return feeds.calendar(session, actor.person_id, BASE)


def events(text: bytes) -> dict[str, object]:
    return {str(event["SUMMARY"]): event for event in Calendar.from_ical(text).walk("VEVENT")}


def test_the_time_of_the_week_has_its_zone_and_so_the_right_hour_all_year(world, nurse) -> None:
    choose(world, nurse)
    text = read(world, nurse)
    assert b"BEGIN:VTIMEZONE" in text
    assert b"DTSTART;TZID=Europe/London:20240104T133000" in text
    event = events(text)["Time for what you learnt"]
    assert event.decoded("RRULE") == {"FREQ": ["WEEKLY"], "BYDAY": ["TH"]}
    assert event.decoded("DURATION").total_seconds() == 20 * 60
    (zone,) = Calendar.from_ical(text).walk("VTIMEZONE")
    made = zone.to_tz(lookup_tzid=False)
    for moment in (datetime(2026, 1, 8, 13, 30), datetime(2026, 7, 9, 13, 30)):  # noqa: DTZ001 - local times
        assert moment.replace(tzinfo=made).utcoffset() == moment.replace(tzinfo=ZoneInfo("Europe/London")).utcoffset()


@pytest.mark.parametrize(("titles", "summary"), [(False, "A promise is due"), (True, "Promised: Print; it, larger")])
def test_a_promise_is_a_day_and_has_words_only_where_chosen(world, nurse, titles: bool, summary: str) -> None:
    choose(world, nurse, feed_titles=titles)
    promise = Promise("Print; it, larger", date(2026, 12, 4))
    world.service.save(nurse, Draft("core.note", "A lesson", {"text": "A lesson"}, promise=promise))
    text = read(world, nurse)
    assert (b"larger" in text) is titles
    assert b"lesson" not in text
    event = events(text)[summary]
    assert event.decoded("DTSTART") == date(2026, 12, 4)
    with world.database.write() as session:
        session.execute(update(Action).values(closed_at=datetime(2026, 12, 1, tzinfo=UTC)))
    assert summary not in events(read(world, nurse))


def test_it_is_the_same_until_something_changes(world, nurse) -> None:
    choose(world, nurse)
    first = read(world, nurse)
    assert read(world, nurse) == first
    choose(world, nurse, minutes=30)
    assert read(world, nurse) != first


def test_the_address_is_renewed_and_withdrawn(world, nurse) -> None:
    def person_of(token: str):
        with world.database.read() as session:
            return feeds.person_of(session, token)

    with world.database.write() as session:
        first = feeds.renew(session, nurse.person_id, now())
    assert person_of(first) == nurse.person_id
    choose(world, nurse)
    assert person_of(first) == nurse.person_id, "choosing another time leaves the address"
    with world.database.write() as session:
        second = feeds.renew(session, nurse.person_id, now())
    assert (person_of(first), person_of(second)) == (None, nurse.person_id)
    with world.database.write() as session:
        feeds.withdraw(session, nurse.person_id, now())
    assert person_of(second) is None
