"""A small world for the service's tests: two practices of one cluster, one outside, and their people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from layers_core.artefacts.service import ArtefactService
from layers_core.contract import Actor, AudienceType, PluginMeta
from layers_core.db.session import Database
from layers_core.host.loader import Host, load_host
from layers_core.practices import access, service
from layers_core.practices.models import Mix, Practice
from layers_core.settings import Settings


class Sharing:
    """A plugin that does nothing but open the wider audiences."""

    meta = PluginMeta(
        slug="sharing",
        name="Sharing",
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

    def actor(self, email: str, slug: str) -> Actor:
        """The actor that a person is in a practice."""
        with self.database.read() as session:
            person = service.find_person(session, email)
            assert person is not None
            actor = access.find_actor(session, self.host, person.id, slug)
        assert actor is not None
        return actor


PEOPLE = {
    "nurse@manor.example": ("manor", "nurse", ()),
    "gp@manor.example": ("manor", "gp", ("lead",)),
    "manager@manor.example": ("manor", "manager", ("manager",)),
    "gp@mckenzie.example": ("mckenzie", "gp", ("manager",)),
    "gp@outside.example": ("outside", "gp", ()),
}


@pytest.fixture
def world(database: Database) -> World:
    """Two practices in one cluster and one outside it, with sharing switched on everywhere."""
    host = load_host(Settings.from_environment(), plugins=[Sharing()], discover=False)
    with database.write() as session:
        practices: dict[str, Practice] = {}
        for slug in ("manor", "mckenzie", "outside"):
            practice = service.create_practice(session, slug.upper(), slug.title(), slug=slug)
            session.add(
                Mix(
                    practice_id=practice.id,
                    version=1,
                    plugins={"sharing": {"state": "on"}},
                    changed=["sharing"],
                    reason="",
                )
            )
            practice.mix_version = 1
            practices[slug] = practice
        cluster = service.create_cluster(session, "U1", "Riverside network", "pcn")
        for slug in ("manor", "mckenzie"):
            service.add_to_cluster(session, cluster, practices[slug], date(2024, 1, 1))
        for email, (slug, profession, roles) in PEOPLE.items():
            person = service.ensure_person(session, email.partition("@")[0].title(), email)
            service.join(session, person, practices[slug].id, profession, roles)
    return World(database, host, ArtefactService(database, host), f"cluster:{cluster.id}")
