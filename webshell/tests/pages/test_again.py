"""What came back, on its card and page; the time of the week; a calendar; mail that stops; promises of a practice."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from layers_core.artefacts.models import Action, Exposure
from layers_core.contract import GuardAnswer, Promise
from layers_core.db.base import now
from layers_core.reminding import slots, stopping
from layers_core.usage.models import UsageEventRow
from layers_webshell.testclient import Browser
from layers_webshell.testkit import TEST_KEY
from layers_webshell.testworld import World

Write = Callable[..., UUID]
ClientFor = Callable[..., Browser]


@pytest.fixture(scope="module")
def web_plugins(ideas: object) -> Sequence[object]:
    return [ideas]


@pytest.fixture
def lesson(world: World, write: Write) -> str:
    """The address at which the nurse's lesson, which came back, is answered."""
    write("nurse", "Lesson", kind="ideas.idea")
    with world.database.write() as session:
        session.execute(update(Exposure).values(due_at=now() - timedelta(days=1)))
        return f"/manor/again/{session.scalars(select(Exposure.id)).one()}"


def events(world: World) -> list[str]:
    with world.database.read() as session:
        return list(session.scalars(select(UsageEventRow.name).order_by(UsageEventRow.sequence)))


def test_not_now_takes_the_card_away_without_a_review(world: World, client_for: ClientFor, lesson: str) -> None:
    nurse = client_for("nurse")
    done = nurse.submit(nurse.get("/manor/"), {"later": "week"}, action=lesson, headers={"HX-Request": "true"})
    assert "It comes back later: In a week" in done.text
    assert "<html" not in done.text
    assert "Your answer to: Lesson" not in nurse.get("/manor/").text
    with world.database.read() as session:
        assert session.scalars(select(Exposure.reviews)).one() == 0
    assert events(world)[-1] == "core.put_off"


def test_what_changed_is_asked_on_a_page_and_kept_with_the_answer(
    world: World, client_for: ClientFor, lesson: str
) -> None:
    nurse = client_for("nurse")
    assert f'href="{lesson}"' in nurse.get("/manor/").text
    page = nurse.get(lesson)
    assert "Seen by: Manor Street Surgery" in page.text
    empty = nurse.submit(page, {"change": ""})
    assert empty.status_code == 422
    assert "Say what you changed" in empty.text
    late = nurse.submit(page, {"change": "Print it larger", "done": "later"})
    assert late.status_code == 422
    assert "Say by when you will change it" in late.text
    assert "Print it larger" in late.text, "nothing typed is lost"
    wrong = nurse.submit(late, {"change-day": "31", "change-month": "2", "change-year": "2027"})
    assert "Enter a real date" in wrong.text
    when = {"change-day": "4", "change-month": "1", "change-year": "2027"}
    done = nurse.submit(late, when)
    assert done.status_code == 303
    assert "By 4 January 2027" in nurse.get("/manor/").text
    assert events(world)[-2:] == ["core.promised", "core.seen_again"]


def test_marked_words_are_looked_at_before_they_are_kept(client_for: ClientFor, lesson: str) -> None:
    nurse = client_for("nurse")
    stopped = nurse.submit(nurse.get(lesson), {"change": "I told Mrs Margaret Ellis"})
    assert stopped.status_code == 422
    assert "Could this point to a person?" in stopped.text
    assert nurse.submit(stopped, {"guard_checked": "yes"}).status_code == 303


@pytest.mark.parametrize("number", ["", "x", "-1", "9" * 30])
def test_a_showing_that_never_was_takes_no_answer(
    world: World, client_for: ClientFor, lesson: str, number: str
) -> None:
    answer = client_for("nurse").send(lesson, {"answer": "still_true", "showing": number})
    assert answer.status_code == 303
    assert "core.seen_again" not in events(world)


def test_somebody_else_s_is_not_there(client_for: ClientFor, lesson: str) -> None:
    assert client_for("gp").get(lesson).status_code == 404


