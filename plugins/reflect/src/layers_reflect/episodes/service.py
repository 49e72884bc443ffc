"""What people do with episodes: begin one, gather in it, arrange it, go back, make it a reflection."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from uuid import UUID

from layers_core.artefacts.errors import EditConflict, GuardStop
from layers_core.artefacts.guarding import texts_of
from layers_core.artefacts.service import ArtefactService, Saved
from layers_core.artefacts.unit import Unit
from layers_core.contract import Actor, Body, Change, Draft, GuardAnswer, NewLink, Thing
from layers_reflect.episodes import reading
from layers_reflect.episodes.arranging import add, empty, things_of
from layers_reflect.episodes.events import EpisodeGathered, EpisodeReflected
from layers_reflect.episodes.telling import State
from layers_reflect.kinds import EPISODE, NOTE
from layers_reflect.portfolio.service import EVIDENCE
from layers_reflect.prompts import Answer, Template
from layers_reflect.titles import title_from
from layers_reflect.writing import new_body

BECAME = "leads_to"
_NO_ANSWER = GuardAnswer()
GATHERED, FROM_EPISODE = "episode_gathered", "episode_reflected"
Step = Callable[[str, Body], State]
"""From a title and a body to the next ones. Raises LookupError where what it is about is not there."""


def begin(
    service: ArtefactService,
    actor: Actor,
    title: str,
    summary: str,
    things: Iterable[UUID],
    guard: GuardAnswer,
    client_key: str,
) -> Saved:
    """Keep a new episode, seen by its writer alone. Raises what `ArtefactService.save` does."""
    body = add(empty(summary), (str(thing) for thing in things))
    gathered = len(things_of(body))
    draft = Draft(EPISODE, title, body, extras={GATHERED: gathered} if gathered else {}, guard=guard)
    return service.save(actor, draft, client_key)


def change(
    service: ArtefactService,
    actor: Actor,
    episode: Thing,
    step: Step,
    base: int,
    guard: GuardAnswer = _NO_ANSWER,
    *,
    looked_at: State | None = None,
) -> None:
    """Take one step from the revision `base` that was shown. A step that was taken already is taken once.

    The words of `looked_at`, an earlier state, were looked at when they were kept. Raises EditConflict where the
    episode was changed since, LookupError where the step is about what is not there, and what `ArtefactService.revise`
    does.
    """
    now = episode.title, episode.body
    if base != episode.revision:
        with service.database.read() as session:
            before = reading.state(session, service.host, actor, episode, base)
        if before is None or step(*before) != now:
            raise EditConflict(episode)
        return
    title, body = step(*now)
    if (title, body) == now:
        return
    gathered = len(set(things_of(body)) - set(things_of(episode.body)))
    extras = {GATHERED: gathered} if gathered else {}
    draft = Draft(EPISODE, title, body, language=episode.language, extras=extras, guard=guard)
    try:
        service.revise(actor, episode.id, draft, base)
    except GuardStop as stop:
        known = {text for state in (now, looked_at or now) for text in texts_of(Draft(EPISODE, *state))}
        if guard.editing or not known.issuperset(texts_of(draft)):
            raise
        # Every word was looked at when it was kept: a move asks nobody to look again.
        service.revise(actor, episode.id, replace(draft, guard=GuardAnswer(stop.fingerprint)), base)


def write_from(
    service: ArtefactService,
    actor: Actor,
    episode: Thing,
    things: Iterable[UUID],
    template: Template,
    answers: Mapping[str, Answer],
    guard: GuardAnswer,
    client_key: str,
) -> Saved:
    """Keep the reflection that an episode becomes, seen by its writer alone: each of the things is evidence for it.

    Raises what `ArtefactService.save` does, and LookupError for a thing that the actor may not see.
    """
    links = tuple(NewLink(EVIDENCE, key, reverse=True) for key in things)
    draft = Draft(
        kind=NOTE,
        title=title_from(str(answers.get(template.first.id, ""))),
        body=new_body(template, answers),
        links=(NewLink(BECAME, episode.id, reverse=True), *links),
        extras={FROM_EPISODE: len(links)},
        guard=guard,
    )
    return service.save(actor, draft, client_key)


def note_use(artefact: Thing, change_: Change, unit: Unit) -> None:
    """Note in the same submit that entries were gathered, or that an episode became a reflection."""
    if artefact.kind == EPISODE and (gathered := change_.extras.get(GATHERED)):
        unit.event(EpisodeGathered(entries=int(gathered)), artefact)
    elif artefact.kind == NOTE and (entries := change_.extras.get(FROM_EPISODE)) is not None:
        unit.event(EpisodeReflected(entries=int(entries)), artefact)
