"""Exports that take their time, as their owner, others and an operator meet them."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from babel import dates as babel_dates
from sqlalchemy import select, update

from layers_core.artefacts.attachments import keeping, prepare
from layers_core.artefacts.attachments.store import FileStore
from layers_core.artefacts.followup import today_in
from layers_core.contract import Draft
from layers_core.db.base import now
from layers_core.practices.models import Practice
from layers_core.privacy.erasure import erase_person
from layers_core.testkit.databases import only_sqlite
from layers_core.usage.models import UsageEventRow
from layers_core.vocabulary import vocabulary
from layers_reflect.kinds import NOTE
from layers_reflect.portfolio import formats, pdf_file
from layers_reflect.portfolio.interchange import Portfolio
from layers_reflect.portfolio.preparing import job
from layers_reflect.portfolio.preparing.models import Export
from layers_reflect.writing import quick_body

if TYPE_CHECKING:
    from layers_webshell.testclient import Browser
    from layers_webshell.testworld import World

ClientFor = Callable[..., "Browser"]
TODAY = today_in("Europe/London")
CHOOSE = "/manor/reflect/portfolio/choose"
SECONDS = 20
KILLED = Path(__file__).with_name("killed.py")


@pytest.fixture(autouse=True)
def few_are_many(world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Three entries take their time, and a process tells at once how far it is."""
    for entry in vocabulary("exports", "layers_reflect").values():
        monkeypatch.setitem(entry, "at_once", 2)
    monkeypatch.setattr(job, "BEAT_SECONDS", 0.02)
    monkeypatch.setattr(world.host, "files", FileStore(tmp_path / "files"))
    yield
    written()


def written() -> None:
    """Wait until nothing is written any more."""
    for thread in threading.enumerate():
        if thread.name.startswith(job.THREAD):
            thread.join(SECONDS)


@pytest.fixture
def three(world: World) -> World:
    """Three entries of the GP's."""
    for number in range(3):
        body = quick_body(f"Entry {number}. More about it", {"date": TODAY.isoformat()})
        files = (prepare("board.txt", b"Words on a board"),) if number == 0 else ()
        world.artefacts.save(world.actor("gp"), Draft(NOTE, f"Entry {number}", body, attachments=files))
    return world


