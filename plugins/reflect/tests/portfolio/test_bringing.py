"""The commands: a portfolio out of one instance and into another person's place, on both databases."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select, update

from layers_core.artefacts.attachments import prepare
from layers_core.artefacts.models import Action, Artefact, Audience, WriteKey
from layers_core.cli.context import CliContext
from layers_core.contract import Draft, GuardAnswer, NewLink, PluginChoice, Promise
from layers_core.practices.models import Person
from layers_core.usage.models import UsageEventRow
from layers_reflect.kinds import ASIDE, NOTE
from layers_reflect.models import Aside
from layers_reflect.portfolio import importing
from layers_reflect.portfolio.commands import portfolio
from layers_reflect.portfolio.gathering import entries_of
from layers_reflect.portfolio.interchange import Entry
from layers_reflect.prompts import newest
from layers_reflect.writing import new_body, quick_body

if TYPE_CHECKING:
    from layers_webshell.testworld import World

ABOUT = {"date": "2026-05-04", "minutes": 90, "participatory_minutes": 30, "importance": 2, "types": ["cpd"]}
TEXT = "Call Mrs Alice Jones on 07700 900123"


def run(world: World, *words: object) -> Result:
    context = CliContext(database=world.database, host=world.host)
    return CliRunner().invoke(portfolio, [str(word) for word in words], obj=context)


def email(world: World, role: str) -> str:
    with world.database.read() as session:
        return session.scalars(select(Person.email).where(Person.id == world.people[role])).one()


def exported(world: World, role: str, folder: Path, shape: str, *more: str) -> Path:
    out = folder / f"{role}.{shape}"
    done = run(world, "export", "--person", email(world, role), "--format", shape, "--out", out, *more)
    assert done.exit_code == 0, done.output
    return out


def imported(world: World, role: str, file: Path) -> dict[str, Any]:
    done = run(world, "import", "--person", email(world, role), file)
    assert done.exit_code == 0, done.output
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def portfolio_of(world: World, role: str) -> list[Entry]:
    with world.database.read() as session:
        return list(entries_of(session, world.people[role], store=world.host.files))


@pytest.fixture
def year(world: World) -> list[UUID]:
    """The GP's year: a structured note with a private addition, a promise kept and a file, and one that it led to."""
    actor, service = world.actor("gp"), world.artefacts
    body = new_body(newest("gibbs"), {"description": "A late referral", "feelings": "Sorry\x0b and tired"}, ABOUT)
    draft = Draft(
        NOTE,
        "A late referral",
        body,
        audience="practice",
        extras={"only_for_me": "I was short with her"},
        promise=Promise("Read the pathway", date(2026, 6, 1)),
        attachments=(prepare("plan.txt", b"First things first"),),
    )
    first = service.save(actor, draft).id
    second = service.save(
        actor, Draft(NOTE, "The pathway", quick_body("Read it"), links=(NewLink("leads_to", first, True),))
    ).id
    with world.database.write() as session:
        action = session.scalars(select(Action)).one()
        action.outcome, action.what_happened = "adapt", "Half of it"
        action.closed_at = datetime(2026, 6, 2, tzinfo=UTC)
        moment = datetime(2025, 3, 4, 5, 6, 7, 89, tzinfo=UTC)
        session.execute(update(Artefact).where(Artefact.id == second).values(created_at=moment, updated_at=moment))
    return [first, second]


@pytest.mark.parametrize("shape", ["archive", "leap2a"])
def test_what_one_place_lets_go_another_one_has(world: World, year: list[UUID], tmp_path: Path, shape: str) -> None:
    before = portfolio_of(world, "gp")
    assert [entry.kind for entry in before] == [NOTE, ASIDE, NOTE]
    report = imported(world, "nurse", exported(world, "gp", tmp_path, shape))
    after = portfolio_of(world, "nurse")
    if shape == "leap2a":
        assert [item["what"] for item in report.pop("not_understood")] == ["plan.txt"]
        assert after[0].files == ()
    else:
        assert report.pop("not_understood") == []
        assert after == before
        assert after[0].files[0].open().read() == b"First things first"
    assert [(entry.answers, entry.about, entry.created_at, entry.links, entry.actions) for entry in after] == [
        (entry.answers, entry.about, entry.created_at, entry.links, entry.actions) for entry in before
    ]
    assert report == {"read": 3, "kept": 3, "here_already": 0, "links": 2, "marked": 0, "more": 0}
    with world.database.read() as session:
        types = session.scalars(
            select(Audience.type).join(Artefact).where(Artefact.author_id == world.people["nurse"])
        ).all()
        assert set(types) == {"person"}
        assert session.scalar(select(func.count()).select_from(Aside)) == 2


