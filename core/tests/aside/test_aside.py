"""Work done aside: told of, ended once, taken over where its process ended, one piece at a time."""

from __future__ import annotations

import logging
import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import update

from layers_core.aside import job, service
from layers_core.aside.reading import SILENT, going_on, state_of
from layers_core.db.base import now

SECONDS = 20
BEAT = 0.01


def again(database, piece):
    with database.read() as session:
        return session.get(type(piece), piece.id)


def silent(database, piece):
    with database.write() as session:
        session.execute(update(type(piece)).values(beat_at=now() - 2 * SILENT))
    return again(database, piece)


def wait_for(condition):
    until = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < until
        time.sleep(BEAT)


def test_work_is_told_of_while_it_goes_on(database, piece):
    go_on = threading.Event()

    def work(progress):
        progress.done = 3
        assert go_on.wait(SECONDS)
        assert service.end(database, service.turn_of(piece), "ready", done=10)

    job.start(database, service.turn_of(piece), work, "trial", BEAT)
    wait_for(lambda: again(database, piece).state == "working")
    row = again(database, piece)
    assert row.done == 3
    assert row.beat_at > piece.beat_at
    go_on.set()
    wait_for(lambda: again(database, piece).state == "ready")
    time.sleep(5 * BEAT)
    assert (again(database, piece).state, again(database, piece).done) == ("ready", 10)


def test_one_piece_at_a_time_is_done_in_a_process(database, piece):
    other = type(piece)(state="waiting", total=1)
    with database.write() as session:
        session.add(other)
    go_on, together = threading.Event(), []

    def first(progress):
        assert go_on.wait(SECONDS)
        together.append("first")

    def second(progress):
        together.append("second")

    job.start(database, service.turn_of(piece), first, "trial 1", BEAT)
    wait_for(lambda: again(database, piece).state == "working")
    job.start(database, service.turn_of(other), second, "trial 2", BEAT)
    # The one that waits is heard of as well, or it would be taken over.
    wait_for(lambda: again(database, other).beat_at > other.beat_at)
    assert again(database, other).state == "waiting"
    go_on.set()
    wait_for(lambda: len(together) == 2)
    assert together == ["first", "second"]


def test_work_that_fails_says_so_without_what_it_was_about(database, piece, caplog):
    written = " ".join(["words", "of a patient"])

    def work(progress):
        raise ValueError(written)

    with caplog.at_level(logging.DEBUG):
        job.run(database, service.turn_of(piece), work, BEAT)
    assert again(database, piece).state == "failed"
    assert "ValueError" in caplog.text
    assert written not in caplog.text


@pytest.mark.parametrize("state", ["waiting", "working"])
def test_a_process_that_is_silent_has_ended(database, piece, state):
    with database.write() as session:
        session.execute(update(type(piece)).values(state=state))
    moment = again(database, piece).beat_at
    assert state_of(again(database, piece), moment + SILENT) == state
    assert state_of(again(database, piece), moment + SILENT + timedelta(seconds=1)) == "stopped"
    with database.read() as session:
        heard = session.query(type(piece)).filter(going_on(type(piece), moment + SILENT)).count()
        gone = session.query(type(piece)).filter(going_on(type(piece), moment + 2 * SILENT)).count()
    assert (heard, gone) == (1, 0)


def test_what_is_ended_is_not_silent(database, piece):
    assert service.end(database, service.turn_of(piece), "ready")
    assert state_of(silent(database, piece), now()) == "ready"


def test_only_what_stopped_or_failed_is_taken_over_and_once(database, piece):
    with database.write() as session:
        assert service.take_over(session, again(database, piece), now()) is None
    row = silent(database, piece)
    with database.write() as session:
        turn = service.take_over(session, row, now(), done=0)
        assert turn is not None
        # Somebody else saw the same row before.
        assert service.take_over(session, row, now()) is None
    assert again(database, piece).run == turn.run != piece.run
    assert state_of(again(database, piece), now()) == "waiting"


def test_whoever_was_only_asleep_stops_and_changes_nothing(database, piece):
    old = service.turn_of(piece)
    stopped = threading.Event()

    def work(progress):
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            try:
                progress.check()
            except job.TakenAway:
                stopped.set()
                raise
            time.sleep(BEAT)

    job.start(database, old, work, "trial", BEAT)
    wait_for(lambda: again(database, piece).state == "working")
    # As if it had been silent: the other process begins.
    with database.write() as session:
        row = session.get(type(piece), piece.id)
        new = service.take_over(session, row, now() + 2 * SILENT)
    assert new is not None
    assert stopped.wait(SECONDS)
    assert not service.end(database, old, "ready")
    with database.write() as session:
        assert not service.note(session, old, done=9)
        assert service.note(session, new, done=4)
    assert (again(database, piece).state, again(database, piece).done) == ("waiting", 4)


def test_nothing_is_told_after_the_end(database, piece):
    turn = service.turn_of(piece)
    assert service.end(database, turn, "ready", done=10)
    assert not service.tell(database, turn, "working", 3)
    assert not service.end(database, turn, "failed")
    assert (again(database, piece).state, again(database, piece).done) == ("ready", 10)
