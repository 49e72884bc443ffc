"""The doors: who is asked, in which order, and what a fault does at each level."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pluggy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from layers_core.contract import AudienceView, Draft, HomeCard, NavItem, Panel, Problem, Thing, hookimpl
from layers_core.db.session import Database
from layers_core.host.doors import Doors
from layers_core.host.faults import DoorFault, WrongDoor
from layers_core.host.levels import HOOKS, PAGE_HOOKS, SPECS
from layers_core.host.loader import Host
from layers_core.testkit.plugins import (
    HOWS,
    ITEMS,
    NEEDS_SESSION,
    DeliberateFault,
    ExamplePlugin,
    FaultyPlugin,
    MakeHost,
    mix_of,
    plugin_meta,
    practice_of,
)

DATABASE_HOOKS = ("layers_home_cards", "layers_artefact_panels", "layers_reminders")
WITHOUT_SESSION = sorted(PAGE_HOOKS - {*DATABASE_HOOKS})
PERSON = UUID(int=1)
THING = Thing(
    id=UUID(int=2),
    number=1,
    kind="other.note",
    title="title",
    body={},
    language="en",
    practice_id=UUID(int=1),
    author_id=PERSON,
    author_name="Amina Khan",
    audience=AudienceView(UUID(int=3), "practice", "", "Everybody"),
    state="live",
    revision=1,
    created_at=datetime(2026, 11, 22, tzinfo=UTC),
    updated_at=datetime(2026, 11, 22, tzinfo=UTC),
)


def navigator(slug: str, weight: int = 100, items: int = 1) -> Any:
    """A plugin with menu entries."""

    class Navigator:
        meta = plugin_meta(slug, weight=weight)

        @hookimpl
        def layers_nav(self, practice: object) -> list[NavItem]:
            return [NavItem(f"{slug} {number}", "/") for number in range(items)]

    return Navigator()


def returning(result: object) -> Any:
    """A plugin whose menu hook returns something."""

    class Returning:
        meta = plugin_meta("odd")

        @hookimpl
        def layers_nav(self) -> Any:
            return result() if callable(result) else result

    return Returning()


def doors_of(*plugins: Any, raise_faults: bool = False) -> Doors:
    """Doors to plugins, without a host."""
    manager = pluggy.PluginManager("layers")
    for specs in SPECS:
        manager.add_hookspecs(specs)
    for plugin in plugins:
        manager.register(plugin, name=plugin.meta.slug)
    return Doors(manager, {plugin.meta.slug: plugin.meta for plugin in plugins}, raise_faults=raise_faults)


def nav(doors: Doors, *slugs: str) -> Any:
    """The menu for a mix."""
    mix = mix_of(*slugs)
    return doors.page("layers_nav", mix, practice=practice_of(mix), actor="a")


def call(host: Host, hook: str, *slugs: str, session: Session | None = None, unit: object = None) -> Any:
    """Call any hook through its own door, with empty arguments but for the session and the unit."""
    given: dict[str, Any] = dict.fromkeys(HOOKS[hook].arguments, ())
    values = {
        "practice": practice_of(mix_of(*slugs)),
        "draft": Draft("other.note", "title", {}),
        "artefact": THING,
        "unit": unit,
        "session": session,
    }
    given |= {name: value for name, value in values.items() if name in given}
    match HOOKS[hook].level:
        case "page":
            given.pop("session", None)
            return host.doors.page(hook, mix_of(*slugs), session=session, **given)
        case "strict":
            return host.doors.strict(hook, mix_of(*slugs), **given)
        case "custody":
            return host.doors.custody(hook, **given)
        case _:
            return host.doors.build(hook, **given)


class Unit:
    """What the doors look at in a unit of work: nothing."""

    def __init__(self, session: Session) -> None:
        self.session = session


SLUGS = st.lists(st.from_regex(r"[a-z][a-z0-9]{0,5}", fullmatch=True), unique=True, max_size=8)


@settings(deadline=None, max_examples=60)
@given(data=st.data(), slugs=SLUGS)
def test_answers_are_flat_and_sorted_by_weight_and_slug_and_of_the_mix_alone(
    data: st.DataObject, slugs: list[str]
) -> None:
    weights = {slug: data.draw(st.integers(-2, 2)) for slug in slugs}
    items = {slug: data.draw(st.integers(0, 3)) for slug in slugs}
    doors = doors_of(*(navigator(slug, weights[slug], items[slug]) for slug in data.draw(st.permutations(slugs))))
    enabled = data.draw(st.sets(st.sampled_from([*slugs, "not_installed"])))
    expected = [
        (slug, f"{slug} {number}")
        for slug in sorted(slugs, key=lambda slug: (weights[slug], slug))
        if slug in enabled
        for number in range(items[slug])
    ]
    for _again in range(2):
        assert [(slug, item.label) for slug, item in nav(doors, *enabled)] == expected


def test_implementations_under_another_name_are_called_too(make_host: MakeHost) -> None:
    class Twice:
        meta = plugin_meta("twice")

        @hookimpl
        def layers_nav(self) -> list[NavItem]:
            return [NavItem("own", "/")]

        @hookimpl(specname="layers_nav")
        def more(self, actor: object) -> list[NavItem]:
            return [NavItem("more", "/")]

    doors = make_host(Twice()).doors
    assert {item.label for _slug, item in nav(doors, "twice")} == {"own", "more"}
    assert nav(doors) == []


def test_every_hook_of_a_good_plugin_answers(make_host: MakeHost, database: Database) -> None:
    plugin = ExamplePlugin()
    host = make_host(plugin)
    with database.read() as session:
        for hook in HOOKS:
            call(
                host, hook, "example", session=session, unit=Unit(session)
            ) if hook != "layers_artefact_changed" else None
    assert set(plugin.asked) == {
        name.removeprefix("layers_") for name, hook in HOOKS.items() if hook.level != "build"
    } - {"artefact_changed"}  # fmt: skip


@pytest.mark.parametrize("hook", sorted(HOOKS))
def test_a_hook_goes_through_its_own_door_only(make_host: MakeHost, hook: str) -> None:
    doors = make_host(ExamplePlugin()).doors
    level = HOOKS[hook].level
    others: dict[str, Any] = {
        "build": lambda: doors.build(hook),
        "page": lambda: doors.page(hook, mix_of("example")),
        "strict": lambda: doors.strict(hook, mix_of("example")),
        "custody": lambda: doors.custody(hook),
    }
    del others[level]
    for _again in range(2):
        for attempt in others.values():
            with pytest.raises(WrongDoor, match=hook):
                attempt()


def test_the_wrong_door_stays_wrong_after_the_right_one(make_host: MakeHost) -> None:
    doors = make_host(ExamplePlugin()).doors
    assert nav(doors, "example")
    with pytest.raises(WrongDoor):
        doors.strict("layers_nav", mix_of("example"), practice=None, actor="a")


def test_an_unknown_hook_has_no_door(make_host: MakeHost) -> None:
    doors = make_host().doors
    with pytest.raises(WrongDoor, match="no hook"):
        doors.page("layers_nothing", mix_of())
    with pytest.raises(WrongDoor, match="no hook"):
        doors.build("nav")


@pytest.mark.parametrize("arguments", [{}, {"practice": 1}, {"practice": 1, "actor": 2, "draft": 3}])
def test_a_caller_s_wrong_arguments_are_its_own_fault(make_host: MakeHost, arguments: dict[str, int]) -> None:
    doors = make_host(ExamplePlugin(), raise_faults=False).doors
    with pytest.raises(TypeError, match="layers_nav"):
        doors.page("layers_nav", mix_of("example"), **arguments)
    assert doors.faults.recent == ()


@pytest.mark.parametrize(
    "result",
    [
        "a text",
        b"bytes",
        {"a": 1},
        7,
        NavItem("not in a list", "/"),
        [NavItem("right", "/"), "wrong"],
        [HomeCard("h", "w", "a", "/")],
        [None],
        lambda: (item for item in (NavItem("right", "/"), 1 / 0)),
    ],
)
def test_an_answer_of_another_type_is_a_fault_of_the_plugin(make_host: MakeHost, result: object) -> None:
    host = make_host(returning(result), navigator("other"), raise_faults=False)
    answers = nav(host.doors, "odd", "other")
    assert [slug for slug, _item in answers] == ["other"]
    assert answers.unavailable == ("odd",)


@pytest.mark.parametrize("result", [None, [], (), iter(()), set()])
def test_nothing_is_an_answer(make_host: MakeHost, result: object) -> None:
    answers = nav(make_host(returning(result)).doors, "odd")
    assert answers == []
    assert answers.unavailable == ()


def test_subclasses_are_answers_too(make_host: MakeHost) -> None:
    class Fancy(NavItem):
        pass

    assert len(nav(make_host(returning([Fancy("f", "/")])).doors, "odd")) == 1


@pytest.mark.parametrize(("hook", "how"), [*itertools.product(WITHOUT_SESSION, sorted({*HOWS} - NEEDS_SESSION))])
def test_a_fault_on_a_page_leaves_the_others_intact(make_host: MakeHost, hook: str, how: Any) -> None:
    before, after = FaultyPlugin(hook, how, "aaa"), FaultyPlugin(hook, how, "zzz")
    host = make_host(before, ExamplePlugin(), after, raise_faults=False)
    answers = call(host, hook, "aaa", "example", "zzz")
    assert [slug for slug, _item in answers] == ["example"]
    assert answers.unavailable == ("aaa", "zzz")
    assert [(fault.slug, fault.hook) for fault in host.doors.faults.recent] == [("aaa", hook), ("zzz", hook)]


def test_nobody_swallows_a_keyboard_interrupt(make_host: MakeHost) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    host = make_host(returning(interrupt), raise_faults=False)
    with pytest.raises(KeyboardInterrupt):
        nav(host.doors, "odd")


def test_faults_come_through_in_tests(make_host: MakeHost) -> None:
    host = make_host(ExamplePlugin(), FaultyPlugin("layers_nav", "raise"))
    with pytest.raises(DeliberateFault):
        nav(host.doors, "example", "faulty")


@pytest.mark.parametrize("raise_faults", [True, False])
@pytest.mark.parametrize(
    ("hook", "how"),
    [
        *itertools.product(
            sorted(name for name, hook in HOOKS.items() if hook.level in {"strict", "custody"}),
            ["raise", "SystemExit", "late_generator", "sql_error"],
        )
    ],
)
def test_a_strict_or_custody_fault_stops_and_names_the_plugin(
    make_host: MakeHost, hook: str, how: Any, raise_faults: bool
) -> None:
    host = make_host(ExamplePlugin(), FaultyPlugin(hook, how), raise_faults=raise_faults)
    with pytest.raises(DoorFault) as caught:
        call(host, hook, "faulty")
    assert (caught.value.slug, caught.value.hook) == ("faulty", hook)
    assert caught.value.__cause__ is not None
    assert host.doors.faults.recent[-1].slug == "faulty"


@pytest.mark.parametrize("how", ["dirty_session", "commits"])
@pytest.mark.parametrize("hook", ["layers_check_draft", "layers_personal_data"])
def test_a_strict_hook_for_reading_may_not_write(make_host: MakeHost, database: Database, hook: str, how: Any) -> None:
    host = make_host(FaultyPlugin(hook, how))
    with database.write() as session, pytest.raises(DoorFault):
        call(host, hook, "faulty", session=session)


@pytest.mark.parametrize("hook", ["layers_switched_on", "layers_artefact_changed", "layers_erase_person"])
def test_a_unit_s_hooks_may_write_but_not_commit(make_host: MakeHost, database: Database, hook: str) -> None:
    with database.write() as session:
        call(make_host(FaultyPlugin(hook, "dirty_session")), hook, "faulty", unit=Unit(session))
        assert len(session.new) == 1
        with pytest.raises(DoorFault):
            call(make_host(FaultyPlugin(hook, "commits")), hook, "faulty", unit=Unit(session))
        session.expunge_all()


def test_a_strict_hook_asks_the_mix_and_nobody_else(make_host: MakeHost) -> None:
    host = make_host(FaultyPlugin("layers_check_draft", "raise"), ExamplePlugin())

    def check(*slugs: str, only: str | None = None) -> Any:
        given = {"practice": None, "actor": None, "session": None, "draft": Draft("other.note", "refuse", {})}
        return host.doors.strict("layers_check_draft", mix_of(*slugs), only=only, **given)

    assert check("example") == [("example", Problem("Choose another title", "title"))]
    assert check() == []
    assert check("example", "faulty", only="example")
    with pytest.raises(DoorFault, match="faulty"):
        check("example", "faulty")


def test_a_switch_is_told_to_one_plugin(make_host: MakeHost) -> None:
    plugin = ExamplePlugin()
    host = make_host(plugin, FaultyPlugin("layers_switched_on", "raise"))
    mix = mix_of("example", "faulty")
    host.doors.strict("layers_switched_on", mix, only="example", practice=None, unit=None)
    assert plugin.asked == ["switched_on"]


def test_custody_asks_plugins_that_are_switched_off(make_host: MakeHost) -> None:
    host = make_host(ExamplePlugin())
    answers = host.doors.custody("layers_personal_data", person_id=PERSON, session=None)
    assert answers == [("example", ("Example", {"person": str(PERSON)}))]


@pytest.mark.parametrize(
    ("slug", "arguments"),
    [("faulty", {"raise_faults": False}), ("example", {"disabled": ["example"]})],
)
def test_custody_stops_where_an_installed_plugin_cannot_be_asked(
    make_host: MakeHost, slug: str, arguments: dict[str, Any]
) -> None:
    plugins = [ExamplePlugin()] if slug == "example" else [ExamplePlugin(), FaultyPlugin("layers_permissions", "raise")]
    host = make_host(*plugins, **arguments)
    with pytest.raises(DoorFault) as caught:
        host.doors.custody("layers_erase_person", person_id=PERSON, unit=None)
    assert caught.value.slug == slug


def test_time_is_kept_for_each_hook_and_plugin(make_host: MakeHost) -> None:
    host = make_host(ExamplePlugin(), navigator("other"), FaultyPlugin("layers_nav", "raise"), raise_faults=False)
    for _time in range(2):
        nav(host.doors, "example", "faulty")
    call(host, "layers_capture_forms", "example")
    kept = {(timing.slug, timing.hook): timing for timing in host.doors.timings()}
    assert kept["example", "layers_nav"].calls == 2
    assert kept["faulty", "layers_nav"].calls == 2
    assert kept["example", "layers_capture_forms"].calls == 1
    assert ("other", "layers_nav") not in kept
    assert all(0 < timing.seconds < 1 for timing in kept.values())


def test_a_chain_is_made_once_for_a_mix_and_again_when_plugins_change() -> None:
    calls = itertools.count()
    doors = doors_of(navigator("one"))
    caller = doors._manager.hook.layers_nav
    original = caller.get_hookimpls

    class Counted:
        def get_hookimpls(self) -> Any:
            next(calls)
            return original()

    doors._manager.hook.layers_nav = Counted()
    for _time in range(3):
        nav(doors, "one")
        nav(doors)
    assert next(calls) == 1
    doors.forget()
    nav(doors, "one")
    assert next(calls) == 3


def test_generators_run_inside_the_guard_not_on_the_page(make_host: MakeHost) -> None:
    ran: list[str] = []

    def lazily() -> Iterator[NavItem]:
        ran.append("ran")
        yield NavItem("late", "/")

    answers = nav(make_host(returning(lazily)).doors, "odd")
    assert ran == ["ran"]
    assert [item.label for _slug, item in answers] == ["late"]


def test_every_way_to_fail_late_yields_what_the_hook_declares() -> None:
    for name, item in ITEMS.items():
        assert HOOKS[name].take([item]) == [item]


def test_levels_cover_the_specs() -> None:
    assert {name for name, hook in HOOKS.items() if hook.level == "page"} == PAGE_HOOKS
    assert HOOKS["layers_artefact_panels"].item is Panel
    assert HOOKS["layers_artefact_changed"].item is None
    assert {hook.level for hook in HOOKS.values()} == {"build", "page", "strict", "custody"}
