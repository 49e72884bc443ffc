"""The people and practices of the benchmarks: 40 practices in four clusters, five people in each, four plugins on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from layers_core.artefacts.models import Audience
from layers_core.artefacts.service import ArtefactService
from layers_core.contract import PluginChoice
from layers_core.db.session import Database
from layers_core.host.loader import Host
from layers_core.practices import access, mix, service
from layers_core.practices.models import Cluster, ClusterPractice, Membership, Person, Practice
from layers_core.usage.log import actor_key
from layers_guidelines.models import Edition
from layers_patient_input.models import Answer
from layers_webshell.accounts.models import Account
from layers_webshell.accounts.service import make_account

PRACTICES, CLUSTERS = 40, 4
PEOPLE: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("reader", "nurse", ()),
    ("gp", "gp", ()),
    ("lead", "gp", ("lead",)),
    ("manager", "manager", ("manager",)),
    ("receptionist", "receptionist", ()),
)
"""Role in a practice: profession and roles. The first practice's reader is who visits the pages."""
WAITING = 3
"""Patients' answers in each practice that somebody has to look at."""


@dataclass
class Home:
    """A practice with the keys that its things need; text keys are 32 hexadecimal digits, as the loaders write them."""

    index: int
    slug: str
    id: str
    audience: UUID
    cluster_audience: UUID
    edition: str
    people: list[str] = field(default_factory=list)
    own_audiences: list[UUID] = field(default_factory=list)
    actor_keys: list[str] = field(default_factory=list)


@dataclass
class World:
    """All practices, and the network's audience."""

    practices: list[Home]
    network_audience: UUID
    accounts: dict[str, UUID]
    """Accounts of the first practice's people by role."""
    people: dict[str, UUID]


def make(database: Database, host: Host) -> None:
    """Fill an empty database with practices and people, through the core's own services."""
    artefacts = ArtefactService(database, host)
    with database.write() as session:
        clusters = [service.create_cluster(session, f"U{n:05}", f"Cluster {n}", "pcn") for n in range(CLUSTERS)]
        for number in range(PRACTICES):
            _practice(session, number, clusters[number % CLUSTERS])
    for number in range(PRACTICES):
        for slug in host.plugins:
            with database.read() as session:
                person = session.scalars(select(Person.id).where(Person.email == _email("manager", number))).one()
                actor = access.find_actor(session, host, person, _slug(number))
            assert actor is not None
            mix.switch(artefacts, actor, slug, PluginChoice("on"), "Bench", expected=actor.practice.mix.version)


def _slug(number: int) -> str:
    return f"practice-{number}"


def _email(role: str, number: int) -> str:
    return f"{role}.{number}@example.org"


def _practice(session: Session, number: int, cluster: Cluster) -> None:
    practice = service.create_practice(session, f"A{number:05}", f"Example Surgery {number}", slug=_slug(number))
    service.add_to_cluster(session, cluster, practice, date(2024, 1, 1))
    for role, profession, roles in PEOPLE:
        person = service.ensure_person(session, f"{role.title()} Number {number}", _email(role, number))
        service.join(session, person, practice.id, profession, roles)
        actor_key(session, person.id)
        make_account(session, person.id)
    session.add(
        Edition(
            practice_id=practice.id,
            edition_key="bench",
            source_key="bench",
            title="Example",
            publisher="Example",
            licence="Example",
        )
    )
    for waiting in range(WAITING):
        session.add(
            Answer(
                practice_id=practice.id,
                form="fft",
                form_version=1,
                scale_version="2020",
                score="good",
                items=[{"linkId": "text", "answer": [{"valueString": "Thank you"}]}],
                has_words=True,
                language="en",
                method="online",
                received_on=date(2026, 11, 1),
                receipt_hash=f"{number}-{waiting}",
            )
        )
    session.flush()


def read(database: Database) -> World:
    """Find what `make` made."""
    with database.read() as session:
        keys = {row.key: row.id for row in session.execute(select(Audience.key, Audience.id))}
        homes = [_home(session, keys, number) for number in range(PRACTICES)]
        first = [_account(session, role) for role, *_rest in PEOPLE]
    roles = [role for role, *_rest in PEOPLE]
    people = dict(zip(roles, (UUID(key) for key in homes[0].people), strict=True))
    return World(homes, keys["network"], dict(zip(roles, first, strict=True)), people)


def _account(session: Session, role: str) -> UUID:
    return session.scalars(
        select(Account.id).join(Person, Person.id == Account.person_id).where(Person.email == _email(role, 0))
    ).one()


def _home(session: Session, keys: dict[str, UUID], number: int) -> Home:
    practice: Any = session.scalars(select(Practice).where(Practice.slug == _slug(number))).one()
    cluster = session.scalars(
        select(ClusterPractice.cluster_id).where(ClusterPractice.practice_id == practice.id)
    ).one()
    edition = session.scalars(select(Edition.id).where(Edition.practice_id == practice.id)).one()
    home = Home(
        number,
        practice.slug,
        practice.id.hex,
        keys[f"practice:{practice.id}"],
        keys[f"cluster:{cluster}"],
        edition.hex,
    )
    for role, *_rest in PEOPLE:
        person = session.scalars(
            select(Person.id)
            .join(Membership, Membership.person_id == Person.id)
            .where(Person.email == _email(role, number))
        ).one()
        home.people.append(person.hex)
        home.own_audiences.append(keys[f"person:{person}"])
        home.actor_keys.append(actor_key(session, person).hex)
    return home
