"""The pages of months through the application: figures, return, locking, and what the public sees."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from layers_core.contract import PluginChoice
from layers_core.practices.models import Person
from layers_patient_input.models import Tally
from layers_patient_input.months.models import MonthlyReturn
from layers_patient_input.plugin import Plugin

from .conftest import IN_TIME, NOVEMBER, OCTOBER, TOO_LATE, Desk

pytest.importorskip("layers_webshell", reason="the pages are tried inside the web shell")

PAGE = "/manor/patient-input/fft"
MONTH = f"{PAGE}/2026-10"
FILE = f"{MONTH}/return.csv"
SENT = f"{MONTH}/sent"
PUBLIC = "/p/manor/patient-input/fft"
Today = Callable[[date], None]


@pytest.fixture(scope="module")
def web_plugins() -> Sequence[object]:
    """Patient input alone: it needs no other plugin."""
    return [Plugin()]


@pytest.fixture
def desk(world: Any, today: Today) -> Desk:
    """Manor's desk, where patients have been asked since August 2026; October is due."""
    made = Desk(world.database, world.host)
    made.asking_since(date(2026, 8, 20))
    today(IN_TIME)
    return made


def figures(page: Any) -> dict[str, list[str]]:
    """The table of the return: for each field what stands in its line."""
    table = page.text[page.text.index('id="figures"') :].split("</table>")[0]
    rows = re.findall(r'scope="row">([^<]+)</th>((?:<td[^>]*>[^<]*</td>)+)', table)
    return {name: re.findall(r">([^<]*)</td>", cells) for name, cells in rows}


def read(page: Any) -> str:
    """A page's text without the marks that keep numbers from left to right."""
    return re.sub("[\u2066\u2069]", "", page.text)


def show_results(world: Any) -> None:
    world.switch("manor", "patient_input", PluginChoice("on", settings={"fft_public": True}))


def sent_rows(world: Any) -> list[MonthlyReturn]:
    with world.database.read() as session:
        return list(session.scalars(select(MonthlyReturn)))


def test_the_month_shows_its_shares_and_the_return(world: Any, client_for: Callable[..., Any], desk: Desk) -> None:
    desk.enter({"very_good": 6, "good": 3, "neither": 1, "poor": 1, "dont_know": 1})
    desk.enter({"very_good": 1}, method="sms")
    page = client_for("nurse").get(MONTH)
    assert page.status_code == 200
    assert "October 2026" in page.text
    assert "Send the figures by 17 November 2026." in page.text
    assert "<strong>13 answers</strong>: 77% positive (very good or good), 8% negative" in page.text
    shown = figures(page)
    assert (shown["Very good"], shown["Don’t know"], shown["SMS/Text message"]) == (["7"], ["1"], ["1"])
    assert len(shown) == 12
    assert "I have sent these figures" not in page.text, "a nurse may not"


def test_the_file_has_the_fields_of_the_return_alone(world: Any, client_for: Callable[..., Any], desk: Desk) -> None:
    desk.enter({"very_good": 2, "poor": 1}, method="telephone")
    file = client_for("nurse").get(FILE)
    assert file.headers["Content-Type"].startswith("text/csv")
    assert file.headers["Content-Disposition"] == "attachment; filename=fft-A81001-2026-10.csv"
    (row,) = csv.DictReader(io.StringIO(file.get_data(as_text=True)))
    assert row == {
        "Practice code": "A81001", "Month": "2026-10",
        "Very good": "2", "Good": "0", "Neither good nor poor": "0", "Poor": "1", "Very poor": "0", "Don’t know": "0",
        "Handwritten": "0", "Telephone call": "3", "Tablet/Kiosk": "0", "SMS/Text message": "0",
        "Smartphone app/Online": "0", "Other": "0",
    }  # fmt: skip


