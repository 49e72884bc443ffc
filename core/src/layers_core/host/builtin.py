"""What the core itself brings, in the shape of a plugin that is in every mix."""

from __future__ import annotations

from collections.abc import Iterable

import layers_core.artefacts.attachments.models
import layers_core.artefacts.models
import layers_core.practices.models
import layers_core.usage.models  # noqa: F401 - the core's tables are known as soon as a host is
from layers_core.artefacts.attachments.events import FILE_EVENTS
from layers_core.artefacts.schemas import NoteBody, TrialAnswerBody
from layers_core.contract import ArtefactKind, Permission, PluginMeta, hookimpl
from layers_core.host.doors import CORE
from layers_core.i18n import lazy_gettext as _l
from layers_core.usage.events import CORE_EVENTS, UsageEvent

RECORD = "core.record"
DECIDE_MIX = "core.decide_mix"
MANAGE_PEOPLE = "core.manage_people"

DECIDERS = frozenset({"lead", "manager"})


class CorePlugin:
    """The core's own contributions. A fault here stops the start."""

    meta = PluginMeta(
        slug=CORE,
        name=_l("Learning Layers"),
        version="1",
        requires_core="",
        summary=_l("Things, promises and comments"),
        stores=_l("What people record"),
        seen_by=_l("Whoever the writer chose"),
        weight=0,
    )

    @hookimpl
    def layers_artefact_kinds(self) -> Iterable[ArtefactKind]:
        """A plain note, and what a practice found out by a trial."""
        return (
            ArtefactKind(
                name="core.note",
                version=1,
                schema=NoteBody,
                label=_l("Note"),
                summary=lambda body: body["text"],
                search_text=lambda body: body["text"],
                page_template="core/note.html",
                permission=RECORD,
                resurfaces=True,
            ),
            ArtefactKind(
                name="core.trial_answer",
                version=1,
                schema=TrialAnswerBody,
                label=_l("What we found in a trial"),
                summary=lambda body: body["answer"],
                search_text=lambda body: f"{body['plugin_name']} {body['question']} {body['answer']}",
                page_template="core/trial_answer.html",
                permission=DECIDE_MIX,
            ),
        )

    @hookimpl
    def layers_permissions(self) -> Iterable[Permission]:
        """Recording, deciding on the mix, and managing people."""
        return (
            Permission(RECORD, _l("Record what you learn")),
            Permission(DECIDE_MIX, _l("Decide what the practice uses"), DECIDERS),
            Permission(MANAGE_PEOPLE, _l("Invite people and end memberships"), frozenset({"manager"})),
        )

    @hookimpl
    def layers_event_types(self) -> Iterable[type[UsageEvent]]:
        """The core's usage events."""
        return (*CORE_EVENTS, *FILE_EVENTS)
