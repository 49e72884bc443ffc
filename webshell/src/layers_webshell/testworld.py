"""A small world for tests: two practices of one cluster, a third outside it, and somebody in every role."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from layers_core.artefacts.service import ArtefactService
from layers_core.contract import Actor, PluginChoice
from layers_core.db.rooms import MigrationRoom
from layers_core.db.session import Database
from layers_core.host.loader import Host
from layers_core.practices import access, mix, service
from layers_core.practices.models import Practice
from layers_core.testkit.servers import MigratedSchema
from layers_core.usage.models import Study, StudyEvaluator, StudyPractice
from layers_webshell.accounts.service import make_account

SINCE = date(2026, 1, 1)
MANOR, RIVERSIDE, HILLTOP = "manor", "riverside", "hilltop"
PRACTICES = {
    MANOR: ("A81001", "Manor Street Surgery"),
    RIVERSIDE: ("A81002", "Riverside Practice"),
    HILLTOP: ("B82003", "Hilltop Medical Centre"),
}
MEMBERS: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    "gp": (MANOR, "Dr Grace Okafor", "gp", ()),
    "nurse": (MANOR, "Nadia Brown", "nurse", ()),
    "receptionist": (MANOR, "Rita Lewis", "receptionist", ()),
    "manager": (MANOR, "Moira Jones", "manager", ("manager",)),
    "lead": (MANOR, "Dr Leo Martin", "gp", ("lead",)),
    "neighbour": (RIVERSIDE, "Dr Nick Adeyemi", "gp", ("manager",)),
    "outsider": (HILLTOP, "Dr Olive Stone", "gp", ("manager",)),
    "former": (MANOR, "Fred Former", "nurse", ()),
}
"""Role: practice, name, profession and roles. The former one has left."""
OTHERS = {"evaluator": "Eve Evaluator", "operator": "Otto Operator"}
STUDY = "pilot"


@dataclass
class World:
    """Who and what there is: keys by name of role or practice."""

    database: Database
    host: Host
    practices: dict[str, UUID] = field(default_factory=dict)
    people: dict[str, UUID] = field(default_factory=dict)
    accounts: dict[str, UUID] = field(default_factory=dict)
    cluster_id: UUID | None = None

    @property
    def artefacts(self) -> ArtefactService:
        """The service that saves."""
        return ArtefactService(self.database, self.host)

    def actor(self, role: str, practice: str = "") -> Actor:
        """The actor that somebody is, in their own practice unless named. Raises LookupError for no member."""
        slug = practice or MEMBERS[role][0]
        with self.database.read() as session:
            actor = access.find_actor(session, self.host, self.people[role], slug)
        if actor is None:
            raise LookupError(f"{role} is no member of {slug}")
        return actor

    def switch(self, practice: str, slug: str, choice: PluginChoice) -> None:
        """Change a practice's mix, as its manager does."""
        role = next(role for role, member in MEMBERS.items() if member[0] == practice and "manager" in member[3])
        actor = self.actor(role)
        mix.switch(self.artefacts, actor, slug, choice, "For a test", expected=actor.practice.mix.version)


_MADE: dict[tuple[WorldSchema, str], World] = {}
"""The keys of each template's world, by what made it and the kind of its database."""


@dataclass(frozen=True)
class WorldSchema:
    """Makes a template database that holds the world of a host's plugins. Equal ones share a template."""

    rooms: tuple[MigrationRoom, ...]
    plugins: tuple[tuple[str, str], ...]
    host: Host = field(compare=False, repr=False)

    @classmethod
    def of(cls, host: Host, rooms: Iterable[MigrationRoom]) -> WorldSchema:
        """The schema of a host: its plugins are told apart by slug and class."""
        named = ((slug, type(loaded.plugin).__qualname__) for slug, loaded in host.plugins.items())
        return cls(tuple(rooms), tuple(named), host)

    def __call__(self, engine: Engine) -> None:
        """Make the tables and fill them."""
        MigratedSchema(self.rooms)(engine)
        database = Database(engine)
        _MADE[self, database.dialect] = make_world(database, self.host, self.host.plugins)

    def world(self, database: Database, host: Host) -> World:
        """The world in a copy of the template."""
        made = _MADE[self, database.dialect]
        return World(database, host, dict(made.practices), dict(made.people), dict(made.accounts), made.cluster_id)


def make_world(database: Database, host: Host, plugins: Iterable[str]) -> World:
    """Fill an empty database; `plugins` are switched on in every practice."""
    world = World(database, host)
    with database.write() as session:
        _fill(session, world)
    for practice in PRACTICES:
        for slug in plugins:
            world.switch(practice, slug, PluginChoice("on"))
    return world


def _fill(session: Session, world: World) -> None:
    practices: dict[str, Practice] = {
        slug: service.create_practice(session, code, name, slug=slug, telephone="01632 960100")
        for slug, (code, name) in PRACTICES.items()
    }
    practices[MANOR].languages = ["en", "ur"]
    cluster = service.create_cluster(session, "U10001", "Example Primary Care Network", "pcn")
    for slug in (MANOR, RIVERSIDE):
        service.add_to_cluster(session, cluster, practices[slug], SINCE)
    for role, (practice, name, profession, roles) in MEMBERS.items():
        person = service.ensure_person(session, name, f"{role}@example.org")
        service.join(session, person, practices[practice].id, profession, roles)
        world.people[role] = person.id
    for role, name in OTHERS.items():
        person = service.ensure_person(session, name, f"{role}@example.org")
        person.is_operator = role == "operator"
        world.people[role] = person.id
    service.leave(session, world.people["former"], practices[MANOR].id)
    study = Study(slug=STUDY, title="Pilot", approval="Test", baseline_on=SINCE, starts_on=SINCE, secret="x" * 64)
    session.add(study)
    session.flush()
    session.add_all(StudyPractice(study_id=study.id, practice_id=practices[slug].id) for slug in (MANOR, RIVERSIDE))
    session.add(StudyEvaluator(study_id=study.id, person_id=world.people["evaluator"]))
    world.accounts = {role: make_account(session, person_id).id for role, person_id in world.people.items()}
    world.practices = {slug: practice.id for slug, practice in practices.items()}
    world.cluster_id = cluster.id
