"""Loading plugins: one at a time, so that a broken one is kept out and shown, and the rest goes on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

import pluggy

import layers_core
from layers_core.artefacts.attachments.store import FileStore
from layers_core.contract import PluginChoice, PluginMeta
from layers_core.db.base import Base
from layers_core.db.rooms import FOUNDATION, MigrationRoom, in_order
from layers_core.host import package
from layers_core.host.builtin import CorePlugin
from layers_core.host.checks import check_hooks, check_meta, gather, overlapping
from layers_core.host.doors import CORE, Doors
from layers_core.host.faults import DoorFault, PluginRejected, StartRefused, trace_without_values, type_name
from layers_core.host.levels import SPECS
from layers_core.host.registry import Registry, clash
from layers_core.settings import Settings

__all__ = ["Host", "LoadedPlugin", "Quarantined", "StartRefused", "load_host", "migration_rooms"]

logger = logging.getLogger("layers.host")

PLUGINS = "layers.plugins"
FILES = "files"
"""The folder in the data folder where the contents of attached files lie."""
MIGRATIONS = "layers.migrations"
"""Entry-point group of the distributions that keep tables and are no plugins: name = slug, value = a MigrationRoom, or
a callable that gives one."""
IN_FORCE = ("trial", "on")


@dataclass(frozen=True)
class LoadedPlugin:
    """A healthy plugin: its introduction, the object with its hooks, and the package that its files are in."""

    slug: str
    meta: PluginMeta
    plugin: object
    package: str


@dataclass(frozen=True)
class Quarantined:
    """An installed plugin that is kept out of this process, why, and where in its code (without any values)."""

    slug: str
    name: str
    reason: str
    trace: str


class Host:
    """The plugins of a process, what they bring, and the doors to their hooks."""

    def __init__(
        self,
        registry: Registry,
        doors: Doors,
        plugins: Mapping[str, LoadedPlugin],
        quarantined: Sequence[Quarantined],
        disabled: Sequence[str],
        files: FileStore,
    ) -> None:
        self.registry = registry
        self.doors = doors
        self.plugins = plugins
        """The healthy plugins by slug; the core itself is not among them."""
        self.quarantined = tuple(quarantined)
        self.disabled = tuple(disabled)
        """Installed plugins that the operator left out (LAYERS_DISABLE)."""
        self.files = files
        """Where the contents of attached files lie."""

    def suspended(self) -> tuple[str, ...]:
        """The plugins whose page hooks this process no longer calls, sorted."""
        return tuple(sorted(self.doors.faults.suspended))

    def enabled(self, choices: Mapping[str, PluginChoice]) -> frozenset[str]:
        """The slugs that choices put in force and that are installed and healthy here."""
        return frozenset(slug for slug, choice in choices.items() if choice.state in IN_FORCE and slug in self.plugins)


@dataclass(frozen=True)
class _Candidate:
    """A plugin that might be loaded: what it was installed as, by whom, and how to get it."""

    name: str
    installed_by: str
    package: str
    load: Callable[[], object]


def load_host(settings: Settings, *, plugins: Sequence[object] | None = None, discover: bool = True) -> Host:
    """Load `plugins`, then, with `discover`, every installed one, except those that the settings leave out.

    A plugin with a fault is quarantined, or its fault raised where `settings.raise_faults` says so. Raises StartRefused
    where two plugins claim one name.
    """
    found = [_given(plugin) for plugin in plugins or ()]
    entries = entry_points()
    found += [_installed(entry) for entry in _by_name(entries.select(group=PLUGINS))] if discover else []
    loading = _Loading(settings)
    loading.accept(_Candidate(CORE, "layers-core", CorePlugin.__module__, CorePlugin))
    candidates = [candidate for candidate in found if candidate.name not in settings.disabled_plugins]
    _refuse_twins(candidates)
    loading.load_all(candidates, {*FOUNDATION, *entries.select(group=MIGRATIONS).names})
    disabled = sorted({candidate.name for candidate in found} & settings.disabled_plugins)
    return loading.host(disabled)


class _Loading:
    """One run of the loader."""

    def __init__(self, settings: Settings) -> None:
        self._raise_faults = settings.raise_faults
        self._files = FileStore(settings.data_dir / FILES)
        self._manager = pluggy.PluginManager("layers")
        for specs in SPECS:
            self._manager.add_hookspecs(specs)
        self._metas: dict[str, PluginMeta] = {}
        self._plugins: dict[str, LoadedPlugin] = {}
        self._quarantined: list[Quarantined] = []
        self._registry = Registry()
        self._doors = Doors(self._manager, self._metas, raise_faults=settings.raise_faults)

    def load_all(self, candidates: Sequence[_Candidate], foundation: set[str]) -> None:
        """Load each candidate, or quarantine it. `foundation` are the slugs that what is no plugin has."""
        slugs = {candidate.name for candidate in candidates}
        overlaps = overlapping(slugs | foundation)
        for candidate in candidates:
            try:
                _check_room(candidate, slugs, foundation, overlaps)
                self.accept(candidate)
            except StartRefused:
                raise
            except (Exception, SystemExit) as error:
                self._quarantine(candidate, error)

    def accept(self, candidate: _Candidate) -> None:
        """Load one plugin: import, checks, registration, contributions. Raises whatever is wrong with it."""
        plugin = candidate.load()
        if isinstance(plugin, type):
            plugin = plugin()
        meta = check_meta(plugin, candidate.name)
        check_hooks(self._manager, plugin)
        self._manager.register(plugin, name=meta.slug)
        self._metas[meta.slug] = meta
        self._doors.forget()
        bring = gather(self._doors, meta)
        if meta.slug != CORE:
            _check_tables(candidate)
        Base.registry.configure()
        self._registry.add(bring)
        if meta.slug != CORE:
            self._plugins[meta.slug] = LoadedPlugin(meta.slug, meta, plugin, candidate.package)

    def host(self, disabled: Sequence[str]) -> Host:
        """The result."""
        self._doors.forget()
        self._doors.missing = dict.fromkeys(disabled, "left out by LAYERS_DISABLE")
        self._doors.missing |= {item.slug: item.reason for item in self._quarantined}
        plugins = dict(sorted(self._plugins.items(), key=lambda item: (item[1].meta.weight, item[0])))
        return Host(self._registry, self._doors, plugins, self._quarantined, disabled, self._files)

    def _quarantine(self, candidate: _Candidate, error: BaseException) -> None:
        if self._manager.has_plugin(candidate.name):
            self._manager.unregister(name=candidate.name)
        self._metas.pop(candidate.name, None)
        self._doors.forget()
        package.heal_mappers(candidate.package)
        if self._raise_faults:
            raise error
        cause = error.__cause__ if isinstance(error, DoorFault) and error.__cause__ else error
        where = f" in {error.hook}" if isinstance(error, DoorFault) else ""
        reason = str(cause) if isinstance(cause, PluginRejected) else f"{type_name(cause)}{where}: {cause}"
        found = Quarantined(candidate.name, candidate.installed_by, reason, trace_without_values(cause))
        self._quarantined.append(found)
        logger.error("Plugin %s is quarantined: %s", found.slug, found.reason)


def migration_rooms(host: Host | None = None) -> list[MigrationRoom]:
    """Where the installed distributions keep their migrations: the core, then the web shell, then plugins by slug.

    With `host`, only those of its healthy plugins; without, those of every installed plugin, none of which is imported.
    Raises whatever an entry of the group `layers.migrations` raises.
    """
    if host is None:
        packages = {entry.name: package.package_of(entry.module) for entry in _by_name(entry_points(group=PLUGINS))}
    else:
        packages = {slug: loaded.package for slug, loaded in host.plugins.items()}
    rooms = [MigrationRoom(CORE, Path(layers_core.__path__[0]) / "migrations" / "versions")]
    rooms += [_room(entry.load()) for entry in _by_name(entry_points(group=MIGRATIONS))]
    folders = ((slug, package.migrations_of(name)) for slug, name in packages.items())
    rooms += [MigrationRoom(slug, folder) for slug, folder in folders if folder is not None]
    return in_order(rooms)


def _room(value: Any) -> MigrationRoom:
    room = value() if callable(value) else value
    if not isinstance(room, MigrationRoom):
        raise TypeError(f"An entry of {MIGRATIONS} gives {type(room).__name__} instead of a MigrationRoom")
    return room


def _by_name(entries: Iterable[EntryPoint]) -> list[EntryPoint]:
    return sorted(entries, key=lambda entry: entry.name)


def _given(plugin: object) -> _Candidate:
    kind = plugin if isinstance(plugin, type) else type(plugin)
    slug = getattr(getattr(plugin, "meta", None), "slug", kind.__qualname__)
    return _Candidate(str(slug), kind.__qualname__, package.package_of(kind.__module__), lambda: plugin)


def _installed(entry: EntryPoint) -> _Candidate:
    by = entry.dist.name if entry.dist else entry.value
    return _Candidate(entry.name, by, package.package_of(entry.module), entry.load)


def _refuse_twins(candidates: Iterable[_Candidate]) -> None:
    """Raise StartRefused where two distributions bring a plugin of one name: nothing can tell them apart."""
    by_name: dict[str, str] = {}
    for candidate in candidates:
        if candidate.name in by_name:
            raise StartRefused(
                f"{by_name[candidate.name]} and {candidate.installed_by} both bring a plugin named {candidate.name}. "
                f"Uninstall one, or set LAYERS_DISABLE={candidate.name} to start without both."
            )
        by_name[candidate.name] = candidate.installed_by


def _check_room(candidate: _Candidate, slugs: set[str], foundation: set[str], overlaps: Mapping[str, str]) -> None:
    """Raise PluginRejected for a plugin outside its room, StartRefused for one in another plugin's."""
    name = candidate.name
    if name in overlaps:
        raise PluginRejected(f"Its slug {name} starts the tables of another one: {overlaps[name]}.")
    reserved = [slug for slug in sorted(foundation) if name == slug or name.startswith(f"{slug}_")]
    if reserved:
        raise PluginRejected(f"The slug {name} belongs to {reserved[0]}, which is no plugin.")
    for folder in package.template_folders(candidate.package):
        if folder != name and folder in slugs:
            raise StartRefused(clash("template folder", folder, folder, name))
        if folder != name:
            raise PluginRejected(f"It has templates under {folder}/; its own place is {name}/.")


def _check_tables(candidate: _Candidate) -> None:
    outside = sorted(
        table for table in package.tables_of(candidate.package) if not table.startswith(f"{candidate.name}_")
    )
    if outside:
        raise PluginRejected(f"Its tables do not start with {candidate.name}_: {', '.join(outside)}.")
