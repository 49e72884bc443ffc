"""The demo's invented guideline, brought in by the learning lead, and what the practice has decided on it so far."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from layers_core.artefacts.service import ArtefactService
from layers_core.contract import Actor, Draft, NewLink
from layers_core.db.base import now
from layers_core.db.session import Database
from layers_core.host.loader import Host

if TYPE_CHECKING:
    from layers_webshell.demo.world import DemoWorld

PLUGIN = "guidelines"
RECOMMENDATION, DECISION = "guidelines.recommendation", "guidelines.decision"
NAMED = ("guideline", "source_name", "licence", "version_label")


def tell(
    world: DemoWorld, database: Database, host: Host, service: ArtefactService, entry: Mapping[str, Any]
) -> Mapping[str, UUID]:
    """Bring the recommendations in and decide those that the story has decided; gives their keys by name.

    Where the practice uses no guidelines, each recommendation is a plain note, and nothing is decided.
    """
    told: dict[str, UUID] = {}
    actor = world.actor(database, host, entry["by"])
    for recommendation in entry["recommendations"]:
        with service.unit(actor) as unit:
            unit.moment = now() - timedelta(days=entry["days_ago"])
            told[recommendation["name"]] = unit.add(draft_of(entry, recommendation, actor)).id
    if PLUGIN in actor.practice.mix.enabled:
        for recommendation in entry["recommendations"]:
            if "decision" in recommendation:
                decision = recommendation["decision"]
                decider = world.actor(database, host, decision["by"])
                with service.unit(decider) as unit:
                    unit.moment = now() - timedelta(days=decision["days_ago"])
                    unit.add(_decision(recommendation, told[recommendation["name"]]))
    return told


def draft_of(entry: Mapping[str, Any], recommendation: Mapping[str, Any], actor: Actor) -> Draft:
    """A recommendation as the lead types it in, marked as an example."""
    title, text = recommendation["title"], recommendation["text"]
    if PLUGIN not in actor.practice.mix.enabled:
        return Draft("core.note", title, {"text": f"{entry['guideline']}\n\n{text}"}, audience="practice")
    body = {name: entry[name] for name in NAMED} | {
        "text": text,
        "dated": (now() - timedelta(days=entry["dated_days_ago"])).date().isoformat(),
        "strength": recommendation["strength"],
        "certainty": recommendation["certainty"],
        "example": True,
    }
    return Draft(RECOMMENDATION, title, body, audience="practice")


def _decision(recommendation: Mapping[str, Any], key: UUID) -> Draft:
    decision = recommendation["decision"]
    return Draft(
        DECISION,
        f"Adopted: {recommendation['title']}",
        {"recommendation": str(key), "decision": decision["decision"], "reason": decision["reason"]},
        audience="practice",
        links=(NewLink("adapts", key),),
    )
