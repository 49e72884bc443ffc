"""Cards and calls that staff type in: kept, counted, taken out again; on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from layers_core.artefacts.errors import DraftRefused, NotAllowed, NotFound
from layers_core.artefacts.followup import today_in
from layers_core.contract import Actor
from layers_core.db.base import new_id, now
from layers_core.usage.models import UsageEventRow
from layers_patient_input import service as patients
from layers_patient_input.entering import reading, service
from layers_patient_input.entering.service import Entry
from layers_patient_input.models import Answer, Batch, Tally
from layers_patient_input.months.models import MonthlyReturn
from layers_patient_input.months.rules import Month
from layers_patient_input.responses import written

TODAY = today_in("Europe/London")
EARLIER = TODAY - timedelta(days=40)
_KEYS = count()


def entry(score: str = "poor", text: str = "", *, day: date = TODAY, language: str = "en") -> Entry:
    return Entry("handwritten", score, text, language, day)


def enter(house: Any, what: Entry | None = None, role: str = "nurse", key: str = "", batch: UUID | None = None) -> UUID:
    return service.enter(house.artefacts, house.actor(role), what or entry(), key or f"key-{next(_KEYS)}", batch)


def totals(house: Any) -> dict[tuple[date, str, str], int]:
    with house.database.read() as session:
        rows = session.scalars(select(Tally).where(Tally.practice_id == house.practice().id, Tally.count != 0))
        return {(row.day, row.code, row.method): row.count for row in rows}


def send_month(house: Any, day: date) -> None:
    with house.database.write() as session:
        session.add(
            MonthlyReturn(
                practice_id=house.practice().id, month=Month.of(day).first, answers={}, methods={}, sent_at=now()
            )
        )


def events(house: Any) -> list[tuple[str, bool]]:
    """The names of events, and whether somebody is their actor."""
    with house.database.read() as session:
        rows = session.scalars(select(UsageEventRow).order_by(UsageEventRow.sequence))
        return [(row.name, row.actor_key is not None) for row in rows if row.plugin == "patient_input"]


def lately(house: Any, actor: Actor) -> list[reading.Typed]:
    with house.database.read() as session:
        return reading.lately(session, actor)


def test_a_card_is_an_answer_of_its_day_that_nobody_is_known_by(house: Any) -> None:
    batch = new_id()
    key = enter(house, entry("very_good", "Kind at the desk", day=EARLIER, language="ur"), batch=batch)
    (answer,) = house.answers()
    assert (answer.id, answer.form, answer.score, written(answer.items)) == (
        key,
        "fft",
        "very_good",
        ["Kind at the desk"],
    )
    assert (answer.method, answer.received_on, answer.language, answer.state) == (
        "handwritten",
        EARLIER,
        "ur",
        "waiting",
    )
    assert (answer.entered_by, answer.batch_id) == (house.people["nurse"], batch)
    assert (answer.receipt_hash, answer.link_token) == (None, None)
    assert totals(house) == {(EARLIER, "very_good", "handwritten"): 1}
    # The patient's answer is nobody's of the staff; that it was typed in is the typist's.
    assert events(house) == [("patient_input.answered", False), ("patient_input.typed_in", True)]


def test_words_of_a_card_wait_to_be_looked_at_and_a_card_without_does_not(house: Any) -> None:
    enter(house, entry(text="Mrs Patel was late"))
    enter(house, entry())
    assert sorted(answer.state for answer in house.answers()) == ["released", "waiting"]
    waiting = next(answer for answer in house.answers() if answer.state == "waiting")
    patients.release(house.artefacts, house.actor("receptionist"), waiting.id, patients.Decision("redacted"))


def test_a_call_is_counted_as_one(house: Any) -> None:
    enter(house, Entry("telephone", "good", "", "en", TODAY))
    assert totals(house) == {(TODAY, "good", "telephone"): 1}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"score": ""}, "score"),
        ({"score": "extremely_likely"}, "score"),
        ({"score": "4"}, "score"),
        ({"text": "x" * 5_001}, "text"),
        ({"language": "xx"}, "language"),
        ({"day": TODAY + timedelta(days=1)}, "day"),
        ({"day": TODAY - timedelta(days=367)}, "day"),
        ({"day": date(1900, 1, 1)}, "day"),
    ],
)
def test_what_is_no_card_is_refused_with_its_field(house: Any, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(DraftRefused) as refused:
        enter(house, Entry(**{**vars(entry()), **changes}))
    assert [problem.field for problem in refused.value.problems] == [field]
    assert house.answers() == []
    assert totals(house) == {}


def test_only_members_type_in(house: Any) -> None:
    without = replace(house.actor("nurse"), permissions=frozenset())
    with pytest.raises(NotAllowed):
        service.enter(house.artefacts, without, entry(), "key")
    key = enter(house)
    with pytest.raises(NotAllowed):
        service.take_out(house.artefacts, without, key)


def test_the_same_key_again_is_one_card(house: Any) -> None:
    first = enter(house, key="same")
    assert enter(house, entry("good"), key="same") == first
    # Keys are each person's own.
    assert enter(house, key="same", role="receptionist") != first
    assert len(house.answers()) == 2


def test_rows_of_one_new_batch_that_meet_are_all_kept_once(house: Any) -> None:
    batch = new_id()
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda number: enter(house, key=f"row-{number % 4}", batch=batch), range(8)))
    assert len(set(keys)) == 4
    assert len(house.answers(batch_id=batch)) == 4
    assert totals(house) == {(TODAY, "poor", "handwritten"): 4}
    with house.database.read() as session:
        (kept,) = session.scalars(select(Batch)).all()
    assert (kept.source, kept.made_by) == ("cards", house.people["nurse"])


@pytest.mark.parametrize("role", ["receptionist", "mill_receptionist"])
def test_nobody_adds_to_somebody_elses_batch(house: Any, role: str) -> None:
    batch = new_id()
    enter(house, batch=batch)
    with pytest.raises(NotFound):
        enter(house, role=role, batch=batch)
    assert len(house.answers()) == 1


def test_what_was_typed_by_mistake_is_taken_out_of_everything(house: Any) -> None:
    kept = enter(house, entry("poor"))
    for what in (entry("poor", "Words"), entry("good")):
        service.take_out(house.artefacts, house.actor("nurse"), enter(house, what, key=f"gone {what.score}"))
    assert [answer.id for answer in house.answers()] == [kept]
    assert totals(house) == {(TODAY, "poor", "handwritten"): 1}
    assert [name for name, _actor in events(house)].count("patient_input.entry_taken_out") == 2
    # A repeat of the submit does not bring it back.
    enter(house, entry("good"), key="gone good")
    assert len(house.answers()) == 1


@pytest.mark.parametrize(
    ("role", "may"), [("nurse", True), ("manager", True), ("receptionist", False), ("mill_manager", False)]
)
def test_its_writer_and_a_manager_take_out(house: Any, role: str, may: bool) -> None:
    key = enter(house)
    if may:
        service.take_out(house.artefacts, house.actor(role), key)
        assert (house.answers(), totals(house)) == ([], {})
        with pytest.raises(NotFound):
            service.take_out(house.artefacts, house.actor(role), key)
    else:
        with pytest.raises(NotFound):
            service.take_out(house.artefacts, house.actor(role), key)
        assert len(house.answers()) == 1


def test_what_a_patient_sent_or_a_file_brought_is_not_taken_out(house: Any) -> None:
    house.send()
    with house.database.write() as session:
        batch = Batch(practice_id=house.practice().id, source="file", made_by=house.people["manager"])
        session.add(batch)
        session.flush()
        file_batch = batch.id
    enter(house)
    with house.database.write() as session:
        card = session.scalars(select(Answer).where(Answer.method == "handwritten")).one()
        card.batch_id = file_batch
    for answer in house.answers():
        with pytest.raises(NotFound):
            service.take_out(house.artefacts, house.actor("manager"), answer.id)
    assert lately(house, house.actor("manager")) == []


def test_what_somebody_looked_at_stays(house: Any) -> None:
    key = enter(house, entry(text="Words"))
    patients.keep_back(house.artefacts, house.actor("receptionist"), key, "mistake")
    with pytest.raises(DraftRefused):
        service.take_out(house.artefacts, house.actor("nurse"), key)
    assert not lately(house, house.actor("nurse"))[0].may_take_out
    assert len(house.answers()) == 1


def test_what_was_sent_in_a_return_stays_and_what_came_late_does_not_have_to(house: Any) -> None:
    sent = enter(house, entry(day=EARLIER))
    send_month(house, EARLIER)
    late = enter(house, entry(day=EARLIER))
    with house.database.read() as session:
        assert reading.is_late(session, house.practice().id, EARLIER)
        assert not reading.is_late(session, house.practice().id, TODAY)
        assert reading.last_sent(session, house.practice().id) == Month.of(EARLIER)
    assert {item.id: item.may_take_out for item in lately(house, house.actor("nurse"))} == {sent: False, late: True}
    with pytest.raises(DraftRefused):
        service.take_out(house.artefacts, house.actor("nurse"), sent)
    service.take_out(house.artefacts, house.actor("nurse"), late)
    assert totals(house) == {(EARLIER, "poor", "handwritten"): 1}


def test_each_sees_their_own_and_a_manager_sees_others_without_their_words(house: Any) -> None:
    enter(house, entry(text="Told to the nurse"))
    enter(house, entry(text="Told to reception"), role="receptionist")
    assert [(item.words, item.by) for item in lately(house, house.actor("nurse"))] == [("Told to the nurse", "")]
    assert lately(house, house.actor("mill_manager")) == []
    seen = {(item.words, item.by) for item in lately(house, house.actor("manager"))}
    assert seen == {("", "Nurse"), ("", "Receptionist")}


def test_a_typist_gets_their_data_and_can_be_forgotten(house: Any) -> None:
    batch, person = new_id(), house.people["nurse"]
    for _time in range(3):
        enter(house, batch=batch)
    enter(house, role="receptionist")
    with house.database.read() as session:
        rows = [
            item for _slug, item in house.host.doors.custody("layers_personal_data", person_id=person, session=session)
        ]
    assert [data["answers"] for _what, data in rows] == [3]
    with house.artefacts.unit(house.actor("manager")) as unit:
        house.host.doors.custody("layers_erase_person", person_id=person, unit=unit)
    assert [answer.entered_by for answer in house.answers()].count(None) == 3
    assert house.people["receptionist"] in {answer.entered_by for answer in house.answers()}
    with house.database.read() as session:
        assert session.scalars(select(Batch.made_by)).all() == [None]
    # What nobody is known to have typed in is a manager's to take out no more: it is an answer like all others.
    assert len(lately(house, house.actor("manager"))) == 1
