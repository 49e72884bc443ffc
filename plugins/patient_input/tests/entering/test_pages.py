"""The grid for cards and the page for calls, as somebody without JavaScript uses them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from layers_core.artefacts.followup import today_in
from layers_core.db.base import now
from layers_patient_input.models import Answer, Tally
from layers_patient_input.months.models import MonthlyReturn
from layers_patient_input.months.rules import Month
from layers_patient_input.plugin import Plugin
from layers_patient_input.responses import written

pytest.importorskip("layers_webshell", reason="the pages are tried inside the web shell")

STAFF = "/manor/patient-input/"
CARDS, CALL, LATELY = (f"{STAFF}enter{part}" for part in ("/cards", "/telephone", ""))
TODAY = today_in("Europe/London")


@pytest.fixture(scope="module")
def web_plugins() -> Sequence[object]:
    """Patient input alone."""
    return [Plugin()]


def answers(world: Any) -> list[Answer]:
    with world.database.read() as session:
        return list(session.scalars(select(Answer).order_by(Answer.id)))


def kept(world: Any) -> list[tuple[str | None, str]]:
    return [(answer.score, " ".join(written(answer.items))) for answer in answers(world)]


def day(when: date) -> dict[str, str]:
    return {"on-day": str(when.day), "on-month": str(when.month), "on-year": str(when.year)}


def card(place: int, score: str, text: str = "") -> dict[str, str]:
    return {f"score-{place}": score, f"text-{place}": text}


def save(browser: Any, *cards: Mapping[str, str], page: Any = None, do: str = "more", **more: str) -> Any:
    values = {name: value for each in cards for name, value in each.items()}
    return browser.submit(page or browser.get(CARDS), {**values, "do": do, **more}, action=CARDS)


def send_month(world: Any, when: date) -> None:
    with world.database.write() as session:
        month = Month.of(when).first
        practice = world.practices["manor"]
        session.add(MonthlyReturn(practice_id=practice, month=month, answers={}, methods={}, sent_at=now()))


# Cards


def test_ten_cards_and_ten_more(world: Any, client_for: Callable[..., Any]) -> None:
    desk = client_for("receptionist")
    page = desk.get(CARDS)
    assert page.text.count('<option value="very_good">1 Very good</option>') == 11  # ten rows and the blank one
    done = save(desk, card(0, "very_good"), card(1, "poor", "The print is small"), card(9, "dont_know"))
    assert done.status_code == 303
    again = desk.get(done.headers["Location"])
    assert "3 cards are saved." in again.text
    assert kept(world) == [("very_good", ""), ("poor", "The print is small"), ("dont_know", "")]
    assert again.text.count("data-saved=") == 3
    # The same batch goes on, with the date and the numbers that follow.
    assert re.search(r"data-row-number>4</span>", again.text)
    save(desk, card(0, "good"), page=again)
    assert len({answer.batch_id for answer in answers(world)}) == 1
    assert "set-cookie" not in again.headers.get("Cache-Control", "")


def test_a_wrong_row_is_told_of_and_the_others_are_saved(world: Any, client_for: Callable[..., Any]) -> None:
    desk = client_for("receptionist")
    wrong = save(desk, card(0, "good", "Kind"), card(1, "", "Nothing is ticked"), card(2, "poor", "x" * 5_001))
    assert wrong.status_code == 422
    assert kept(world) == [("good", "Kind")]
    for words in ('href="#score-1"', 'href="#text-2"', "Card 2: ", "Card 3: ", "Nothing is ticked", "x" * 5_001):
        assert words in wrong.text
    assert "1 card is saved." in wrong.text
    assert ">Kind</textarea>" not in wrong.text.replace("\n", "")
    # What is mended is saved, and nothing twice.
    assert save(desk, {"score-1": "poor"}, card(2, "poor", "Short"), page=wrong).status_code == 303
    assert kept(world) == [("good", "Kind"), ("poor", "Nothing is ticked"), ("poor", "Short")]


def test_a_page_sent_twice_saves_each_card_once(world: Any, client_for: Callable[..., Any]) -> None:
    desk = client_for("receptionist")
    page = desk.get(CARDS)
    for _time in range(2):
        assert save(desk, card(0, "good", "Kind"), card(1, "poor"), page=page).status_code == 303
    assert len(answers(world)) == 2


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"on-day": "31", "on-month": "2", "on-year": "2026"}, "Enter a real date"),
        ({"on-day": "", "on-month": "", "on-year": ""}, "Enter the date of the cards"),
        ({"on-day": "1", "on-month": "1", "on-year": "1" * 400}, "Enter a real date"),
        (day(TODAY + timedelta(days=1)), "Enter today’s date or an earlier one"),
        (day(TODAY - timedelta(days=400)), "Enter a date in the last 12 months"),
    ],
)
def test_a_wrong_date_saves_nothing_and_keeps_what_was_typed(
    world: Any, client_for: Callable[..., Any], typed: dict[str, str], words: str
) -> None:
    desk = client_for("receptionist")
    wrong = save(desk, card(3, "poor", "Still here"), **typed)
    assert wrong.status_code == 422
    assert words in wrong.text
    assert 'href="#on-day"' in wrong.text
    assert "Still here" in wrong.text
    assert '<option value="poor" selected>' in wrong.text
    assert answers(world) == []


def test_cards_of_a_sent_month_count_as_late(world: Any, client_for: Callable[..., Any]) -> None:
    before = TODAY.replace(day=1) - timedelta(days=1)
    send_month(world, before)
    desk = client_for("receptionist")
    assert "count as late" in desk.get(CARDS).text
    done = save(desk, card(0, "good"), **day(before))
    again = desk.get(done.headers["Location"])
    assert "were sent before, so it counts as late" in again.text
    assert f'value="{before.day}"' in again.text
    (answer,) = answers(world)
    assert answer.received_on == before
    done = save(desk, card(0, "good"), **day(TODAY))
    assert "counts as late" not in desk.get(done.headers["Location"]).text


def test_a_card_is_taken_out_with_what_is_typed_beside_it_kept(world: Any, client_for: Callable[..., Any]) -> None:
    desk = client_for("receptionist")
    saved = desk.get(save(desk, card(0, "good"), card(1, "poor", "Words")).headers["Location"])
    wrong_one = answers(world)[0]
    page = desk.submit(saved, {"undo": str(wrong_one.id), **card(4, "", "Half a card")}, action=CARDS)
    assert page.status_code == 200
    assert "Taken out." in page.text
    assert "Half a card" in page.text
    assert kept(world) == [("poor", "Words")]
    assert page.text.count("data-saved=") == 1
    with world.database.read() as session:
        assert {row.code: row.count for row in session.scalars(select(Tally)) if row.count} == {"poor": 1}
    assert desk.submit(saved, {"undo": str(wrong_one.id)}, action=CARDS).status_code == 404


def test_nothing_typed_is_nothing_saved(world: Any, client_for: Callable[..., Any]) -> None:
    desk = client_for("receptionist")
    assert save(desk).status_code == 303
    done = save(desk, do="finish")
    assert (done.status_code, done.headers["Location"]) == (303, LATELY)
    assert answers(world) == []


def test_hostile_rows_are_no_fault(world: Any, client_for: Callable[..., Any]) -> None:
    desk = client_for("receptionist")
    hostile = {
        **day(TODAY),
        **card(0, "very_good\x00", "=cmd()\x00<script>alert(1)</script>"),
        **card(1, "9" * 5_000, "x" * 50_000),
        "key-0": "k" * 5_000,
        "batch": "not a key",
        "language": "\x00" * 10,
        "score-999999": "good",
    }
    assert desk.send(CARDS, hostile).status_code == 422
    assert kept(world) == [("very_good", "=cmd()<script>alert(1)</script>")]
    assert "<script>alert" not in desk.get(LATELY).text
    for path in (
        f"{CARDS}?batch=%00&on-day=%00&language=%00",
        f"{CARDS}?on-year={'9' * 5_000}",
        f"{CALL}?language=%00",
    ):
        assert desk.get(path).status_code == 200
    assert desk.send(CARDS, {"undo": "nothing"}).status_code == 404
    assert desk.send(f"{STAFF}enter/take-out", {"answer": "\x00"}).status_code == 404


def test_rows_that_a_page_added_are_taken_and_shown_again(world: Any, client_for: Callable[..., Any]) -> None:
    desk = client_for("receptionist")
    rows = {**card(37, "good", "Far down"), **card(41, "", "Not ticked"), **card(100, "good", "Beyond")}
    wrong = desk.send(CARDS, {**rows, **day(TODAY), "batch": str(uuid4())})
    assert wrong.status_code == 422
    assert kept(world) == [("good", "Far down")]
    assert 'href="#score-41"' in wrong.text
    assert "Not ticked" in wrong.text
    assert 'name="text-41"' in wrong.text


def test_somebody_elses_batch_is_not_theirs_to_add_to_or_see(world: Any, client_for: Callable[..., Any]) -> None:
    desk, nurse = client_for("receptionist"), client_for("nurse")
    save(desk, card(0, "poor", "Told to reception"))
    batch = answers(world)[0].batch_id
    seen = nurse.get(f"{CARDS}?batch={batch}").text
    assert "Told to reception" not in seen
    assert "data-saved=" not in seen
    tried = {"batch": str(batch), **card(0, "good"), **day(TODAY)}
    assert nurse.send(CARDS, tried).status_code == 404
    assert len(answers(world)) == 1


# Calls


def test_a_call_reads_like_a_script_and_leads_to_the_next(world: Any, client_for: Callable[..., Any]) -> None:
    desk = client_for("nurse")
    page = desk.get(CALL)
    text = page.text
    places = [
        text.index(words)
        for words in (
            "Hello, I am calling from Manor Street Surgery",
            "Overall, how was your experience of our service?",
            "Read out all the answers",
            "What could we have done better?",
            "Thank you. One of us reads",
            "Call 999 in an emergency",
            "Save and next call",
        )
    ]
    assert places == sorted(places)
    done = desk.submit(page, {"score": "poor", "text": "Could not get through"}, action=CALL)
    assert done.status_code == 303
    assert "1 call today" in desk.get(done.headers["Location"]).text
    (answer,) = answers(world)
    assert (answer.method, answer.entered_by) == ("telephone", world.people["nurse"])
    assert kept(world) == [("poor", "Could not get through")]
    missing = desk.submit(page, {"score": "", "text": "Words stay"}, action=CALL)
    assert missing.status_code == 303  # the very same call, sent again
    missing = desk.submit(desk.get(CALL), {"text": "Words stay"}, action=CALL)
    assert missing.status_code == 422
    assert "Words stay" in missing.text
    assert 'href="#score"' in missing.text


def test_a_call_in_another_language_is_asked_in_it(world: Any, client_for: Callable[..., Any]) -> None:
    desk = client_for("nurse")
    page = desk.get(f"{CALL}?language=ur")
    assert "مجموعی طور پر، ہماری سروس کے بارے میں آپ کا تجربہ کیسا رہا؟" in page.text
    assert re.search(r'<p lang="ur" dir="rtl">', page.text)
    assert "– Very good" in page.text
    desk.submit(page, {"score": "good", "text": "اچھا تھا"}, action=CALL)
    assert answers(world)[0].language == "ur"


def test_the_last_call_is_taken_out(world: Any, client_for: Callable[..., Any]) -> None:
    desk = client_for("nurse")
    page = desk.get(desk.submit(desk.get(CALL), {"score": "good"}, action=CALL).headers["Location"])
    done = desk.submit(page, {}, action=f"{STAFF}enter/take-out")
    assert (done.status_code, done.headers["Location"]) == (303, CALL)
    assert answers(world) == []


# Who may, and what was typed in lately


def test_lately_shows_ones_own_and_managers_no_words(world: Any, client_for: Callable[..., Any]) -> None:
    desk = client_for("receptionist")
    save(desk, card(0, "poor", "Said in confidence"))
    assert "Said in confidence" in desk.get(LATELY).text
    manager = client_for("manager")
    boss = manager.get(LATELY)
    assert "Said in confidence" not in boss.text
    assert "Rita Lewis" in boss.text
    assert "Said in confidence" not in client_for("nurse").get(LATELY).text
    assert manager.submit(boss, {}, action=f"{STAFF}enter/take-out").status_code == 303
    assert answers(world) == []


@pytest.mark.parametrize("role", ["neighbour", "outsider", "former", "operator", "evaluator"])
def test_strangers_find_no_page(world: Any, client_for: Callable[..., Any], role: str) -> None:
    browser = client_for(role)
    for path in (CARDS, CALL, LATELY):
        assert browser.get(path).status_code == 404
        assert browser.send(path, {}).status_code in {404, 405}
    assert browser.send(f"{STAFF}enter/take-out", {"answer": str(uuid4())}).status_code == 404
