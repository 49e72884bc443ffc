"""Guidelines' wiring: which hook is answered by what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import click
from flask import url_for
from marshmallow import Schema
from sqlalchemy.orm import Session

from layers_core.artefacts.unit import Unit
from layers_core.contract import (
    Actor,
    ArtefactKind,
    Change,
    Draft,
    HomeCard,
    NavItem,
    Panel,
    Permission,
    PluginMeta,
    PluginRoutes,
    PracticeView,
    Problem,
    Thing,
    hookimpl,
)
from layers_core.i18n import lazy_gettext as _l
from layers_core.usage.events import UsageEvent
from layers_guidelines import commands, keeping, panels, views
from layers_guidelines.events import Decided
from layers_guidelines.kinds import DECIDE, IMPORT, KINDS
from layers_guidelines.schemas import SettingsSchema


class Plugin:
    """Guidelines: recommendations, and what the practice decided about each."""

    meta = PluginMeta(
        slug="guidelines",
        name=_l("Guidelines"),
        version="0.1.0",
        requires_core=">=0.1,<1",
        summary=_l("Keep recommendations from guidelines, and decide what your practice does about each."),
        stores=_l("Recommendations with their source, licence and date, and what the practice decided and why."),
        seen_by=_l("Everybody in the practice. Leads and managers bring recommendations in."),
        weight=30,
    )

    @hookimpl
    def layers_blueprint(self) -> PluginRoutes:
        """The pages."""
        return PluginRoutes(staff=views.staff)

    @hookimpl
    def layers_artefact_kinds(self) -> Iterable[ArtefactKind]:
        """Recommendations and decisions."""
        return KINDS

    @hookimpl
    def layers_permissions(self) -> Iterable[Permission]:
        """Leads and managers bring recommendations in; everybody may decide."""
        return [
            Permission(IMPORT, _l("Bring in recommendations from guidelines"), frozenset({"lead", "manager"})),
            Permission(DECIDE, _l("Decide on recommendations"), frozenset({"member", "lead", "manager"})),
        ]

    @hookimpl
    def layers_event_types(self) -> Iterable[type[UsageEvent]]:
        """Deciding."""
        return [Decided]

    @hookimpl
    def layers_settings_schema(self) -> type[Schema]:
        """When decisions are looked at again, and whether the home page reminds."""
        return SettingsSchema

    @hookimpl
    def layers_commands(self) -> Iterable[click.Command]:
        """Importing files."""
        return [commands.guidelines]

    @hookimpl
    def layers_nav(self, actor: Actor) -> Iterable[NavItem]:
        """The way to the list."""
        return [NavItem(_l("Guidelines"), url_for("guidelines.index"))]

    @hookimpl
    def layers_home_cards(self, practice: PracticeView, actor: Actor, session: Session) -> Iterable[HomeCard]:
        """What waits for a decision."""
        return panels.home_cards(practice, actor, session)

    @hookimpl
    def layers_artefact_panels(self, actor: Actor, session: Session, artefacts: Sequence[Thing]) -> Iterable[Panel]:
        """Decisions and other editions under a recommendation; a newer decision under an older one."""
        return panels.panels(session, actor, artefacts)

    @hookimpl
    def layers_check_draft(self, actor: Actor, session: Session, draft: Draft) -> Iterable[Problem]:
        """Recommendations and decisions are the practice's; a decision is about something that is there."""
        return keeping.problems_with(session, actor, draft)

    @hookimpl
    def layers_artefact_changed(self, artefact: Thing, change: Change, unit: Unit) -> None:
        """Editions, places and decisions in tables of their own."""
        keeping.changed(artefact, change, unit)

    @hookimpl
    def layers_personal_data(self, person_id: UUID, session: Session) -> Iterable[tuple[str, Mapping[str, Any]]]:
        """What somebody brought in, and files that wait for them."""
        return keeping.personal_data(person_id, session)

    @hookimpl
    def layers_erase_person(self, person_id: UUID, unit: Unit) -> None:
        """Forget who brought what in."""
        keeping.erase_person(person_id, unit)
