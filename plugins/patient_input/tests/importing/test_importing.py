"""Files of answers brought in: counted exactly, once, gone on with, undone."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select, update

from layers_core.artefacts.errors import DraftRefused, NotAllowed, NotFound
from layers_core.aside import service as aside
from layers_core.db.base import new_id
from layers_core.practices.service import find_person
from layers_core.privacy.erasure import erase_person
from layers_patient_input import service as answers
from layers_patient_input.importing import reading, service, undoing
from layers_patient_input.importing.csv_reading import LIMITS
from layers_patient_input.importing.letters import Unreadable
from layers_patient_input.importing.models import Import
from layers_patient_input.loop.models import EntryAnswer
from layers_patient_input.models import Batch
from layers_patient_input.months.models import MonthlyReturn

from .conftest import FILE, Importing

if TYPE_CHECKING:
    from layers_core.aside.service import Turn


def problems(refused: pytest.ExceptionInfo[DraftRefused]) -> list[str]:
    return [problem.field for problem in refused.value.problems]


def test_a_file_is_brought_in_row_by_row(importing: Importing) -> None:
    view = importing.brought(scale="2020")
    assert (view.state, view.total, view.kept, view.wrong, view.already) == ("ready", 5, 3, 2, 0)
    assert (view.first_day, view.last_day) == (date(2026, 3, 14), date(2026, 3, 16))
    kept = importing.house.answers(batch_id=view.id)
    assert [(row.score, row.method, row.state, row.received_on.day) for row in kept] == [
        ("very_good", "sms", "waiting", 14),
        ("poor", "sms", "released", 15),
        ("dont_know", "telephone", "released", 16),
    ]
    assert [(item["linkId"], item["text"]) for item in kept[0].items][1] == ("text", "Comments")
    assert kept[0].items[1]["answer"] == [{"valueString": "Kind, and\nquick"}]
    assert {(row.scale_version, row.language, row.entered_by, row.receipt_hash) for row in kept} == {
        ("2020", "en", None, None)
    }
    assert importing.faults(view.id) == [(2, 5, "answer", "Five stars"), (4, 7, "date", "soon")]
    assert importing.tally() == {
        ("2026-03-14", "2020", "very_good", "sms"): 1,
        ("2026-03-15", "2020", "poor", "sms"): 1,
        ("2026-03-16", "2020", "dont_know", "telephone"): 1,
    }
    (event,) = importing.house.events("patient_input.imported")
    assert event.props == {"answers": 3, "wrong": 2}


def test_nothing_is_kept_before_somebody_says_so(importing: Importing) -> None:
    import_id = importing.bring()
    looked = importing.look(import_id)
    assert (looked.examined.total, looked.examined.good, dict(looked.examined.wrong)) == (
        5,
        3,
        {"answer": 1, "date": 1},
    )
    assert looked.examined.unknown == {"five stars": 1}
    assert importing.house.answers() == []
    assert importing.tally() == {}


def test_answers_of_before_2020_stay_on_their_own_scale(importing: Importing) -> None:
    table = "Date,Answer\n01/05/2019,Extremely likely\n31/05/2019,Don't know\n13/06/2019,Neither likely nor unlikely\n"
    view = importing.brought(table)
    assert (view.kept, view.wrong) == (3, 0)
    kept = importing.house.answers(batch_id=view.id)
    assert {(row.scale_version, row.form_version) for row in kept} == {("2013", 0)}
    assert kept[0].items[0]["answer"][0]["valueCoding"] == {
        "system": "urn:layers:fft:2013", "code": "extremely_likely", "display": "Extremely likely",
    }  # fmt: skip
    assert "recommend" in kept[0].items[0]["text"]
    assert {key[1] for key in importing.tally()} == {"2013"}


def test_a_file_with_both_scales_asks_where_a_shared_answer_belongs(importing: Importing) -> None:
    table = "Date,Answer\n01/05/2019,Likely\n31/05/2021,Good\n31/05/2019,Don't know\n"
    import_id = importing.bring(table)
    with pytest.raises(DraftRefused) as refused:
        importing.begin(import_id)
    assert problems(refused) == ["scale"]
    importing.run(importing.begin(import_id, scale="2013"))
    assert {(key[1], key[2]) for key in importing.tally()} == {
        ("2013", "likely"), ("2020", "good"), ("2013", "dont_know"),
    }  # fmt: skip


def test_days_that_could_be_two_are_asked_for(importing: Importing) -> None:
    import_id = importing.bring("Date,Answer\n03/04/2026,Good\n05/06/2026,Poor\n")
    with pytest.raises(DraftRefused) as refused:
        importing.begin(import_id)
    assert problems(refused) == ["order"]
    importing.run(importing.begin(import_id, order="month"))
    assert {key[0] for key in importing.tally()} == {"2026-03-04", "2026-05-06"}


def test_the_same_file_again_keeps_nothing_twice(importing: Importing) -> None:
    first = importing.brought(scale="2020")
    tally = importing.tally()
    again = importing.bring(name="copy of march.csv", by="receptionist")
    assert again == first.id
    assert importing.view(again).state == "ready"
    # What was wrong is read anew, by other choices, and that alone.
    view = importing.run(importing.begin(again, own={"five stars": "2020:very_good"}))
    assert (view.total, view.kept, view.wrong, view.already) == (5, 1, 1, 3)
    assert importing.faults(again) == [(4, 7, "date", "soon")]
    assert len(importing.house.answers(batch_id=again)) == 4
    assert importing.tally() == {**tally, ("2026-03-15", "2020", "very_good", "sms"): 1}
    with pytest.raises(DraftRefused) as refused:
        importing.begin(again)
    assert problems(refused) == ["wrong"]


def test_in_another_practice_it_is_another_file(importing: Importing) -> None:
    first = importing.brought(scale="2020")
    second = importing.brought(by="mill_manager", scale="2020")
    assert first.id != second.id
    assert second.kept == 3


def test_days_of_another_file_may_be_left_out(importing: Importing) -> None:
    importing.brought(scale="2020")
    more = FILE.replace("soon,Good", "17/03/2026,Good")
    import_id = importing.bring(more, name="april.csv")
    looked = importing.look(import_id, scale="2020")
    assert [other.name for other in looked.others] == ["march.csv"]
    assert looked.examined.of_others == 3
    with pytest.raises(DraftRefused) as refused:
        importing.begin(import_id, scale="2020")
    assert problems(refused) == ["same"]
    view = importing.run(importing.begin(import_id, scale="2020", same="yes"))
    assert (view.total, view.kept, view.wrong, view.already) == (5, 1, 1, 3)
    assert len(importing.house.answers()) == 4


def test_days_of_another_file_may_be_other_answers(importing: Importing) -> None:
    importing.brought(scale="2020")
    view = importing.brought(FILE + "\n", scale="2020", same="no")
    assert (view.kept, view.already) == (3, 0)
    assert set(importing.tally().values()) == {2}


def large(rows: int) -> str:
    lines = [f"{1 + number % 28:02}/03/2026,{'Good' if number % 2 else 'Poor'},Note {number}" for number in range(rows)]
    lines[7] = "soon,Good,"
    return "Date,Answer,Comments\n" + "\n".join(lines) + "\n"


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten rows at a time."""
    monkeypatch.setitem(LIMITS, "rows_a_step", 10)


