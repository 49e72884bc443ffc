"""Whether a plugin keeps the contract: its introduction, its hooks, what it brings and the rooms it keeps to."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import version as installed_version
from typing import Any

import pluggy
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from layers_core.contract import ArtefactKind, PluginMeta
from layers_core.db.rooms import FOUNDATION
from layers_core.host.doors import CORE, Doors
from layers_core.host.faults import PluginRejected
from layers_core.host.levels import HOOKS, PREFIX
from layers_core.host.registry import Contribution
from layers_core.usage.events import TIERS, UsageEvent, content_free
from layers_core.vocabulary import vocabulary

SLUG = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
SLUG_LIMIT = 40
WRAPPERS = ("wrapper", "hookwrapper")


def check_meta(plugin: object, name: str) -> PluginMeta:
    """The plugin's introduction. `name` is what it was installed as. Raises PluginRejected."""
    meta = getattr(plugin, "meta", None)
    if not isinstance(meta, PluginMeta):
        raise PluginRejected("It has no `meta` of type PluginMeta.")
    if len(meta.slug) > SLUG_LIMIT or not SLUG.fullmatch(meta.slug):
        raise PluginRejected(
            f"Its slug {meta.slug!r} is not made of lower case letters, digits and single underscores "
            f"({SLUG_LIMIT} characters at most)."
        )
    if meta.slug in vocabulary("reserved_plugin_names") and meta.slug not in FOUNDATION:
        raise PluginRejected(f"The slug {meta.slug} is reserved: it is another part's, or a page of every practice.")
    if meta.slug != name:
        raise PluginRejected(f"Its slug {meta.slug} differs from the name of its entry point, {name}.")
    try:
        needs = SpecifierSet(meta.requires_core)
    except InvalidSpecifier as fault:
        raise PluginRejected(f"Its requires_core {meta.requires_core!r} is no version specifier.") from fault
    core = installed_version("layers-core")
    if not needs.contains(core, prereleases=True):
        raise PluginRejected(f"It needs layers-core {meta.requires_core}; here is {core}.")
    return meta


def overlapping(slugs: Iterable[str]) -> dict[str, str]:
    """Slugs that start another one's tables (`peer` and `peer_share`), each with the slug that it would reach into."""
    known = sorted(set(slugs))
    return {short: long for short in known for long in known if long.startswith(f"{short}_")}


def check_hooks(manager: pluggy.PluginManager, plugin: object) -> None:
    """Look at every method that is, or looks like, a hook. Raises PluginRejected.

    pluggy itself checks the names of arguments when the plugin is registered.
    """
    for attribute in dir(plugin):
        options = manager.parse_hookimpl_opts(plugin, attribute)
        if options is None:
            if attribute.startswith(PREFIX):
                raise PluginRejected(f"{attribute} is not marked with @hookimpl.")
            continue
        if any(options.get(wrapper) for wrapper in WRAPPERS):
            raise PluginRejected(f"{attribute} wraps other plugins' hooks; a plugin may not.")
        name = options.get("specname") or attribute
        if name not in HOOKS:
            raise PluginRejected(f"There is no hook {name}.")
        _check_parameters(attribute, getattr(plugin, attribute), HOOKS[name].arguments)


def _check_parameters(name: str, function: Callable[..., object], arguments: frozenset[str]) -> None:
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is not parameter.POSITIONAL_OR_KEYWORD:
            raise PluginRejected(f"{name} takes {parameter}; a hook's arguments are plain, by their names.")
        if parameter.name in arguments and parameter.default is not parameter.empty:
            # pluggy would leave such an argument at its default without a word.
            raise PluginRejected(f"{name} gives {parameter.name} a default, so it would never receive it.")


def gather(doors: Doors, meta: PluginMeta) -> Contribution:
    """Ask a plugin what it brings, and check it. Raises PluginRejected, and DoorFault where a hook fails."""

    def all_of(hook: str) -> tuple[Any, ...]:
        return tuple(item for _slug, item in doors.build(hook, only=meta.slug))

    def one_of(hook: str) -> Any:
        found = all_of(hook)
        if len(found) > 1:
            raise PluginRejected(f"It answers {hook} more than once.")
        return found[0] if found else None

    schema = one_of("layers_settings_schema")
    bring = Contribution(
        meta=meta,
        kinds=all_of("layers_artefact_kinds"),
        permissions=all_of("layers_permissions"),
        event_types=all_of("layers_event_types"),
        settings_schema=schema() if schema else None,
        public_forms=all_of("layers_public_forms"),
        routes=one_of("layers_blueprint"),
        commands=all_of("layers_commands"),
    )
    problem = next(_problems(bring), None)
    if problem:
        raise PluginRejected(problem)
    return bring


def _problems(bring: Contribution) -> Iterator[str]:
    slug = bring.meta.slug
    named = [kind.name for kind in bring.kinds] + [permission.name for permission in bring.permissions]
    for name in named + [event.name for event in bring.event_types if hasattr(event, "name")]:
        if not re.fullmatch(rf"{slug}\.[a-z][a-z0-9_]*", name):
            yield f"The name {name} does not start with its slug: {slug}.…"
    for kind in bring.kinds:
        yield from _kind_problems(kind, slug, {permission.name for permission in bring.permissions})
    for permission in bring.permissions:
        unknown = permission.default_roles - vocabulary("roles").keys()
        if unknown:
            yield f"The permission {permission.name} is given to unknown roles: {', '.join(sorted(unknown))}."
    for event in bring.event_types:
        yield from _event_problems(event)


def _kind_problems(kind: ArtefactKind, slug: str, own: set[str]) -> Iterator[str]:
    if kind.version < 1:
        yield f"The kind {kind.name} has version {kind.version}; the first is 1."
    if not kind.page_template.startswith(f"{slug}/"):
        yield f"The template {kind.page_template} of {kind.name} is not under {slug}/."
    if kind.permission not in own and not kind.permission.startswith(f"{CORE}."):
        yield f"The permission {kind.permission} of {kind.name} is not declared."
    kind.schema()


def _event_problems(event: type[UsageEvent]) -> Iterator[str]:
    parameters = event.__dict__.get("__dataclass_params__")
    if not dataclasses.is_dataclass(event) or parameters is None or not parameters.frozen:
        yield f"The usage event {event.__qualname__} is not a frozen dataclass."
    elif not hasattr(event, "name") or getattr(event, "tier", None) not in TIERS:
        yield f"The usage event {event.__qualname__} has no name, or a tier other than {', '.join(TIERS)}."
    elif wordy := content_free(event):
        yield f"The usage event {event.name} could hold free text in: {', '.join(wordy)}."
