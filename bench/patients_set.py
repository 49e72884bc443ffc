"""A practice with answers of 36 months: kept through the plugin's own doors, released by rows of the same shape.

Releasing 100,000 answers one by one would take an hour, so one is released by the service and the others are rows like
its own; themes, their counts, the months that were sent and what patients are told go through the services again.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import make_url

from bench import loading
from bench.things import COMMON, Rows, key, stamp
from layers_core.artefacts.models import Artefact
from layers_core.artefacts.search import audience_token, kind_token
from layers_core.contract import GuardAnswer, PluginChoice
from layers_core.db.migrate import upgrade
from layers_core.db.session import Database
from layers_core.host.loader import Host, migration_rooms
from layers_core.practices.models import PublicLink
from layers_patient_input import service
from layers_patient_input.catalogue import FFT, built_in
from layers_patient_input.kinds import ANSWER
from layers_patient_input.models import Answer
from layers_patient_input.months import reading as months
from layers_patient_input.months import service as returns
from layers_patient_input.schemas import settings_of
from layers_patient_input.themes import service as themes
from layers_patient_input.themes.models import ThemeAnswer, ThemeMonth
from layers_webshell.testworld import MANOR, World, make_world

SEED = 20261123
DAYS = 36 * 30
CHUNK = 1_000
THEMES, LARGE_SHARE, OTHER_SHARE = 30, 0.3, 0.5
"""The first theme has 30 of 100 answers; half of all answers are in one of the others as well."""
SCORES = {"very_good": 60, "good": 22, "neither": 6, "poor": 4, "very_poor": 3, "dont_know": 5}
METHODS = {"sms": 70, "online": 20, "kiosk": 10}
CONCERNS = 0.05
ENTRIES = 12


@dataclass
class Filled:
    """The practice, its people, and its themes with the one of most answers first."""

    world: World
    themes: list[UUID]


def fill(url: str, owner_url: str, host: Host, size: int) -> Filled:
    """Fill an empty database: so many released answers, gathered in themes, and what is told of them."""
    owner = Database.at(owner_url)
    faults = upgrade(owner.engine, migration_rooms())
    if faults:
        raise RuntimeError(f"Migrations failed: {faults}")
    owner.dispose()
    database, chance = Database.at(url), random.Random(SEED)
    world = make_world(database, host, host.plugins)
    world.switch(MANOR, "patient_input", PluginChoice("on", settings={"fft_public": True}))
    today = datetime.now(UTC).date()
    began = today - timedelta(days=DAYS)
    with database.write() as session:
        session.execute(update(PublicLink).values(created_at=datetime.combine(began, time(), UTC)))
    _keep(world, chance, size, began)
    found = Filled(world, list(_themes(world)))
    _release(found, chance, owner_url)
    _tell(world)
    database.dispose()
    return found


def words(chance: random.Random) -> str:
    """What a patient wrote."""
    return " ".join(chance.choices(COMMON, k=20)).capitalize()


def _keep(world: World, chance: random.Random, size: int, began: date) -> None:
    """The answers themselves, with their totals."""
    actor = world.actor("manager")
    form = built_in(FFT, settings_of(actor.practice))
    for start in range(0, size, CHUNK):
        with world.artefacts.unit(actor) as unit:
            given = []
            for number in range(start, min(start + CHUNK, size)):
                score, method = (chance.choices(list(some), list(some.values()))[0] for some in (SCORES, METHODS))
                answer = service.fft_answer(actor.practice, score, words(chance))
                given.append((answer, service.Source(method, began + timedelta(days=number * DAYS // size))))
            service.keep_many(unit, form, given)


def _themes(world: World) -> Iterator[UUID]:
    for word in dict.fromkeys(COMMON[:THEMES]):
        yield themes.make(world.artefacts, world.actor("manager"), word.title(), "", [word], GuardAnswer())


def _release(found: Filled, chance: random.Random, owner_url: str) -> None:
    world = found.world
    actor, database = world.actor("manager"), world.database
    with database.read() as session:
        first = session.scalars(select(Answer.id).order_by(Answer.id).limit(1)).one()
    pattern_id = service.release(world.artefacts, actor, first, service.Decision("as_is"))
    with database.read() as session:
        pattern = session.scalars(select(Artefact).where(Artefact.id == pattern_id)).one()
        number = session.scalars(select(func.max(Artefact.number))).one()
        rows = session.execute(select(Answer.id, Answer.items, Answer.received_on).where(Answer.state == "waiting"))
        waiting = [tuple(row) for row in rows.all()]
    released: dict[UUID, tuple[UUID, int, date]] = {}
    batches = list(_batches(world.host, pattern, waiting, number, chance, released))
    if make_url(owner_url).get_backend_name() == "sqlite":
        database.dispose()
        loading.into_sqlite(Path(str(make_url(owner_url).database)), iter(batches))
    else:
        loading.into_postgresql(owner_url, iter(batches))
    counts: dict[tuple[UUID, date], int] = {}
    members: list[dict[str, Any]] = []
    for thing, place, day in released.values():
        others = [chance.choice(found.themes[1:])] if chance.random() < OTHER_SHARE else []
        for theme in [*found.themes[: chance.random() < LARGE_SHARE], *others]:
            month = day.replace(day=1)
            counts[theme, month] = counts.get((theme, month), 0) + 1
            members.append({"theme_id": theme, "artefact_id": thing, "number": place, "month": month, "why": "phone"})
    decided = [
        {
            "id": answer, "state": "released", "released_artefact_id": thing, "moderated_by": actor.person_id,
            "moderated_at": pattern.created_at, "criticality": "high" if chance.random() < CONCERNS else None,
        }
        for answer, (thing, _place, _day) in released.items()
    ]  # fmt: skip
    with database.write() as session:
        for start in range(0, len(decided), CHUNK):
            session.execute(update(Answer), decided[start : start + CHUNK])
        for start in range(0, len(members), CHUNK):
            session.execute(insert(ThemeAnswer), members[start : start + CHUNK])
        counted = [{"theme_id": theme, "month": month, "count": n} for (theme, month), n in counts.items()]
        session.execute(insert(ThemeMonth), counted)


def _batches(
    host: Host,
    pattern: Artefact,
    waiting: list[Any],
    number: int,
    chance: random.Random,
    released: dict[UUID, tuple[UUID, int, date]],
) -> Iterator[Rows]:
    """The rows of the things that answers become, like those of the one that was released by the service."""
    scope = f"{audience_token(pattern.audience_id)} {kind_token(ANSWER)}"
    home, audience, search_text = (
        pattern.practice_id.hex,
        pattern.audience_id.hex,
        host.registry.kinds[ANSWER].search_text,
    )
    for start in range(0, len(waiting), CHUNK):
        rows: Rows = {"core_artefact": [], "core_revision": [], loading.SEARCH: []}
        for answer, items, day in waiting[start : start + CHUNK]:
            number += 1
            moment = datetime.combine(day, time(12), UTC) + timedelta(milliseconds=number % 10_000)
            body: dict[str, Any] = copy.deepcopy(pattern.body)
            body["received_month"] = f"{day:%Y-%m}"
            for part in body["parts"]:
                if part["words"]:
                    part["text"] = items[-1]["answer"][0]["valueString"]
            made, at, kept = key(moment, chance), stamp(moment), json.dumps(body)
            version, title = pattern.body_version, pattern.title
            rows["core_artefact"].append(
                (number, made, ANSWER, title, kept, version, "en", home, None, audience, "live", 1, at, at)
            )
            rows["core_revision"].append((made, 1, title, kept, version, audience, None, at))
            rows[loading.SEARCH].append((number, scope, title, search_text(body)))
            released[answer] = UUID(made), number, day
        yield rows


def _tell(world: World) -> None:
    """The months that were sent, all but the last, and the entries on the public page."""
    actor = world.actor("manager")
    with world.database.read() as session:
        known = months.span(session, actor.practice)
        figures = {}
        month = known.first
        while month < known.last.previous:
            figures[month] = returns.mark(months.counted_in(session, actor.practice.id, month))
            month = month.next
    for month, shown in figures.items():
        returns.mark_sent(world.artefacts, actor, month, shown)
    for number in range(ENTRIES):
        body = {
            "theme": f"Letters {number}",
            "you_said": "Some of you can’t read our letters.",
            "we_learned": "Nobody had asked how people need to read.",
            "we_did": "We ask everybody once and print in 18 point.",
            "change": "made",
            "on": "",
        }
        service.publish(world.artefacts, actor, body, GuardAnswer())
