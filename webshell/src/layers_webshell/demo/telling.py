"""What the demo's people have recorded, promised and said in the last weeks, each at its day in the past."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from layers_core.artefacts.followup import today_in
from layers_core.artefacts.models import Action, Comment
from layers_core.artefacts.service import ArtefactService
from layers_core.artefacts.unit import Unit
from layers_core.contract import Actor, Body, Draft, Promise, Thing
from layers_core.db.base import now
from layers_core.db.session import Database
from layers_core.host.loader import Host
from layers_core.usage.events import ActionClosed, Commented
from layers_webshell.demo import guideline

if TYPE_CHECKING:
    from layers_webshell.demo.world import DemoWorld

ANSWERS = ("what", "so_what", "now_what")


def _reflection(entry: Mapping[str, Any]) -> Body:
    answers = {name: entry[name] for name in ANSWERS if entry[name]}
    return {"template": "what_so_what_now_what", "template_version": 1, "answers": answers}


def _note(entry: Mapping[str, Any]) -> Body:
    return {"text": "\n\n".join(entry[name] for name in ANSWERS if entry[name])}


KINDS: Mapping[str, Callable[[Mapping[str, Any]], Body]] = {"reflect.note": _reflection, "core.note": _note}
"""The kinds that a lesson is told in, and the body in each; the first one that the practice uses is taken."""


def tell(
    world: DemoWorld, database: Database, host: Host, service: ArtefactService, entries: Mapping[str, Any]
) -> Mapping[str, UUID]:
    """Record everything, the oldest first; gives the keys of the things by their names in the data."""
    told = dict(guideline.tell(world, database, host, service, entries["guideline"]))
    for entry in sorted(entries["things"], key=lambda entry: -entry["days_ago"]):
        actor = world.actor(database, host, entry["by"])
        with service.unit(actor) as unit:
            unit.moment = now() - timedelta(days=entry["days_ago"])
            thing = unit.add(draft_of(entry, actor, world.cluster))
            if "promise" in entry:
                _promise(unit, thing, entry["promise"])
            told[entry["name"]] = thing.id
        if "comment" in entry:
            _comment(world.actor(database, host, entry["comment"]["by"]), service, thing, entry["comment"])
    return told


def draft_of(entry: Mapping[str, Any], actor: Actor, cluster: UUID) -> Draft:
    """A lesson as somebody would send it in; what the practice does not use is told more plainly or more closely."""
    kind = next(
        name for name in KINDS if name.startswith("core.") or name.partition(".")[0] in actor.practice.mix.enabled
    )
    audience = entry["audience"]
    if audience == "cluster":
        audience = f"cluster:{cluster}" if "peer_share" in actor.practice.mix.enabled else "practice"
    return Draft(kind=kind, title=entry["what"], body=KINDS[kind](entry), audience=audience)


def _promise(unit: Unit, thing: Thing, entry: Mapping[str, Any]) -> None:
    """Promise something, and close it again where the story does; days are counted from today."""
    today = today_in(unit.actor.practice.time_zone)
    key = unit.promise(thing.id, Promise(entry["text"], today + timedelta(days=entry["due_in"])))
    if "outcome" not in entry:
        return
    action = unit.session.get_one(Action, key)
    unit.moment = now() - timedelta(days=entry["closed_days_ago"])
    action.outcome, action.what_happened, action.closed_at = entry["outcome"], entry["what_happened"], unit.moment
    unit.event(ActionClosed(outcome=entry["outcome"], in_time=True), thing)


def _comment(actor: Actor, service: ArtefactService, thing: Thing, entry: Mapping[str, Any]) -> None:
    with service.unit(actor) as unit:
        unit.moment = now() - timedelta(days=entry["days_ago"])
        unit.session.add(
            Comment(artefact_id=thing.id, author_id=actor.person_id, text=entry["text"], created_at=unit.moment)
        )
        unit.event(Commented(), thing)
