"""What can be done with entries."""

from __future__ import annotations

from sqlalchemy import select

from layers_core.artefacts.models import Artefact
from layers_core.artefacts.service import ArtefactService, Saved
from layers_core.artefacts.unit import Unit
from layers_core.contract import Actor, Draft, GuardAnswer, Thing
from layers_sample.events import EntryFiled
from layers_sample.kinds import ENTRY
from layers_sample.models import Entry

TOPIC = "topic"
TITLE_LIMIT = 80


def add(
    service: ArtefactService, actor: Actor, text: str, topic: str, guard: GuardAnswer, client_key: str = ""
) -> Saved:
    """Add an entry that the whole practice sees. Raises what `ArtefactService.save` does."""
    draft = Draft(
        kind=ENTRY,
        title=title_of(text),
        body={"text": text},
        audience="practice",
        extras={TOPIC: topic},
        guard=guard,
    )
    return service.save(actor, draft, client_key)


def title_of(text: str) -> str:
    """The first line, short enough for a list."""
    first = text.strip().partition("\n")[0]
    return first if len(first) <= TITLE_LIMIT else first[: TITLE_LIMIT - 1] + "…"


def file(artefact: Thing, topic: str, unit: Unit) -> None:
    """Write the topic of a new entry, in the transaction that saves it."""
    before = (
        select(Entry.artefact_id)
        .join(Artefact, Artefact.id == Entry.artefact_id)
        .where(Entry.topic == topic, Artefact.practice_id == artefact.practice_id)
    )
    first = unit.session.scalar(before.limit(1)) is None
    unit.session.add(Entry(artefact_id=artefact.id, topic=topic))
    unit.session.flush()
    unit.event(EntryFiled(first=first), artefact)
