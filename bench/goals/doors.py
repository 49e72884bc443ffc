"""Goal 6: a door's call against pluggy's own, and the share of a page that hooks take."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pluggy

from bench.databases import Loaded, settings
from bench.goals.setting import Setting, actor_of, pages_of
from bench.report import Figure, median
from layers_core.contract import Actor, HomeCard, MixView, NavItem, PluginMeta, hookimpl
from layers_core.host.doors import Doors
from layers_core.host.levels import SPECS
from layers_core.host.loader import load_host
from layers_webshell.app import create_app
from layers_webshell.testclient import Browser

CALLS = 20_000
PAGES = 150
SHARES = {4: 5.0, 40: 15.0}
"""Plugins: the most percent of a page's CPU that calling their hooks may take."""


def _plugin(number: int) -> Any:
    """A plugin that answers two hooks of the home page at once, without the database."""

    class Answering:
        meta = PluginMeta(f"answers{number}x", f"Answers {number}", "1", ">=0.1", "", "", "")
        items = (NavItem("Somewhere", "/somewhere"),)

        @hookimpl
        def layers_nav(self, actor: Actor) -> list[NavItem]:
            return list(self.items)

        @hookimpl
        def layers_home_cards(self, actor: Actor) -> list[HomeCard]:
            return []

    return Answering()


def run(setting: Setting) -> Iterator[Figure]:
    """The calls by themselves, then a real page."""
    loaded = setting.loaded(setting.kinds[0], setting.small)
    actor = actor_of(setting, loaded)
    for count in SHARES:
        yield _call(setting, actor, count)
    for kind in setting.kinds:
        found = setting.loaded(kind, setting.small)
        yield _own_share(setting, found)
        for count, limit in SHARES.items():
            yield _share(setting, found, count, limit)


def _call(setting: Setting, actor: Actor, count: int) -> Figure:
    manager = pluggy.PluginManager("layers")
    for specs in SPECS:
        manager.add_hookspecs(specs)
    plugins = [_plugin(number) for number in range(count)]
    for plugin in plugins:
        manager.register(plugin, name=plugin.meta.slug)
    doors = Doors(manager, {plugin.meta.slug: plugin.meta for plugin in plugins})
    half = MixView(1, {}, frozenset(plugin.meta.slug for plugin in plugins[::2]))
    practice = actor.practice

    def through_the_door() -> Any:
        return doors.page("layers_nav", half, practice=practice, actor=actor)

    def by_pluggy() -> Any:
        return manager.hook.layers_nav(practice=practice, actor=actor)

    results = [(_time(through_the_door), _time(by_pluggy)) for _round in range(setting.repeats)]
    door, own = (median(row[number] for row in results) * 1_000_000 for number in (0, 1))
    what = f"a door's call, {count // 2} of {count} on / pluggy's call, all on"
    return Figure(6, what, "none", median(a / b for a, b in results), 1.0, detail=f"{door:.2f} / {own:.2f} µs")


def _time(call: Callable[[], Any]) -> float:
    call()
    began = time.process_time()
    for _call in range(CALLS):
        call()
    return (time.process_time() - began) / CALLS


def _share(setting: Setting, loaded: Loaded, count: int, limit: float) -> Figure:
    """So many plugins beside the four, all answering without the database, on the home page."""
    host = load_host(settings(loaded.url), plugins=[_plugin(number) for number in range(count)])
    extra = frozenset(f"answers{number}x" for number in range(count))
    before = host.enabled
    host.enabled = lambda choices: before(choices) | extra  # type: ignore[method-assign]
    shares = [_share_of_hooks(host, loaded, extra) for _round in range(setting.repeats)]
    what = f"hooks of {count} plugins that answer at once, share of home"
    return Figure(6, what, loaded.kind, median(shares), limit, unit="%")


def _own_share(setting: Setting, loaded: Loaded) -> Figure:
    host = load_host(settings(loaded.url))
    shares = [_share_of_hooks(host, loaded, frozenset(host.plugins)) for _round in range(setting.repeats)]
    what = "hooks of the four plugins with their own work and queries, share of home"
    return Figure(6, what, loaded.kind, median(shares), unit="%")


def _share_of_hooks(host: Any, loaded: Loaded, slugs: frozenset[str]) -> float:
    """Percent of the home page's CPU that the hooks of these plugins take."""
    app = create_app(settings(loaded.url), host=host, database=loaded.database)
    client = Browser(app)
    client.sign_in(loaded.world.accounts["reader"])
    path = pages_of(loaded)["home"]
    for _page in range(20):
        client.get(path)
    door, spent = host.doors.page, {"all": 0.0, "others": 0.0}

    def timed(name: str, mix: MixView, **arguments: Any) -> Any:
        began = time.process_time()
        # The same call without these plugins: what it takes is not theirs.
        door(name, replace(mix, enabled=mix.enabled - slugs), **arguments)
        between = time.process_time()
        answers = door(name, mix, **arguments)
        spent["others"] += between - began
        spent["all"] += time.process_time() - between
        return answers

    host.doors.page = timed
    began = time.process_time()
    for _page in range(PAGES):
        client.get(path)
    whole = time.process_time() - began - spent["others"]
    host.doors.page = door
    return (spent["all"] - spent["others"]) / whole * 100
