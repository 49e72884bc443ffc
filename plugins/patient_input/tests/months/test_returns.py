"""Months as the practice reads and sends them, on both databases: totals, locking, lateness, what is due, people."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event

from layers_core.artefacts.errors import DraftRefused, NotAllowed
from layers_patient_input.models import Tally
from layers_patient_input.months import reading, service
from layers_patient_input.months.reading import MonthView
from layers_patient_input.months.rules import Figures, Month

from .conftest import IN_TIME, NOVEMBER, OCTOBER, TOO_LATE, Desk

LAST = Month(2026, 10)
Today = Callable[[date], None]


def view(house: Any, month: Month = LAST) -> MonthView:
    """A month as Manor reads it."""
    with house.database.read() as session:
        known = reading.span(session, house.practice())
        return reading.one(session, house.practice(), known, month)


def send(house: Any, role: str = "manager", month: Month = LAST) -> None:
    """Mark a month as sent, with the figures as they are now."""
    service.mark_sent(house.artefacts, house.actor(role), month, service.mark(view(house, month).now))


def test_a_month_has_its_own_answers_by_answer_and_by_method(house: Any, desk: Desk) -> None:
    desk.enter({"very_good": 3, "poor": 1}, date(2026, 10, 1))
    desk.enter({"good": 2, "dont_know": 1}, date(2026, 10, 31), "sms")
    desk.enter({"very_poor": 5}, date(2026, 9, 30))
    desk.enter({"very_poor": 7}, date(2026, 11, 1))
    now = view(house).now
    assert now.answers == {"very_good": 3, "good": 2, "neither": 0, "poor": 1, "very_poor": 0, "dont_know": 1}
    assert now.methods == {"handwritten": 4, "telephone": 0, "kiosk": 0, "sms": 3, "online": 0, "other": 0}
    assert view(house, Month(2026, 9)).now.total == 5


def test_another_practice_has_its_own_months(house: Any, desk: Desk) -> None:
    desk.enter({"good": 2})
    with house.database.read() as session:
        mill = house.practice("mill")
        known = reading.span(session, mill)
        assert reading.one(session, mill, known, LAST).now.total == 0


def test_answers_on_the_old_scale_stand_apart_and_in_no_return(house: Any, desk: Desk) -> None:
    desk.enter({"good": 2})
    with house.database.write() as session:
        for code, count in (("extremely_likely", 4), ("dont_know", 1)):
            session.add(
                Tally(practice_id=house.practice().id, form="fft", day=OCTOBER, version="2013", question="score",
                      code=code, method="sms", count=count)
            )  # fmt: skip
    found = view(house)
    assert found.now.total == 2
    assert found.now.answers["dont_know"] == 0
    assert {scale: dict(figures.answers) for scale, figures in found.other_scales.items()} == {
        "2013": {"extremely_likely": 4, "dont_know": 1}
    }


def test_what_is_sent_is_locked_and_what_comes_later_is_late(house: Any, desk: Desk) -> None:
    desk.enter({"very_good": 3, "poor": 1})
    send(house)
    desk.enter({"poor": 2}, date(2026, 10, 31), "telephone")
    found = view(house)
    assert found.state == "sent"
    assert found.shown.answers["poor"] == 1
    assert found.shown.methods["telephone"] == 0
    assert (found.late.total, found.late.answers["poor"], found.late.methods["telephone"]) == (2, 2, 2)
    assert found.now.total == 6
    assert found.sent is not None
    assert found.sent.by == "Manager"


def test_a_month_cannot_be_sent_twice_nor_changed(house: Any, desk: Desk) -> None:
    desk.enter({"good": 1})
    send(house)
    desk.enter({"good": 1})
    with pytest.raises(service.AlreadySent):
        send(house)
    assert view(house).shown.total == 1


def test_two_who_press_the_button_together_send_once(house: Any, desk: Desk) -> None:
    desk.enter({"good": 1})

    def press(_number: int) -> str:
        try:
            send(house)
        except service.AlreadySent:
            return "already"
        return "sent"

    with ThreadPoolExecutor(4) as pool:
        said = sorted(pool.map(press, range(4)))
    assert said == ["already"] * 3 + ["sent"]
    assert len(house.events("patient_input.return_sent")) == 1


def test_figures_that_changed_meanwhile_are_not_taken_for_the_ones_that_were_sent(house: Any, desk: Desk) -> None:
    desk.enter({"good": 1})
    shown = service.mark(view(house).now)
    desk.enter({"good": 1})
    with pytest.raises(DraftRefused, match="changed"):
        service.mark_sent(house.artefacts, house.actor("manager"), LAST, shown)
    assert view(house).sent is None


@pytest.mark.parametrize("shown", ["", "0", "1-2-3", "x" * 50_000, "0-0-0-0-0-0-0-0-0-0-0-0 "])
def test_a_form_that_was_tampered_with_sends_nothing(house: Any, desk: Desk, shown: str) -> None:
    with pytest.raises(DraftRefused):
        service.mark_sent(house.artefacts, house.actor("manager"), LAST, shown)


def test_a_month_that_is_not_over_cannot_be_sent(house: Any, desk: Desk) -> None:
    for month in (Month(2026, 11), Month(2026, 12), Month(2030, 1)):
        with pytest.raises(DraftRefused, match="not over"):
            send(house, month=month)


def test_who_may_not_send_cannot(house: Any, desk: Desk) -> None:
    for role in ("receptionist", "nurse"):
        with pytest.raises(NotAllowed):
            send(house, role)
    send(house, "mill_manager")
    assert view(house).sent is None, "a manager sends for their own practice"


def test_a_month_without_answers_is_due_and_sent_with_zeros(house: Any, desk: Desk) -> None:
    assert view(house).state == "due"
    send(house)
    found = view(house)
    assert (found.state, found.shown.total) == ("sent", 0)


def test_a_missed_month_may_still_be_marked(house: Any, desk: Desk, today: Today) -> None:
    today(TOO_LATE)
    assert view(house).state == "missed"
    send(house)
    assert view(house).state == "sent"
    (noted,) = house.events("patient_input.return_sent")
    assert noted.props["in_time"] is False


def test_last_month_stands_on_the_home_page_until_it_is_sent(house: Any, desk: Desk, today: Today) -> None:
    def standing() -> str:
        with house.database.read() as session:
            found = reading.standing(session, house.practice())
        return found.state if found else ""

    assert standing() == "due"
    today(date(2026, 11, 17))
    assert standing() == "due"
    today(date(2026, 11, 18))
    assert standing() == "missed"
    today(date(2026, 12, 1))
    assert standing() == "due", "November is due; October stays in the list of months"
    today(IN_TIME)
    send(house)
    assert standing() == ""


def test_nobody_is_asked_for_a_month_before_the_practice_began(house: Any, desk: Desk, today: Today) -> None:
    desk.asking_since(date(2026, 11, 2))
    desk.enter({"good": 3}, date(2026, 2, 3))
    with house.database.read() as session:
        assert reading.standing(session, house.practice()) is None
        known = reading.span(session, house.practice())
    assert (known.first, known.since, known.last) == (Month(2026, 2), Month(2026, 11), Month(2026, 11))
    assert view(house, Month(2026, 2)).state == "earlier"


def test_no_month_is_before_practices_asked(house: Any, desk: Desk) -> None:
    desk.enter({"good": 1}, date(1950, 1, 1))
    with house.database.read() as session:
        assert reading.span(session, house.practice()).first == Month(2014, 12)


def test_the_months_take_the_same_queries_for_one_answer_and_for_many(house: Any, desk: Desk) -> None:
    def asked() -> list[str]:
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        with house.database.read() as session:
            practice = house.practice()
            event.listen(house.database.engine, "before_cursor_execute", note)
            try:
                known = reading.span(session, practice)
                reading.listed(session, practice, known, known.first, known.last)
            finally:
                event.remove(house.database.engine, "before_cursor_execute", note)
        return [statement for statement in seen if "SELECT" in statement]

    desk.enter({"good": 1})
    few = asked()
    for day in (OCTOBER, NOVEMBER, date(2026, 9, 1), date(2026, 10, 30)):
        desk.enter({"good": 5, "poor": 3}, day, "kiosk")
    assert asked() == few
    assert len(few) == 3
    assert not any("patient_input_answer" in statement for statement in few), "totals come from the tally"


def test_a_list_takes_what_was_sent_and_counts_the_rest(house: Any, desk: Desk) -> None:
    for day in (date(2026, 8, 25), date(2026, 9, 3), OCTOBER, NOVEMBER):
        desk.enter({"good": 2, "poor": 1}, day)
    for month in (Month(2026, 8), LAST):
        send(house, month=month)
    desk.enter({"poor": 4}, OCTOBER)
    with house.database.read() as session:
        known = reading.span(session, house.practice())
        views = reading.listed(session, house.practice(), known, known.first, known.last)
    assert [(str(view.month), view.shown.total, view.state) for view in views] == [
        ("2026-11", 3, "open"),
        ("2026-10", 3, "sent"),
        ("2026-09", 3, "missed"),
        ("2026-08", 3, "sent"),
    ]
    assert not any(view.late.changed for view in views)


def test_who_sent_is_in_their_download_and_can_be_forgotten(house: Any, desk: Desk) -> None:
    desk.enter({"good": 1})
    send(house)
    person = house.people["manager"]
    with house.database.read() as session:
        said = service.about_person(session, person)
    assert [row["month"] for _what, row in said] == [LAST.first]
    with house.artefacts.unit(house.actor("manager")) as unit:
        house.host.doors.custody("layers_erase_person", person_id=person, unit=unit)
    found = view(house)
    assert found.sent is not None
    assert (found.sent.by, found.shown.total) == ("", 1)


def test_what_was_sent_is_read_back_in_the_order_of_the_return(house: Any, desk: Desk) -> None:
    desk.enter({"dont_know": 1, "very_good": 2})
    before = view(house).now
    send(house)
    with house.database.read() as session:
        ((month, figures),) = reading.sent_figures(session, house.practice().id, 12)
    assert month == LAST
    assert (list(figures.answers.items()), list(figures.methods)) == (
        list(before.answers.items()),
        list(before.methods),
    )
    assert isinstance(figures, Figures)
