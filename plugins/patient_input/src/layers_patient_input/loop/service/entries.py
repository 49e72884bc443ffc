"""Telling patients what they said, what was learned and what was done; and keeping their own words out of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from layers_core.artefacts import guarding
from layers_core.artefacts.errors import DraftRefused, NotAllowed
from layers_core.artefacts.service import ArtefactService, Saved
from layers_core.artefacts.unit import Unit
from layers_core.contract import Actor, Body, Draft, GuardAnswer, NewLink, Problem, Promise, Thing
from layers_core.i18n import gettext as _
from layers_core.privacy import identifiers
from layers_patient_input import reading
from layers_patient_input.events import Published
from layers_patient_input.kinds import PUBLISH, YOU_SAID
from layers_patient_input.loop.models import EntryAnswer
from layers_patient_input.loop.schemas import PARTS
from layers_patient_input.loop.small_counts import small_count
from layers_patient_input.models import Answer, Publication
from layers_patient_input.quoting import quotes
from layers_patient_input.themes.models import ThemeAnswer
from layers_patient_input.wording import DEFAULT_LANGUAGE

_HEARD = frozenset({"theme", "you_said"})


MOST_SOURCES = 20


def publish(
    artefacts: ArtefactService,
    actor: Actor,
    body: Body,
    guard: GuardAnswer,
    sources: Sequence[Thing] | None = None,
    client_key: str = "",
    *,
    promise: Promise | None = None,
    language: str = DEFAULT_LANGUAGE,
) -> Saved:
    """Tell patients what they said, what was learned and what was done; `sources` are what it came from.

    The promise stays inside the practice. The entry's words leave it, so marked ones need an explanation. Raises what
    `ArtefactService.save` does, DraftRefused for more than 20 sources.
    """
    links = tuple(NewLink("leads_to", source.id, reverse=True) for source in sources or ())
    if len(links) > MOST_SOURCES:
        raise DraftRefused([Problem(_("Choose %(most)s or fewer", most=MOST_SOURCES), "from")])
    draft = replace(_entry_draft(body, guard, links, {"publish": True}, language), promise=promise)
    if repeated := artefacts.repeat_of(str(actor.person_id), client_key):
        return repeated
    if actor.can(PUBLISH):
        guarding.check(guarding.texts_of(draft), guard, wider=True)
    return artefacts.save(actor, draft, client_key)


def revise_entry(
    artefacts: ArtefactService,
    actor: Actor,
    thing: Thing,
    body: Body,
    guard: GuardAnswer,
    base_revision: int,
    language: str = DEFAULT_LANGUAGE,
) -> None:
    """Change what patients are told. Raises what `ArtefactService.revise` does."""
    draft = _entry_draft(body, guard, language=language)
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
            follow(unit, thing)
            unit.event(Published(), thing)
        elif found is not None and not shown and found.unpublished_at is None:
            found.unpublished_at = unit.moment


def draft_problems(session: Session, draft: Draft) -> list[Problem]:
    """Reasons against a draft that people outside the practice will read.

    A patient agreed that the practice learns from their words, not that others read them.
    """
    public = draft.kind == YOU_SAID
    problems: list[Problem] = _telling_few(draft.body) if public else []
    if public or guarding.is_wider(draft.audience):
        problems += quoting_problems(session, draft, [link.other_id for link in draft.links])
    if public and not draft.guard.explanation and any(identifiers.find(text) for text in guarding.texts_of(draft)):
        problems.append(
            Problem(_("Patients will read this. Remove the words that may identify somebody, or say why they may stay"))
        )
    return problems


def _telling_few(body: Body) -> list[Problem]:
    """Numbers of patients too small to be told in public: somebody may know who those few are."""
    found = {part: small_count(body.get(part, ""), heard=part in _HEARD) for part in PARTS}
    return [
        Problem(_("Do not give a number below 8. Write “several patients” instead of “%(words)s”", words=words), part)
        for part, words in found.items()
        if words
    ]


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
    body: Body,
    guard: GuardAnswer,
    links: tuple[NewLink, ...] = (),
    extras: Mapping[str, bool] | None = None,
    language: str = DEFAULT_LANGUAGE,
) -> Draft:
    return Draft(
        kind=YOU_SAID,
        title=body["theme"],
        body=body,
        audience="practice",
        language=language,
        links=links,
        extras=extras or {},
        guard=guard,
    )


def put_on(unit: Unit, thing: Thing) -> None:
    """Put a new entry on the public page."""
    row = Publication(
        artefact_id=thing.id,
        practice_id=unit.actor.practice.id,
        change=thing.body["change"],
        published_at=unit.moment,
    )
    unit.session.add(row)
    unit.session.flush()
    _trace(unit, thing.id)
    unit.event(Published(), thing)


def take_off(unit: Unit, artefact_id: UUID) -> None:
    """Take an entry off the public page, where it is on it."""
    found = unit.session.scalar(select(Publication).where(Publication.artefact_id == artefact_id))
    if found is not None and found.unpublished_at is None:
        found.unpublished_at = unit.moment


def follow(unit: Unit, thing: Thing) -> None:
    """Keep what an entry changes and which answers are behind it, as it is now; nothing for one never published."""
    found = unit.session.scalar(select(Publication).where(Publication.artefact_id == thing.id))
    if found is not None:
        found.change = thing.body["change"]
        _trace(unit, thing.id)


def _trace(unit: Unit, entry_id: UUID) -> None:
    behind = reading.things_before(unit.session, [entry_id])
    known = select(EntryAnswer.answer_id).where(EntryAnswer.entry_id == entry_id)
    in_themes = select(ThemeAnswer.artefact_id).where(ThemeAnswer.theme_id.in_(behind))
    found = select(Answer.id).where(
        or_(Answer.released_artefact_id.in_(behind), Answer.released_artefact_id.in_(in_themes)),
        Answer.id.not_in(known),
    )
    unit.session.add_all([EntryAnswer(entry_id=entry_id, answer_id=key) for key in unit.session.scalars(found)])
    unit.session.flush()