def test_it_stops_between_two_steps_and_goes_on_with_the_next_row(importing: Importing, small_steps: None) -> None:
    import_id = importing.bring(large(45))
    manager = importing.house.actor("manager")
    turn = importing.begin(import_id)
    told: list[int] = []

    def said(done: int) -> None:
        told.append(done)
        if done == 20:
            service.stop(importing.house.artefacts, manager, import_id)

    view = importing.run(turn, said=said)
    assert (view.state, view.done, view.kept, view.wrong) == ("stopped", 20, 19, 1)
    assert len(importing.house.answers()) == 19
    assert sum(importing.tally().values()) == 19
    view = importing.run(service.go_on(importing.house.artefacts, manager, import_id), said=told.append)
    assert (view.state, view.done, view.kept, view.wrong) == ("ready", 45, 44, 1)
    assert told == [0, 10, 20, 20, 30, 40, 45]
    texts = [row.items[1]["answer"][0]["valueString"] for row in importing.house.answers()]
    assert texts == [f"Note {number}" for number in range(45) if number != 7]


def test_a_step_that_fails_leaves_nothing_of_itself(
    importing: Importing, small_steps: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = importing.bring(large(45))
    turn = importing.begin(import_id)
    note = aside.note

    def full(session: object, turn: Turn, **values: object) -> bool:
        if values.get("done") == 30:
            raise OSError(28, "No space left on device for Note 21")
        return note(session, turn, **values)  # type: ignore[arg-type]

    monkeypatch.setattr(aside, "note", full)
    view = importing.run(turn)
    assert (view.state, view.done, len(importing.house.answers())) == ("failed", 20, 19)
    monkeypatch.setattr(aside, "note", note)
    view = importing.run(service.go_on(importing.house.artefacts, importing.house.actor("manager"), import_id))
    assert (view.state, view.kept, len(importing.house.answers())) == ("ready", 44, 44)


def test_whoever_was_only_asleep_keeps_no_row_twice(importing: Importing, small_steps: None) -> None:
    import_id = importing.bring(large(45))

    def said(done: int) -> None:
        if done == 20:
            # As if it had been silent for long: another process takes it over.
            with importing.house.database.write() as session:
                session.execute(update(Import).values(run=new_id()))

    view = importing.run(importing.begin(import_id), said=said)
    assert (view.done, len(importing.house.answers())) == (20, 19)


def test_a_file_that_is_deleted_is_chosen_again_and_goes_on(importing: Importing, small_steps: None) -> None:
    import_id = importing.bring(large(45))
    manager = importing.house.actor("manager")

    def said(done: int) -> None:
        if done == 20:
            service.stop(importing.house.artefacts, manager, import_id)

    importing.run(importing.begin(import_id), said=said)
    importing.house.host.files.passing.remove(import_id)
    with pytest.raises(DraftRefused, match="Choose the same file again"):
        service.go_on(importing.house.artefacts, manager, import_id)
    assert importing.bring(large(45)) == import_id
    view = importing.run(service.go_on(importing.house.artefacts, manager, import_id))
    assert (view.state, view.kept, len(importing.house.answers())) == ("ready", 44, 44)


def test_two_who_begin_at_once_begin_once(importing: Importing) -> None:
    import_id = importing.bring()
    looked = importing.look(import_id, method="sms", scale="2020")
    artefacts, manager = importing.house.artefacts, importing.house.actor("manager")
    turns = [service.begin(artefacts, manager, import_id, looked) for _twice in range(2)]
    assert turns[0] is not None
    assert turns[1] is None
    assert service.go_on(artefacts, manager, import_id) is None


def test_undoing_takes_answers_totals_and_what_was_released(importing: Importing) -> None:
    house = importing.house
    house.send("Before", "good")
    before = importing.tally()
    view = importing.brought(scale="2020")
    waiting = house.answers(batch_id=view.id, state="waiting")[0]
    decision = answers.Decision("as_is")
    thing = answers.release(house.artefacts, house.actor("receptionist"), waiting.id, decision)
    undoing.undo(house.artefacts, house.actor("manager"), view.id)
    assert [row.score for row in house.answers()] == ["good"]
    assert importing.tally() == before
    assert (house.artefact(thing).state, house.artefact(thing).body) == ("withdrawn", {})
    assert importing.view(view.id).state == "undone"
    assert importing.faults(view.id) == []
    with house.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Batch)) == 0
    again = importing.brought(scale="2020")
    assert again.id != view.id
    assert (again.kept, again.already) == (3, 0)


