"""A small world for Reflect's tests: a practice with a nurse and a GP, a neighbour in the same cluster."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest

from layers_core.artefacts.service import ArtefactService
from layers_core.contract import Actor, AudienceType, PluginMeta
from layers_core.db.session import Database
from layers_core.host.loader import Host
from layers_core.practices import access, service
from layers_core.practices.models import Mix
from layers_reflect.plugin import Plugin

NURSE, GP, NEIGHBOUR = "nurse@manor.example", "gp@manor.example", "gp@mckenzie.example"
PEOPLE = {NURSE: ("manor", "nurse"), GP: ("manor", "gp"), NEIGHBOUR: ("mckenzie", "gp")}


class Wider:
    """A plugin that does nothing but open the wider audiences, so that notes can be shared."""

    meta = PluginMeta(
        slug="wider",
        name="Wider",
        version="1",
        requires_core=">=0.1",
        summary="",
        stores="",
        seen_by="",
        opens_audiences=frozenset[AudienceType]({"cluster", "network"}),
    )


@dataclass
class World:
    """The host, the service, and a way to become somebody."""

    database: Database
    host: Host
    service: ArtefactService
    cluster: str

    def actor(self, email: str) -> Actor:
        """The actor that a person is in their practice, as of now."""
        with self.database.read() as session:
            person = service.find_person(session, email)
            assert person is not None
            actor = access.find_actor(session, self.host, person.id, PEOPLE[email][0])
        assert actor is not None
        return actor

    def set_mix(self, slug: str, plugins: dict[str, object]) -> None:
        """Put a practice's next mix in force."""
        with self.database.write() as session:
            practice = session.query(service.Practice).filter_by(slug=slug).one()
            practice.mix_version += 1
            mix = Mix(practice_id=practice.id, version=practice.mix_version, plugins=plugins, changed=[], reason="")
            session.add(mix)


ON: dict[str, object] = {"reflect": {"state": "on"}, "wider": {"state": "on"}}


@pytest.fixture
def world(database: Database, make_host: Callable[..., Host]) -> World:
    """Reflect in the mix of two practices of one cluster."""
    host = make_host(Plugin(), Wider())
    with database.write() as session:
        practices = {
            slug: service.create_practice(session, slug, slug.title(), slug=slug) for slug in ("manor", "mckenzie")
        }
        cluster = service.create_cluster(session, "U1", "Riverside network", "pcn")
        for practice in practices.values():
            service.add_to_cluster(session, cluster, practice, date(2024, 1, 1))
        for email, (slug, profession) in PEOPLE.items():
            person = service.ensure_person(session, email.partition("@")[0].title(), email)
            service.join(session, person, practices[slug].id, profession, ())
        key = f"cluster:{cluster.id}"
    world = World(database, host, ArtefactService(database, host), key)
    for slug in practices:
        world.set_mix(slug, ON)
    return world
