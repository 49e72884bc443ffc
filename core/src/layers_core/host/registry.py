"""What the healthy plugins bring, by name. Filled once by the loader, read by everybody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from marshmallow import Schema

from layers_core.contract import ArtefactKind, AudienceType, Permission, PluginMeta, PluginRoutes, PublicForm
from layers_core.host.doors import CORE
from layers_core.host.faults import StartRefused
from layers_core.usage.events import UsageEvent

if TYPE_CHECKING:
    import click


@dataclass(frozen=True)
class Contribution:
    """What one plugin brings."""

    meta: PluginMeta
    kinds: tuple[ArtefactKind, ...] = ()
    permissions: tuple[Permission, ...] = ()
    event_types: tuple[type[UsageEvent], ...] = ()
    settings_schema: Schema | None = None
    public_forms: tuple[PublicForm, ...] = ()
    routes: PluginRoutes | None = None
    commands: tuple[click.Command, ...] = ()

    def names(self) -> Iterator[tuple[str, str]]:
        """Every name that this plugin claims for itself in the whole installation, as (what it is, name)."""
        yield from (("kind", kind.name) for kind in self.kinds)
        yield from (("permission", permission.name) for permission in self.permissions)
        yield from (("usage event", event.name) for event in self.event_types)
        yield from (("public form", f"{self.meta.slug}.{form.name}") for form in self.public_forms)
        yield from (("blueprint", blueprint.name) for blueprint in self.blueprints())
        yield from (("command", str(command.name)) for command in self.commands)

    def blueprints(self) -> Iterator[Any]:
        """Its Flask blueprints."""
        if self.routes is not None:
            yield from (blueprint for blueprint in (self.routes.staff, self.routes.public) if blueprint is not None)


@dataclass
class Registry:
    """Everything by name. What belongs to one plugin alone is kept by its slug."""

    kinds: dict[str, ArtefactKind] = field(default_factory=dict)
    permissions: dict[str, Permission] = field(default_factory=dict)
    event_types: dict[str, type[UsageEvent]] = field(default_factory=dict)
    settings_schemas: dict[str, Schema] = field(default_factory=dict)
    public_forms: dict[tuple[str, str], PublicForm] = field(default_factory=dict)
    """By (slug, name of the form)."""
    routes: dict[str, PluginRoutes] = field(default_factory=dict)
    commands: dict[str, click.Command] = field(default_factory=dict)
    opens_audiences: dict[str, frozenset[AudienceType]] = field(default_factory=dict)
    _owners: dict[tuple[str, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._granted = lru_cache(maxsize=4096)(self._grant)

    def add(self, bring: Contribution) -> None:
        """Take in what a plugin brings. Raises StartRefused where a name is taken, and then takes nothing."""
        slug = bring.meta.slug
        claims: dict[tuple[str, str], str] = {}
        for claim in bring.names():
            owner = claims.get(claim) or self._owners.get(claim)
            if owner is not None:
                raise StartRefused(clash(*claim, owner, slug))
            claims[claim] = slug
        self._owners |= claims
        self.kinds |= {kind.name: kind for kind in bring.kinds}
        self.permissions |= {permission.name: permission for permission in bring.permissions}
        self.event_types |= {event.name: event for event in bring.event_types}
        if bring.settings_schema is not None:
            self.settings_schemas[slug] = bring.settings_schema
        self.public_forms |= {(slug, form.name): form for form in bring.public_forms}
        if bring.routes is not None:
            self.routes[slug] = bring.routes
        self.commands |= {str(command.name): command for command in bring.commands}
        if bring.meta.opens_audiences:
            self.opens_audiences[slug] = bring.meta.opens_audiences
        self._granted.cache_clear()

    def owner(self, what: str, name: str) -> str:
        """The slug of the plugin that brought a "kind", "permission", "usage event", "blueprint" or "command".

        Raises LookupError where nobody did.
        """
        return self._owners[what, name]

    def permissions_for(self, roles: Iterable[str], enabled: frozenset[str]) -> frozenset[str]:
        """The permissions that roles give in a mix; the core's own always count."""
        return self._granted(frozenset(roles), enabled)

    def _grant(self, roles: frozenset[str], enabled: frozenset[str]) -> frozenset[str]:
        return frozenset(
            name
            for name, permission in self.permissions.items()
            if permission.default_roles & roles and self._owners["permission", name] in enabled | {CORE}
        )


def clash(what: str, name: str, first: str, second: str) -> str:
    """Says that two plugins claim one name, and what an operator can do about it."""
    if first == second:
        return f"The plugin {first} declares the {what} {name} twice. Set LAYERS_DISABLE={first} to start without it."
    return (
        f"The plugins {first} and {second} both claim the {what} {name}. "
        f"Set LAYERS_DISABLE={first} or LAYERS_DISABLE={second} to start without one of them."
    )
