"""A person's time of the week: once a week, at the hour that they chose, whatever the clocks do."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from layers_core.artefacts.errors import DraftRefused
from layers_core.db.base import now
from layers_core.reminding import feeds, slots
from layers_core.reminding.slots import SlotView

ZONES = ("Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata")
SLOTS = st.builds(
    SlotView,
    weekday=st.integers(0, 6),
    starts=st.integers(0, 24 * 60 - 1),
    minutes=st.sampled_from(slots.rules()["minutes"]),
    time_zone=st.sampled_from(ZONES),
)
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001

calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@calm
@given(SLOTS, MOMENTS)
def test_it_comes_once_in_each_week(slot: SlotView, moment: datetime) -> None:
    start, weeks = moment, []
    for _week in range(60):
        following = slots.next_start(slot, start)
        assert following > start
        assert following - start <= timedelta(days=7, hours=1) or start == moment
        weeks.append(slots.week_of(slot, following))
        start = following
    assert len(set(weeks)) == len(weeks), "no week twice, so no mail twice"


@calm
@given(SLOTS, MOMENTS)
def test_it_is_on_the_day_and_at_the_hour_chosen(slot: SlotView, moment: datetime) -> None:
    start = slots.next_start(slot, moment)
    local = start.astimezone(ZoneInfo(slot.time_zone))
    assert local.weekday() == slot.weekday
    late = local.hour * 60 + local.minute - slot.starts
    # An hour (or half of one) that the clock skips comes after the gap.
    assert late in {0, 30, 60}


def test_clocks_going_forward_and_back_in_london() -> None:
    slot = SlotView(weekday=6, starts=90, minutes=10)
    assert slots.next_start(slot, datetime(2026, 3, 28, 12, tzinfo=UTC)) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert slots.next_start(slot, datetime(2026, 10, 24, 12, tzinfo=UTC)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_nothing_is_chosen_until_somebody_chooses(world) -> None:
    person = world.actor("nurse@manor.example", "manor").person_id
    with world.database.read() as session:
        assert slots.of(session, person) == SlotView()
    assert slots.next_start(SlotView(), now()) is None


@pytest.mark.parametrize(
    "wrong",
    [
        SlotView(weekday=7, minutes=10),
        SlotView(weekday=1, minutes=11),
        SlotView(weekday=1, starts=1440, minutes=10),
        SlotView(digest=True),
    ],
)
def test_what_makes_no_sense_is_refused(world, wrong: SlotView) -> None:
    nurse = world.actor("nurse@manor.example", "manor")
    with pytest.raises(DraftRefused), world.service.unit(nurse) as unit:
        slots.choose_as(unit, nurse, wrong)


def test_two_devices_at_once_keep_one_choice_and_one_address(world) -> None:
    """The second one comes while the first has written and not yet committed."""
    nurse = world.actor("nurse@manor.example", "manor")
    begun, failed = threading.Event(), []

    def second() -> None:
        begun.set()
        try:
            with world.service.unit(nurse) as unit:
                feeds.renew(unit.session, nurse.person_id, unit.moment)
        except IntegrityError as fault:
            failed.append(fault)

    device = threading.Thread(target=second)
    with world.service.unit(nurse) as unit:
        slots.choose_as(unit, nurse, SlotView(weekday=1, minutes=10))
        device.start()
        begun.wait()
        time.sleep(0.2)
    device.join()
    assert failed == []
    with world.database.read() as session:
        chosen = slots.of(session, nurse.person_id)
    assert (chosen.weekday, chosen.minutes, chosen.has_feed) == (1, 10, True)