class Held:
    """A format that stops after two entries until it is let go on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reached, self.go_on = threading.Event(), threading.Event()
        self._write = formats.FORMATS["csv"]
        monkeypatch.setitem(formats.FORMATS, "csv", self.write)

    def write(self, portfolio: Portfolio, out: Any) -> None:
        """Write, with a stop."""

        def slowly() -> Iterator[Any]:
            for number, entry in enumerate(portfolio.entries, 1):
                yield entry
                if number == 2:
                    self.reached.set()
                    assert self.go_on.wait(SECONDS)

        self._write(Portfolio(portfolio.person_name, portfolio.made_at, slowly()), out)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    """A table that takes its time; at the end it goes on."""
    held = Held(monkeypatch)
    yield held
    held.go_on.set()


def ask(browser: Browser, shape: str = "csv", **more: Any) -> str:
    """Ask for an export; gives the address of its page."""
    answer = browser.submit(browser.get(CHOOSE), {"format": shape, **more}, action="/manor/reflect/portfolio/export")
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def page_with(browser: Browser, address: str, words: str) -> str:
    """The page, as soon as it says the words."""
    until = time.monotonic() + SECONDS
    while words not in (text := browser.get(address).text):
        assert time.monotonic() < until, text
        time.sleep(0.02)
    return text


def change(world: World, **values: Any) -> None:
    """What time, or a process that ended, would do to the row."""
    with world.database.write() as session:
        session.execute(update(Export).values(**values))


def files(world: World) -> list[str]:
    """The files that wait to be fetched, whole and half."""
    folder = world.host.files.passing.root
    return [path.name for path in folder.iterdir()] if folder.is_dir() else []


def test_an_export_is_seen_to_grow_and_then_fetched(three: World, client_for: ClientFor, held: Held) -> None:
    gp = client_for("gp")
    address = ask(gp)
    page = page_with(gp, address, "1 of 3 entries")
    assert '<progress id="progress" max="3" value="1">' in page
    assert "Look again" in page
    assert gp.get(f"{address}/file").status_code == 302
    assert "being made" in gp.get(CHOOSE).text
    held.go_on.set()
    page = page_with(gp, address, "Your export is ready")
    assert "Only you can download it" in page
    assert re.search(r"ready until \d", gp.get(CHOOSE).text)
    for _twice in range(2):
        answer = gp.get(f"{address}/file")
        assert (answer.status_code, answer.mimetype) == (200, "text/csv")
        assert answer.headers["Cache-Control"] == "private, no-store"
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))
    assert [row["title"] for row in rows] == ["Entry 0", "Entry 1", "Entry 2"]
    with three.database.read() as session:
        noted = session.scalars(
            select(UsageEventRow.props).where(UsageEventRow.name == "reflect.portfolio_exported")
        ).all()
    assert noted == [{"format": "csv", "entries": 3}]


@pytest.mark.parametrize("shape", ["docx", "html", "leap2a", "archive"])
def test_every_format_can_be_made_aside(three: World, client_for: ClientFor, shape: str) -> None:
    gp = client_for("gp")
    address = ask(gp, shape)
    page_with(gp, address, "Your export is ready")
    content = gp.get(f"{address}/file").data
    if shape == "archive":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            (file,) = [name for name in archive.namelist() if name.startswith("files/")]
            assert archive.read(file) == b"Words on a board"
    else:
        assert len(content) > 500


def test_it_is_written_in_its_reader_s_language(three: World, client_for: ClientFor) -> None:
    with three.database.write() as session:
        session.execute(update(Practice).values(languages=["ur", "en"]))
    gp = client_for("gp")
    address = ask(gp, "html")
    page_with(gp, address, f"{address}/file")
    month = babel_dates.format_date(TODAY, "MMMM", locale="ur")
    page = gp.get(f"{address}/file").text
    assert month in page
    assert '<html lang="ur" dir="rtl">' in page


def test_nobody_else_sees_or_fetches_it(three: World, client_for: ClientFor) -> None:
    gp = client_for("gp")
    address = ask(gp)
    page_with(gp, address, "Your export is ready")
    manager, neighbour = client_for("manager"), client_for("neighbour")
    for browser in (manager, neighbour):
        for path in (address, f"{address}/file"):
            assert browser.get(path).status_code == 404
            assert browser.get(path.replace("/manor/", "/riverside/")).status_code == 404
        for verb in ("again", "delete"):
            assert browser.send(f"{address}/{verb}").status_code == 404
    assert gp.get(f"{address}/file").status_code == 200


def test_cancelling_stops_the_writing_and_leaves_nothing(three: World, client_for: ClientFor, held: Held) -> None:
    gp = client_for("gp")
    address = ask(gp)
    page = page_with(gp, address, "1 of 3 entries")
    answer = gp.post(f"{address}/delete", data={"csrf_token": gp.csrf_token()})
    assert answer.location.startswith("/manor/reflect/portfolio/choose")
    assert "The export is cancelled" in gp.get(answer.location).text
    assert "Cancel" in page
    assert gp.get(address).status_code == 404
    held.go_on.set()
    written()
    assert files(three) == []


def test_deleting_takes_the_file(three: World, client_for: ClientFor) -> None:
    gp = client_for("gp")
    address = ask(gp)
    page_with(gp, address, "Your export is ready")
    assert len(files(three)) == 1
    gp.submit(gp.get(address), action=f"{address}/delete")
    assert files(three) == []
    assert gp.get(f"{address}/file").status_code == 404


def test_after_a_day_it_is_gone_and_swept(three: World, client_for: ClientFor) -> None:
    gp = client_for("gp")
    address = ask(gp)
    page_with(gp, address, "Your export is ready")
    change(three, ready_at=now() - timedelta(days=1))
    assert gp.get(f"{address}/file").status_code == 302
    assert "This file is deleted" in gp.get(address).text
    assert "Your exports" not in gp.get(CHOOSE).text
    old = time.time() - 25 * 3600
    os.utime(three.host.files.passing.root / files(three)[0], (old, old))
    assert keeping.sweep(three.database, three.host.files).passing == 1
    assert files(three) == []
    change(three, made_at=now() - timedelta(days=3))
    ask(gp)
    assert gp.get(address).status_code == 404


def test_a_killed_process_is_found_out_and_another_begins_again(three: World, client_for: ClientFor) -> None:
    told = {
        "url": three.database.engine.url.render_as_string(hide_password=False),
        "folder": str(three.host.files.root),
        "person": str(three.people["gp"]),
    }
    killed = subprocess.run(
        [sys.executable, str(KILLED), json.dumps(told)], capture_output=True, text=True, check=False
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    address = f"/manor/reflect/portfolio/exports/{killed.stdout.strip()}"
    gp = client_for("gp")
    assert "1 of 3 entries" in gp.get(address).text
    assert [name.endswith(".half") for name in files(three)] == [True]
    # Instead of waiting for half a minute.
    change(three, beat_at=now() - timedelta(minutes=1))
    page = gp.get(address)
    assert "stopped part-way" in page.text
    assert "not finished. Begin it again" in gp.get(CHOOSE).text
    assert "Nothing of yours is lost" in page.text
    assert gp.submit(page, action=f"{address}/again").location == address
    page_with(gp, address, "Your export is ready")
    assert [name.endswith(".half") for name in files(three)] == [False]
    assert "Entry 2" in gp.get(f"{address}/file").text
    assert gp.send(f"{address}/again").location == address
    assert "Your export is ready" in gp.get(address).text


def test_a_process_that_was_only_asleep_leaves_it_to_the_other(three: World, client_for: ClientFor, held: Held) -> None:
    gp = client_for("gp")
    address = ask(gp)
    assert held.reached.wait(SECONDS)
    change(three, state="failed", run=uuid4())
    held.go_on.set()
    written()
    assert "could not be made" in gp.get(address).text
    assert files(three) == []


def test_one_that_cannot_be_written_says_so(
    three: World, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(portfolio: Portfolio, out: Any) -> None:
        raise OSError(28, f"No space left on device for {next(iter(portfolio.entries)).title}")

    monkeypatch.setitem(formats.FORMATS, "csv", full)
    gp = client_for("gp")
    address = ask(gp)
    page = page_with(gp, address, "could not be made")
    assert "No space" not in page
    assert "could not be written" in caplog.text
    assert "Entry 0" not in caplog.text
    assert files(three) == []


def test_the_same_form_sent_twice_makes_one_and_another_waits(three: World, client_for: ClientFor, held: Held) -> None:
    gp = client_for("gp")
    form = gp.get(CHOOSE)
    send = {"format": "csv"}
    first, second = (gp.submit(form, send, action="/manor/reflect/portfolio/export").location for _twice in range(2))
    assert first == second
    assert ask(gp, "html") == first
    assert "still going on" in gp.get(first).text
    held.go_on.set()
    page_with(gp, first, "Your export is ready")
    assert gp.submit(form, send, action="/manor/reflect/portfolio/export").location == first


def test_the_newest_five_wait_to_be_fetched(three: World, client_for: ClientFor) -> None:
    gp = client_for("gp")
    asked = []
    for _number in range(6):
        asked.append(ask(gp))
        page_with(gp, asked[-1], "Your export is ready")
    assert [gp.get(address).status_code for address in asked] == [404, 200, 200, 200, 200, 200]
    assert len(files(three)) == 5


def test_it_is_told_of_and_erased_with_its_owner(three: World, client_for: ClientFor) -> None:
    gp = client_for("gp")
    page_with(gp, ask(gp), "Your export is ready")
    data = zipfile.ZipFile(io.BytesIO(gp.get("/me/download").data)).read("everything.json").decode()
    assert "Export of your portfolio" in data
    erase_person(three.database, three.host, three.people["gp"])
    assert files(three) == []
    with three.database.read() as session:
        assert session.scalars(select(Export)).all() == []


def test_few_entries_come_at_once(three: World, client_for: ClientFor) -> None:
    gp = client_for("gp")
    page = gp.get(CHOOSE)
    keys = re.findall(r'name="entries" type="checkbox" value="([^"]+)"', page.text)
    answer = gp.submit(page, {"format": "csv", "entries": keys[:2]}, action="/manor/reflect/portfolio/export")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")


@pytest.fixture
def broken_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library for PDF is installed, and misses what it needs of the system."""

    def missing(name: str) -> None:
        raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.setattr(pdf_file, "find_spec", lambda name: object())
    monkeypatch.setattr(pdf_file, "import_module", missing)
    monkeypatch.setitem(formats.FORMATS, "pdf", pdf_file.write)


