"""What comes back: its schedule under every clock, one review a showing, putting off, and what an answer makes."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from layers_core.artefacts import errors, exposure, promises, reading
from layers_core.artefacts.comeback import Changed
from layers_core.artefacts.models import Action, Exposure, ExposureAnswer
from layers_core.contract import Draft, GuardAnswer, NewLink, Promise
from layers_core.db.base import now
from layers_core.reminding import slots
from layers_core.usage.models import UsageEventRow

START = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)
"""An hour and a half before British clocks go forward."""
RATINGS = st.sampled_from([1, 2, 3, 4])
STEPS = st.timedeltas(min_value=timedelta(days=-400), max_value=timedelta(days=400))


def first_card() -> dict:
    from fsrs import Card, Rating

    card, _log = exposure.SCHEDULER.review_card(Card(card_id=0, due=START), Rating.Good, START)
    return {"fsrs": card.to_json()}


calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@calm
@given(st.lists(st.tuples(RATINGS, STEPS), min_size=1, max_size=8))
def test_a_schedule_goes_forward_in_utc_whatever_the_clock_does(steps: list[tuple[int, timedelta]]) -> None:
    """A clock set back or forward, summer time, and a restart between any two answers."""
    from fsrs import Card

    kept, moment, latest = first_card(), START, START
    for rating, step in steps:
        moment += step
        kept, due = exposure.reviewed(kept, rating, moment)
        latest = max(latest, moment)
        card = Card.from_json(kept["fsrs"])
        assert card.last_review == latest, "no review is put before another one"
        assert due == card.due > latest, "it comes back later than every answer so far"
        assert due.utcoffset() == timedelta(0)
        assert {"fsrs": Card.from_json(kept["fsrs"]).to_json()} == kept, "what is kept survives a restart"


@calm
@given(
    st.datetimes(datetime(2027, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from(["Europe/London", "Asia/Kolkata", "America/St_Johns", "Pacific/Apia"]),
    RATINGS,
)
def test_a_server_in_another_time_zone_gives_the_same_schedule(moment: datetime, zone: str, rating: int) -> None:
    elsewhere = moment.astimezone(ZoneInfo(zone))
    assert exposure.reviewed(first_card(), rating, moment) == exposure.reviewed(first_card(), rating, elsewhere)


def note(text="A lesson", audience="practice", **more):
    return Draft("core.note", text, {"text": text}, audience, **more)


@pytest.fixture
def nurse(world):
    return world.actor("nurse@manor.example", "manor")


def come_back(world) -> None:
    with world.database.write() as session:
        session.execute(update(Exposure).values(due_at=now() - timedelta(days=1)))


def due(world, actor) -> list[reading.Showing]:
    with world.database.read() as session:
        return reading.worth_seeing_again(session, world.host, actor)


def saved_and_due(world, actor, **more) -> reading.Showing:
    world.service.save(actor, note(**more))
    come_back(world)
    return due(world, actor)[0]


def events(world) -> list[str]:
    with world.database.read() as session:
        return list(session.scalars(select(UsageEventRow.name).order_by(UsageEventRow.sequence)))


def test_two_devices_at_the_same_moment_give_one_review(world, nurse) -> None:
    showing = saved_and_due(world, nurse)
    ready, came = threading.Barrier(2), []

    def answer(code: str) -> None:
        ready.wait()
        try:
            world.service.answer_exposure(nurse, showing.id, code, showing.number)
            came.append("taken")
        except exposure.AlreadyAnswered:
            came.append("already")

    devices = [threading.Thread(target=answer, args=[code]) for code in ("still_true", "used_it")]
    for device in devices:
        device.start()
    for device in devices:
        device.join()
    assert sorted(came) == ["already", "taken"]
    with world.database.read() as session:
        assert session.scalar(select(func.count()).select_from(ExposureAnswer)) == 1
        assert session.scalars(select(Exposure.reviews)).one() == 1
    assert events(world).count("core.seen_again") == 1


@pytest.mark.parametrize(("code", "days"), [("week", 7), ("month", 30), ("slot", 7)])
def test_putting_off_is_no_review(world, nurse, code: str, days: int) -> None:
    showing = saved_and_due(world, nurse)
    with world.database.read() as session:
        before = session.scalars(select(Exposure.card)).one()
    world.service.put_off_exposure(nurse, showing.id, code, showing.number)
    with pytest.raises(exposure.AlreadyAnswered):
        world.service.put_off_exposure(nurse, showing.id, code, showing.number)
    assert due(world, nurse) == []
    with world.database.read() as session:
        row = session.scalars(select(Exposure)).one()
        assert (row.reviews, row.card) == (0, before)
        assert timedelta(days=days - 1) < row.due_at - now() <= timedelta(days=days)
    assert events(world) == ["core.recorded", "core.put_off"]
    world.service.answer_exposure(nurse, showing.id, "still_true", showing.number)


def test_until_the_next_time_of_the_week(world, nurse) -> None:
    showing = saved_and_due(world, nurse)
    slot = slots.SlotView(weekday=2, starts=9 * 60, minutes=10)
    with world.service.unit(nurse) as unit:
        slots.choose_as(unit, nurse, slot)
    world.service.put_off_exposure(nurse, showing.id, "slot", showing.number)
    with world.database.read() as session:
        assert session.scalars(select(Exposure.due_at)).one() == slots.next_start(slot, now())


def test_nobody_puts_off_for_somebody_else_nor_in_words_of_their_own(world, nurse) -> None:
    showing = saved_and_due(world, nurse)
    with pytest.raises(errors.NotFound):
        world.service.put_off_exposure(world.actor("gp@manor.example", "manor"), showing.id, "week", 0)
    with pytest.raises(errors.DraftRefused):
        world.service.put_off_exposure(nurse, showing.id, "for ever", showing.number)


@pytest.mark.parametrize(("minutes", "shown"), [(None, 3), (10, 5), (20, 10), (60, 25)])
def test_as_much_comes_back_as_fits(world, nurse, minutes: int | None, shown: int) -> None:
    with world.service.unit(nurse) as unit:
        for number in range(25):
            unit.add(note(f"Lesson {number}"))
    come_back(world)
    if minutes:
        with world.service.unit(nurse) as unit:
            slots.choose_as(unit, nurse, slots.SlotView(weekday=0, minutes=minutes))
    assert len(due(world, nurse)) == shown
    with world.database.read() as session:
        assert len(reading.again_and_new(session, world.host, nurse)[0]) == shown


def actions(world) -> list[Action]:
    with world.database.read() as session:
        found = list(session.scalars(select(Action)))
        session.expunge_all()
        return found


def test_a_change_that_is_done_is_an_action_that_is_closed(world, nurse) -> None:
    showing = saved_and_due(world, nurse)
    changed = Changed("We print in 18 point", done=True)
    world.service.answer_exposure(nurse, showing.id, "changed_something", showing.number, changed)
    (action,) = actions(world)
    assert (action.outcome, action.expectation, action.due_on) == ("adopt", "We print in 18 point", None)
    assert action.closed_at is not None
    assert events(world) == ["core.recorded", "core.action_closed", "core.seen_again"]
    with pytest.raises(exposure.AlreadyAnswered):
        world.service.answer_exposure(nurse, showing.id, "changed_something", showing.number, changed)
    assert len(actions(world)) == 1


def test_a_change_to_come_is_a_promise_with_a_date(world, nurse) -> None:
    showing = saved_and_due(world, nurse)
    changed = Changed("Print in 18 point", done=False, due_on=date(2027, 1, 4))
    world.service.answer_exposure(nurse, showing.id, "changed_something", showing.number, changed)
    (action,) = actions(world)
    assert (action.outcome, action.due_on, action.closed_at) == (None, date(2027, 1, 4), None)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (None, errors.DraftRefused),
        (Changed(" ", done=True), errors.DraftRefused),
        (Changed("x" * 10_001, done=True), errors.DraftRefused),
        (Changed("Print larger", done=False), errors.DraftRefused),
        (Changed("I told Mrs Margaret Ellis", done=True), errors.GuardStop),
    ],
)
def test_a_change_that_cannot_be_kept_is_no_answer(world, nurse, changed, reason) -> None:
    showing = saved_and_due(world, nurse)
    with pytest.raises(reason):
        world.service.answer_exposure(nurse, showing.id, "changed_something", showing.number, changed)
    assert [item.number for item in due(world, nurse)] == [showing.number]
    assert actions(world) == []


def test_what_somebody_answered_comes_back_to_them_too(world, nurse) -> None:
    gp = world.actor("gp@manor.example", "manor")
    asked = world.service.save(nurse, note("How do we do it?"))
    world.service.save(gp, note("Like this", links=(NewLink("answers", asked.id),)))
    come_back(world)
    assert {item.thing.id for item in due(world, gp)} >= {asked.id}
    with world.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Exposure)) == 3
    with world.service.unit(gp) as unit:
        thing = reading.get(unit.session, world.host, gp, asked.id)
        unit.bring_back(thing)
    with world.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Exposure)) == 3, "it keeps the schedule that it has"


def promised(world, actor) -> UUID:
    saved = world.service.save(actor, note())
    return world.service.promise(actor, saved.id, Promise("Print larger", date(2027, 1, 1)), GuardAnswer())


def test_a_date_is_changed_with_its_reason(world, nurse) -> None:
    action = promised(world, nurse)
    for _again in range(2):
        world.service.move_action(nurse, action, date(2027, 2, 1), "The printer is broken", GuardAnswer())
    world.service.move_action(nurse, action, None, "No printer", GuardAnswer())
    with world.database.read() as session:
        found = promises.moves(session, action)
    assert [(move.from_on, move.to_on, move.reason) for move in found] == [
        (date(2027, 1, 1), date(2027, 2, 1), "The printer is broken"),
        (date(2027, 2, 1), None, "No printer"),
    ]
    assert events(world).count("core.action_moved") == 2


def test_only_the_owner_changes_the_date_and_only_while_it_is_open(world, nurse) -> None:
    action = promised(world, nurse)
    with pytest.raises(errors.NotFound):
        world.service.move_action(world.actor("gp@manor.example", "manor"), action, None, "Why not", GuardAnswer())
    with pytest.raises(errors.DraftRefused):
        world.service.move_action(nurse, action, None, " ", GuardAnswer())
    world.service.close_action(nurse, action, "adopt", "Done", GuardAnswer())
    with pytest.raises(errors.DraftRefused):
        world.service.move_action(nurse, action, None, "Late", GuardAnswer())
