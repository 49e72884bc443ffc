"""The doors: the one way to call hooks. Each level has its own, and a hook goes through its own door only.

pluggy keeps the implementations and checks their arguments; the calls are made here, one plugin at a time, because one
failing implementation would lose the whole of pluggy's own call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any

import pluggy
from sqlalchemy.orm import Session

from layers_core.contract import MixView, PluginMeta
from layers_core.host.faults import DoorFault, FaultLog, WrongDoor, type_name
from layers_core.host.levels import HOOKS, Hook, Level
from layers_core.host.sessions import check_untouched, reading

__all__ = ["Answers", "DoorFault", "Doors", "Timing", "WrongDoor"]

CORE = "core"
CHAINS_KEPT = 4096


class Answers(list[tuple[str, Any]]):
    """What plugins answered: (slug, item) by the plugin's weight and slug. `unavailable` names those that could not."""

    unavailable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Timing:
    """How often a plugin's hook was called in this process and how many seconds it took in all.

    Counted without a lock: two threads that finish at the same moment may count as one.
    """

    hook: str
    slug: str
    calls: int
    seconds: float


class _Link:
    """One implementation in a chain, ready to be called."""

    __slots__ = ("argnames", "calls", "function", "seconds", "slug")

    def __init__(self, slug: str, function: Callable[..., object], argnames: tuple[str, ...]) -> None:
        self.slug = slug
        self.function = function
        self.argnames = argnames
        self.calls = 0
        self.seconds = 0.0

    def __call__(self, hook: Hook, arguments: Mapping[str, Any]) -> list[Any]:
        """Everything that the implementation answers, consumed; raises whatever it raises."""
        return hook.take(self.function(*[arguments[name] for name in self.argnames]))


_Chain = tuple[Hook, tuple[_Link, ...]]