def test_what_was_sent_cannot_be_undone(importing: Importing) -> None:
    view = importing.brought(scale="2020")
    manager = importing.house.actor("manager")
    with importing.house.database.write() as session:
        month = MonthlyReturn(practice_id=manager.practice.id, month=date(2026, 3, 1), answers={}, methods={})
        session.add(month)
    with pytest.raises(DraftRefused, match="was sent"):
        undoing.undo(importing.house.artefacts, manager, view.id)
    assert len(importing.house.answers()) == 3


def test_what_patients_were_told_of_cannot_be_undone(importing: Importing) -> None:
    house = importing.house
    view = importing.brought(scale="2020")
    waiting = house.answers(batch_id=view.id, state="waiting")[0]
    thing = answers.release(house.artefacts, house.actor("receptionist"), waiting.id, answers.Decision("as_is"))
    with house.database.write() as session:
        session.add(EntryAnswer(entry_id=thing, answer_id=waiting.id))
    with pytest.raises(DraftRefused, match="You told patients"):
        undoing.undo(house.artefacts, house.actor("manager"), view.id)
    assert house.artefact(thing).state == "live"
    assert len(house.answers()) == 3


def test_it_cannot_be_undone_while_it_goes_on(importing: Importing) -> None:
    import_id = importing.bring()
    importing.begin(import_id, scale="2020")
    with pytest.raises(DraftRefused, match="Stop bringing it in"):
        undoing.undo(importing.house.artefacts, importing.house.actor("manager"), import_id)


