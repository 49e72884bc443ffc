"""Two devices, or two clicks, at the same moment: what can be done once is done once, and neither meets an error."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import func, select

from layers_core.contract import GuardAnswer
from layers_reflect.mail import allowing
from layers_reflect.mail import service as mail_service
from layers_reflect.mail.models import MailAddress, MailSender
from layers_reflect.models import OwnTemplate, OwnTemplateVersion, Profile
from layers_reflect.own import reading, service
from layers_reflect.own.form import empty
from layers_reflect.own.service import Content, Stale
from layers_reflect.profiles import choose

if TYPE_CHECKING:
    from layers_webshell.testworld import World

DEVICES = 6


def at_once(*works: Callable[[], object]) -> list[object]:
    """What each of these gives or raises, all begun at the same moment."""
    ready = Barrier(len(works))

    def one(work: Callable[[], object]) -> object:
        ready.wait()
        try:
            return work()
        except Exception as fault:
            return fault

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


def count(world: World, model: type) -> int:
    with world.database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def questions(ask: str) -> Content:
    (first, *_more) = empty().questions
    return Content("Visits", "", (service.Question(first.id, ask, ask, "", True),))


def test_an_address_and_senders(world: World) -> None:
    nurse = world.actor("nurse")
    for work in (mail_service.make, mail_service.renew):
        assert (
            at_once(*[lambda work=work: work(world.artefacts, nurse, "key") for _ in range(DEVICES)])
            == [None] * DEVICES
        )  # type: ignore[misc]
        assert count(world, MailAddress) == 1
    senders = ["nadia@home.example", "nadia@phone.example"]
    assert (
        at_once(*[lambda: allowing.allow(world.artefacts, nurse, senders) for _ in range(DEVICES)]) == [None] * DEVICES
    )
    assert count(world, MailSender) == 2


def test_an_address_that_was_made_on_another_device_stays(world: World) -> None:
    nurse = world.actor("nurse")
    mail_service.make(world.artefacts, nurse, "key")
    with world.database.read() as session:
        before = session.scalars(select(MailAddress.seed)).one()
    mail_service.make(world.artefacts, nurse, "key")
    with world.database.read() as session:
        assert session.scalars(select(MailAddress.seed)).one() == before


def test_choices(world: World) -> None:
    nurse = world.actor("nurse")
    kept = [lambda month=month: choose(world.artefacts, nurse, ["nurse"], month, None) for month in range(1, DEVICES)]  # type: ignore[misc]
    assert at_once(*kept) == [None] * len(kept)
    assert count(world, Profile) == 1


def test_questions_of_one_s_own(world: World) -> None:
    nurse, answer = world.actor("nurse"), GuardAnswer()

    def make() -> UUID:
        return service.make(
            world.artefacts, nurse, questions("What?"), answer, for_practice=False, copied=False, client_key="one"
        )

    made = set(at_once(*[make] * DEVICES))
    assert count(world, OwnTemplate) == len(made) == 1
    (key,) = made
    assert isinstance(key, UUID)
    asked = [f"What {number}?" for number in range(DEVICES)]
    changed = at_once(
        *[lambda ask=ask: service.change(world.artefacts, nurse, key, questions(ask), answer, 1) for ask in asked]  # type: ignore[misc]
    )
    assert changed.count(None) == 1
    assert all(fault is None or isinstance(fault, Stale) for fault in changed)
    assert count(world, OwnTemplateVersion) == 2
    with world.database.read() as session:
        view = reading.find(session, nurse, key)
    assert view is not None
    assert view.template.first.ask == asked[changed.index(None)]
