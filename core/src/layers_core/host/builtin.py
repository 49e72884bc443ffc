"""What the core itself brings, in the shape of a plugin that is in every mix."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version

from layers_core.contract import PluginMeta, hookimpl
from layers_core.host.doors import CORE
from layers_core.i18n import lazy_gettext
from layers_core.usage.events import CORE_EVENTS, UsageEvent


class CorePlugin:
    """The core's own contributions. A fault here stops the start."""

    meta = PluginMeta(
        slug=CORE,
        name=lazy_gettext("Learning Layers"),
        version=version("layers-core"),
        requires_core="",
        summary=lazy_gettext("Things, promises and comments"),
        stores=lazy_gettext("What people record"),
        seen_by=lazy_gettext("Whoever the writer chose"),
        weight=0,
    )

    @hookimpl
    def layers_event_types(self) -> Iterable[type[UsageEvent]]:
        """The core's usage events."""
        return CORE_EVENTS
