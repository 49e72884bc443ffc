"""Goal 5: saving a note with a promise over HTTP, in one durable transaction, against a bare durable POST."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from functools import partial

from bench.databases import Loaded
from bench.goals.setting import Setting, floor_worker, toolkit
from bench.report import MILLISECOND, Figure, median
from bench.visiting import Cost, Step, Visitor, Worker, rounds

LIMIT = 3.0


def run(setting: Setting) -> Iterator[Figure]:
    """CPU and time of a save over those of the floor's POST."""
    for kind in setting.kinds:
        loaded = setting.loaded(kind, setting.small, to_write=True)
        with floor_worker(setting, loaded) as floor, toolkit(loaded) as (worker, visitor):
            measured = partial(_bare, floor), partial(_saved, worker, visitor, loaded)
            results = rounds(setting.repeats, setting.requests, *measured)
        low, high = (median(row[number].cpu for row in results) * MILLISECOND for number in (0, 1))
        detail = f"{high:.2f} / {low:.2f} ms"
        ratio = median(row[1].cpu / row[0].cpu for row in results)
        yield Figure(5, "saving a note with a promise / bare POST, CPU", kind, ratio, LIMIT, detail=detail)
        waited = [[median(cost.waits) for cost in row] for row in results]
        low, high = (median(row[number] for row in waited) * MILLISECOND for number in (0, 1))
        ratio = median(row[1] / row[0] for row in waited)
        yield Figure(5, "the same, time waited", kind, ratio, detail=f"{high:.2f} / {low:.2f} ms")


def _bare(worker: Worker, count: int) -> Cost:
    return worker.cost(Step("/note", {"text": _words(number)}) for number in range(count))


def _words(number: int) -> str:
    return (
        f"Large print helps many patients who could not read our letters before, we learned that today, note {number}"
    )


def _saved(worker: Worker, visitor: Visitor, loaded: Loaded, count: int) -> Cost:
    path = f"/{loaded.world.practices[0].slug}/record"
    fields = {
        "csrf_token": visitor.csrf,
        "kind": "reflect.note",
        "audience": "practice",
        "promise": "Print letters in 18 point",
        "due-day": "4",
        "due-month": "12",
        "due-year": "2026",
    }
    return worker.cost(
        Step(path, {**fields, "what": _words(number), "client_key": secrets.token_urlsafe(16)})
        for number in range(count)
    )
