"""Goal 2: the feed, search and a thing's page with many things against a thousand; page 500 against page 1."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from bench.databases import Loaded
from bench.goals.setting import Setting, actor_of, pages_of, things_of, toolkit, visits
from bench.report import MILLISECOND, Figure, median
from bench.visiting import Cost, rounds
from layers_core.artefacts.reading import Place, feed
from layers_webshell.pages.feed import PAGE
from layers_webshell.pages.rows import cursor

LIMIT = 1.2
SEARCHED = "letters"
FAR = 500
STEP = 1_000


def run(setting: Setting) -> Iterator[Figure]:
    """CPU of a page on the large set over its CPU on the small one, and of a late page over the first."""
    for kind in setting.kinds:
        few, many = setting.loaded(kind, setting.small), setting.loaded(kind, setting.large)
        with toolkit(few) as (small, _visitor), toolkit(many) as (large, _same):
            for name, (path_few, path_many) in _pairs(few, many).items():
                measured = partial(visits, small, path_few), partial(visits, large, path_many)
                yield _figure(f"{name}, {setting.large:,} / {setting.small:,} things", kind, setting, *measured)
            first = pages_of(many)["feed"]
            late = f"{first}?older={place(setting, many, FAR)}"
            yield _figure(
                f"feed, page {FAR} / page 1",
                kind,
                setting,
                *(partial(visits, large, [path]) for path in (first, late)),
            )


def _pairs(few: Loaded, many: Loaded) -> dict[str, tuple[list[str], list[str]]]:
    pages = pages_of(few)
    searched = f"{pages['search']}?q={SEARCHED}"
    return {
        "feed": ([pages["feed"]], [pages["feed"]]),
        "search": ([searched], [searched]),
        "thing": tuple([pages["thing"] + key for key in things_of(loaded)] for loaded in (few, many)),  # type: ignore[dict-item]
    }


def place(setting: Setting, loaded: Loaded, page: int) -> str:
    """Where a page of the reader's feed begins, found by reading all before it."""
    actor, host = actor_of(setting, loaded), setting.databases.host
    before: Place | None = None
    left = (page - 1) * PAGE
    with loaded.database.read() as session:
        while left:
            things = feed(session, host, actor, before=before, limit=min(left, STEP))
            left -= len(things)
            before = Place(things[-1].created_at, things[-1].id)
    assert before is not None
    return cursor(before)


def _figure(what: str, kind: str, setting: Setting, small: partial[Cost], large: partial[Cost]) -> Figure:
    results = rounds(setting.repeats, setting.requests, small, large)
    low, high = (median(row[number].cpu for row in results) * MILLISECOND for number in (0, 1))
    return Figure(
        2, what, kind, median(row[1].cpu / row[0].cpu for row in results), LIMIT, detail=f"{high:.2f} / {low:.2f} ms"
    )
