"""Goal 3: how many statements select from tables on the home page, the feed and a thing's page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

from bench.databases import Loaded
from bench.goals.setting import Setting, pages_of, things_of
from bench.instance import settings
from bench.report import Figure
from bench.world import PEOPLE
from layers_webshell.app import create_app
from layers_webshell.testclient import Browser

LIMITS = {"home": 6, "feed": 4, "thing": 6}


@contextmanager
def counting(engine: Engine) -> Iterator[list[str]]:
    """The statements that select from a table, while the block runs."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith(("SELECT", "WITH")):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def run(setting: Setting) -> Iterator[Figure]:
    """The most that anybody of the practice meets, with few and with many things."""
    for kind in setting.kinds:
        for size in (setting.small, setting.large):
            loaded = setting.loaded(kind, size)
            found = {role: _counted(setting, loaded, role) for role, *_rest in PEOPLE}
            for page, limit in LIMITS.items():
                most = max(counts[page] for counts in found.values())
                detail = ", ".join(f"{role} {counts[page]}" for role, counts in found.items())
                yield Figure(3, f"{page}, {size:,} things", kind, most, limit, unit="queries", detail=detail)


def _counted(setting: Setting, loaded: Loaded, role: str) -> dict[str, int]:
    app = create_app(settings(loaded.url), host=setting.databases.host, database=loaded.database)
    client = Browser(app)
    client.sign_in(loaded.world.accounts[role])
    pages = pages_of(loaded)
    paths = {"home": pages["home"], "feed": pages["feed"]}
    counts = {}
    for name, path in paths.items():
        counts[name] = _count(client, loaded, path)
    counts["thing"] = max(_count(client, loaded, pages["thing"] + key) for key in things_of(loaded))
    return counts


def _count(client: Browser, loaded: Loaded, path: str) -> int:
    client.get(path)
    with counting(loaded.database.engine) as seen:
        # Unread, so that the event of opening a thing, which is written after the page was sent, is not counted.
        assert client.get(path, buffered=False).status_code == 200
        return len(seen)
