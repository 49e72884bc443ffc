"""A small world for patient input: two practices of one cluster, with everybody who looks at answers or may not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from layers_core.artefacts.models import Artefact
from layers_core.artefacts.service import ArtefactService
from layers_core.contract import Actor, AudienceType, PluginChoice, PluginMeta, PracticeView
from layers_core.db.session import Database
from layers_core.host.loader import Host
from layers_core.practices import access, mix, service
from layers_core.practices.models import PublicLink
from layers_core.usage.models import UsageEventRow
from layers_patient_input import service as patients
from layers_patient_input.models import Answer
from layers_patient_input.plugin import Plugin

MANOR, MILL = "manor", "mill"
PEOPLE: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "receptionist": (MANOR, "receptionist", ()),
    "nurse": (MANOR, "nurse", ()),
    "manager": (MANOR, "manager", ("manager",)),
    "gp": (MANOR, "gp", ()),
    "lead": (MANOR, "gp", ("lead",)),
    "mill_receptionist": (MILL, "receptionist", ()),
    "mill_manager": (MILL, "manager", ("manager",)),
}
WORDS = "I could not read my letter because the print was so small, Mr Smith knows it"
_NONCES = count()


class Wider:
    """A plugin that does nothing but open the wider audiences."""

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
class House:
    """The host, the service, the people, and what a patient does."""

    database: Database
    host: Host
    artefacts: ArtefactService
    people: Mapping[str, UUID]
    cluster: str

    def actor(self, role: str) -> Actor:
        """Somebody in their practice, as of now."""
        with self.database.read() as session:
            actor = access.find_actor(session, self.host, self.people[role], PEOPLE[role][0])
        assert actor is not None
        return actor

    def practice(self, slug: str = MANOR) -> PracticeView:
        """A practice, as of now."""
        with self.database.read() as session:
            found = access.find_practice(session, self.host, slug=slug)
        assert found is not None
        return found

    def link(self, slug: str = MANOR) -> PublicLink:
        """The practice's working link."""
        with self.database.read() as session:
            return session.scalars(
                select(PublicLink).where(
                    PublicLink.practice_id == self.practice(slug).id, PublicLink.withdrawn_at.is_(None)
                )
            ).one()

    def answers(self, **given: object) -> list[Answer]:
        """The kept answers, oldest first."""
        with self.database.read() as session:
            return list(session.scalars(select(Answer).filter_by(**given).order_by(Answer.id)))

    def artefact(self, artefact_id: UUID) -> Artefact:
        """A thing's row."""
        with self.database.read() as session:
            return session.scalars(select(Artefact).where(Artefact.id == artefact_id)).one()

    def events(self, name: str = "") -> list[UsageEventRow]:
        """The plugin's usage events, oldest first; those of one name where it is given."""
        with self.database.read() as session:
            rows = session.scalars(select(UsageEventRow).order_by(UsageEventRow.sequence))
            return [row for row in rows if row.plugin == "patient_input" and name in ("", row.name)]

    def send(
        self, text: str = WORDS, score: str = "poor", *, slug: str = MANOR, language: str = "en", nonce: str = ""
    ) -> str:
        """A patient answers; gives their receipt code."""
        practice = self.practice(slug)
        given = patients.fft_answer(practice, score, text, language)
        return patients.take_answer(self.artefacts, practice, self.link(slug), nonce or f"nonce-{next(_NONCES)}", given)

    def released(self, text: str = WORDS, translation: str = "") -> UUID:
        """A patient answers and the receptionist releases it without the marked words; the thing's key."""
        self.send(text)
        answer = self.answers()[-1]
        decision = patients.Decision("redacted", translations={0: translation})
        return patients.release(self.artefacts, self.actor("receptionist"), answer.id, decision)

    def set_settings(self, **settings: Any) -> None:
        """Change the settings of Manor, as its manager does."""
        actor, choice = self.actor("manager"), PluginChoice("on", settings=settings)
        mix.switch(self.artefacts, actor, "patient_input", choice, "For a test", expected=actor.practice.mix.version)


@pytest.fixture
def house(database: Database, make_host: Callable[..., Host]) -> House:
    """Patient input is on in both practices, so both have a way in."""
    host = make_host(Plugin(), Wider())
    artefacts = ArtefactService(database, host)
    people: dict[str, UUID] = {}
    with database.write() as session:
        practices = {
            slug: service.create_practice(session, slug, f"{slug.title()} Surgery", slug=slug, telephone="01632 960100")
            for slug in (MANOR, MILL)
        }
        practices[MANOR].languages = ["en", "ur"]
        cluster = service.create_cluster(session, "U1", "Riverside network", "pcn")
        for practice in practices.values():
            service.add_to_cluster(session, cluster, practice, date(2024, 1, 1))
        for role, (slug, profession, roles) in PEOPLE.items():
            person = service.ensure_person(session, role.title(), f"{role}@example.org")
            service.join(session, person, practices[slug].id, profession, roles)
            people[role] = person.id
        cluster_key = f"cluster:{cluster.id}"
    made = House(database, host, artefacts, people, cluster_key)
    for role in ("manager", "mill_manager"):
        for slug in ("patient_input", "wider"):
            actor = made.actor(role)
            mix.switch(artefacts, actor, slug, PluginChoice("on"), "For a test", expected=actor.practice.mix.version)
    return made