class Doors:
    """Calls hooks. `metas` is the host's own mapping of healthy plugins, the core among them."""

    def __init__(
        self, manager: pluggy.PluginManager, metas: Mapping[str, PluginMeta], *, raise_faults: bool = False
    ) -> None:
        self.faults = FaultLog()
        self.missing: Mapping[str, str] = {}
        """Installed plugins that custody hooks cannot reach, and why."""
        self._manager = manager
        self._metas = metas
        self._raise_faults = raise_faults
        self._links: dict[str, tuple[_Link, ...]] = {}
        self._chains: dict[tuple[str, frozenset[str]], _Chain] = {}

    def forget(self) -> None:
        """Forget every chain, because a plugin came or went."""
        self._links.clear()
        self._chains.clear()

    def build(self, name: str, *, only: str | None = None, **arguments: Any) -> Answers:
        """Ask every healthy plugin (or `only` one) what it brings. Raises DoorFault, WrongDoor."""
        hook = self._hook(name, "build")
        links = (link for link in self._all(hook) if only in (None, link.slug))
        return self._insist(hook, links, arguments)

    def page(self, name: str, mix: MixView, *, session: Session | None = None, **arguments: Any) -> Answers:
        """Ask the mix's plugins for a part of a page; those that fail are left out and named in `unavailable`.

        A plugin that failed three times in a row is no longer asked. The session stays usable. Raises WrongDoor, and
        TypeError for arguments that the hook does not have.
        """
        chain = self._chains.get((name, mix.enabled))
        hook, links = chain if chain is not None and chain[0].level == "page" else self._chain(name, "page", mix)
        if hook.takes_session:
            arguments["session"] = session
        _check(hook, arguments)
        answers = Answers()
        faults = self.faults
        for link in links:
            slug = link.slug
            if slug in faults.suspended:
                answers.unavailable += (slug,)
                continue
            started = perf_counter()
            try:
                if session is None:
                    items = hook.take(link.function(*[arguments[argument] for argument in link.argnames]))
                else:
                    items = reading(session, partial(link, hook, arguments))
            except (Exception, SystemExit) as error:
                if self._raise_faults:
                    raise
                faults.record(slug, name, error, page=True)
                answers.unavailable += (slug,)
            else:
                if faults.streaks:
                    faults.succeeded(slug, name)
                for item in items:
                    answers.append((slug, item))
            link.calls += 1
            link.seconds += perf_counter() - started
        return answers

    def strict(self, name: str, mix: MixView, *, only: str | None = None, **arguments: Any) -> Answers:
        """Ask the mix's plugins (or `only` one of them) what must not be skipped.

        Raises DoorFault at the first fault, so that the caller refuses or rolls back; WrongDoor.
        """
        chain = self._chains.get((name, mix.enabled))
        hook, links = chain if chain is not None and chain[0].level == "strict" else self._chain(name, "strict", mix)
        return self._insist(hook, (link for link in links if only in (None, link.slug)), arguments)

    def custody(self, name: str, **arguments: Any) -> Answers:
        """Ask every installed plugin, switched on or off, about a person's data.

        Raises DoorFault at the first fault, and for an installed plugin that is quarantined or left out: what it keeps
        about the person cannot be reached. Raises WrongDoor.
        """
        hook = self._hook(name, "custody")
        for slug, reason in self.missing.items():
            raise DoorFault(slug, name, f"not asked, because it is not running here: {reason}")
        return self._insist(hook, iter(self._all(hook)), arguments)

    def timings(self) -> list[Timing]:
        """The time that each plugin's hooks took in this process since the registry last changed, dearest first."""
        links = [(name, link) for name, links in list(self._links.items()) for link in links if link.calls]
        timings = [Timing(name, link.slug, link.calls, link.seconds) for name, link in links]
        return sorted(timings, key=lambda timing: -timing.seconds)

    def _insist(self, hook: Hook, links: Iterator[_Link], arguments: Mapping[str, Any]) -> Answers:
        _check(hook, arguments)
        answers = Answers()
        session = arguments.get("session")
        for link in links:
            started = perf_counter()
            try:
                call = partial(link, hook, arguments)
                items = call() if session is None else check_untouched(session, call)
            except (Exception, SystemExit) as error:
                self.faults.record(link.slug, hook.name, error)
                raise DoorFault(link.slug, hook.name, type_name(error)) from error
            finally:
                link.calls += 1
                link.seconds += perf_counter() - started
            answers += [(link.slug, item) for item in items]
        return answers

    def _hook(self, name: str, level: Level) -> Hook:
        hook = HOOKS.get(name)
        if hook is None:
            raise WrongDoor(f"There is no hook {name}")
        if hook.level != level:
            raise WrongDoor(f"{name} is a {hook.level} hook and was called through the {level} door")
        return hook

    def _all(self, hook: Hook) -> tuple[_Link, ...]:
        """Every healthy plugin's implementations of a hook, by weight and slug."""
        links = self._links.get(hook.name)
        if links is None:
            found = getattr(self._manager.hook, hook.name).get_hookimpls()
            found.sort(key=lambda impl: (self._metas[impl.plugin_name].weight, impl.plugin_name))
            links = tuple(_Link(impl.plugin_name, impl.function, tuple(impl.argnames)) for impl in found)
            self._links[hook.name] = links
        return links

    def _chain(self, name: str, level: Level, mix: MixView) -> _Chain:
        hook = self._hook(name, level)
        enabled = mix.enabled
        chain = (hook, tuple(link for link in self._all(hook) if link.slug in enabled or link.slug == CORE))
        if len(self._chains) >= CHAINS_KEPT:
            self._chains.clear()
        self._chains[name, enabled] = chain
        return chain


def _check(hook: Hook, arguments: Mapping[str, Any]) -> None:
    if arguments.keys() != hook.arguments:
        wrong = ", ".join(sorted(arguments.keys() ^ hook.arguments))
        raise TypeError(f"{hook.name} was called with the wrong arguments: {wrong}")
