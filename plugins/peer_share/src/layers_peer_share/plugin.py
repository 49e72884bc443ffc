"""Peer share's wiring: which hook is answered by what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import url_for
from sqlalchemy.orm import Session

from layers_core.artefacts.unit import Unit
from layers_core.contract import (
    Actor,
    ArtefactKind,
    CaptureForm,
    Change,
    HomeCard,
    NavItem,
    Panel,
    Permission,
    PluginMeta,
    PluginRoutes,
    Thing,
    hookimpl,
)
from layers_core.i18n import lazy_gettext as _l
from layers_core.usage.events import UsageEvent
from layers_peer_share import events, panels, reading, service, views
from layers_peer_share.kinds import ASK, KINDS, QUESTION, RESPOND, read_question


class Plugin:
    """Peer share: pass on what worked, ask, and hear that it was used."""

    meta = PluginMeta(
        slug="peer_share",
        name=_l("Peer share"),
        version="0.1.0",
        requires_core=">=0.1,<1",
        summary=_l("Share what worked with other practices, ask colleagues, and hear when something was used."),
        stores=_l("Questions, who found something useful or used it, and the line that they may add."),
        seen_by=_l("Whoever the writer chooses. Who pressed a button is shown to nobody."),
        weight=30,
        opens_audiences=frozenset({"cluster", "network"}),
    )

    @hookimpl
    def layers_blueprint(self) -> PluginRoutes:
        """The pages."""
        return PluginRoutes(staff=views.staff)

    @hookimpl
    def layers_artefact_kinds(self) -> Iterable[ArtefactKind]:
        """Questions."""
        return KINDS

    @hookimpl
    def layers_permissions(self) -> Iterable[Permission]:
        """Everybody in a practice may ask and say that something was useful."""
        return [
            Permission(ASK, _l("Ask colleagues")),
            Permission(RESPOND, _l("Say that something was useful or used")),
        ]

    @hookimpl
    def layers_event_types(self) -> Iterable[type[UsageEvent]]:
        """Useful, used, and what came of a question."""
        return [events.FoundUseful, events.Used, events.QuestionClosed]

    @hookimpl
    def layers_nav(self, actor: Actor) -> Iterable[NavItem]:
        """The way to what is shared."""
        return [NavItem(_l("Shared"), url_for("peer_share.index"))] if actor.can(RESPOND) else []

    @hookimpl
    def layers_home_cards(self, actor: Actor, session: Session) -> Iterable[HomeCard]:
        """For authors: what was used."""
        return panels.home_cards(session, actor)

    @hookimpl
    def layers_artefact_panels(self, actor: Actor, session: Session, artefacts: Sequence[Thing]) -> Iterable[Panel]:
        """Buttons for readers, what came back for authors, the state of a question."""
        return panels.for_things(session, actor, artefacts)

    @hookimpl
    def layers_capture_forms(self, actor: Actor) -> Iterable[CaptureForm]:
        """Ask colleagues."""
        form = CaptureForm(
            QUESTION,
            _l("Ask colleagues"),
            "peer_share/capture.html",
            read_question,
            audience="practice",
            same_for_all=True,
        )
        return [form] if actor.can(ASK) else []

    @hookimpl
    def layers_artefact_changed(self, artefact: Thing, change: Change, unit: Unit) -> None:
        """A new question is open."""
        service.open_question(artefact, change, unit)

    @hookimpl
    def layers_personal_data(self, person_id: UUID, session: Session) -> Iterable[tuple[str, Mapping[str, Any]]]:
        """What a person pressed and wrote here."""
        return reading.personal_data(session, person_id)

    @hookimpl
    def layers_erase_person(self, person_id: UUID, unit: Unit) -> None:
        """Remove what a person pressed and wrote here."""
        service.erase_person(person_id, unit)
