"""The doors: the one way to call hooks. Each level has its own, and a hook goes through its own door only.

pluggy keeps the implementations and checks their arguments; the calls are made here, one plugin at a time, because one
failing implementation would lose the whole of pluggy's own call.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, replace
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


@dataclass(slots=True)
class _Clock:
    calls: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class _Link:
    """One implementation in a chain. `given` is the place of its arguments in the chain's `signatures`."""

    slug: str
    function: Callable[..., object]
    given: int
    clock: _Clock


@dataclass(frozen=True, slots=True)
class _Chain:
    """The implementations of a hook that a door calls, by weight and slug.

    `signatures` are the distinct tuples of arguments that they take, put together once a call, not once a plugin.
    """

    hook: Hook
    signatures: tuple[tuple[str, ...], ...]
    links: tuple[_Link, ...]

    def given(self, arguments: Mapping[str, Any]) -> list[list[Any]]:
        """The values for each signature. Raises TypeError where the caller's arguments are not the hook's."""
        if arguments.keys() != self.hook.arguments:
            wrong = ", ".join(sorted(arguments.keys() ^ self.hook.arguments))
            raise TypeError(f"{self.hook.name} was called with the wrong arguments: {wrong}")
        return [[arguments[name] for name in signature] for signature in self.signatures]

    def only(self, slugs: Container[str]) -> _Chain:
        """The same chain with some plugins only."""
        return replace(self, links=tuple(link for link in self.links if link.slug in slugs))


class Doors:
    """Calls hooks. `metas` is the host's own mapping of healthy plugins, the core among them."""

    def __init__(
        self, manager: pluggy.PluginManager, metas: Mapping[str, PluginMeta], *, raise_faults: bool = False
    ) -> None:
        self.faults = FaultLog()
        self.missing: dict[str, str] = {}
        """Installed plugins that custody hooks cannot reach, and why."""
        self._manager = manager
        self._metas = metas
        self._raise_faults = raise_faults
        self._whole: dict[str, _Chain] = {}
        self._in_mix: dict[tuple[str, frozenset[str]], _Chain] = {}

    def forget(self) -> None:
        """Forget every chain, because a plugin came or went."""
        self._whole.clear()
        self._in_mix.clear()

    def build(self, name: str, *, only: str | None = None, **arguments: Any) -> Answers:
        """Ask every healthy plugin (or `only` one) what it brings. Raises DoorFault, WrongDoor."""
        chain = self._all(name, "build")
        return self._insist(chain if only is None else chain.only({only}), arguments)

    def page(self, name: str, mix: MixView, *, session: Session | None = None, **arguments: Any) -> Answers:
        """Ask the mix's plugins for a part of a page; those that fail are left out and named in `unavailable`.

        A plugin that failed three times in a row is no longer asked. The session stays usable. Raises WrongDoor, and
        TypeError for arguments that the hook does not have.
        """
        chain = self._mixed(name, "page", mix)
        hook = chain.hook
        if hook.takes_session:
            arguments["session"] = session
        given = chain.given(arguments)
        answers = Answers()
        faults, suspended = self.faults, self.faults.suspended
        started = perf_counter()
        for link in chain.links:
            slug = link.slug
            if slug in suspended:
                answers.unavailable += (slug,)
                continue
            try:
                if session is None:
                    items = hook.take(link.function(*given[link.given]))
                else:
                    items = reading(session, partial(_call, hook, link, given))
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
            clock, ended = link.clock, perf_counter()
            clock.calls += 1
            clock.seconds += ended - started
            started = ended
        return answers

    def strict(self, name: str, mix: MixView, *, only: str | None = None, **arguments: Any) -> Answers:
        """Ask the mix's plugins (or `only` one of them) what must not be skipped.

        Raises DoorFault at the first fault, so that the caller refuses or rolls back; WrongDoor.
        """
        chain = self._mixed(name, "strict", mix)
        return self._insist(chain if only is None else chain.only({only}), arguments)

    def custody(self, name: str, **arguments: Any) -> Answers:
        """Ask every installed plugin, switched on or off, about a person's data.

        Raises DoorFault at the first fault, and for an installed plugin that is quarantined or left out: what it keeps
        about the person cannot be reached. Raises WrongDoor.
        """
        chain = self._all(name, "custody")
        for slug, reason in self.missing.items():
            raise DoorFault(slug, name, f"not asked, because it is not running here: {reason}")
        return self._insist(chain, arguments)

    def timings(self) -> list[Timing]:
        """The time that each plugin's hooks took in this process since the registry last changed, dearest first."""
        chains = list(self._whole.values())
        called = [(chain.hook.name, link) for chain in chains for link in chain.links if link.clock.calls]
        timings = [Timing(name, link.slug, link.clock.calls, link.clock.seconds) for name, link in called]
        return sorted(timings, key=lambda timing: -timing.seconds)

    def _insist(self, chain: _Chain, arguments: Mapping[str, Any]) -> Answers:
        """Call every implementation of a chain; raise DoorFault at the first fault."""
        given = chain.given(arguments)
        session = arguments.get("session")
        answers = Answers()
        for link in chain.links:
            started = perf_counter()
            call = partial(_call, chain.hook, link, given)
            try:
                items = call() if session is None else check_untouched(session, call)
            except (Exception, SystemExit) as error:
                self.faults.record(link.slug, chain.hook.name, error)
                raise DoorFault(link.slug, chain.hook.name, type_name(error)) from error
            finally:
                link.clock.calls += 1
                link.clock.seconds += perf_counter() - started
            answers += [(link.slug, item) for item in items]
        return answers

    def _all(self, name: str, level: Level) -> _Chain:
        """Every healthy plugin's implementations of a hook."""
        chain = self._whole.get(name)
        if chain is None:
            chain = self._whole[name] = self._build(name)
        if chain.hook.level != level:
            raise WrongDoor(f"{name} is a {chain.hook.level} hook and was called through the {level} door")
        return chain

    def _build(self, name: str) -> _Chain:
        if name not in HOOKS:
            raise WrongDoor(f"There is no hook {name}")
        found = getattr(self._manager.hook, name).get_hookimpls()
        found.sort(key=lambda impl: (self._metas[impl.plugin_name].weight, impl.plugin_name))
        signatures = list(dict.fromkeys(tuple(impl.argnames) for impl in found))
        links = (
            _Link(impl.plugin_name, impl.function, signatures.index(tuple(impl.argnames)), _Clock()) for impl in found
        )
        return _Chain(HOOKS[name], tuple(signatures), tuple(links))

    def _mixed(self, name: str, level: Level, mix: MixView) -> _Chain:
        """The implementations of a mix's plugins, and the core's."""
        chain = self._in_mix.get((name, mix.enabled))
        if chain is None or chain.hook.level != level:
            chain = self._all(name, level).only(mix.enabled | {CORE})
            if len(self._in_mix) >= CHAINS_KEPT:
                self._in_mix.clear()
            self._in_mix[name, mix.enabled] = chain
        return chain


def _call(hook: Hook, link: _Link, given: list[list[Any]]) -> list[Any]:
    """Everything that an implementation answers, consumed; raises whatever it raises."""
    return hook.take(link.function(*given[link.given]))