def test_the_same_file_again_changes_nothing(world: World, year: list[UUID], tmp_path: Path) -> None:
    file = exported(world, "gp", tmp_path, "archive")
    assert imported(world, "gp", file)["here_already"] == 3
    assert imported(world, "nurse", file)["kept"] == 3
    again = imported(world, "nurse", file)
    assert (again["kept"], again["here_already"]) == (0, 3)
    # What was brought keeps its id: the way back finds it here already.
    back = exported(world, "nurse", tmp_path, "leap2a")
    assert imported(world, "gp", back)["here_already"] == 3
    assert len(portfolio_of(world, "nurse")) == len(portfolio_of(world, "gp")) == 3


def test_what_was_taken_out_of_sight_is_named_when_it_is_brought_again(
    world: World, year: list[UUID], tmp_path: Path
) -> None:
    file = exported(world, "gp", tmp_path, "archive")
    world.artefacts.withdraw(world.actor("gp"), year[1])
    report = imported(world, "gp", file)
    assert report["here_already"] == 3
    named = report["not_understood"][0]
    assert (named["what"], named["place"], "Your things" in named["why"]) == ("The pathway", year[1].urn, True)


def test_a_run_that_was_stopped_is_taken_up_again(
    world: World, year: list[UUID], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = exported(world, "gp", tmp_path, "archive")
    monkeypatch.setattr(importing, "BATCH", 1)
    add = importing.Importer._add

    def stop_at_the_second(self: importing.Importer, unit: Any, item: Any) -> None:
        if item.entry.kind == ASIDE:
            raise KeyboardInterrupt
        add(self, unit, item)

    monkeypatch.setattr(importing.Importer, "_add", stop_at_the_second)
    assert run(world, "import", "--person", email(world, "nurse"), file).exit_code != 0
    assert len(portfolio_of(world, "nurse")) == 1
    monkeypatch.setattr(importing.Importer, "_add", add)
    report = imported(world, "nurse", file)
    assert (report["kept"], report["here_already"], report["links"]) == (2, 1, 2)
    assert portfolio_of(world, "nurse") == portfolio_of(world, "gp")


def test_what_is_brought_is_one_event_and_not_recorded_again(world: World, year: list[UUID], tmp_path: Path) -> None:
    file = exported(world, "gp", tmp_path, "archive")
    with world.database.read() as session:
        last = session.scalar(select(func.max(UsageEventRow.sequence)))
    imported(world, "nurse", file)
    with world.database.read() as session:
        rows = session.scalars(select(UsageEventRow).where(UsageEventRow.sequence > last)).all()
    assert [(row.name, row.props) for row in rows] == [("reflect.portfolio_brought", {"entries": 3})]


def test_marked_words_are_counted_and_stop_nothing(world: World, tmp_path: Path) -> None:
    feed = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>A call</title><id>urn:x:1</id>'
        f"<updated>2025-01-01T00:00:00Z</updated><content>{TEXT}</content></entry></feed>"
    )
    (tmp_path / "feed.xml").write_text(feed)
    report = imported(world, "nurse", tmp_path / "feed.xml")
    assert (report["kept"], report["marked"]) == (1, 1)
    (note,) = portfolio_of(world, "nurse")
    assert (note.title, note.answers, note.created_at.year) == ("A call", {"what": TEXT}, 2025)
    assert note.about["date"] == "2025-01-01"


