"""The practice in which the contract suite tries a plugin."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from flask import Flask, g
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from layers_core.artefacts.models import Artefact
from layers_core.artefacts.service import ArtefactService
from layers_core.contract import Actor, PluginChoice, PluginState
from layers_core.db.session import Database
from layers_core.host.loader import Host
from layers_core.practices import access, mix, service
from layers_core.web import RequestContext

EMAIL = "contract@practice.example"
PLACE = "contract"
QUERIES = ("SELECT", "WITH")
"""How the statements begin that count as queries; savepoints around a hook are the door's own."""


@dataclass(frozen=True)
class Page:
    """A page being made: who asks, the session for reading, and the queries made since it began."""

    actor: Actor
    session: Session
    queries: list[str]


@dataclass
class World:
    """A practice with one member who may do everything, and the plugin under test in its mix."""

    database: Database
    host: Host
    slug: str
    saved: dict[UUID, str] = field(default_factory=dict)
    """The things that were saved, each with its kind."""

    @cached_property
    def service(self) -> ArtefactService:
        """The one service that saves."""
        return ArtefactService(self.database, self.host)

    @property
    def actor(self) -> Actor:
        """The member, as of now."""
        with self.database.read() as session:
            person = service.find_person(session, EMAIL)
            assert person is not None
            found = access.find_actor(session, self.host, person.id, PLACE)
        assert found is not None
        return found

    def switch(self, state: PluginState) -> None:
        """Put the plugin on or off."""
        actor = self.actor
        mix.switch(
            self.service, actor, self.slug, PluginChoice(state), "For a test", expected=actor.practice.mix.version
        )

    @contextmanager
    def page(self, app: Flask) -> Iterator[Page]:
        """A page of the practice being made; what is asked of the database meanwhile is counted."""
        queries: list[str] = []

        def count(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            if statement.lstrip().upper().startswith(QUERIES):
                queries.append(statement)

        actor = self.actor
        with self.database.read() as session, app.test_request_context(f"/{PLACE}/"):
            g.layers = RequestContext(lambda: session, self.service, self.host, actor, actor.practice)
            # The first statement opens the transaction; only what follows is the plugin's.
            session.execute(select(Artefact.id).limit(1)).all()
            event.listen(self.database.engine, "before_cursor_execute", count)
            try:
                yield Page(actor, session, queries)
            finally:
                event.remove(self.database.engine, "before_cursor_execute", count)


def make_world(database: Database, host: Host, slug: str) -> World:
    """Make the practice and switch the plugin on in it."""
    with database.write() as session:
        practice = service.create_practice(session, "EX9999", "Contract Surgery (example)", slug=PLACE)
        person = service.ensure_person(session, "Robin Example", EMAIL)
        service.join(session, person, practice.id, "gp", ("lead", "manager"))
    world = World(database, host, slug)
    world.switch("on")
    return world
