"""What the tests of the staff pages share: a plugin that fills every place of a page, and a counter of queries."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, event

from layers_core.contract import Draft
from layers_core.db.session import Database
from layers_webshell.testworld import World

NAME = "layers_ideas"


@contextmanager
def counting(engine: Engine) -> Iterator[list[str]]:
    """The statements that select from a table, while the block runs."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if " FROM " in " ".join(statement.split()):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def queries(database: Database) -> Callable[[], Any]:
    """`with queries() as seen:` collects the queries of the block."""
    return lambda: counting(database.engine)


@pytest.fixture(scope="session")
def ideas() -> object:
    """The plugin of the folder `ideas`; pytest's import mode lets tests import no neighbour by name."""
    if NAME not in sys.modules:
        folder = Path(__file__).with_name("ideas")
        spec = importlib.util.spec_from_file_location(
            NAME, folder / "__init__.py", submodule_search_locations=[str(folder)]
        )
        assert spec
        assert spec.loader
        sys.modules[NAME] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[NAME])
    return sys.modules[NAME].Ideas()


@pytest.fixture
def write(world: World) -> Callable[..., UUID]:
    """`write("nurse", "text", audience=…)` saves a plain note and gives its key."""

    def save(role: str, text: str, audience: str = "practice", *, kind: str = "core.note", **more: Any) -> UUID:
        actor = world.actor(role)
        return world.artefacts.save(actor, Draft(kind, text[:80], {"text": text}, audience=audience, **more)).id

    return save
