"""Themes with answers in them: on both databases, through the service and through the pages."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from layers_core.artefacts import reading as core_reading
from layers_core.artefacts.errors import DraftRefused, GuardStop, NotFound
from layers_core.contract import GuardAnswer
from layers_patient_input import service as patients
from layers_patient_input.releasing import Decision
from layers_patient_input.themes import reading, service

PRINT = "The print of my letter was far too small"


def make(house: Any, title: str = "Legibility", words: tuple[str, ...] = ("print",), role: str = "nurse") -> UUID:
    return service.make(house.artefacts, house.actor(role), title, "", words, GuardAnswer())


def release(house: Any, text: str = PRINT, **decision: Any) -> UUID:
    house.send(text)
    answer = house.answers()[-1]
    return patients.release(house.artefacts, house.actor("receptionist"), answer.id, Decision("as_is", **decision))


def listed(house: Any, role: str = "nurse") -> dict[str, tuple[int, int]]:
    with house.database.read() as session:
        return {theme.title: (theme.answers, theme.lately) for theme in reading.themes(session, house.actor(role))}


def inside(house: Any, theme_id: UUID, role: str = "nurse") -> list[tuple[UUID, str]]:
    with house.database.read() as session:
        found, _older = reading.answers(session, house.host, house.actor(role), theme_id)
        return [(item.thing.id, item.why) for item in found]


def possible(house: Any, theme_id: UUID, role: str = "nurse") -> list[tuple[UUID, str]]:
    with house.database.read() as session:
        actor = house.actor(role)
        view = reading.one(session, actor, theme_id)
        assert view is not None
        found, _further = reading.for_theme(session, house.host, actor, view)
        return [(item.thing.id, item.why) for item in found]


def test_answers_are_suggested_with_the_words_put_in_and_taken_out(house: Any) -> None:
    theme = make(house)
    first, second = release(house), release(house, "I could not read the PRINT")
    release(house, "The car park is full")
    assert possible(house, theme) == [(second, "print"), (first, "print")]
    actor = house.actor("nurse")
    assert service.gather(house.artefacts, actor, theme, {first: "print", second: ""}) == 2
    assert service.gather(house.artefacts, actor, theme, {first: "print"}) == 0
    assert inside(house, theme) == [(second, ""), (first, "print")]
    assert possible(house, theme) == []
    assert listed(house) == {"Legibility": (2, 2)}
    for _time in range(2):
        service.take_out(house.artefacts, actor, theme, first)
        assert listed(house) == {"Legibility": (1, 1)}
    assert [event.props for event in house.events("patient_input.answers_gathered")] == [{"answers": 2}]


def test_a_theme_is_chosen_while_an_answer_is_released(house: Any) -> None:
    theme = make(house)
    with house.database.read() as session:
        likely = reading.suggested(reading.themes(session, house.actor("receptionist")), [PRINT])
    assert (likely[0].key, likely[0].title, likely[0].why) == (str(theme), "Legibility", "print")
    assert "topic:letters" in {item.key for item in likely}
    key = release(house, themes=(str(theme), "topic:letters", "topic:letters", "topic:none", str(uuid4())))
    assert listed(house) == {"Legibility": (1, 1), "Letters and print": (1, 1)}
    assert inside(house, theme) == [(key, "print")]
    # The topic has become a theme of the practice, and is not made again.
    release(house, themes=("topic:phone",))
    with house.database.read() as session:
        again = reading.suggested(reading.themes(session, house.actor("nurse")), [PRINT])
    assert "topic:letters" not in {item.key for item in again}


def test_who_takes_an_answer_back_takes_it_out_of_its_themes(house: Any) -> None:
    theme = make(house)
    receipt = house.send(PRINT)
    answer = house.answers()[-1]
    decision = Decision("as_is", themes=(str(theme),))
    patients.release(house.artefacts, house.actor("receptionist"), answer.id, decision)
    assert listed(house) == {"Legibility": (1, 1)}
    assert patients.take_back(house.artefacts, house.practice(), receipt)
    assert listed(house) == {"Legibility": (0, 0)}
    assert inside(house, theme) == []


def test_an_answer_for_some_is_seen_in_a_theme_by_them_alone_and_not_counted(house: Any) -> None:
    theme = make(house)
    key = release(house, readers="heads", themes=(str(theme),))
    assert inside(house, theme, "manager") == [(key, "print")]
    assert inside(house, theme, "nurse") == []
    assert possible(house, theme, "nurse") == []
    assert listed(house) == listed(house, "manager") == {"Legibility": (0, 0)}
    with pytest.raises(NotFound):
        service.gather(house.artefacts, house.actor("nurse"), theme, {key: ""})


def test_another_practice_sees_and_changes_nothing(house: Any) -> None:
    theme, key = make(house), release(house)
    neighbour = house.actor("mill_manager")
    assert listed(house, "mill_manager") == {}
    with pytest.raises(NotFound):
        service.gather(house.artefacts, neighbour, theme, {})
    with pytest.raises(NotFound):
        service.take_out(house.artefacts, neighbour, theme, key)
    beyond = make(house, "Theirs", role="mill_manager")
    with pytest.raises(NotFound):
        service.gather(house.artefacts, neighbour, beyond, {key: ""})
    with pytest.raises(NotFound):
        service.gather(house.artefacts, house.actor("nurse"), beyond, {key: ""})


def test_a_theme_is_changed_and_keeps_its_answers(house: Any) -> None:
    theme = make(house)
    release(house, themes=(str(theme),))
    actor = house.actor("manager")
    with house.database.read() as session:
        thing = core_reading.get(session, house.host, actor, theme)
    assert thing is not None
    service.change(house.artefacts, actor, thing, "Reading", "Letters", ["font"], GuardAnswer(), 1)
    assert listed(house) == {"Reading": (1, 1)}
    with pytest.raises(NotFound):
        service.change(house.artefacts, house.actor("mill_manager"), thing, "X", "", [], GuardAnswer(), 2)


@pytest.mark.parametrize("words", [["x" * 61], [str(number) for number in range(101)]])
def test_bad_themes_are_refused(house: Any, words: list[str]) -> None:
    for title, typed in (("", []), ("x" * 121, []), ("Theme", words)):
        with pytest.raises(DraftRefused):
            service.make(house.artefacts, house.actor("nurse"), title, "", typed, GuardAnswer())
    with pytest.raises(GuardStop):
        service.make(house.artefacts, house.actor("nurse"), "About Mrs Khan", "", [], GuardAnswer())
    assert listed(house) == {}


def test_months_count_by_when_an_answer_came(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("layers_patient_input.service.taking.today_in", lambda zone: date(2020, 1, 5))
    theme = make(house)
    release(house, themes=(str(theme),))
    assert listed(house) == {"Legibility": (1, 0)}


def test_the_person_who_gathered_is_forgotten(house: Any) -> None:
    theme = make(house)
    service.gather(house.artefacts, house.actor("nurse"), theme, {release(house): ""})
    with house.artefacts.unit(house.actor("manager")) as unit:
        house.host.doors.custody("layers_erase_person", person_id=house.people["nurse"], unit=unit)
    assert listed(house, "manager") == {"Legibility": (1, 1)}
