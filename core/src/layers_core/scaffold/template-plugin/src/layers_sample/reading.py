"""What can be looked up. Every query asks the core who may see what."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from layers_core.artefacts import audience, reading
from layers_core.artefacts.models import Artefact
from layers_core.contract import Actor, Thing
from layers_core.host.loader import Host
from layers_core.vocabulary import vocabulary
from layers_sample.kinds import ENTRY
from layers_sample.models import Entry

PACKAGE = "layers_sample"


def topics() -> dict[str, str]:
    """The topics that an entry may be filed under, by code."""
    return vocabulary("topics", PACKAGE)


def newest_titles(session: Session, actor: Actor, limit: int) -> list[Artefact]:
    """The newest entries that the actor may see: one query."""
    query = select(Artefact).where(Artefact.kind == ENTRY, audience.visible(actor))
    return list(session.scalars(query.order_by(Artefact.created_at.desc(), Artefact.id.desc()).limit(limit)))


def entries(session: Session, host: Host, actor: Actor, topic: str, limit: int) -> list[Thing]:
    """The newest entries that the actor may see; `topic` keeps those of one topic."""
    query = reading.things().where(Artefact.kind == ENTRY, audience.visible(actor))
    if topic:
        query = query.join(Entry, Entry.artefact_id == Artefact.id).where(Entry.topic == topic)
    rows = session.execute(query.order_by(Artefact.created_at.desc(), Artefact.id.desc()).limit(limit))
    return [reading.thing(host, actor, row) for row in rows]
