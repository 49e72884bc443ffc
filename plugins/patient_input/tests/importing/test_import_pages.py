"""The pages that bring answers in, as those who may and others meet them."""

from __future__ import annotations

import csv
import io
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from layers_core.artefacts.attachments.store import FileStore
from layers_core.aside import job as aside_job
from layers_core.db.base import now
from layers_patient_input.importing import job
from layers_patient_input.importing.csv_reading import LIMITS
from layers_patient_input.importing.models import Import, ImportFault
from layers_patient_input.models import Answer

from .conftest import FILE

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from layers_webshell.testclient import Browser
    from layers_webshell.testworld import World

pytest.importorskip("layers_webshell")
ClientFor = Callable[..., "Browser"]
IMPORT = "/manor/patient-input/import"
SECONDS = 20


@pytest.fixture(autouse=True)
def own_files(world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Files in a folder of its own; threads end with the test."""
    monkeypatch.setattr(aside_job, "BEAT_SECONDS", 0.02)
    monkeypatch.setattr(world.host, "files", FileStore(tmp_path / "files"))
    yield
    for thread in threading.enumerate():
        if thread.name.startswith(job.THREAD):
            thread.join(SECONDS)


def upload(browser: Browser, content: str | bytes = FILE, name: str = "march.csv") -> TestResponse:
    """Choose a file."""
    data = content.encode() if isinstance(content, str) else content
    form = {"csrf_token": browser.csrf_token(), "file": (io.BytesIO(data), name)}
    return browser.post(IMPORT, data=form, content_type="multipart/form-data")


def chosen(browser: Browser, content: str | bytes = FILE, name: str = "march.csv") -> str:
    """Choose a file; gives the address of its page."""
    answer = upload(browser, content, name)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def begin(browser: Browser, address: str, **values: Any) -> TestResponse:
    """Bring the rows in as the form stands, with these values."""
    page = browser.get(f"{address}/choose")
    return browser.submit(page, {"method": "sms", "do": "begin", **values}, action=f"{address}/choose")


def page_with(browser: Browser, address: str, words: str) -> str:
    """The page, as soon as it says the words."""
    until = time.monotonic() + SECONDS
    while words not in (text := browser.get(address).text):
        assert time.monotonic() < until, text
        time.sleep(0.02)
    return text


def brought(browser: Browser, content: str = FILE, **values: Any) -> str:
    """A file that is brought in; gives the address of its page."""
    address = chosen(browser, content)
    answer = begin(browser, address, **{"scale": "2020", **values})
    assert answer.status_code == 303, answer.text
    page_with(browser, address, "Your answers are in")
    return address


def test_a_file_is_looked_at_then_brought_in(world: World, client_for: ClientFor) -> None:
    manager = client_for("manager")
    assert "Nothing counts before you say so" in manager.get(IMPORT).text
    address = chosen(manager)
    page = manager.get(address)
    assert page.status_code == 302
    page = manager.get(page.location)
    assert "5 rows" in page.text
    assert "Nothing is brought in yet" in page.text
    assert "14 March 2026" in page.text
    assert "“five stars” (1 row)" in page.text
    with world.database.read() as session:
        assert session.scalars(select(Answer)).all() == []
    answer = begin(manager, address, scale="2020", **{"means-0": "2020:very_good"})
    assert answer.location == address
    page = page_with(manager, address, "Your answers are in")
    for fact in ("Rows read", "Brought in", "Here already", "Could not be brought in"):
        assert fact in page
    assert "2 answers with words wait" in page
    assert "Line 7: We cannot read this date: “soon”" in page
    assert "march.csv" in manager.get(IMPORT).text
    assert "The letter was too small to read" in manager.get("/manor/patient-input/").text


def test_what_is_still_to_choose_is_said_and_nothing_is_lost(client_for: ClientFor) -> None:
    manager = client_for("manager")
    address = chosen(manager, "When,What,Comments,Who\n03/04/2026,Don't know,fine,x\n")
    page = manager.get(f"{address}/choose")
    assert "03/04/2026 is 3 April 2026" in page.text
    assert "03/04/2026 is 4 March 2026" in page.text
    values = {"do": "begin", "column-language": "3"}
    answer = manager.submit(page, values, action=f"{address}/choose")
    assert answer.status_code == 422
    for words in ("Choose how these answers were collected", "Choose how the dates are written", "before April 2020"):
        assert words in answer.text
    assert '<option value="3" selected>Who</option>' in answer.text
    again = manager.submit(page, {**values, "do": "look", "method": "kiosk"}, action=f"{address}/choose")
    assert again.status_code == 303
    page = manager.get(again.location)
    assert '<option value="3" selected>Who</option>' in page.text
    assert 'value="kiosk" checked' in page.text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "This file is empty"),
        (b"PK\x03\x04" + bytes(500), "This is no CSV file"),
        (b"one column\nonly\n", "no columns"),
        (b"a,b\n" * 2 + b"\xc3\xa9,b\n\xe9,b\n", "Line 4 has letters of another kind"),
        (("x," * 10_000 + "\n") * 3, "more than 100 columns"),
    ],
    ids=["empty", "zip", "one column", "mixed", "10,000 columns"],
)
def test_what_is_no_table_is_refused_with_what_to_do(client_for: ClientFor, content: str | bytes, words: str) -> None:
    answer = upload(client_for("manager"), content)
    assert answer.status_code == 422
    assert words in answer.text


def test_no_file_at_all_is_said(client_for: ClientFor) -> None:
    manager = client_for("manager")
    answer = manager.submit(manager.get(IMPORT), {}, action=IMPORT)
    assert answer.status_code == 422
    assert "Choose a file" in answer.text


HOSTILE = (
    "Date,Answer,Comments,<script>alert(1)</script>\x00" + "n" * 5000 + "\n"
    '14/03/2026,Good,=HYPERLINK("http://x"),\n'
    "14/03/2026,<script>alert(2)</script>,x\x00y,\n"
    f"14/03/2026,Good,{'z' * 1_000_000},\n"
    "14/03/2026,=1+1,\u202eevil,\n"
    "14/03/2026,Good,<script>alert(3)</script>\x00,\n"
)


def test_hostile_cells_are_words_like_others(world: World, client_for: ClientFor) -> None:
    manager = client_for("manager")
    name = "<script>alert(4)</script>" + "n" * 400 + ".csv"
    address = chosen(manager, HOSTILE, name)
    page = manager.get(f"{address}/choose")
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    begin(manager, address)
    page = page_with(manager, address, "Your answers are in")
    assert "<script>alert" not in page
    assert "It is longer than 100,000 characters" in page
    file = manager.get(f"{address}/wrong.csv")
    rows = list(csv.reader(io.StringIO(file.data.decode("utf-8-sig"), newline="")))
    assert rows[0][:3] == ["layers_line", "layers_why", "Date"]
    assert [row[3] for row in rows[1:] if row[1].startswith("This is not")] == ["<script>alert(2)</script>", "'=1+1"]
    with world.database.read() as session:
        texts = [
            row.items[1]["answer"][0]["valueString"] for row in session.scalars(select(Answer).order_by(Answer.id))
        ]
    assert texts == ['=HYPERLINK("http://x")', "<script>alert(3)</script>"]


def test_hostile_fields_choose_nothing(client_for: ClientFor) -> None:
    manager = client_for("manager")
    address = chosen(manager, "Date,Answer\n03/04/2026,Five\n")
    good = {"column-date": "0", "column-answer": "1", "method": "sms", "said-0": "five", "means-0": "2020:good"}
    for field in (*good, "order", "scale", "same", "language", "column-text"):
        for value in ("\x00", "9" * 400, "-1", "x" * 50_000, "٣", "2020:\x00"):
            for do in ("look", "begin"):
                answer = manager.send(f"{address}/choose", {**good, field: value, "do": do})
                assert answer.status_code == (303 if do == "look" else 422), (field, value[:10])
            assert manager.get(f"{address}/choose").status_code == 200


def test_wrong_rows_are_mended_and_brought_in(world: World, client_for: ClientFor) -> None:
    manager = client_for("manager")
    address = brought(manager)
    file = manager.get(f"{address}/wrong.csv")
    assert file.headers["Cache-Control"] == "private, no-store"
    assert "attachment" in file.headers["Content-Disposition"]
    mended = file.data.decode("utf-8-sig").replace("Five stars", "Very good").replace("soon", "17/03/2026")
    again = chosen(manager, mended, "mended.csv")
    assert again != address
    assert begin(manager, again).status_code == 422
    begin(manager, again, same="no")
    page_with(manager, again, "Your answers are in")
    with world.database.read() as session:
        assert sorted(row.score or "" for row in session.scalars(select(Answer))) == [
            "dont_know", "good", "poor", "very_good", "very_good",
        ]  # fmt: skip


def test_the_same_file_again_leads_to_what_became_of_it(world: World, client_for: ClientFor) -> None:
    manager = client_for("manager")
    address = brought(manager)
    assert chosen(manager, name="again.csv") == address
    page = manager.get(address)
    assert "None of its rows is brought in twice" in page.text
    begin(manager, address, **{"means-0": "2020:good"})
    page_with(manager, address, '<dd class="nhsuk-summary-list__value">3</dd>')
    with world.database.read() as session:
        assert len(session.scalars(select(Answer)).all()) == 4


def test_many_wrong_rows_are_listed_a_page_at_a_time(client_for: ClientFor) -> None:
    manager = client_for("manager")
    address = brought(manager, "Date,Answer\n14/03/2026,Good\n" + "soon,Good\n" * 130)
    page = manager.get(address).text
    assert "All 130 rows" in page
    first = manager.get(f"{address}/wrong")
    assert first.text.count("We cannot read this date") == 100
    assert "from=101" in first.text
    second = manager.get(f"{address}/wrong?from=101")
    assert second.text.count("We cannot read this date") == 30
    assert "More rows" not in second.text
    for odd in ("", "-1", "x", "9" * 400, "%00"):
        assert manager.get(f"{address}/wrong?from={odd}").status_code == 200


def test_it_is_stopped_gone_on_with_and_undone(world: World, client_for: ClientFor, monkeypatch: Any) -> None:
    monkeypatch.setitem(LIMITS, "rows_a_step", 1)
    manager = client_for("manager")
    reached, go_on = threading.Event(), threading.Event()
    keep = job.keep_many

    def slowly(unit: Any, form: Any, given: Any) -> None:
        keep(unit, form, given)
        if not reached.is_set():
            reached.set()
            assert go_on.wait(SECONDS)

    monkeypatch.setattr(job, "keep_many", slowly)
    address = chosen(manager)
    begin(manager, address, scale="2020")
    assert reached.wait(SECONDS)
    if world.database.dialect == "postgresql":
        # On SQLite the step that waits has the one turn to write.
        page = manager.get(address)
        assert '<progress id="progress" max="5" value="0">' in page.text
        assert manager.send(f"{address}/undo").status_code == 422
        assert manager.send(f"{address}/stop").status_code == 303
    else:
        go_on.set()
        page_with(manager, address, "Your answers are in")
        return
    go_on.set()
    page = page_with(manager, address, "Bringing in stopped part-way")
    assert "no row comes in twice" in page
    manager.send(f"{address}/go-on")
    page_with(manager, address, "Your answers are in")
    assert "This removes 3 answers" in manager.get(address).text
    assert manager.send(f"{address}/undo").location == IMPORT
    assert "These answers are removed" in manager.get(address).text
    with world.database.read() as session:
        assert session.scalars(select(Answer)).all() == []


def test_a_process_that_ended_is_found_out(world: World, client_for: ClientFor) -> None:
    manager = client_for("manager")
    address = brought(manager)
    with world.database.write() as session:
        session.execute(update(Import).values(state="working", beat_at=now() - timedelta(minutes=1)))
    assert "Bringing in stopped part-way" in manager.get(address).text
    manager.send(f"{address}/go-on")
    page_with(manager, address, "Your answers are in")
    with world.database.read() as session:
        assert len(session.scalars(select(Answer)).all()) == 3


def test_after_a_day_the_file_is_gone(world: World, client_for: ClientFor) -> None:
    manager = client_for("manager")
    address, looked_at = brought(manager), chosen(manager, FILE + "\n", "april.csv")
    for path in world.host.files.passing.root.glob("*"):
        path.unlink()
    page = manager.get(address)
    assert "We have deleted the file" in page.text
    assert manager.get(f"{address}/wrong.csv").location == address
    assert manager.get(f"{address}/choose").location == address
    assert "This file is deleted" in manager.get(looked_at).text
    assert begin(manager, chosen(manager, FILE + "\n"), same="no").status_code == 303


@pytest.mark.parametrize("role", ["nurse", "neighbour", "outsider", "former"])
def test_nobody_else_finds_it(world: World, client_for: ClientFor, role: str) -> None:
    address = brought(client_for("manager"))
    other = client_for(role)
    places = [address, f"{address}/choose", f"{address}/wrong", f"{address}/wrong.csv"]
    if role != "former":
        places += [place.replace("/manor/", "/riverside/") for place in places]
    for place in [*places, IMPORT]:
        assert other.get(place).status_code == 404
    for verb in ("choose", "go-on", "stop", "undo"):
        assert other.send(f"{address}/{verb}").status_code == 404
    assert upload(other).status_code == 404
    with world.database.read() as session:
        assert len(session.scalars(select(Answer)).all()) == 3
        assert len(session.scalars(select(ImportFault)).all()) == 2
        assert session.scalars(select(Import.practice_id)).all() == [world.practices["manor"]]
