"""Reflect's wiring: which hook is answered by what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
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
    CaptureForm,
    Change,
    Draft,
    NavItem,
    Panel,
    Permission,
    PluginMeta,
    PluginRoutes,
    PracticeView,
    Problem,
    Reminder,
    Thing,
    hookimpl,
)
from layers_core.i18n import lazy_gettext as _l
from layers_core.usage.events import UsageEvent
from layers_reflect import commands, indexing, panels, prompts, reading, service, views
from layers_reflect.episodes import events as episode_events
from layers_reflect.episodes import panels as episode_panels
from layers_reflect.episodes import service as episode_service
from layers_reflect.episodes import views as _episode_views  # noqa: F401 - adds its pages to the blueprint of `views`
from layers_reflect.episodes.kinds import EPISODE_KIND
from layers_reflect.events import AsideKept, TemplateMade
from layers_reflect.kinds import KINDS, NOTE, WRITE
from layers_reflect.mail import commands as mail_commands
from layers_reflect.mail import events as mail_events
from layers_reflect.mail import panels as mail_panels
from layers_reflect.mail import reading as mail_reading
from layers_reflect.mail import service as mail_service
from layers_reflect.mail import views as _mail_views  # noqa: F401 - adds its page to the blueprint of `views`
from layers_reflect.nmc import checklist_views as _checklist_views  # noqa: F401 - adds its page to the blueprint of `views`
from layers_reflect.nmc import events as nmc_events
from layers_reflect.nmc import reading as nmc_reading
from layers_reflect.nmc import service as nmc_service
from layers_reflect.nmc import telling as nmc_telling
from layers_reflect.nmc import views as _nmc_views  # noqa: F401 - adds its pages to the blueprint of `views`
from layers_reflect.nmc.kinds import CHECKLIST_KIND, DISCUSSED_ACCOUNT
from layers_reflect.own import views as _own_views  # noqa: F401 - adds its pages to the blueprint of `views`
from layers_reflect.own.reading import MAKE
from layers_reflect.portfolio import commands as portfolio_commands
from layers_reflect.portfolio import events as portfolio_events
from layers_reflect.portfolio import views as _portfolio_views  # noqa: F401 - adds its pages to the blueprint of `views`
from layers_reflect.portfolio.bringing import views as _bring_views  # noqa: F401 - adds its page to the blueprint of `views`
from layers_reflect.portfolio.preparing import reading as preparing_reading
from layers_reflect.portfolio.preparing import service as preparing_service
from layers_reflect.schemas import SettingsSchema
from layers_reflect.starting import views as _starting_views  # noqa: F401 - adds its page to the blueprint of `views`
from layers_reflect.timeline import views as _timeline_views  # noqa: F401 - adds its page to the blueprint of `views`
from layers_reflect.writing import capture


class Plugin:
    """Reflect: What? So what? Now what?"""

    meta = PluginMeta(
        slug="reflect",
        name=_l("Reflect"),
        version="0.1.0",
        requires_core=">=0.1,<1",
        summary=_l("Write down what you learnt at work: What? So what? Now what?"),
        stores=_l("What people write about what they learnt, and what they write for themselves alone."),
        seen_by=_l("Whoever the writer chooses. “Only for me” is seen by its writer alone."),
        weight=10,
    )

    @hookimpl
    def layers_blueprint(self) -> PluginRoutes:
        """The pages."""
        return PluginRoutes(staff=views.staff)

    @hookimpl
    def layers_artefact_kinds(self) -> Iterable[ArtefactKind]:
        """Notes, private additions, episodes, checklists, and the copies that a discussion's partner reads."""
        return (*KINDS, EPISODE_KIND, CHECKLIST_KIND, DISCUSSED_ACCOUNT)

    @hookimpl
    def layers_permissions(self) -> Iterable[Permission]:
        """Everybody in a practice may write; leads and managers make questions for everybody."""
        return [
            Permission(WRITE, _l("Write reflections"), frozenset({"member", "lead", "manager"})),
            Permission(MAKE, _l("Make questions for everybody in the practice"), frozenset({"lead", "manager"})),
        ]

    @hookimpl
    def layers_event_types(self) -> Iterable[type[UsageEvent]]:
        """Keeping something for oneself."""
        return [
            AsideKept,
            TemplateMade,
            mail_events.Mailed,
            *nmc_events.EVENTS,
            *portfolio_events.EVENTS,
            *episode_events.EVENTS,
        ]

    @hookimpl
    def layers_settings_schema(self) -> type[Schema]:
        """Which questions the practice offers."""
        return SettingsSchema

    @hookimpl
    def layers_commands(self) -> Iterable[click.Command]:
        """Looking after the tables; taking a portfolio along; mail."""
        return [commands.reflect, mail_commands.mail_in, portfolio_commands.portfolio]

    @hookimpl
    def layers_nav(self, actor: Actor) -> Iterable[NavItem]:
        """The way to one's own notes."""
        return [NavItem(_l("Reflect"), url_for("reflect.index"))] if actor.can(WRITE) else []

    @hookimpl
    def layers_capture_forms(self, practice: PracticeView, actor: Actor) -> Iterable[CaptureForm]:
        """The questions in the record box."""
        if not actor.can(WRITE):
            return []
        offered = prompts.offered(practice)
        form = CaptureForm(
            NOTE,
            _l("What I learnt"),
            "reflect/capture.html",
            partial(capture, offered),
            same_for_all=True,
            first_field=offered.first.id,
        )
        return [form]

    @hookimpl
    def layers_reminders(self, actor: Actor, session: Session) -> Iterable[Reminder]:
        """Accounts that wait to be read, and a cycle that ends soon."""
        return nmc_telling.reminders(session, actor) if actor.can(WRITE) else []

    @hookimpl
    def layers_check_draft(self, draft: Draft) -> Iterable[Problem]:
        """What is only for its writer is not too long."""
        return service.problems_with(draft)

    @hookimpl
    def layers_artefact_changed(self, artefact: Thing, change: Change, unit: Unit) -> None:
        """A note is indexed, and its folded part becomes a private thing of its own."""
        indexing.follow(artefact, change, unit)
        service.keep_what_is_only_for_me(artefact, change, unit)
        mail_service.remember(artefact, change, unit)
        episode_service.note_use(artefact, change, unit)

    @hookimpl
    def layers_artefact_panels(self, actor: Actor, session: Session, artefacts: Sequence[Thing]) -> Iterable[Panel]:
        """For the author of a note: what came by e-mail to look through, what it counts for, what is private."""
        return [
            *mail_panels.to_look_through(session, actor, artefacts),
            *episode_panels.gathered(session, actor, artefacts),
            *panels.structure(actor, artefacts),
            *panels.only_for_me(session, actor, artefacts),
            *episode_panels.ways_in(actor, artefacts),
        ]

    @hookimpl
    def layers_personal_data(self, person_id: UUID, session: Session) -> Iterable[tuple[str, Mapping[str, Any]]]:
        """Somebody's choices and their own templates."""
        return [
            *reading.personal_data(session, person_id),
            *nmc_reading.personal_data(session, person_id),
            *mail_reading.personal_data(person_id, session),
            *preparing_reading.personal_data(person_id, session),
        ]

    @hookimpl
    def layers_erase_person(self, person_id: UUID, unit: Unit) -> None:
        """Forget what the tables of Reflect keep about them."""
        nmc_service.erase_person(person_id, unit)
        mail_service.erase_person(person_id, unit)
        preparing_service.erase_person(person_id, unit)
        service.erase_person(person_id, unit)
