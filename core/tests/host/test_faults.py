"""What is kept of faults, and when a plugin's page hooks are suspended."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers_core.contract import CaptureForm, NavItem, hookimpl
from layers_core.host.faults import KEPT, TOLERANCE, FaultLog, trace_without_values
from layers_core.host.loader import Host
from layers_core.testkit.plugins import ExamplePlugin, MakeHost, mix_of, plugin_meta, practice_of


class Moody:
    """Fails in the hooks named in `failing`."""

    meta = plugin_meta("moody")

    def __init__(self) -> None:
        self.failing: set[str] = set()
        self.asked = 0

    def _answer(self, hook: str) -> list[Any]:
        self.asked += 1
        if hook in self.failing:
            raise ValueError("mood")
        return []

    @hookimpl
    def layers_nav(self) -> list[NavItem]:
        return self._answer("nav")

    @hookimpl
    def layers_capture_forms(self) -> list[CaptureForm]:
        return self._answer("forms")

    @hookimpl
    def layers_check_draft(self) -> list[Any]:
        return self._answer("check")


@pytest.fixture
def moody() -> Moody:
    return Moody()


@pytest.fixture
def host(make_host: MakeHost, moody: Moody) -> Host:
    return make_host(moody, ExamplePlugin(), raise_faults=False)


def nav(host: Host) -> Any:
    return host.doors.page("layers_nav", mix_of("moody", "example"), practice=practice_of(mix_of()), actor=None)


def forms(host: Host) -> Any:
    return host.doors.page("layers_capture_forms", mix_of("moody"), practice=None, actor=None)


def test_three_faults_in_a_row_suspend_all_page_hooks(host: Host, moody: Moody) -> None:
    moody.failing = {"nav"}
    for _time in range(TOLERANCE):
        assert host.suspended() == ()
        assert nav(host).unavailable == ("moody",)
    assert host.suspended() == ("moody",)
    asked = moody.asked
    moody.failing = set()
    for answers in (nav(host), forms(host)):
        assert answers.unavailable == ("moody",)
    assert moody.asked == asked
    assert [slug for slug, _item in nav(host)] == ["example"]


def test_a_suspended_plugin_still_checks_drafts(host: Host, moody: Moody) -> None:
    moody.failing = {"nav"}
    for _time in range(TOLERANCE):
        nav(host)
    asked = moody.asked
    host.doors.strict("layers_check_draft", mix_of("moody"), practice=None, actor=None, session=None, draft=None)
    assert moody.asked == asked + 1


def test_a_success_starts_the_count_again(host: Host, moody: Moody) -> None:
    for _round in range(4):
        moody.failing = {"nav"}
        for _time in range(TOLERANCE - 1):
            nav(host)
        moody.failing = set()
        assert nav(host).unavailable == ()
    assert host.suspended() == ()


def test_another_hook_s_success_does_not_hide_the_one_that_fails(host: Host, moody: Moody) -> None:
    moody.failing = {"forms"}
    for _page in range(TOLERANCE):
        nav(host)
        forms(host)
    assert host.suspended() == ("moody",)


def test_faults_of_several_hooks_count_together(host: Host, moody: Moody) -> None:
    moody.failing = {"nav", "forms"}
    nav(host)
    forms(host)
    assert host.suspended() == ()
    nav(host)
    assert host.suspended() == ("moody",)


def test_what_the_operator_sees_holds_no_values(host: Host, moody: Moody, caplog: pytest.LogCaptureFixture) -> None:
    moody.failing = {"nav"}
    nav(host)
    (fault,) = host.doors.faults.recent
    assert (fault.slug, fault.hook, fault.error) == ("moody", "layers_nav", "ValueError")
    assert "_answer" in fault.trace
    assert fault.at.tzinfo is not None
    # The source line may be shown, the message that was made at run time may not.
    assert "ValueError: mood" not in fault.trace + caplog.text


def test_causes_are_traced_and_a_circle_of_them_ends() -> None:
    first, second = KeyError("a name"), ValueError("a secret")
    first.__cause__, second.__cause__ = second, first
    trace = trace_without_values(first)
    assert trace.count("KeyError") == 1
    assert trace.count("ValueError") == 1
    assert "secret" not in trace


def test_the_list_of_faults_is_bounded() -> None:
    log = FaultLog()
    for number in range(KEPT + 5):
        log.record(f"p{number}", "layers_nav", ValueError())
    assert len(log.recent) == KEPT
    assert log.recent[-1].slug == f"p{KEPT + 4}"


def test_strict_faults_do_not_suspend() -> None:
    log = FaultLog()
    for _time in range(TOLERANCE * 2):
        log.record("p", "layers_check_draft", ValueError())
    assert log.suspended == frozenset()


@given(st.lists(st.tuples(st.sampled_from(["nav", "cards"]), st.booleans())))
def test_suspension_follows_the_rule(steps: list[tuple[str, bool]]) -> None:
    log = FaultLog()
    runs = {"nav": 0, "cards": 0}
    suspended = False
    for hook, succeeds in steps:
        if succeeds:
            log.succeeded("p", hook)
            runs[hook] = 0
        else:
            log.record("p", hook, ValueError(), page=True)
            runs[hook] += 1
        suspended = suspended or sum(runs.values()) >= TOLERANCE
        assert ("p" in log.suspended) is suspended


def test_threads_lose_no_fault_and_suspend_each_plugin_once(caplog: pytest.LogCaptureFixture) -> None:
    log = FaultLog()
    threads, times = 8, 60
    barrier = threading.Barrier(threads)

    def fail(number: int) -> None:
        barrier.wait()
        for time in range(times):
            log.record(f"p{time % 10}", f"hook{number}", ValueError(), page=True)

    running = [threading.Thread(target=fail, args=(number,)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    assert sum(log.streaks.values()) == threads * times
    assert log.suspended == {f"p{number}" for number in range(10)}
    said = [record for record in caplog.records if "suspended" in record.message]
    assert len(said) == 10


def test_pages_of_many_threads_suspend_a_plugin_and_keep_the_other(host: Host, moody: Moody) -> None:
    moody.failing = {"nav"}
    results: list[Any] = []
    barrier = threading.Barrier(6)

    def pages() -> None:
        barrier.wait()
        results.extend(nav(host) for _time in range(30))

    running = [threading.Thread(target=pages) for _number in range(6)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    assert len(results) == 180
    assert all([slug for slug, _item in answers] == ["example"] for answers in results)
    assert host.suspended() == ("moody",)
    # Whoever had begun before the third fault was known may have asked once more.
    assert TOLERANCE <= moody.asked <= TOLERANCE + 6
