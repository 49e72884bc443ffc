"""People's rights, and what the log and the totals hold, on both databases."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from layers_core.usage.models import UsageEventRow
from layers_patient_input.models import Tally


def test_a_person_gets_their_decisions_and_can_be_forgotten(house: Any) -> None:
    house.released()
    person = house.people["receptionist"]
    with house.database.read() as session:
        (row,) = [
            item for _slug, item in house.host.doors.custody("layers_personal_data", person_id=person, session=session)
        ]
        assert row[1]["state"] == "released"
        assert "text" not in row[1]
    with house.artefacts.unit(house.actor("manager")) as unit:
        house.host.doors.custody("layers_erase_person", person_id=person, unit=unit)
    (answer,) = house.answers()
    assert (answer.moderated_by, answer.state) == (None, "released")


def test_no_event_holds_a_word(house: Any) -> None:
    house.released()
    with house.database.read() as session:
        for row in session.scalars(select(UsageEventRow)):
            assert not [value for value in row.props.values() if isinstance(value, str) and " " in value]


def test_answers_can_be_totalled_by_month_score_and_method(house: Any) -> None:
    for score in ("poor", "poor", "good"):
        house.send("", score=score)
    today = house.answers()[0].received_on
    with house.database.read() as session:
        rows = session.scalars(select(Tally).where(Tally.practice_id == house.practice().id)).all()
    assert sorted((row.code, row.count) for row in rows) == [("good", 1), ("poor", 2)]
    assert {(row.form, row.version, row.question, row.method, row.day) for row in rows} == {
        ("fft", "2020", "score", "online", today)
    }
