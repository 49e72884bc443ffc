"""The decisions about the mix that the demo's practices have taken, each at its day in the past."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select, update

from layers_core.artefacts.followup import today_in
from layers_core.artefacts.service import ArtefactService
from layers_core.contract import PluginChoice
from layers_core.db.base import now
from layers_core.db.session import Database
from layers_core.host.loader import Host
from layers_core.practices import mix
from layers_core.practices.models import Mix
from layers_core.usage.events import MixDecided
from layers_core.usage.models import UsageEventRow

if TYPE_CHECKING:
    from layers_webshell.demo.world import DemoWorld


def decide(
    world: DemoWorld, database: Database, host: Host, service: ArtefactService, entries: Sequence[Mapping[str, Any]]
) -> None:
    """Take the decisions, the oldest first; those about a plugin that is not installed are left out."""
    for entry in sorted(entries, key=lambda entry: -entry["days_ago"]):
        if entry["plugin"] not in host.plugins:
            continue
        actor = world.actor(database, host, entry["by"])
        began = now()
        # A trial ends after the day on which it is decided; its own day is put right below.
        until = today_in(actor.practice.time_zone) + timedelta(days=entry["days"]) if "days" in entry else None
        choice = PluginChoice(entry["state"], until=until, question=entry.get("question", ""))
        version = mix.switch(
            service, actor, entry["plugin"], choice, entry["reason"], expected=actor.practice.mix.version
        )
        _put_back(database, actor.practice.id, version, entry, began)


def _put_back(database: Database, practice_id: UUID, version: int, entry: Mapping[str, Any], began: datetime) -> None:
    """Give a decision the day in the past that the story gives it."""
    ago = timedelta(days=entry["days_ago"])
    with database.write() as session:
        row = session.scalars(select(Mix).where(Mix.practice_id == practice_id, Mix.version == version)).one()
        row.created_at -= ago
        if "days" in entry:
            until = (row.created_at + timedelta(days=entry["days"])).date().isoformat()
            row.plugins = {**row.plugins, entry["plugin"]: {**row.plugins[entry["plugin"]], "until": until}}
        session.execute(
            update(UsageEventRow)
            .where(
                UsageEventRow.practice_id == practice_id,
                UsageEventRow.name == MixDecided.name,
                UsageEventRow.occurred_at >= began,
            )
            .values(occurred_at=row.created_at)
        )
