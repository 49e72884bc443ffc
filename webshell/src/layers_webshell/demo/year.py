"""What people of the demo have kept for themselves during the last year or cycle, so that a portfolio is not empty.

It comes in as something that they wrote elsewhere and brought along, so it is no use of the toolkit for the study.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from layers_core.artefacts.followup import today_in
from layers_core.artefacts.service import ArtefactService
from layers_core.contract import Brought, Draft
from layers_core.db.base import now
from layers_core.db.session import Database
from layers_core.host.loader import Host

if TYPE_CHECKING:
    from layers_webshell.demo.world import DemoWorld

KIND = "reflect.note"


def tell(
    world: DemoWorld, database: Database, host: Host, service: ArtefactService, entries: Iterable[Mapping[str, Any]]
) -> None:
    """Keep each entry for its writer alone; nothing where the practice does not use Reflect."""
    for role, theirs in groupby(entries, key=lambda entry: entry["by"]):
        actor = world.actor(database, host, role)
        if KIND.partition(".")[0] not in actor.practice.mix.enabled:
            continue
        today = today_in(actor.practice.time_zone)
        with service.unit(actor) as unit:
            for entry in theirs:
                day = today - timedelta(days=entry["days_ago"])
                moment = now() - timedelta(days=entry["days_ago"])
                body = {
                    "template": entry["template"],
                    "answers": entry["answers"],
                    "about": {**entry["about"], "date": day.isoformat()},
                }
                title = next(iter(entry["answers"].values()))
                unit.add(Draft(KIND, title, body), brought=Brought(moment, moment))
