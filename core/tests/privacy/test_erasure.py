"""Erasing a person: nothing names them any more, others lose nothing, and the log can no longer tell."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, inspect, select, text

from layers_core.artefacts import audience, reading
from layers_core.artefacts.errors import GuardStop
from layers_core.artefacts.models import Action, Artefact, AudienceMember, Comment, Exposure, Revision
from layers_core.artefacts.models import Draft as KeptDraft
from layers_core.artefacts.service import ArtefactService
from layers_core.contract import Actor, Draft, GuardAnswer, PluginMeta, Promise, hookimpl
from layers_core.db.session import Database
from layers_core.host.doors import DoorFault
from layers_core.host.loader import Host, load_host
from layers_core.practices import access, proposals, service
from layers_core.practices.models import Membership, Person
from layers_core.privacy import erasure
from layers_core.settings import Settings
from layers_core.testkit.plugins import FaultyPlugin
from layers_core.usage import consent
from layers_core.usage.models import ActorKey, UsageEventRow

NAME, EMAIL = "Dr Zoë Quillfeather", "zoe.quillfeather@manor.example"
BARE = "Zoë Quillfeather"
COLLEAGUE = "gp@manor.example"
SETTINGS = Settings(database_url="sqlite:///unused.db", data_dir=Path(), raise_faults=True)


@dataclass
class World:
    database: Database
    host: Host
    service: ArtefactService
    person: UUID

    def actor(self, email: str) -> Actor:
        with self.database.read() as session:
            person = service.find_person(session, email)
            assert person is not None
            found = access.find_actor(session, self.host, person.id, "manor")
        assert found is not None
        return found

    def save(self, email: str, title: str, body: str, choice: str, promise: str = "") -> UUID:
        draft = Draft("core.note", title, {"text": body}, choice, promise=Promise(promise) if promise else None)
        try:
            return self.service.save(self.actor(email), draft).id
        except GuardStop as stop:
            answer = GuardAnswer(stop.fingerprint, "It may stay")
            return self.service.save(self.actor(email), replace(draft, guard=answer)).id

    def erase(self) -> erasure.Erased:
        return erasure.erase_person(self.database, self.host, self.person)


@pytest.fixture
def world(database: Database) -> World:
    host = load_host(SETTINGS, discover=False)
    with database.write() as session:
        practice = service.create_practice(session, "A81001", "Manor Surgery", slug="manor")
        person = service.ensure_person(session, NAME, EMAIL)
        service.join(session, person, practice.id, "gp", ("lead", "manager"))
        colleague = service.ensure_person(session, "Grace Okafor", COLLEAGUE)
        service.join(session, colleague, practice.id, "gp", ())
        consent.give(session, person.id)
        session.add(
            KeptDraft(person_id=person.id, practice_id=practice.id, form="record", fields={"text": f"I am {BARE}"})
        )
        person_id = person.id
    return World(database, host, ArtefactService(database, host), person_id)


def hits(database: Database, *needles: str) -> list[str]:
    """Every place in every table, the search index included, that holds one of the words, as any database spells it."""
    spelt = {form.casefold() for needle in needles for form in (needle, json.dumps(needle)[1:-1])}
    found = []
    with database.read() as session:
        for table in inspect(session.connection()).get_table_names():
            for row in session.execute(text(f'SELECT * FROM "{table}"')).mappings():
                for column, value in row.items():
                    shown = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
                    if any(needle in shown.casefold() for needle in spelt):
                        found.append(f"{table}.{column}")
    return found


def test_nothing_names_them_any_more(world: World, database_url: str) -> None:
    world.save(EMAIL, "Mine alone", f"{BARE} wrote this", "me", "Keep it")
    shared = world.save(EMAIL, f"From {NAME}", f"Ask {BARE.upper()} or {EMAIL}", "practice", "Tell everybody")
    world.service.revise(
        world.actor(EMAIL), shared, Draft("core.note", f"Still from {BARE}", {"text": "Shorter"}, "practice"), 1
    )
    theirs = world.save(COLLEAGUE, "What a colleague wrote", f"I learnt it from {NAME}.", "practice")
    world.service.comment(world.actor(COLLEAGUE), shared, f"Thank you, {BARE}!", GuardAnswer())
    proposals.propose(world.service, world.actor(EMAIL), f"{BARE} suggests longer breaks")
    assert hits(world.database, BARE, EMAIL)

    erased = world.erase()

    assert hits(world.database, BARE, EMAIL, "Quillfeather") == []
    assert erased.things == 1
    assert erased.texts >= 5
    with world.database.read() as session:
        thing = reading.get(session, world.host, world.actor(COLLEAGUE), theirs)
        found = reading.find(session, world.host, world.actor(COLLEAGUE), "learnt from")
        lost = reading.find(session, world.host, world.actor(COLLEAGUE), "Quillfeather")
    assert thing is not None
    assert thing.body["text"] == f"I learnt it from {erasure.REMOVED}."
    assert [item.thing.id for item in found] == [theirs]
    assert lost == []
    if world.database.dialect == "sqlite":
        world.database.dispose()
        raw = Path(database_url.removeprefix("sqlite:///")).read_bytes().lower()
        assert b"quillfeather" not in raw


def test_what_was_theirs_alone_goes_and_what_they_shared_stays(world: World) -> None:
    private = world.save(EMAIL, "Mine alone", "Private words", "me", "Keep it")
    withdrawn = world.save(EMAIL, "Taken back", "No longer true", "practice")
    world.service.withdraw(world.actor(EMAIL), withdrawn)
    shared = world.save(EMAIL, "For everybody", "Shared words", "practice", "Tell everybody")
    world.service.comment(world.actor(EMAIL), shared, "One more thing", GuardAnswer())
    theirs = world.save(COLLEAGUE, "What a colleague wrote", "Words", "practice")

    assert world.erase().things == 2

    colleague = world.actor(COLLEAGUE)
    with world.database.read() as session:
        assert set(session.scalars(select(Artefact.id))) == {shared, theirs}
        assert session.scalar(select(func.count()).where(Revision.artefact_id.in_([private, withdrawn]))) == 0
        assert set(session.scalars(select(Exposure.person_id))) == {colleague.person_id}
        assert session.scalar(select(func.count()).select_from(KeptDraft)) == 0
        thing = reading.get(session, world.host, colleague, shared)
        assert thing is not None
        assert (thing.author_id, thing.title) == (None, "For everybody")
        owner = session.scalars(select(Person.name).join(Action, Action.owner_id == Person.id)).one()
        writer = session.scalars(select(Person.name).join(Comment, Comment.author_id == Person.id)).one()
        assert owner == writer == "Somebody who has left"
        membership = session.scalars(select(Membership).where(Membership.person_id == world.person)).one()
        assert membership.left_at is not None
        assert membership.roles == ["member"]
        assert service.find_person(session, EMAIL) is None
        assert access.find_actor(session, world.host, world.person, "manor") is None


def test_the_log_keeps_its_events_and_forgets_whose_they_were(world: World) -> None:
    world.save(EMAIL, "Mine alone", "Private words", "me")
    world.save(EMAIL, "For everybody", "Shared words", "practice")
    with world.database.read() as session:
        before = session.execute(select(UsageEventRow.sequence, UsageEventRow.actor_key)).all()
    world.erase()
    with world.database.read() as session:
        assert session.execute(select(UsageEventRow.sequence, UsageEventRow.actor_key)).all() == before
        assert session.scalar(select(func.count()).where(ActorKey.person_id == world.person)) == 0


def test_erasing_twice_does_no_harm_and_nobody_can_be_erased_who_is_not_there(world: World) -> None:
    world.erase()
    again = world.erase()
    assert again == erasure.Erased(0, 0)
    with pytest.raises(LookupError):
        erasure.erase_person(world.database, world.host, UUID(int=7))


def test_somebody_else_of_the_same_name_keeps_it(world: World) -> None:
    with world.database.write() as session:
        service.ensure_person(session, NAME, "another@elsewhere.example")
    world.erase()
    with world.database.read() as session:
        other = service.find_person(session, "another@elsewhere.example")
        assert other is not None
        assert other.name == NAME


def test_a_name_of_one_word_is_not_looked_for_in_texts(world: World) -> None:
    with world.database.write() as session:
        person = session.get(Person, world.person)
        assert person is not None
        person.name = "Will"
    world.save(COLLEAGUE, "What we will do", "Will we?", "practice")
    world.erase()
    with world.database.read() as session:
        assert session.scalars(select(Artefact.title)).one() == "What we will do"


class Keeper:
    """A plugin that is told about an erasure."""

    meta = PluginMeta("keeper", "Keeper", "1", ">=0.1", "", "", "")

    def __init__(self) -> None:
        self.told: list[UUID] = []

    @hookimpl
    def layers_erase_person(self, person_id: UUID) -> None:
        self.told.append(person_id)


def test_every_plugin_is_told_switched_on_or_not(world: World) -> None:
    keeper = Keeper()
    erasure.erase_person(world.database, load_host(SETTINGS, plugins=[keeper], discover=False), world.person)
    assert keeper.told == [world.person]


@pytest.mark.parametrize("how", ["raise", "SystemExit", "sql_error"])
def test_a_plugin_that_fails_leaves_everything_as_it_was(world: World, how: str) -> None:
    world.save(EMAIL, "Mine alone", "Private words", "me")
    host = load_host(SETTINGS, plugins=[FaultyPlugin("layers_erase_person", how)], discover=False)  # type: ignore[arg-type]
    with pytest.raises(DoorFault):
        erasure.erase_person(world.database, host, world.person)
    with world.database.read() as session:
        assert session.scalars(select(Artefact.title)).one() == "Mine alone"
        assert service.find_person(session, EMAIL) is not None


def test_a_plugin_that_is_left_out_keeps_the_erasure_pending(world: World) -> None:
    settings = replace(SETTINGS, raise_faults=False, disabled_plugins=frozenset({"keeper"}))
    host = load_host(settings, plugins=[Keeper()], discover=False)
    with pytest.raises(DoorFault, match="keeper"):
        erasure.erase_person(world.database, host, world.person)
    assert world.actor(EMAIL).person_id == world.person


def test_a_group_no_longer_holds_them(world: World) -> None:
    colleague = world.actor(COLLEAGUE).person_id
    assert colleague is not None
    with world.database.write() as session:
        audience.ensure_group(session, {world.person, colleague})
    world.erase()
    with world.database.read() as session:
        assert session.scalars(select(AudienceMember.person_id)).all() == [colleague]


def test_what_was_lent_to_a_guest_for_a_time_goes_with_its_writer_alone(world: World) -> None:
    colleague = world.actor(COLLEAGUE).person_id
    assert colleague is not None
    lent = {}
    for email, guest in ((EMAIL, colleague), (COLLEAGUE, world.person)):
        with world.service.unit(world.actor(email)) as unit:
            group = audience.open_group(unit.session, unit.actor, {guest: unit.moment.date() + timedelta(days=30)})
            lent[email] = unit.add(Draft("core.note", "Lent", {"text": "Lent words"}, f"group:{group.id}")).id
    named = world.save(EMAIL, "For two", "Shared words", f"people:{colleague}")
    assert world.erase().things == 1
    with world.database.read() as session:
        assert set(session.scalars(select(Artefact.id))) == {lent[COLLEAGUE], named}
