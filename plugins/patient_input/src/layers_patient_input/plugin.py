"""Patient input's wiring: which hook is answered by what."""

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
    PublicForm,
    Reminder,
    Thing,
    hookimpl,
)
from layers_core.i18n import lazy_gettext as _l
from layers_core.usage.events import UsageEvent
from layers_core.vocabulary import vocabulary
from layers_patient_input import commands, panels, service, views
from layers_patient_input.care import service as care
from layers_patient_input.care.reading import CARE
from layers_patient_input.catalogue import OWN
from layers_patient_input.entering import reading as entered
from layers_patient_input.entering import service as entering
from layers_patient_input.events import EVENTS
from layers_patient_input.importing import reading as imports_reading
from layers_patient_input.importing import service as imports
from layers_patient_input.kinds import KINDS, PERMISSIONS
from layers_patient_input.loop.service import replies, tips
from layers_patient_input.months import service as months
from layers_patient_input.own_forms import reading as own_reading
from layers_patient_input.own_forms import service as own_forms
from layers_patient_input.schemas import SettingsSchema
from layers_patient_input.themes import service as themes
from layers_patient_input.ways_in import service as ways_in
from layers_patient_input.ways_in.reading import OFFERED
from layers_patient_input.wording import PACKAGE, SLUG


class Plugin:
    """Patient input: ask patients, look at what they say, tell them what came of it."""

    meta = PluginMeta(
        slug=SLUG,
        name=_l("Patient input"),
        version="0.1.0",
        requires_core=">=0.1,<1",
        summary=_l("Ask patients how you did, learn from what they say, and tell them what you changed."),
        stores=_l("Patients’ answers without a name, an IP address or a cookie, and what you tell patients."),
        seen_by=_l(
            "New answers: those who look at them. Released answers: your practice. What you publish: everybody. "
            "What patients say about one person’s consultations: that person alone."
        ),
        weight=40,
    )

    @hookimpl
    def layers_blueprint(self) -> PluginRoutes:
        """The pages for staff and for the public."""
        return PluginRoutes(staff=views.staff, public=views.public)

    @hookimpl
    def layers_artefact_kinds(self) -> Iterable[ArtefactKind]:
        """Patients' answers and what patients are told."""
        return KINDS

    @hookimpl
    def layers_permissions(self) -> Iterable[Permission]:
        """Looking at answers, telling patients, and the ways in."""
        return PERMISSIONS

    @hookimpl
    def layers_event_types(self) -> Iterable[type[UsageEvent]]:
        """What may be noted, without a word of what anybody wrote."""
        return EVENTS

    @hookimpl
    def layers_settings_schema(self) -> type[Schema]:
        """The practice's own words, languages and moderators."""
        return SettingsSchema

    @hookimpl
    def layers_public_forms(self) -> Iterable[PublicForm]:
        """Those that come with the toolkit for every practice, and `own` for all that practices make."""
        names = {code: _l(entry["label"]) for code, entry in vocabulary("built_in_forms", PACKAGE).items()}
        return [
            *(PublicForm(code, names[code], views.public_form) for code in OFFERED),
            PublicForm(CARE, names[CARE], views.care_form),
            PublicForm(OWN, _l("A form of the practice’s own"), views.public_form),
        ]

    @hookimpl
    def layers_switched_on(self, practice: PracticeView, unit: Unit) -> None:
        """Make the practice's way in."""
        ways_in.open_first(unit.session, practice)

    @hookimpl
    def layers_commands(self) -> Iterable[click.Command]:
        """Bringing answers in from files."""
        return [commands.patients]

    @hookimpl
    def layers_nav(self) -> Iterable[NavItem]:
        """The way to what patients say."""
        return [NavItem(_l("Patients"), url_for("patient_input.index"))]

    @hookimpl
    def layers_home_cards(self, actor: Actor, session: Session) -> Iterable[HomeCard]:
        """New answers, for those who look at them; a month's return, for those who send it."""
        return panels.cards(session, actor)

    @hookimpl
    def layers_reminders(self, actor: Actor, session: Session) -> Iterable[Reminder]:
        """A month's return, for those who send it."""
        return panels.reminders(session, actor)

    @hookimpl
    def layers_artefact_panels(self, actor: Actor, session: Session, artefacts: Sequence[Thing]) -> Iterable[Panel]:
        """What may come next."""
        return panels.panels(session, actor, artefacts)

    @hookimpl
    def layers_check_draft(self, session: Session, draft: Draft) -> Iterable[Problem]:
        """Patients' words stay in the practice."""
        return service.draft_problems(session, draft)

    @hookimpl
    def layers_artefact_changed(self, artefact: Thing, change: Change, unit: Unit) -> None:
        """Publish, take off, take back."""
        service.on_changed(artefact, change, unit)

    @hookimpl
    def layers_personal_data(self, person_id: UUID, session: Session) -> Iterable[tuple[str, Mapping[str, Any]]]:
        """The answers that somebody looked at, typed in or replied to, files and returns they handled, CARE rounds."""
        kept = (
            service.about_person, entered.about_person, imports_reading.personal_data, months.about_person,
            care.about_person, replies.about_person, tips.about_person, own_reading.about_person,
        )  # fmt: skip
        return [row for about_person in kept for row in about_person(session, person_id)]

    @hookimpl
    def layers_erase_person(self, person_id: UUID, unit: Unit) -> None:
        """Forget who looked at an answer, brought some in or sent a return, and what patients said about somebody."""
        service.forget_person(unit.session, person_id)
        entering.forget_person(unit.session, person_id)
        imports.erase_person(person_id, unit)
        months.forget_person(unit.session, person_id)
        replies.forget_person(unit.session, person_id)
        tips.forget_person(unit.session, person_id)
        own_forms.forget_person(unit.session, person_id)
        themes.forget_person(unit.session, person_id)
        care.forget_person(unit, person_id)