def test_a_manager_marks_the_month_as_sent_and_it_is_locked(
    world: Any, client_for: Callable[..., Any], desk: Desk
) -> None:
    desk.enter({"very_good": 9, "poor": 1})
    manager = client_for("manager")
    page = manager.get(MONTH)
    assert "That locks the month for good." in page.text
    done = manager.submit(page, action=SENT)
    assert done.status_code == 303
    assert done.headers["Location"].endswith(MONTH)
    locked = manager.get(MONTH)
    assert re.search(r"Marked as sent on \d+ \w+ \d{4} by Moira Jones\.", locked.text)
    assert "I have sent these figures" not in locked.text
    desk.enter({"poor": 2}, method="sms")
    later = manager.get(MONTH)
    shown = figures(later)
    assert (shown["Poor"], shown["SMS/Text message"], shown["Very good"]) == (["1", "+2"], ["0", "+2"], ["9", "0"])
    assert "90% positive" in later.text, "as sent"
    (row,) = csv.DictReader(io.StringIO(manager.get(FILE).get_data(as_text=True)))
    assert row["Poor"] == "1"
    again = manager.submit(page, action=SENT)
    assert again.status_code == 303
    assert len(sent_rows(world)) == 1


def test_an_answer_that_came_in_meanwhile_stops_the_button(
    world: Any, client_for: Callable[..., Any], desk: Desk
) -> None:
    desk.enter({"good": 1})
    manager = client_for("manager")
    page = manager.get(MONTH)
    desk.enter({"good": 1})
    refused = manager.submit(page, action=SENT)
    assert refused.status_code == 422
    assert "The figures changed since you opened this page" in refused.text
    assert figures(refused)["Good"] == ["2"]
    assert sent_rows(world) == []
    assert manager.submit(refused, action=SENT).status_code == 303


def test_nobody_else_marks_a_month(world: Any, client_for: Callable[..., Any], visitor: Any, desk: Desk) -> None:
    for role in ("nurse", "receptionist", "gp", "neighbour", "outsider", "former"):
        browser = client_for(role)
        assert browser.send(SENT, {"figures": "0-0-0-0-0-0-0-0-0-0-0-0"}).status_code == 404, role
    assert visitor.get(MONTH).status_code == 302
    assert sent_rows(world) == []


def test_a_month_of_another_practice_or_of_no_time_is_no_page(
    world: Any, client_for: Callable[..., Any], desk: Desk
) -> None:
    nurse = client_for("nurse")
    for month in (
        "2026-07",
        "2026-12",
        "1999-01",
        "2026-13",
        "0000-00",
        "now",
        "2026-1",
        "٢٠٢٦-١٠",
        "9999-12",
        "x" * 5000,
    ):
        assert nurse.get(f"{PAGE}/{month}").status_code == 404, month
        assert nurse.get(f"{PAGE}?until={month}").status_code == 404, month
    assert nurse.get(f"{PAGE}/2026-11/return.csv").status_code == 404, "a month that is not over has no return"
    assert client_for("neighbour").get(MONTH).status_code == 404


def test_a_month_without_answers_is_due(world: Any, client_for: Callable[..., Any], desk: Desk) -> None:
    manager = client_for("manager")
    page = manager.get(MONTH)
    assert "There are no answers, so there is no share of them." in page.text
    assert "%" not in page.text[page.text.index("<h1") : page.text.index("<table")]
    assert {count for counts in figures(page).values() for count in counts} == {"0"}
    assert manager.submit(page, action=SENT).status_code == 303
    assert "by Moira Jones" in manager.get(MONTH).text


def test_the_list_says_how_each_month_stands(world: Any, client_for: Callable[..., Any], desk: Desk) -> None:
    desk.enter({"good": 3, "poor": 1}, date(2026, 9, 3))
    desk.enter({"good": 1}, NOVEMBER)
    page = client_for("nurse").get(PAGE)
    rows = re.findall(r'/fft/(\d{4}-\d\d)">[^<]+</a>(.*?)</th>', page.text)
    stands = {month: re.findall(r"nhsuk-tag[^>]*>([^<]+)<", rest) for month, rest in rows}
    assert stands == {
        "2026-11": ["This month"],
        "2026-10": ["To send"],
        "2026-09": ["Not sent"],
        "2026-08": ["Not sent"],
    }
    assert "75%" in page.text
    assert "nobody outside" in page.text