def test_a_pdf_that_cannot_be_made_leads_to_the_page_to_print(
    three: World, client_for: ClientFor, broken_pdf: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    gp = client_for("gp")
    assert "choose the page to read and print" in page_with(gp, ask(gp, "pdf"), "could not be made")
    send = {"format": "pdf"}
    monkeypatch.setitem(vocabulary("exports", "layers_reflect")["pdf"], "most", 2)
    answer = gp.submit(gp.get(CHOOSE), send, action="/manor/reflect/portfolio/export")
    assert answer.status_code == 422
    assert "A PDF can hold 2 entries" in answer.text
    monkeypatch.setitem(vocabulary("exports", "layers_reflect")["pdf"], "most", 3)
    monkeypatch.setitem(vocabulary("exports", "layers_reflect")["pdf"], "at_once", 3)
    answer = gp.submit(gp.get(CHOOSE), send, action="/manor/reflect/portfolio/export")
    assert answer.status_code == 503
    assert "We cannot make a PDF just now" in answer.text


@only_sqlite
@pytest.mark.skipif(not pdf_file.available(), reason="needs the extra pdf (WeasyPrint and Pango)")
def test_a_pdf_holds_what_was_written(three: World, client_for: ClientFor) -> None:
    pypdf = pytest.importorskip("pypdf")
    gp = client_for("gp")
    address = ask(gp, "pdf")
    page_with(gp, address, "Your export is ready")
    pages = pypdf.PdfReader(io.BytesIO(gp.get(f"{address}/file").data)).pages
    assert [f"Entry {number}" in page.extract_text() for number, page in enumerate(list(pages)[1:])] == [True] * 3
