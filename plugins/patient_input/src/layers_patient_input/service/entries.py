"""Telling patients what they said, what was learned and what was done; and keeping their own words out of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from layers_core.artefacts import guarding
from layers_core.artefacts.errors import DraftRefused, NotAllowed
from layers_core.artefacts.service import ArtefactService, Saved
from layers_core.artefacts.unit import Unit
from layers_core.contract import Actor, Body, Draft, GuardAnswer, NewLink, Problem, Thing
from layers_core.i18n import gettext as _
from layers_core.privacy import identifiers
from layers_patient_input import reading
from layers_patient_input.events import Published
from layers_patient_input.kinds import PUBLISH, YOU_SAID
from layers_patient_input.models import Publication
from layers_patient_input.quoting import quotes


def publish(
    artefacts: ArtefactService, actor: Actor, body: Body, guard: GuardAnswer, source: Thing | None, client_key: str = ""
) -> Saved:
    """Tell patients what they said, what was learned and what was done; `source` is what it came from.

    Its words leave the practice, so marked ones need an explanation. Raises what `ArtefactService.save` does.
    """
    links = (NewLink("leads_to", source.id, reverse=True),) if source else ()
    draft = _entry_draft(body, guard, links, {"publish": True})
    if repeated := artefacts.repeat_of(str(actor.person_id), client_key):
        return repeated
    if actor.can(PUBLISH):
        guarding.check(guarding.texts_of(draft), guard, wider=True)
    return artefacts.save(actor, draft, client_key)


def revise_entry(
    artefacts: ArtefactService, actor: Actor, thing: Thing, body: Body, guard: GuardAnswer, base_revision: int
) -> None:
    """Change what patients are told. Raises what `ArtefactService.revise` does."""
    draft = _entry_draft(body, guard)
    if not actor.can(PUBLISH):
        raise NotAllowed(str(thing.id))
    with artefacts.database.read() as session:
        problems = quoting_problems(session, draft, [thing.id])
    if problems:
        raise DraftRefused(problems)
    guarding.check(guarding.texts_of(draft), guard, wider=True)
    artefacts.revise(actor, thing.id, draft, base_revision)


def show_entry(artefacts: ArtefactService, actor: Actor, thing: Thing, *, shown: bool) -> None:
    """Put an entry on the public page or take it off; where it is so already, nothing changes.

    Raises NotAllowed, NotFound.
    """
    if not actor.can(PUBLISH) or thing.kind != YOU_SAID or thing.practice_id != actor.practice.id:
        raise NotAllowed(str(thing.id))
    if shown and thing.audience.type != "practice":
        raise NotAllowed(str(thing.id))
    with artefacts.unit(actor) as unit:
        found = unit.session.scalar(select(Publication).where(Publication.artefact_id == thing.id).with_for_update())
        if found is None and shown:
            put_on(unit, thing)
        elif found is not None and shown and found.unpublished_at is not None:
            found.published_at, found.unpublished_at = unit.moment, None
            unit.event(Published(), thing)
        elif found is not None and not shown and found.unpublished_at is None:
            found.unpublished_at = unit.moment


def draft_problems(session: Session, draft: Draft) -> list[Problem]:
    """Reasons against a draft that people outside the practice will read.

    A patient agreed that the practice learns from their words, not that others read them.
    """
    public = draft.kind == YOU_SAID
    problems: list[Problem] = []
    if public or guarding.is_wider(draft.audience):
        problems += quoting_problems(session, draft, [link.other_id for link in draft.links])
    if public and not draft.guard.explanation and any(identifiers.find(text) for text in guarding.texts_of(draft)):
        problems.append(
            Problem(_("Patients will read this. Remove the words that may identify somebody, or say why they may stay"))
        )
    return problems


def quoting_problems(session: Session, draft: Draft, linked: Sequence[UUID]) -> list[Problem]:
    """Whether a draft takes over a patient's words from an answer that it is linked to, directly or on the way."""
    if not linked:
        return []
    sources = reading.patients_words(session, reading.things_before(session, linked))
    promised = [draft.promise.expectation] if draft.promise else []
    # What a plugin is handed besides is not shared with the thing, so it may quote.
    texts = [*guarding.texts_of(replace(draft, extras={}, promise=None)), *promised]
    if not quotes(texts, sources):
        return []
    return [
        Problem(
            _("These words come from a patient’s answer. Use your own words before you share outside the practice.")
        )
    ]


def _entry_draft(
    body: Body, guard: GuardAnswer, links: tuple[NewLink, ...] = (), extras: Mapping[str, bool] | None = None
) -> Draft:
    return Draft(
        kind=YOU_SAID,
        title=body["theme"],
        body=body,
        audience="practice",
        links=links,
        extras=extras or {},
        guard=guard,
    )


def put_on(unit: Unit, thing: Thing) -> None:
    """Put a new entry on the public page."""
    unit.session.add(Publication(artefact_id=thing.id, practice_id=unit.actor.practice.id, published_at=unit.moment))
    unit.session.flush()
    unit.event(Published(), thing)


def take_off(unit: Unit, artefact_id: UUID) -> None:
    """Take an entry off the public page, where it is on it."""
    found = unit.session.scalar(select(Publication).where(Publication.artefact_id == artefact_id))
    if found is not None and found.unpublished_at is None:
        found.unpublished_at = unit.moment
