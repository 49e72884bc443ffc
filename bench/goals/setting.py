"""What every goal is given: the databases, how large they are, and how often to repeat."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import select

from bench import floor
from bench.databases import Databases, Loaded
from bench.visiting import Cost, Step, Visitor, Worker, sign_in
from layers_core.artefacts.models import Artefact, Link
from layers_core.contract import Actor
from layers_core.db.session import Database
from layers_core.practices import access

THINGS_VISITED = 3
"""So few of the first practice's are among the newest thousand things, which every set holds."""


@dataclass
class Setting:
    """A run."""

    databases: Databases
    kinds: tuple[str, ...]
    small: int
    large: int
    repeats: int
    requests: int

    def loaded(self, kind: str, size: int, *, to_write: bool = False) -> Loaded:
        """A database of a kind with so many things; another one `to_write` to."""
        return self.databases.get(kind, size, to_write=to_write)


def actor_of(setting: Setting, loaded: Loaded, role: str = "reader") -> Actor:
    """Somebody of the first practice."""
    home = loaded.world.practices[0]
    with loaded.database.read() as session:
        found = access.find_actor(session, setting.databases.host, loaded.world.people[role], home.slug)
    assert found is not None
    return found


@contextmanager
def toolkit(loaded: Loaded, role: str = "reader", **options: object) -> Iterator[tuple[Worker, Visitor]]:
    """A worker with the toolkit, visited by somebody of the first practice."""
    visitor = sign_in(loaded, loaded.world.accounts[role])
    with Worker(loaded, "toolkit", cookie=visitor.cookie, **options) as worker:
        yield worker, visitor


@contextmanager
def floor_worker(setting: Setting, loaded: Loaded) -> Iterator[Worker]:
    """A worker with the floor page, showing what the reader may see."""
    owner = loaded.url.replace("layers_app", "layers_owner")
    tables = Database.at(owner)
    floor.prepare(tables, application="layers_app")
    tables.dispose()
    audiences = [str(key) for key in actor_of(setting, loaded).audience_ids]
    with Worker(loaded, "floor", audiences=json.dumps(audiences)) as worker:
        yield worker


def pages_of(loaded: Loaded) -> dict[str, str]:
    """The addresses of the first practice's pages by name."""
    slug = loaded.world.practices[0].slug
    return {"home": f"/{slug}/", "feed": f"/{slug}/new", "search": f"/{slug}/search", "thing": f"/{slug}/things/"}


def things_of(loaded: Loaded, limit: int = THINGS_VISITED, *, linked: bool = True) -> list[str]:
    """Some of the practice's newest things: those that grew out of another one, so that their pages have a trail."""
    home = loaded.world.practices[0]
    query = select(Artefact.id).where(Artefact.audience_id == home.audience, Artefact.state == "live")
    if linked:
        query = query.where(Artefact.id.in_(select(Link.from_id)))
    with loaded.database.read() as session:
        keys = session.scalars(query.order_by(Artefact.created_at.desc()).limit(limit)).all()
    if len(keys) < limit:
        raise LookupError(f"Only {len(keys)} things to visit")
    return [str(key) for key in keys]


def visits(worker: Worker, paths: list[str], count: int) -> Cost:
    """Visit these addresses in turn, so many requests in all."""
    return worker.cost(Step(paths[number % len(paths)]) for number in range(count))
