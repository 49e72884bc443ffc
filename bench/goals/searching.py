"""Goal 4: search against the raw indexed query with the audiences' tokens, and how long the slowest ones take."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import text

from bench.databases import Loaded
from bench.goals.setting import Setting, actor_of
from bench.report import MILLISECOND, Figure, median, percentile
from bench.things import TERMS
from bench.visiting import cpu_seconds
from layers_core.artefacts import reading
from layers_core.artefacts.search import audience_token
from layers_core.contract import Actor

LIMIT, SLOWEST_MS = 2.0, 15.0
CALLS = 100
FOUND = 20
RAW = {
    "sqlite": (
        "SELECT core_artefact.id, core_artefact.title, core_artefact.kind, core_artefact.created_at FROM core_search"
        " JOIN core_artefact ON core_artefact.number = core_search.rowid"
        " WHERE core_search MATCH :match ORDER BY core_search.rowid DESC LIMIT :limit"
    ),
    "postgresql": (
        "SELECT core_artefact.id, core_artefact.title, core_artefact.kind, core_artefact.created_at FROM core_search"
        " JOIN core_artefact ON core_artefact.number = core_search.number"
        " WHERE vector @@ to_tsquery('english', :match) ORDER BY core_search.number DESC LIMIT :limit"
    ),
}


def _match(kind: str, actor: Actor, term: str) -> str:
    tokens = [audience_token(key) for key in actor.audience_ids]
    if kind == "sqlite":
        return f"(scope : ({' OR '.join(tokens)})) AND ({{title words}} : ({term}))"
    return f"({' | '.join(f'{token}:D' for token in tokens)}) & {term}"


def run(setting: Setting) -> Iterator[Figure]:
    """CPU of `reading.find` over the raw statement's, and its 99th percentile, for words of known frequency."""
    for kind in setting.kinds:
        loaded = setting.loaded(kind, setting.large)
        actor = actor_of(setting, loaded)
        for term, share in TERMS.items():
            yield from _term(setting, loaded, actor, term, share)


def _term(setting: Setting, loaded: Loaded, actor: Actor, term: str, share: float) -> Iterator[Figure]:
    host, kind = setting.databases.host, loaded.kind
    raw_statement, asked = text(RAW[kind]), {"match": _match(kind, actor, term), "limit": FOUND}
    with loaded.database.read() as session:
        connection = session.connection()

        def raw() -> Any:
            return connection.execute(raw_statement, asked).all()

        def search() -> Any:
            return reading.find(session, host, actor, term, limit=FOUND)

        driver: Any = connection.connection.dbapi_connection
        backend = driver.info.backend_pid if kind == "postgresql" else None
        results = []
        for _round in range(setting.repeats + 1):
            results.append([_cost(raw, backend), _cost(search, backend)])
        results = results[1:]
        found = len(search())
    ratio = median(row[1][0] / row[0][0] for row in results)
    low, high = (median(row[number][0] for row in results) * MILLISECOND for number in (0, 1))
    waits = [wait for row in results for wait in row[1][1]]
    word = f"a word in {share:.2%} of {loaded.size:,}"
    yield Figure(4, f"search / raw, {word}", kind, ratio, LIMIT, detail=f"{high:.2f} / {low:.2f} ms, {found} found")
    slowest = percentile(waits, 0.99) * MILLISECOND
    yield Figure(4, f"search p99, newest first, {word}", kind, slowest, SLOWEST_MS, unit="ms")


def _cost(call: Callable[[], Any], backend: int | None) -> tuple[float, list[float]]:
    """CPU seconds a call, the database's own included, and how long each took."""
    before = time.process_time() + (cpu_seconds(backend) if backend else 0)
    waits = []
    for _call in range(CALLS):
        began = time.perf_counter()
        call()
        waits.append(time.perf_counter() - began)
    after = time.process_time() + (cpu_seconds(backend) if backend else 0)
    return (after - before) / CALLS, waits
