"""Who looks at which answers, and who reads them then: on both databases."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from layers_core.artefacts import reading as core_reading
from layers_core.artefacts.errors import DraftRefused, NotAllowed, NotFound
from layers_core.contract import GuardAnswer
from layers_core.db.base import now
from layers_core.practices import service as practices
from layers_core.practices.models import Membership, Person
from layers_patient_input import service
from layers_patient_input.moderating import reading as queued
from layers_patient_input.moderating.desk import looks
from layers_patient_input.releasing import Decision

ABOUT_STAFF = "Dr Okonkwo-Reid did not listen to me"
ORDINARY = "The print is small"


@pytest.fixture
def clinic(house: Any) -> Any:
    """Manor with a GP who has a name, and a learning lead who does not look at answers otherwise."""
    with house.database.write() as session:
        session.get_one(Person, house.people["gp"]).name = "Ngozi Okonkwo-Reid"
    return house


def waiting(house: Any, role: str) -> list[UUID]:
    """What somebody finds in their queue, which agrees with every other way to ask."""
    actor = house.actor(role)
    with house.database.read() as session:
        found = [item.row.id for item in queued.queue(session, actor, "waiting")]
        count, oldest = session.execute(select(*queued.waiting(actor))).one()
        assert (count, oldest) == (len(found), found[0] if found else None)
        for answer in house.answers(state="waiting"):
            seen = answer.id in found
            assert (queued.open_answer(session, actor, answer.id) is not None) is seen
            assert (queued.next_waiting(session, actor, UUID(int=0)) in found) is bool(found)
    return found


def test_an_answer_that_names_staff_is_for_managers_alone_until_it_is_passed_on(clinic: Any) -> None:
    clinic.send(ABOUT_STAFF)
    clinic.send(ORDINARY)
    about, ordinary = (answer.id for answer in clinic.answers())
    assert [answer.for_manager for answer in clinic.answers()] == [True, False]
    assert waiting(clinic, "receptionist") == [ordinary]
    assert waiting(clinic, "manager") == [about, ordinary]
    assert waiting(clinic, "lead") == waiting(clinic, "nurse") == waiting(clinic, "mill_manager") == []
    desk = clinic.actor("receptionist")
    for work in (
        lambda: service.release(clinic.artefacts, desk, about, Decision("as_is")),
        lambda: service.keep_back(clinic.artefacts, desk, about, "mistake"),
        lambda: service.pass_on(clinic.artefacts, desk, about),
    ):
        with pytest.raises(NotFound):
            work()
    with pytest.raises(NotAllowed):
        service.pass_on(clinic.artefacts, clinic.actor("nurse"), about)
    service.pass_on(clinic.artefacts, clinic.actor("manager"), about)
    assert waiting(clinic, "receptionist") == [about, ordinary]


def test_where_there_is_no_manager_the_leads_look(clinic: Any) -> None:
    clinic.send(ABOUT_STAFF)
    (about,) = (answer.id for answer in clinic.answers())
    assert waiting(clinic, "lead") == []
    with clinic.database.write() as session:
        # The service refuses to let the last manager go; a practice may have been made without one.
        session.execute(
            update(Membership).where(Membership.person_id == clinic.people["manager"]).values(left_at=now())
        )
    assert waiting(clinic, "lead") == [about]
    assert looks(clinic.actor("lead"))
    assert not looks(clinic.actor("nurse"))


def test_somebody_who_left_is_still_known_for_a_while(clinic: Any) -> None:
    with clinic.database.write() as session:
        practices.leave(session, clinic.people["gp"], clinic.practice().id)
    clinic.send(ABOUT_STAFF)
    assert [answer.for_manager for answer in clinic.answers()] == [True]
    clinic.send(ABOUT_STAFF, slug="mill")
    assert [answer.for_manager for answer in clinic.answers()] == [True, False]


@pytest.mark.parametrize("reason", ["complaint", "safeguarding"])
def test_a_complaint_is_handed_to_managers_and_not_released_by_mistake(clinic: Any, reason: str) -> None:
    clinic.send(ORDINARY)
    (answer,) = clinic.answers()
    assert service.keep_back(clinic.artefacts, clinic.actor("receptionist"), answer.id, reason) is True
    assert waiting(clinic, "receptionist") == []
    assert waiting(clinic, "manager") == [answer.id]
    manager = clinic.actor("manager")
    assert service.keep_back(clinic.artefacts, manager, answer.id, reason) is False
    with clinic.database.read() as session:
        assert queued.routed(session, manager) == {reason: 1}
        assert queued.routed(session, clinic.actor("receptionist")) == {}
        assert queued.queue(session, clinic.actor("receptionist"), "kept_back") == []
    with pytest.raises(DraftRefused) as refused:
        service.release(clinic.artefacts, manager, answer.id, Decision("as_is"))
    assert [problem.field for problem in refused.value.problems] == ["sure"]
    service.release(clinic.artefacts, manager, answer.id, Decision("as_is", sure=True))


def sees(house: Any, role: str, key: UUID) -> bool:
    with house.database.read() as session:
        actor = house.actor(role)
        found = core_reading.get(session, house.host, actor, key) is not None
        assert (key in {thing.id for thing in core_reading.feed(session, house.host, actor)}) is found
        assert bool(core_reading.find(session, house.host, actor, "print")) is found
        return found


@pytest.mark.parametrize(("readers", "who"), [("heads", {"manager", "lead"}), ("nurse", {"nurse"})])
def test_an_answer_can_be_for_some_colleagues(clinic: Any, readers: str, who: set[str]) -> None:
    receipt = clinic.send(ORDINARY)
    (answer,) = clinic.answers()
    chosen = str(clinic.people[readers]) if readers in clinic.people else readers
    key = service.release(clinic.artefacts, clinic.actor("receptionist"), answer.id, Decision("as_is", readers=chosen))
    assert {role for role in ("nurse", "gp", "lead", "manager", "mill_manager") if sees(clinic, role, key)} == who
    for role in who:
        with pytest.raises(NotAllowed):
            clinic.artefacts.share_copy(clinic.actor(role), key, "practice", GuardAnswer())
    assert service.take_back(clinic.artefacts, clinic.practice(), receipt)
    assert not any(sees(clinic, role, key) for role in ("nurse", "lead", "manager"))


@pytest.mark.parametrize("readers", ["", "nobody", "mill_manager"])
def test_nobody_but_colleagues_can_be_chosen(clinic: Any, readers: str) -> None:
    clinic.send(ORDINARY)
    (answer,) = clinic.answers()
    chosen = str(clinic.people.get(readers, readers))
    with pytest.raises(DraftRefused):
        service.release(clinic.artefacts, clinic.actor("manager"), answer.id, Decision("as_is", readers=chosen))
    assert clinic.answers()[0].state == "waiting"


def test_a_translation_is_put_beside_the_words_afterwards(clinic: Any) -> None:
    clinic.send("خط کی لکھائی بہت چھوٹی تھی", language="ur")
    (answer,) = clinic.answers()
    key = service.release(clinic.artefacts, clinic.actor("receptionist"), answer.id, Decision("as_is"))

    def thing() -> Any:
        with clinic.database.read() as session:
            return core_reading.get(session, clinic.host, clinic.actor("receptionist"), key)

    with pytest.raises(NotAllowed):
        service.translate(clinic.artefacts, clinic.actor("nurse"), thing(), {0: "Too small"}, GuardAnswer())
    with pytest.raises(NotAllowed):
        service.translate(clinic.artefacts, clinic.actor("mill_manager"), thing(), {0: "Too small"}, GuardAnswer())
    with pytest.raises(DraftRefused):
        service.translate(clinic.artefacts, clinic.actor("receptionist"), thing(), {0: "x" * 5_001}, GuardAnswer())
    service.translate(
        clinic.artefacts, clinic.actor("receptionist"), thing(), {0: "The print was small"}, GuardAnswer()
    )
    (part,) = thing().body["parts"]
    assert (part["text"], part["translation"]) == ("خط کی لکھائی بہت چھوٹی تھی", "The print was small")
    assert thing().language == "ur"
    assert thing().author_id is None


def test_the_queue_goes_on_after_a_page(clinic: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queued, "PAGE", 2)
    for number in range(5):
        clinic.send(f"{ORDINARY} {number}")
    keys = [answer.id for answer in clinic.answers()]
    actor = clinic.actor("receptionist")
    with clinic.database.read() as session:
        assert [item.row.id for item in queued.queue(session, actor, "waiting")] == keys[:3]
        assert [item.row.id for item in queued.queue(session, actor, "waiting", keys[3])] == keys[4:]
        assert queued.queue(session, actor, "waiting", form="story") == []
        assert queued.next_waiting(session, actor, keys[4]) == keys[0]
        assert queued.next_waiting(session, actor, keys[0]) == keys[1]
