"""The registry: what healthy plugins bring, by name."""

from __future__ import annotations

import itertools

import pytest
from marshmallow import Schema

from layers_core.contract import Permission
from layers_core.host.faults import StartRefused
from layers_core.host.registry import Contribution, Registry
from layers_core.testkit.plugins import (
    ExampleBody,
    ExamplePlugin,
    ExampleSaved,
    MakeHost,
    example_command,
    plugin_meta,
)
from layers_core.usage.events import CORE_EVENTS


@pytest.fixture
def registry(make_host: MakeHost) -> Registry:
    return make_host(ExamplePlugin()).registry


def test_everything_a_plugin_brings_is_there_by_name(registry: Registry) -> None:
    assert registry.kinds["example.note"].schema is ExampleBody
    assert registry.event_types["example.saved"] is ExampleSaved
    assert {"example.write", "example.decide"} <= registry.permissions.keys()
    assert isinstance(registry.settings_schemas["example"], Schema)
    assert registry.public_forms["example", "ask"].name == "ask"
    assert registry.commands["example"] is example_command
    assert registry.opens_audiences["example"] == {"cluster"}
    assert registry.routes["example"].staff is None
    assert registry.owner("kind", "example.note") == "example"
    with pytest.raises(LookupError):
        registry.owner("kind", "example.nothing")


def test_the_core_s_own_events_are_always_there(make_host: MakeHost) -> None:
    events = make_host().registry.event_types
    assert {event.name for event in CORE_EVENTS} <= events.keys()


@pytest.mark.parametrize(
    ("roles", "enabled", "expected"),
    [
        ({"member"}, {"example"}, {"example.write"}),
        ({"member", "lead"}, {"example"}, {"example.write", "example.decide"}),
        ({"lead"}, {"example"}, {"example.decide"}),
        ({"manager"}, {"example"}, set()),
        (set(), {"example"}, set()),
        ({"member", "lead"}, set(), set()),
        ({"member", "lead"}, {"other"}, set()),
    ],
)
def test_permissions_come_from_roles_and_the_mix(
    registry: Registry, roles: set[str], enabled: set[str], expected: set[str]
) -> None:
    found = registry.permissions_for(roles, frozenset(enabled))
    assert {name for name in found if not name.startswith("core.")} == expected


def test_permissions_follow_what_is_added_later(registry: Registry) -> None:
    both = frozenset({"example", "later"})
    before = registry.permissions_for({"member"}, both)
    registry.add(Contribution(plugin_meta("later"), permissions=(Permission("later.look", "Look"),)))
    assert registry.permissions_for({"member"}, both) == before | {"later.look"}


def test_a_clash_takes_nothing_in(registry: Registry) -> None:
    clashing = (Permission("third.look", "Look"), Permission("example.write", "Write"))
    with pytest.raises(StartRefused, match=r"example and third both claim the permission example\.write"):
        registry.add(Contribution(plugin_meta("third"), permissions=clashing))
    assert "third.look" not in registry.permissions


def test_one_schema_serves_the_whole_process(registry: Registry) -> None:
    first, second = itertools.repeat(registry.settings_schemas["example"], 2)
    assert first is second
    assert first.load({}) == {"greeting": "Hello"}
