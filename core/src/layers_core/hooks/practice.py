"""Hooks asked of the plugins in a practice's mix only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from layers_core.artefacts.unit import Unit
    from layers_core.contract import (
        Actor,
        CaptureForm,
        Change,
        Draft,
        HomeCard,
        NavItem,
        Panel,
        PracticeView,
        Problem,
        Reminder,
        Thing,
    )

hookspec = pluggy.HookspecMarker("layers")


class PracticeHooks:
    """What a plugin does in a practice. `session` is for reading only; what is written goes through `unit`."""

    @hookspec
    def layers_switched_on(self, practice: PracticeView, unit: Unit) -> None:
        """The practice put the plugin into its mix. A fault stops the switch and rolls it back."""

    @hookspec
    def layers_nav(self, practice: PracticeView, actor: Actor) -> Iterable[NavItem]:
        """Entries for the practice's menu. It is asked on every page, so it asks the database nothing."""

    @hookspec
    def layers_home_cards(self, practice: PracticeView, actor: Actor, session: Session) -> Iterable[HomeCard]:
        """Cards for the home page; one query at most, and none where the actor has nothing to do with it."""

    @hookspec
    def layers_artefact_panels(
        self, practice: PracticeView, actor: Actor, session: Session, artefacts: Sequence[Thing]
    ) -> Iterable[Panel]:
        """Panels for the pages of these things; called once for all of them."""

    @hookspec
    def layers_capture_forms(self, practice: PracticeView, actor: Actor) -> Iterable[CaptureForm]:
        """Fields for the record box."""

    @hookspec
    def layers_reminders(self, practice: PracticeView, actor: Actor, session: Session) -> Iterable[Reminder]:
        """What waits for the actor, for their weekly mail: it is written outside any request, so there is no Flask."""

    @hookspec
    def layers_check_draft(
        self, practice: PracticeView, actor: Actor, session: Session, draft: Draft
    ) -> Iterable[Problem]:
        """Reasons why a draft can't be saved as it is. A fault refuses the save; the writer's text is kept."""

    @hookspec
    def layers_artefact_changed(
        self, practice: PracticeView, actor: Actor, artefact: Thing, change: Change, unit: Unit
    ) -> None:
        """Something was saved; what this writes through `unit` is committed with it. A fault rolls all of it back."""
