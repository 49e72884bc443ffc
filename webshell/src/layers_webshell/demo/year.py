"""What people of the demo have kept for themselves during the last year or cycle, so that a portfolio is not empty.

It comes in as something that they wrote elsewhere and brought along, so it is no use of the toolkit for the study.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import redirect_stdout
from datetime import timedelta
from io import StringIO
from itertools import groupby
from typing import TYPE_CHECKING, Any

from layers_core.artefacts.followup import today_in
from layers_core.artefacts.service import ArtefactService
from layers_core.cli.context import CliContext
from layers_core.contract import Body, Brought, Draft
from layers_core.db.base import now
from layers_core.db.session import Database
from layers_core.host.loader import Host
from layers_core.vocabulary import vocabulary

if TYPE_CHECKING:
    from layers_webshell.demo.world import DemoWorld

KIND = "reflect.note"
EPISODE = "reflect.episode"
COMMAND = "reflect"


def tell(world: DemoWorld, database: Database, host: Host, service: ArtefactService, told: Mapping[str, Any]) -> None:
    """Keep each entry, then what gathers some of them, for its writer alone.

    Nothing is kept where the practice does not use Reflect.
    """
    for chosen in told["profiles"]:
        _choose(world, database, host, chosen)
    kept: dict[str, str] = {}
    for role, theirs in groupby(told["entries"], key=lambda entry: entry["by"]):
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
                kept[title] = str(unit.add(Draft(KIND, title, body), brought=Brought(moment, moment)).id)
    for episode in told["episodes"]:
        actor = world.actor(database, host, episode["by"])
        if EPISODE.partition(".")[0] in actor.practice.mix.enabled:
            moment = now() - timedelta(days=episode["days_ago"])
            with service.unit(actor) as unit:
                unit.add(Draft(EPISODE, episode["title"], _gathering(episode, kept)), brought=Brought(moment, moment))


def _choose(world: DemoWorld, database: Database, host: Host, chosen: Mapping[str, Any]) -> None:
    """What somebody's notes count for, through the plugin's own command, because its tables are its own."""
    actor = world.actor(database, host, chosen["by"])
    command = host.registry.commands.get(COMMAND)
    if command is None or COMMAND not in actor.practice.mix.enabled:
        return
    ends = today_in(actor.practice.time_zone) + timedelta(days=chosen["cycle_ends_in"])
    professions = [part for code in chosen["professions"] for part in ("--profession", code)]
    email = vocabulary("world", __package__)["people"][chosen["by"]]["email"]
    given = ["profile", "--person", email, *professions, "--cycle-ends", ends.isoformat()]
    with redirect_stdout(StringIO()):
        command.main(given, obj=CliContext(database=database, host=host), standalone_mode=False)


def _gathering(episode: Mapping[str, Any], kept: Mapping[str, str]) -> Body:
    """The body of an episode, whose entries the data name by their titles."""
    groups = [
        {"id": f"g{number}", "name": name, "things": [kept[title] for title in titles]}
        for number, (name, titles) in enumerate(episode["groups"].items(), 1)
    ]
    loose = [kept[title] for title in episode["loose"]]
    return {"summary": episode["summary"], "groups": groups, "loose": loose, "made": len(groups)}
