"""Goal 6: a door's call against pluggy's own, and the share of a page that hooks take."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pluggy

from bench.databases import Loaded
from bench.goals.setting import Setting, actor_of, pages_of
from bench.instance import BASE_URL, settings
from bench.report import Figure, median
from layers_core.contract import Actor, HomeCard, MixView, NavItem, PluginMeta, hookimpl
from layers_core.host.doors import Doors
from layers_core.host.levels import SPECS
from layers_core.host.loader import load_host
from layers_webshell.app import create_app
from layers_webshell.testclient import Browser

CALLS = 20_000
PAGES, HOOK_CALLS = 100, 300
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


def _page_cost(host: Any, loaded: Loaded) -> float:
    """CPU seconds of the reader's home page, without a server around it."""
    app = create_app(settings(loaded.url), host=host, database=loaded.database)
    client = Browser(app)
    client.sign_in(loaded.world.accounts["reader"])
    client.csrf_token()
    path = pages_of(loaded)["home"]
    for _page in range(20):
        client.get(path)
    began = time.process_time()
    for _page in range(PAGES):
        client.get(path)
    return (time.process_time() - began) / PAGES


def _hooks_cost(host: Any, loaded: Loaded, actor: Actor, slugs: frozenset[str]) -> float:
    """CPU seconds of all hooks of one home page, where these plugins alone are in the mix."""
    mix = replace(actor.practice.mix, enabled=slugs)
    given = {"practice": actor.practice, "actor": actor}
    app = create_app(settings(loaded.url), host=host, database=loaded.database)
    with app.test_request_context(pages_of(loaded)["home"], base_url=BASE_URL), loaded.database.read() as session:
        app.preprocess_request()
        began = 0.0
        for number in range(HOOK_CALLS + 10):
            if number == 10:
                began = time.process_time()
            host.doors.page("layers_nav", mix, **given)
            host.doors.page("layers_capture_forms", mix, **given)
            host.doors.page("layers_home_cards", mix, session=session, **given)
        return (time.process_time() - began) / HOOK_CALLS


def _share(setting: Setting, loaded: Loaded, count: int, limit: float) -> Figure:
    """So many plugins that answer without the database, and what a home page of the four costs."""
    host = load_host(settings(loaded.url), plugins=[_plugin(number) for number in range(count)])
    slugs = frozenset(f"answers{number}x" for number in range(count))
    what = f"hooks of {count} plugins that answer at once, share of home"
    return _figure(setting, loaded, host, slugs, what, limit)


def _own_share(setting: Setting, loaded: Loaded) -> Figure:
    host = load_host(settings(loaded.url))
    what = "hooks of the four plugins with their own work and queries, share of home"
    return _figure(setting, loaded, host, frozenset(host.plugins), what, None)


def _figure(
    setting: Setting, loaded: Loaded, host: Any, slugs: frozenset[str], what: str, limit: float | None
) -> Figure:
    actor = actor_of(setting, loaded)
    results = [(_hooks_cost(host, loaded, actor, slugs), _page_cost(host, loaded)) for _round in range(setting.repeats)]
    share = median(hooks / page for hooks, page in results) * 100
    hooks, page = (median(row[number] for row in results) * 1_000 for number in (0, 1))
    return Figure(6, what, loaded.kind, share, limit, unit="%", detail=f"{hooks:.3f} of {page:.2f} ms")