def test_a_missed_month_is_said_to_be_published_as_no_data(
    world: Any, client_for: Callable[..., Any], desk: Desk, today: Today
) -> None:
    today(TOO_LATE)
    manager = client_for("manager")
    for path in (MONTH, PAGE, "/manor/"):
        assert "as “no data”" in manager.get(path).text, path
    assert "no data" not in client_for("nurse").get("/manor/").text


def test_those_who_send_are_told_on_their_home_page_and_by_mail(
    world: Any, client_for: Callable[..., Any], desk: Desk
) -> None:
    for role in ("manager", "lead"):
        home = client_for(role).get("/manor/")
        assert "Friends and Family Test: send October 2026 by 17 November 2026" in home.text, role
        assert f'href="{MONTH}"' in home.text
    assert "send October 2026" not in client_for("nurse").get("/manor/").text
    with world.database.read() as session:
        for role, count in (("manager", 1), ("nurse", 0)):
            actor = world.actor(role)
            said = list(
                world.host.doors.page(
                    "layers_reminders", actor.practice.mix, session=session, practice=actor.practice, actor=actor
                )
            )
            assert len(said) == count, role
            for _slug, reminder in said:
                assert str(reminder.text) == "Friends and Family Test: October 2026 is due by 17 November 2026"
                assert client_for(role).get(f"/manor/{reminder.path}").status_code == 200


def test_years_of_months_are_listed_in_pages_of_two_years(
    world: Any, client_for: Callable[..., Any], desk: Desk
) -> None:
    desk.enter({"good": 1}, date(2023, 1, 5))
    nurse = client_for("nurse")
    page, seen = nurse.get(PAGE), []
    for _page in range(3):
        seen += re.findall(r'/fft/(\d{4}-\d\d)">[^<]+</a> <strong', page.text)
        older = re.search(r'href="([^"]+until=[^"]+)">Older', page.text)
        if not older:
            break
        page = nurse.get(older.group(1))
        assert "Newer months" in page.text
    assert seen == sorted(set(seen), reverse=True)
    assert (len(seen), seen[-1]) == (47, "2023-01")


def test_charts_are_drawn_from_whole_weeks_and_months_with_enough_answers(
    world: Any, client_for: Callable[..., Any], desk: Desk
) -> None:
    assert "layers-chart" not in client_for("nurse").get(PAGE).text
    desk.enter({"good": 6, "poor": 2}, date(2026, 8, 25))
    desk.enter({"good": 3}, date(2026, 9, 8))
    desk.enter({"good": 8}, OCTOBER)
    desk.enter({"poor": 9}, date(2026, 11, 9))
    page = client_for("nurse").get(PAGE).text
    assert "Answers by week" in page
    assert "Positive share by month" in page
    assert "Week from 24 August 2026" in page
    assert "Week from 9 November 2026" not in page, "the week is not over"
    assert "Fewer than 8 answers" in page
    assert "75.0%" in page
    assert "100.0%" in page


def test_a_page_of_hundreds_of_answers_reads_no_answer(world: Any, client_for: Callable[..., Any], desk: Desk) -> None:
    from sqlalchemy import event

    desk.enter({"good": 40, "poor": 20})
    nurse = client_for("nurse")
    for path in (PAGE, MONTH):
        nurse.get(path)
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any, into: list[str] = seen) -> None:
            into.append(statement)

        event.listen(world.database.engine, "before_cursor_execute", note)
        try:
            assert nurse.get(path).status_code == 200
        finally:
            event.remove(world.database.engine, "before_cursor_execute", note)
        assert not [statement for statement in seen if "patient_input_answer" in statement], path
        assert len([statement for statement in seen if "patient_input_" in statement]) <= 4, path