def test_what_fits_no_form_becomes_a_quick_note_that_says_the_same(
    world: World, year: list[UUID], tmp_path: Path
) -> None:
    file = exported(world, "gp", tmp_path, "archive")
    with zipfile.ZipFile(file) as archive:
        entries = [json.loads(line) for line in archive.read("entries.jsonl").splitlines()]
    entries[0]["answers"]["no_such_question"] = "Still\x00 here"
    entries[2]["kind"] = "elsewhere.note"
    entries[2]["created_at"] = "0001-01-01T00:00:00+00:00"
    out = io.BytesIO()
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            lines = "\n".join(map(json.dumps, entries)).encode()
            target.writestr(name, lines if name == "entries.jsonl" else source.read(name))
    file.write_bytes(out.getvalue())
    report = imported(world, "nurse", file)
    assert report["kept"] == 3
    assert [item["what"] for item in report["not_understood"]] == [
        "a character",
        "A late referral",
        "dates",
        "elsewhere.note",
    ]
    first, _aside, third = portfolio_of(world, "nurse")
    assert first.template == third.template == "quick_note"
    assert "no_such_question: Still here" in first.answers["what"]
    assert "what: Read it" in third.answers["what"]


def test_a_file_that_breaks_keeps_what_stood_before(world: World, tmp_path: Path) -> None:
    entry = "<entry><title>One</title><id>urn:x:1</id><updated>2025-01-01T00:00:00Z</updated></entry>"
    (tmp_path / "feed.xml").write_text(f'<feed xmlns="http://www.w3.org/2005/Atom">{entry}<entry>')
    report = imported(world, "nurse", tmp_path / "feed.xml")
    assert (report["read"], report["kept"]) == (1, 1)
    assert report["not_understood"][0]["place"] == "after entry 1"


def test_copies_withdrawn_things_and_others_words_stay_out(world: World, year: list[UUID], tmp_path: Path) -> None:
    actor, service = world.actor("gp"), world.artefacts
    service.share_copy(actor, year[1], "practice", GuardAnswer())
    service.withdraw(actor, year[0])
    service.save(world.actor("lead"), Draft(NOTE, "Hers", quick_body("Hers"), audience="practice"))
    assert [entry.title for entry in portfolio_of(world, "gp") if entry.kind == NOTE] == ["The pathway"]


def test_a_portfolio_goes_with_somebody_whose_practice_no_longer_uses_reflect(
    world: World, year: list[UUID], tmp_path: Path
) -> None:
    world.switch("manor", "reflect", PluginChoice("off"))
    file = exported(world, "gp", tmp_path, "archive")
    refused = run(world, "import", "--person", email(world, "gp"), file)
    assert refused.exit_code == 1
    assert "switch Reflect on there first" in refused.output


def test_private_additions_come_only_where_they_should(world: World, year: list[UUID], tmp_path: Path) -> None:
    file = exported(world, "gp", tmp_path, "archive", "--no-only-for-me")
    assert imported(world, "nurse", file)["read"] == 2
    assert "short with her" not in zipfile.ZipFile(file).read("index.html").decode()


def test_refusals_say_what_to_do(world: World, tmp_path: Path) -> None:
    (tmp_path / "diary.txt").write_text("Dear diary")
    refused = run(world, "import", "--person", email(world, "nurse"), tmp_path / "diary.txt")
    assert (refused.exit_code, "not well-formed" in refused.output) == (1, True)
    nobody = run(world, "export", "--person", "x@y.example", "--format", "archive", "--out", tmp_path / "x")
    assert (nobody.exit_code, "Nobody here" in nobody.output) == (1, True)
    nowhere = run(world, "export", "--person", email(world, "gp"), "--format", "leap2a", "--out", tmp_path / "no" / "x")
    assert (nowhere.exit_code, "cannot be written" in nowhere.output) == (1, True)


def test_an_export_is_only_for_whoever_asked_and_follows_no_link(
    world: World, year: list[UUID], tmp_path: Path
) -> None:
    theirs = tmp_path / "theirs"
    theirs.write_text("As it was")
    (tmp_path / ".gp.archive.half").symlink_to(theirs)
    out = exported(world, "gp", tmp_path, "archive")
    assert theirs.read_text() == "As it was"
    assert out.stat().st_mode & 0o777 == 0o600
    assert {path.name for path in tmp_path.iterdir()} == {"theirs", "gp.archive", ".gp.archive.half"}


def test_the_keys_of_what_was_brought_go_with_the_person(world: World, year: list[UUID], tmp_path: Path) -> None:
    from layers_core.privacy.erasure import erase_person

    imported(world, "nurse", exported(world, "gp", tmp_path, "archive"))
    erase_person(world.database, world.host, world.people["nurse"])
    with world.database.read() as session:
        keys = select(func.count()).where(WriteKey.writer == str(world.people["nurse"]))
        assert session.scalar(keys) == 0
