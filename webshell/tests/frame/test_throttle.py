"""Counting attempts: what is within a limit, who counts as one, and what a flood costs."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from limits import parse

from layers_core import web
from layers_webshell import throttle
from layers_webshell.throttle import InMemory, Throttle

SECRET = "a key for tests only, long enough to be taken"
HOUR = 3600.0


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.moment = 1_000_000.0

    def monotonic(self) -> float:
        return self.moment


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(throttle, "time", made)
    return made


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.floats(0, 5_000)), max_size=60),
    st.integers(1, 6),
)
def test_never_more_than_the_limit_in_any_hour_and_never_fewer(uses: Sequence[tuple[str, float]], most: int) -> None:
    """Whatever the order of uses by two people: one is refused exactly if the hour before holds as many as may be."""
    clock, counted = Clock(), dict[str, list[float]](a=[], b=[])
    limit, counter = parse(f"{most} per hour"), InMemory()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(throttle, "time", clock)
        for key, pause in uses:
            clock.moment += pause
            lately = [moment for moment in counted[key] if moment > clock.moment - HOUR]
            assert counter.hit(limit, "scope", key) is (len(lately) < most)
            if len(lately) < most:
                counted[key].append(clock.moment)


def test_limits_of_different_lengths_do_not_forget_each_other(clock: Clock) -> None:
    counter, long, short = InMemory(), parse("2 per hour"), parse("2 per minute")
    assert [counter.hit(long, "long", "a") for _time in range(3)] == [True, True, False]
    for _minute in range(59):
        clock.moment += 60
        assert [counter.hit(short, "short", "a") for _time in range(3)] == [True, True, False]
        assert not counter.hit(long, "long", "a")
    clock.moment += 60
    assert counter.hit(long, "long", "a")


def test_who_stays_away_is_forgotten(clock: Clock) -> None:
    counter, limit = InMemory(), parse("2 per hour")
    for number in range(1_000):
        assert counter.hit(limit, "scope", str(number))
    assert len(counter) == 1_000
    clock.moment += HOUR + 1
    for number in range(600):
        assert counter.hit(limit, "scope", f"later {number}")
    assert len(counter) <= 600


def test_a_flood_from_many_addresses_does_not_make_counting_slower() -> None:
    """The engine's own memory took 0.2 s again and again once 200,000 addresses had been counted."""
    few, many = InMemory(), InMemory()
    limit = parse("120 per hour")
    for number in range(100_000):
        many.hit(limit, "scope", str(number))

    def cost(counter: InMemory) -> float:
        began = time.process_time()
        for number in range(5_000):
            counter.hit(limit, "scope", f"address {number % 50}")
        return time.process_time() - began

    assert min(cost(many) for _round in range(3)) < 5 * max(cost(few) for _round in range(3))


def test_what_is_counted_names_nobody() -> None:
    counting = Throttle("memory://", SECRET)
    counting.hit("client", "203.0.113.77", "3 per hour")
    assert "203.0.113.77" not in repr(vars(counting._limiter))


@pytest.mark.parametrize(
    ("address", "another", "same"),
    [
        ("203.0.113.77", "203.0.113.78", False),
        ("203.0.113.77", "::ffff:203.0.113.77", True),
        ("::ffff:203.0.113.77", "::ffff:203.0.113.78", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("fe80::1%eth0", "fe80::1", True),
        ("", "", True),
        ("unix:/run/layers", "unix:/run/layers", True),
    ],
)
def test_whoever_has_a_network_of_addresses_is_one_client(app: Flask, address: str, another: str, same: bool) -> None:
    seen = []
    for remote in (address, another):
        with app.test_request_context(environ_overrides={"REMOTE_ADDR": remote}):
            seen.append(web.client_address())
    assert (seen[0] == seen[1]) is same


def test_a_header_that_anybody_can_send_makes_nobody_another_client(app: Flask) -> None:
    """Unless it is told that there is a proxy in front of it, the application believes the connection alone."""
    seen: Counter[str] = Counter()
    for number in range(10):
        with app.test_request_context(
            headers={"X-Forwarded-For": f"198.51.100.{number}", "Forwarded": f"for=198.51.100.{number}"},
            environ_overrides={"REMOTE_ADDR": "203.0.113.77"},
        ):
            seen[web.client_address()] += 1
    assert seen == {"203.0.113.77": 10}