# In public


def test_results_are_public_where_the_practice_says_so_and_only_as_sent(
    world: Any, client_for: Callable[..., Any], visitor: Any, desk: Desk
) -> None:
    desk.enter({"very_good": 60, "good": 20, "neither": 12, "poor": 3, "dont_know": 5})
    assert visitor.get(PUBLIC).status_code == 404
    loop = "/p/manor/patient-input/"
    assert f'href="{PUBLIC}' not in visitor.get(loop).text
    show_results(world)
    assert f'href="{PUBLIC}?lang=en"' in visitor.get(loop).text
    empty = visitor.get(PUBLIC)
    assert empty.status_code == 200
    assert "There is nothing to show yet." in empty.text
    manager = client_for("manager")
    assert "your results in public" in manager.get(PAGE).text
    manager.submit(manager.get(MONTH), action=SENT)
    page = visitor.get(PUBLIC)
    assert "Overall, how was your experience of our service?" in page.text
    assert "October 2026" in page.text
    # 80 positive, 3 negative (shown as 1 to 7), 17 others: 98 to 104 answers.
    assert "98 to 104" in read(page)
    assert "76% to 82%" in read(page)
    assert "1% to 7%" in read(page)
    assert "Set-Cookie" not in page.headers
    before = page.text
    desk.enter({"poor": 1})
    assert visitor.get(PUBLIC).text == before, "an answer that comes late changes nothing that the public sees"


def test_a_month_of_few_answers_has_no_shares_in_public(
    world: Any, client_for: Callable[..., Any], visitor: Any, desk: Desk
) -> None:
    desk.enter({"good": 2, "poor": 1})
    show_results(world)
    manager = client_for("manager")
    manager.submit(manager.get(MONTH), action=SENT)
    page = visitor.get(PUBLIC)
    assert "Too few to show" in page.text
    assert "2 to 14" in read(page)
    assert "%" not in page.text[page.text.index("<tbody") : page.text.index("</tbody>")]


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("cy", "Beth oedd barn cleifion amdanom"),
        ("pl", "Jak ocenili nas pacjenci"),
        ("ur", "مریضوں نے ہمیں کیسا پایا"),
        ("ro", "Cum ne-au evaluat pacienții"),
        ("en-simple", "How patients rated us"),
    ],
)
def test_results_are_read_in_every_language_of_the_form(
    world: Any, client_for: Callable[..., Any], visitor: Any, desk: Desk, language: str, title: str
) -> None:
    desk.enter({"good": 20})
    show_results(world)
    manager = client_for("manager")
    manager.submit(manager.get(MONTH), action=SENT)
    page = visitor.get(f"{PUBLIC}?lang={language}")
    assert page.status_code == 200
    assert title in page.text


def test_erasing_who_sent_leaves_the_return(world: Any, client_for: Callable[..., Any], desk: Desk) -> None:
    manager = client_for("manager")
    manager.submit(manager.get(MONTH), action=SENT)
    with world.artefacts.unit(world.actor("lead")) as unit:
        world.host.doors.custody("layers_erase_person", person_id=world.people["manager"], unit=unit)
    page = client_for("lead").get(MONTH)
    assert "by somebody who is no longer here" in page.text
    with world.database.read() as session:
        name = session.scalars(select(Person.name).where(Person.id == world.people["manager"])).one()
    assert name not in page.text


def test_the_tally_is_what_is_shown(world: Any, client_for: Callable[..., Any], desk: Desk) -> None:
    desk.enter({"good": 2})
    with world.database.write() as session:
        row = session.scalars(select(Tally).where(Tally.form == "fft")).one()
        row.count = 100_000
    assert figures(client_for("nurse").get(MONTH))["Good"] == ["100000"]