def test_who_may_bring_answers_in(importing: Importing) -> None:
    house = importing.house
    import_id = importing.bring(by="receptionist")
    looked = importing.look(import_id, method="sms", scale="2020")
    for verb in (
        lambda actor: service.choose(house.artefacts, actor, import_id, looked.choices),
        lambda actor: service.begin(house.artefacts, actor, import_id, looked),
        lambda actor: service.go_on(house.artefacts, actor, import_id),
        lambda actor: service.stop(house.artefacts, actor, import_id),
        lambda actor: undoing.undo(house.artefacts, actor, import_id),
    ):
        with pytest.raises(NotAllowed):
            verb(house.actor("nurse"))
        with pytest.raises(NotFound):
            verb(house.actor("mill_manager"))
    with pytest.raises(NotAllowed):
        importing.bring(by="nurse")
    with house.database.read() as session:
        mill = house.practice("mill").id
        assert reading.import_of(session, mill, house.host.files.passing, import_id) is None
        assert reading.imports_of(session, mill, house.host.files.passing) == []


def test_a_manager_may_who_does_not_look_at_answers(importing: Importing) -> None:
    importing.house.set_settings(moderators=["receptionist"])
    assert importing.brought(scale="2020").kept == 3


@pytest.mark.parametrize("limit", ["bytes", "rows"])
def test_a_file_that_is_too_large_is_refused_and_not_kept(
    importing: Importing, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setitem(LIMITS, limit, {"bytes": 100, "rows": 4}[limit])
    with pytest.raises(Unreadable, match="Make several files of it"):
        importing.bring()
    with importing.house.database.read() as session:
        assert session.scalars(select(Import)).all() == []
    assert list(importing.house.host.files.passing.root.glob("*")) == []


def test_a_file_with_names_of_columns_alone_is_refused(importing: Importing) -> None:
    with pytest.raises(Unreadable, match="no row below"):
        importing.bring("Date,Answer\n")


def test_a_file_without_names_of_columns_begins_with_an_answer(importing: Importing) -> None:
    view = importing.brought("14/03/2026,x,Very good\n15/03/2026,y,Poor\n")
    assert (view.shape.headed, view.kept) == (False, 2)


def test_it_is_told_of_and_forgotten_with_whoever_brought_it_in(importing: Importing) -> None:
    house = importing.house
    view = importing.brought(scale="2020")
    person = house.people["manager"]
    with house.database.read() as session:
        assert [data["name"] for _what, data in reading.personal_data(session, person)] == ["march.csv"]
        assert find_person(session, "manager@example.org") is not None
    erase_person(house.database, house.host, person)
    assert importing.view(view.id, by="receptionist").by == ""
    assert len(house.answers()) == 3
