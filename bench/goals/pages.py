"""Goal 1: the home page and the feed, signed in, four plugins on, against the floor page."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from bench.goals.setting import Setting, floor_worker, pages_of, toolkit, visits
from bench.report import MILLISECOND, Figure, median
from bench.visiting import rounds

LIMIT = 4.0


def run(setting: Setting) -> Iterator[Figure]:
    """CPU of a page over the CPU of the floor page, on the small set."""
    for kind in setting.kinds:
        loaded = setting.loaded(kind, setting.small)
        pages = pages_of(loaded)
        with floor_worker(setting, loaded) as floor, toolkit(loaded) as (worker, _visitor):
            measured = [partial(visits, floor, ["/"])]
            measured += [partial(visits, worker, [pages[name]]) for name in ("home", "feed")]
            results = rounds(setting.repeats, setting.requests, *measured)
        base = median(row[0].cpu for row in results)
        for number, name in ((1, "home"), (2, "feed")):
            ratio = median(row[number].cpu / row[0].cpu for row in results)
            worker_ms = median(row[number].worker for row in results) * MILLISECOND
            server_ms = median(row[number].server for row in results) * MILLISECOND
            detail = f"{worker_ms:.2f} + {server_ms:.2f} ms; floor {base * MILLISECOND:.2f} ms"
            yield Figure(1, f"{name} page / floor page, CPU", kind, ratio, LIMIT, detail=detail)
