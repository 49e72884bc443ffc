"""What things look like in the API: plain values for the schemas, out of what the core reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from layers_core.artefacts import kinds
from layers_core.artefacts.attachments import reading as files_reading
from layers_core.artefacts.attachments.reading import AttachmentView
from layers_core.artefacts.choices import choices
from layers_core.artefacts.mine import MyEvent
from layers_core.artefacts.reading import ActionView, DueAction, Found
from layers_core.artefacts.search import MARK_OFF, MARK_ON
from layers_core.artefacts.trail import Trail
from layers_core.contract import Actor, PluginChoice, Thing
from layers_core.host.loader import Host
from layers_core.practices.models import Practice

_WITHOUT_MARKS = str.maketrans("", "", MARK_ON + MARK_OFF)


def artefacts(session: Session, actor: Actor, things: Iterable[Thing]) -> list[dict[str, Any]]:
    """Things that are available, with the practice that each comes from and its files; one query for all of
    each."""
    shown = [thing for thing in things if thing.available]
    practices = _practices(session, {thing.practice_id for thing in shown})
    files: dict[UUID, list[dict[str, Any]]] = {}
    for file in files_reading.of_things(session, actor, [thing.id for thing in shown]):
        files.setdefault(file.artefact_id, []).append(_file(file))
    return [{**_artefact(actor, thing, practices), "files": files.get(thing.id, [])} for thing in shown]


def _file(file: AttachmentView) -> dict[str, Any]:
    """A file of a thing, with the address that gives its content to the same token."""
    url = url_for("api.artefact_file", artefact_id=file.artefact_id, attachment_id=file.id)
    told = {"id": file.id, "name": file.name, "media_type": file.media_type, "size": file.size}
    return {**told, "description": file.description, "url": url}


def _artefact(actor: Actor, thing: Thing, practices: Mapping[UUID, dict[str, str]]) -> dict[str, Any]:
    return {
        "id": thing.id,
        "kind": thing.kind,
        "title": thing.title,
        "body": thing.body,
        "language": thing.language,
        "author": thing.author_name,
        "mine": thing.author_id is not None and thing.author_id == actor.person_id,
        "practice": practices[thing.practice_id],
        "audience": {"type": thing.audience.type, "name": thing.audience.name},
        "revision": thing.revision,
        "created_at": thing.created_at,
        "updated_at": thing.updated_at,
    }


def _practices(session: Session, ids: set[UUID]) -> dict[UUID, dict[str, str]]:
    if not ids:
        return {}
    rows = session.execute(select(Practice.id, Practice.code, Practice.name).where(Practice.id.in_(ids)))
    return {row.id: {"code": row.code, "name": row.name} for row in rows}


def found(session: Session, actor: Actor, hits: Sequence[Found]) -> list[dict[str, Any]]:
    """What search found, with its line in plain text."""
    snippets = {hit.thing.id: hit.snippet.translate(_WITHOUT_MARKS) for hit in hits}
    return [
        {**shown, "snippet": snippets[shown["id"]]} for shown in artefacts(session, actor, (hit.thing for hit in hits))
    ]


def trail(around: Trail) -> dict[str, Any]:
    """A trail; a thing that is switched off or not installed keeps its title and nothing else."""
    return {
        "things": [
            {
                "id": thing.id,
                "kind": thing.kind,
                "title": thing.title,
                "column": around.columns[thing.id],
                "available": thing.available,
            }
            for thing in around.things.values()
        ],
        "links": [{"type": edge.type, "earlier": edge.earlier, "later": edge.later} for edge in around.edges],
    }


def own_action(actor: Actor, action: DueAction) -> dict[str, Any]:
    """One of the person's own open promises."""
    return {
        "id": action.id,
        "artefact_id": action.artefact_id if action.visible else None,
        "owner": actor.name,
        "mine": True,
        "expectation": action.expectation,
        "due_on": action.due_on,
        "outcome": None,
        "what_happened": "",
        "closed_at": None,
    }


def action(actor: Actor, view: ActionView) -> dict[str, Any]:
    """A promise on a thing that the reader may see."""
    return {
        "id": view.id,
        "artefact_id": view.artefact_id,
        "owner": view.owner_name,
        "mine": view.owner_id == actor.person_id,
        "expectation": view.expectation,
        "due_on": view.due_on,
        "outcome": view.outcome,
        "what_happened": view.what_happened,
        "closed_at": view.closed_at,
    }


def mix(session: Session, host: Host, actor: Actor) -> dict[str, Any]:
    """The mix in force, and the kinds and audiences that the actor may use in it. Settings stay on the mix's page."""
    view = actor.practice.mix
    slugs = sorted({*view.choices, *host.plugins})
    return {
        "version": view.version,
        "plugins": [_plugin(host, slug, view.choices.get(slug, PluginChoice())) for slug in slugs],
        "kinds": [
            {"name": kind.name, "label": str(kind.label), "version": kind.version}
            for name, kind in sorted(host.registry.kinds.items())
            if kinds.in_mix(name, view) and actor.can(kind.permission)
        ],
        "audiences": [
            {"key": choice.key, "name": choice.name, "people": choice.people}
            for choice in choices(session, host, actor)
        ],
    }


def _plugin(host: Host, slug: str, choice: PluginChoice) -> dict[str, Any]:
    loaded = host.plugins.get(slug)
    return {
        "slug": slug,
        "name": str(loaded.meta.name) if loaded else slug,
        "state": choice.state,
        "until": choice.until,
        "question": choice.question,
        "available": loaded is not None,
    }


def event(fact: MyEvent) -> dict[str, Any]:
    """One of the person's own events."""
    return {
        "name": fact.name,
        "tier": fact.tier,
        "at": fact.occurred_at,
        "practice": fact.practice_name or "",
        "profession": fact.role,
        "artefact_id": fact.artefact_id,
        "props": fact.props,
    }
