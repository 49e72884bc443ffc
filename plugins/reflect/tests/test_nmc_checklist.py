"""The checklist of revalidation: it counts what is there, keeps what is typed, and nobody else sees any of it."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING
from zipfile import ZipFile

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from layers_core.artefacts.models import Artefact
from layers_core.contract import Draft
from layers_core.db.base import now
from layers_core.privacy.erasure import erase_person
from layers_core.reminding import digest, slots
from layers_reflect.kinds import NOTE
from layers_reflect.nmc import checklist
from layers_reflect.nmc.checklist_form import fields_of, read, shown_rows
from layers_reflect.nmc.kinds import CHECKLIST
from layers_reflect.nmc.rules import checklist_rules
from layers_reflect.nmc.schemas import ChecklistSchema
from layers_reflect.portfolio.formats import FORMATS
from layers_reflect.portfolio.gathering import entries_of
from layers_reflect.portfolio.importing import Importer
from layers_reflect.portfolio.interchange import Portfolio
from layers_reflect.portfolio.sources import open_source
from layers_reflect.portfolio.totals import overview
from layers_reflect.portfolio.years import Period
from layers_reflect.profiles import choose
from layers_reflect.prompts import newest
from layers_reflect.writing import new_body

if TYPE_CHECKING:
    from layers_webshell.testclient import Browser
    from layers_webshell.testworld import World

ClientFor = Callable[..., "Browser"]
PAGE = "/manor/reflect/nmc/checklist"
CYCLE = Period(date(2024, 4, 1), date(2027, 3, 31))
FILLED = {
    "row1-hours": "412.5",
    "row1-since-day": "1",
    "row1-since-month": "4",
    "row1-since-year": "2026",
    "row1-setting": "gp",
    "row1-scope": "direct_care",
    "row1-place": "Treatment room",
    "indemnity": "employer",
    "provider": "The surgery",
    "confirmer": "Quillon",
    "confirmer_role": "registrant",
    "confirmer_pin": "98I7654E",
}
DAYS = st.none() | st.dates(date(1990, 1, 1), date(2100, 1, 1)).map(str)
LINES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40).map(str.strip)


def code(of: str) -> st.SearchStrategy[str]:
    return st.sampled_from(["", *checklist_rules()[of]])


ROWS = st.fixed_dictionaries(
    {
        "since": DAYS,
        "until": st.none(),
        "hours": st.integers(1, 4000).map(lambda quarter: quarter / 4),
        "setting": code("settings"),
        "scope": code("scopes"),
        "place": LINES,
    }
)
BODIES = st.fixed_dictionaries(
    {
        "both": st.booleans(),
        "hours": st.lists(ROWS, max_size=4),
        "health_on": DAYS,
        "indemnity": st.fixed_dictionaries({"kind": code("indemnity"), "provider": LINES, "until": DAYS}),
        "confirmation": st.fixed_dictionaries({"name": LINES, "role": code("roles"), "pin": LINES, "on": DAYS}),
    }
)


@given(BODIES)
def test_what_stands_in_the_form_makes_the_same_body_again(body: dict[str, object]) -> None:
    form = fields_of(body)
    again = read(form)
    assert form.problems == []
    schema = ChecklistSchema()
    assert schema.dump(schema.load(again)) == schema.dump(schema.load(body))


@given(BODIES, st.dates(date(2024, 4, 1), date(2027, 3, 31)))
def test_a_step_is_done_only_where_its_figures_are_reached(body: dict[str, object], today: date) -> None:
    found = checklist.steps(body, overview("nurse", CYCLE, []), CYCLE, today)
    hours = checklist.hours_of(body, CYCLE)
    by_id = {step.id: step for step in found}
    assert by_id["practice_hours"].done == (hours >= (900 if body["both"] else 450))
    assert not any(by_id[name].done for name in ("cpd_hours", "participatory_hours", "feedback", "account"))
    assert len(found) == len(by_id) == 9


def test_it_is_filled_in_bit_by_bit_and_counts_what_is_there(client_for: ClientFor, world: World) -> None:
    nurse, actor = client_for("nurse"), world.actor("nurse")
    about = {"categories": ["cpd"], "minutes": 150, "participatory_minutes": 90}
    world.artefacts.save(actor, Draft(NOTE, "A course", new_body(newest("cpd_entry"), {"what": "A course"}, about)))
    page = nurse.get(PAGE)
    assert "This is a help, not the NMC Online form" in page.text
    assert "Say when your cycle ends" in page.text
    assert "0 of 450" in page.text
    assert "2.5 of 35" in page.text
    assert "1.5 of 20" in page.text
    more = nurse.submit(page, {**FILLED, "do": "rows"})
    assert more.status_code == 200
    assert 'value="412.5"' in more.text
    assert f'name="row{shown_rows(shown_rows(0))}-hours"' in more.text
    assert nurse.submit(more, {"both": []}).status_code == 303
    kept = nurse.get(PAGE)
    assert "412.5 of 450" in kept.text
    assert "Through my employer" in kept.text
    assert nurse.submit(kept, {"both": ["yes"], "row2-hours": "500"}).status_code == 303
    assert "912.5 of 900" in nurse.get(PAGE).text
    assert nurse.submit(nurse.get(PAGE), {"row2-hours": ""}).status_code == 303
    with world.database.read() as session:
        (row,) = session.scalars(select(Artefact).where(Artefact.kind == CHECKLIST))
    assert len(row.body["hours"]) == 1, "an emptied period is gone"
    own = nurse.get(f"/manor/things/{row.id}").text
    assert "Treatment room" in own
    assert "98I7654E" in own


def test_what_does_not_fit_is_said_and_kept(client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    page = nurse.get(PAGE)
    wrong = nurse.submit(
        page, {**FILLED, "row1-hours": "many", "health-day": "31", "health-month": "2", "health-year": "2026"}
    )
    assert wrong.status_code == 422
    for words in ("Enter hours as a number", "Enter a real date", "Treatment room", 'value="many"'):
        assert words in wrong.text
    other = nurse.get(PAGE)
    assert nurse.submit(nurse.get(PAGE), FILLED).status_code == 303
    late = nurse.submit(other, {"provider": "Another"})
    assert late.status_code == 409
    assert "Another" in late.text
    assert nurse.submit(late, {"both": []}).status_code == 303
    assert 'value="Another"' in nurse.get(PAGE).text


def test_nobody_else_sees_it_and_it_is_never_shared(client_for: ClientFor, world: World) -> None:
    nurse = client_for("nurse")
    assert nurse.submit(nurse.get(PAGE), FILLED).status_code == 303
    with world.database.read() as session:
        key = session.scalars(select(Artefact.id).where(Artefact.kind == CHECKLIST)).one()
    for role in ("gp", "manager", "lead"):
        someone = client_for(role)
        assert "Quillon" not in someone.get(PAGE).text
        assert someone.get(f"/manor/things/{key}").status_code == 404
        assert "NMC checklist" not in someone.get("/manor/search?q=Quillon").text
    assert nurse.get(f"/manor/things/{key}/audience").status_code == 404
    with ZipFile(io.BytesIO(nurse.get("/me/download").get_data())) as mine:
        assert any(b"Quillon" in mine.read(name) for name in mine.namelist())
    erase_person(world.database, world.host, world.people["nurse"])
    with world.database.read() as session:
        left = session.scalars(select(Artefact).where(Artefact.kind == CHECKLIST)).all()
    assert "Quillon" not in str([row.body for row in left])


def test_it_goes_along_in_the_archive_and_in_leap2a(client_for: ClientFor, world: World) -> None:
    nurse = client_for("nurse")
    assert nurse.submit(nurse.get(PAGE), FILLED).status_code == 303
    for shape, role in (("archive", "gp"), ("leap2a", "lead")):
        out = io.BytesIO()
        with world.database.read() as session:
            entries = list(entries_of(session, world.people["nurse"]))
            assert [entry.kind for entry in entries] == [CHECKLIST]
            assert list(entries_of(session, world.people["nurse"], only_for_me=False)) == []
        FORMATS[shape](Portfolio("Nadia", now(), entries), out)
        out.seek(0)
        report = Importer(world.artefacts, world.actor(role)).bring(open_source(out))
        assert (report.kept, report.not_understood) == (1, [])
        again = client_for(role).get(PAGE).text
        for words in ('value="412.5"', "Treatment room", "Quillon", "98I7654E"):
            assert words in again, shape


def test_the_end_of_the_cycle_is_told_half_a_year_before(client_for: ClientFor, world: World) -> None:
    nurse, actor = client_for("nurse"), world.actor("nurse")
    today = now().date()
    for days, soon in ((10, True), (180, True), (200, False), (-1, False)):
        choose(world.artefacts, actor, ["nurse"], None, today + timedelta(days=days))
        assert ("Look at what is missing now" in nurse.get(PAGE).text) is soon, days
        assert ("Your registration is renewed on" in nurse.get("/manor/reflect/nmc").text) is soon, days
        with world.database.read() as session:
            parts = digest.sections(
                session, world.host, world.people["nurse"], slots.SlotView(minutes=10), now(), "http://127.0.0.1"
            )
        lines = [line for part in parts for line in part.lines if "Your NMC registration is renewed" in line.text]
        assert [line.url for line in lines] == [f"http://127.0.0.1{PAGE}"] * soon, days
