"""Hooks asked once per process of every compatible installed plugin."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    import click
    from marshmallow import Schema

    from layers_core.contract import ArtefactKind, Permission, PluginRoutes, PublicForm
    from layers_core.usage.events import UsageEvent

hookspec = pluggy.HookspecMarker("layers")


class BuildHooks:
    """What a plugin brings. A fault here keeps the plugin out of this process and is shown to the operator."""

    @hookspec
    def layers_blueprint(self) -> PluginRoutes:
        """The plugin's pages: Flask blueprints for staff and for the public."""

    @hookspec
    def layers_artefact_kinds(self) -> Iterable[ArtefactKind]:
        """The kinds of thing that it keeps; names are unique in the whole installation."""

    @hookspec
    def layers_permissions(self) -> Iterable[Permission]:
        """What people may do with it, and which roles may by default."""

    @hookspec
    def layers_event_types(self) -> Iterable[type[UsageEvent]]:
        """The usage events that it records."""

    @hookspec
    def layers_settings_schema(self) -> type[Schema]:
        """The marshmallow schema of its settings, from which the mix page makes a form."""

    @hookspec
    def layers_public_forms(self) -> Iterable[PublicForm]:
        """Forms for people without an account, reached by a token."""

    @hookspec
    def layers_commands(self) -> Iterable[click.Command]:
        """Commands that it adds to `layers`."""
