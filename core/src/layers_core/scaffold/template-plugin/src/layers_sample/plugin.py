"""Sample's wiring: which hook is answered by what."""

from __future__ import annotations

from collections.abc import Iterable

from flask import url_for
from sqlalchemy.orm import Session

from layers_core.artefacts.unit import Unit
from layers_core.contract import (
    Actor,
    ArtefactKind,
    Change,
    HomeCard,
    NavItem,
    Permission,
    PluginMeta,
    PluginRoutes,
    Thing,
    hookimpl,
)
from layers_core.i18n import lazy_gettext as _l
from layers_core.usage.events import UsageEvent
from layers_sample import reading, service, views
from layers_sample.events import EntryFiled
from layers_sample.kinds import ENTRY, KINDS, WRITE

ON_CARD = 3


class Plugin:
    """Sample: short entries under a topic."""

    meta = PluginMeta(
        slug="sample",
        name=_l("Sample"),
        version="0.1.0",
        requires_core=">=0.1,<1",
        summary=_l("Add short entries and find them again by topic"),
        stores=_l("What people write, and the topic that they file it under."),
        seen_by=_l("Everybody in the practice."),
    )

    @hookimpl
    def layers_blueprint(self) -> PluginRoutes:
        """The page."""
        return PluginRoutes(staff=views.staff)

    @hookimpl
    def layers_artefact_kinds(self) -> Iterable[ArtefactKind]:
        """Entries."""
        return KINDS

    @hookimpl
    def layers_permissions(self) -> Iterable[Permission]:
        """Every member may write."""
        return [Permission(WRITE, _l("Write entries"))]

    @hookimpl
    def layers_event_types(self) -> Iterable[type[UsageEvent]]:
        """Filing an entry under a topic."""
        return [EntryFiled]

    @hookimpl
    def layers_nav(self, actor: Actor) -> Iterable[NavItem]:
        """The way to the page."""
        return [NavItem(_l("Sample"), url_for("sample.index"))] if actor.can(WRITE) else []

    @hookimpl
    def layers_home_cards(self, actor: Actor, session: Session) -> Iterable[HomeCard]:
        """The newest entries."""
        if not actor.can(WRITE):
            return []
        newest = reading.newest_titles(session, actor, ON_CARD)
        return [
            HomeCard(
                heading=_l("Sample"),
                why=_l("The newest entries in your practice") if newest else _l("Nobody has added an entry yet"),
                action=_l("Add an entry"),
                url=url_for("sample.index"),
                items=tuple((entry.title, url_for("thing.show", thing_id=entry.id)) for entry in newest),
            )
        ]

    @hookimpl
    def layers_artefact_changed(self, artefact: Thing, change: Change, unit: Unit) -> None:
        """A new entry is filed under its topic."""
        if artefact.kind == ENTRY and change.type == "created" and service.TOPIC in change.extras:
            service.file(artefact, change.extras[service.TOPIC], unit)