def test_a_time_of_the_week_is_chosen_shown_and_given_up(world: World, client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    page = nurse.get("/me/slot")
    assert "Your next time" not in page.text
    wrong = nurse.submit(page, {"weekday": "3", "starts": "half past one", "minutes": "20"})
    assert wrong.status_code == 422
    assert "Enter a time, for example 13:30" in wrong.text
    assert "half past one" in wrong.text
    chosen = {"weekday": "3", "starts": "1.30pm", "minutes": "20", "mail": ["digest", "reminders"]}
    assert nurse.submit(page, chosen).status_code == 303
    page = nurse.get("/me/slot")
    assert re.search(r"Your next time: \d+ \w+ \d{4} at 1:30pm", page.text)
    with world.database.read() as session:
        kept = slots.of(session, world.people["nurse"])
    assert kept == slots.SlotView(weekday=3, starts=810, minutes=20, digest=True, reminders=True)
    assert events(world)[-1] == "core.slot_chosen"
    assert nurse.submit(page, {"weekday": "", "mail": []}).status_code == 303
    with world.database.read() as session:
        assert slots.of(session, world.people["nurse"]).weekday is None


def test_mail_before_a_time_needs_a_time(client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    refused = nurse.submit(nurse.get("/me/slot"), {"mail": ["digest"]})
    assert refused.status_code == 422
    assert "Choose a day first" in refused.text


def test_a_calendar_is_read_without_signing_in_and_only_when_it_changed(
    client_for: ClientFor, visitor: Browser, write: Write
) -> None:
    nurse = client_for("nurse")
    write("nurse", "Secret lesson", promise=Promise("Secret promise", date(2027, 1, 4)))
    made = nurse.submit(nurse.get("/me/slot"), action="/me/slot/calendar")
    address = re.search(r"<code>http://127.0.0.1(/calendar/[\w-]+\.ics)</code>", made.text).group(1)
    assert address not in nurse.get("/me/slot").text, "it is shown once"
    feed = visitor.get(address)
    assert feed.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "20270104" in feed.text
    assert "Secret" not in feed.text
    assert "Set-Cookie" not in feed.headers
    assert visitor.get(address, headers={"If-None-Match": feed.headers["ETag"]}).status_code == 304
    nurse.submit(nurse.get("/me/slot"), action="/me/slot/calendar/stop")
    assert visitor.get(address).status_code == 404


def test_one_press_stops_mail_without_signing_in(world: World, visitor: Browser) -> None:
    person = world.people["nurse"]
    with world.database.write() as session:
        slots.choose(session, person, slots.SlotView(weekday=3, minutes=20, digest=True), now())
    address = f"/stop-mail/{stopping.token(TEST_KEY, person, 'digest')}"
    assert "Stop these e-mails?" in visitor.get(address).text
    with world.database.read() as session:
        assert slots.of(session, person).digest, "a mail scanner that follows links stops nothing"
    # As mail programs send it (RFC 8058): no cookie, no token of a form.
    assert visitor.post(address, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    with world.database.read() as session:
        assert not slots.of(session, person).digest
    assert visitor.post(address + "x").status_code == 404


def test_the_practice_s_promises_by_state_and_whose(client_for: ClientFor, write: Write, world: World) -> None:
    write("nurse", "Letters", promise=Promise("Print them large", date(2026, 1, 2)))
    write("gp", "Fridge", promise=Promise("Check the fridge", date(2099, 1, 2)))
    write("gp", "Diary", "me", promise=Promise("Private promise"))
    write("outsider", "Elsewhere", promise=Promise("Another practice"))
    nurse = client_for("nurse")
    page = nurse.get("/manor/actions").text
    assert page.index("Print them large") < page.index("Check the fridge")
    assert "Private promise" not in page
    assert "Another practice" not in page
    assert "Check the fridge" not in nurse.get("/manor/actions?who=me").text
    overdue = nurse.get("/manor/actions?state=overdue").text
    assert "Print them large" in overdue
    assert "Check the fridge" not in overdue
    with world.database.read() as session:
        action = session.scalars(select(Action.id).where(Action.expectation == "Print them large")).one()
    world.artefacts.close_action(world.actor("nurse"), action, "adopt", "All of them", GuardAnswer())
    assert "Print them large" not in nurse.get("/manor/actions").text
    assert "All of them" in client_for("gp").get("/manor/actions?state=done").text
    assert "Private promise" in client_for("gp").get("/manor/actions").text


def promises_of(client: Browser, path: str) -> list[str]:
    """The promises of every page from here on, in their order."""
    found: list[str] = []
    while path:
        page = client.get(path).text
        found += re.findall(r">promise (\d\d)<", page)
        more = re.search(r'href="([^"]+)" rel="next"', page)
        path = more.group(1).replace("&amp;", "&") if more else ""
    return found


def test_every_promise_stands_on_one_of_the_pages(client_for: ClientFor, write: Write, world: World) -> None:
    for number in range(45):
        due = date(2027, 1, 1 + number % 5) if number % 2 else None
        write("gp", "Note", promise=Promise(f"promise {number:02}", due))
    found = promises_of(client_for("nurse"), "/manor/actions")
    assert sorted(found) == [f"{number:02}" for number in range(45)]
    assert all(int(number) % 2 for number in found[:22]), "those with a date first"
    with world.database.read() as session:
        actions = {words[-2:]: key for key, words in session.execute(select(Action.id, Action.expectation))}
    closed = [f"{number * 7 % 45:02}" for number in range(45)]
    for number in closed:
        world.artefacts.close_action(world.actor("gp"), actions[number], "adopt", "Done", GuardAnswer())
    assert promises_of(client_for("nurse"), "/manor/actions?state=done") == closed[::-1]


def test_a_colleague_who_can_see_it_can_be_named_and_nobody_else(
    client_for: ClientFor, write: Write, world: World
) -> None:
    thing = write("nurse", "Letters", f"people:{world.people['gp']}")
    nurse = client_for("nurse")
    page = nurse.get(f"/manor/things/{thing}/ask")
    assert "Dr Grace Okafor" in page.text
    assert "Rita Lewis" not in page.text
    asked = {"promise": "Print them large", "owner": str(world.people["gp"])}
    assert nurse.submit(page, asked).status_code == 303
    assert "Print them large" in client_for("gp").get("/manor/").text
    refused = nurse.submit(page, {**asked, "owner": "nobody"})
    assert refused.status_code == 422
    other = nurse.send(f"/manor/things/{thing}/ask", {"promise": "Print", "owner": str(world.people["receptionist"])})
    assert other.status_code == 422
    assert "Choose somebody who can see this" in other.text


def test_the_owner_sees_the_promise_and_not_the_title_once_the_thing_is_narrowed(
    client_for: ClientFor, write: Write, world: World
) -> None:
    thing = write("nurse", "Hidden title")
    promise = Promise("Print them large", None, world.people["gp"])
    action = world.artefacts.promise(world.actor("nurse"), thing, promise, GuardAnswer())
    world.artefacts.narrow(world.actor("nurse"), thing, "me")
    gp = client_for("gp")
    for path in ("/manor/", "/manor/actions", f"/manor/actions/{action}", "/me"):
        page = gp.get(path).text
        assert "Print them large" in page
        assert "Hidden title" not in page


def test_a_date_moves_with_its_reason(client_for: ClientFor, write: Write, world: World) -> None:
    write("nurse", "Letters", promise=Promise("Print them large", date(2026, 1, 2)))
    with world.database.read() as session:
        path = f"/manor/actions/{session.scalars(select(Action.id)).one()}"
    nurse = client_for("nurse")
    refused = nurse.submit(nurse.get(path), {"due-year": "2027", "reason": ""}, action=f"{path}/date")
    assert refused.status_code == 422
    assert "Say why the date changes" in refused.text
    assert nurse.submit(refused, {"reason": "The printer broke"}, action=f"{path}/date").status_code == 303
    page = nurse.get(path).text
    assert "From 2 January 2026 to 2 January 2027" in page
    assert "The printer broke" in page


def test_overdue_promises_stand_first_among_one_s_own(client_for: ClientFor, write: Write) -> None:
    write("nurse", "Letters", promise=Promise("Print them large", date(2026, 1, 2)))
    write("nurse", "Fridge", promise=Promise("Check the fridge", date(2099, 1, 2)))
    page = client_for("nurse").get("/me").text
    headings = [page.index(words) for words in (">Overdue</h2>", "Print them large", ">What you promised</h2>")]
    assert headings == sorted(headings)
