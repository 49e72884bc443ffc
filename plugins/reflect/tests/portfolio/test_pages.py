"""The portfolio's pages as a browser without JavaScript meets them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import TYPE_CHECKING, Any
from uuid import UUID

import docx
import pytest
from sqlalchemy import select, update

from layers_core.artefacts.followup import today_in
from layers_core.artefacts.models import Artefact, Link
from layers_core.contract import Draft
from layers_core.usage.models import UsageEventRow
from layers_reflect import prompts
from layers_reflect.kinds import NOTE
from layers_reflect.portfolio import choosing
from layers_reflect.portfolio.years import period_of
from layers_reflect.reading import EVERYTHING
from layers_reflect.writing import ONLY_FOR_ME, new_body, quick_body

if TYPE_CHECKING:
    from layers_webshell.testclient import Browser
    from layers_webshell.testworld import World

ClientFor = Callable[..., "Browser"]
TODAY = today_in("Europe/London")
YEAR = period_of("doctor", TODAY)
ENTRY = re.compile(r'name="entries" type="checkbox" value="([^"]+)"( checked)?')


def keep(world: World, title: str, day: date = TODAY, *, role: str = "gp", secret: str = "", **about: Any) -> UUID:
    body = quick_body(f"{title}. More about it", {"date": day.isoformat(), **about})
    extras = {ONLY_FOR_ME: secret} if secret else {}
    return world.artefacts.save(world.actor(role), Draft(NOTE, title, body, extras=extras)).id


def export(browser: Browser, shape: str, query: str = "", **more: Any) -> Any:
    page = browser.get(f"/manor/reflect/portfolio/choose{query}")
    assert page.status_code == 200
    return browser.submit(page, {"format": shape, **more}, action="/manor/reflect/portfolio/export")


def rows(response: Any) -> list[dict[str, str]]:
    assert response.status_code == 200, response.text
    return list(csv.DictReader(io.StringIO(response.data.decode("utf-8-sig"), newline="")))


def test_a_doctor_sees_the_appraisal_year(client_for: ClientFor, world: World) -> None:
    keep(world, "Course", YEAR.since, minutes=90, types=["cpd"], domains=["knowledge"])
    keep(world, "Last year", YEAR.since - timedelta(days=1), minutes=600, types=["cpd"])
    gp = client_for("gp")
    page = gp.get("/manor/reflect/portfolio").text
    assert f"Appraisal year {YEAR.name}" in page
    assert "<strong>1.5</strong> of 50, 48.5 to go" in page
    assert "LFPSE" in page
    assert "write?template=significant_event" in page
    assert '<desc id="chart-desc">One bar for each month from April' in page
    assert "1 entry." in page
    assert "Last year" not in page
    before = gp.get(f"/manor/reflect/portfolio?as=doctor&on={YEAR.before}").text
    assert "<strong>10</strong> of 50, 40 to go" in before


def test_what_is_nearly_reached_is_not_said_to_be(client_for: ClientFor, world: World) -> None:
    keep(world, "Courses", YEAR.since, minutes=49 * 60 + 58, types=["cpd"])
    assert "<strong>49.9</strong> of 50, 0.1 to go" in client_for("gp").get("/manor/reflect/portfolio").text


def test_a_nurse_sees_the_cycle_and_everybody_else_the_year(client_for: ClientFor) -> None:
    nurse = client_for("nurse").get("/manor/reflect/portfolio").text
    for words in ("of 450", "of 35", "of 20", "5 missing", "Say when they end", "Reflective account", "NMC forms"):
        assert words in nurse
    manager = client_for("manager").get("/manor/reflect/portfolio").text
    assert f"Calendar year {TODAY.year}" in manager
    assert "missing" not in manager


@pytest.mark.parametrize("query", ["?as=nobody&on=never", "?as=nurse", "?on=0001-01-01", "?on=9999-12-31"])
def test_an_address_that_somebody_changed_shows_a_year_all_the_same(client_for: ClientFor, query: str) -> None:
    for page in ("", "/choose"):
        assert client_for("gp").get(f"/manor/reflect/portfolio{page}{query}").status_code == 200


def test_a_copy_never_counts(client_for: ClientFor, world: World) -> None:
    key = keep(world, "Once", minutes=60, types=["cpd"])
    gp = client_for("gp")
    shared = gp.submit(gp.get(f"/manor/things/{key}/audience"), {"audience": "practice"})
    assert shared.status_code == 303
    assert "<strong>1</strong> of 50" in gp.get("/manor/reflect/portfolio").text
    with world.database.read() as session:
        assert len(choosing.facts(session, world.actor("gp"), EVERYTHING)) == 1
    assert len(rows(export(gp, "csv"))) == 1


def test_an_export_holds_the_chosen_entries_in_order(client_for: ClientFor, world: World) -> None:
    keep(world, "Later", TODAY, types=["cpd"])
    first = keep(world, "Earlier", TODAY - timedelta(days=2), domains=["trust"], secret="I was short with her")
    keep(world, "Somebody else", role="nurse")
    gp = client_for("gp")
    whole = rows(export(gp, "csv"))
    assert [row["title"] for row in whole] == ["Earlier", "Later"]
    assert "short with her" not in str(whole)
    assert [row["title"] for row in rows(export(gp, "csv", entries=[str(first)]))] == ["Earlier"]
    with_it = rows(export(gp, "csv", also=["only_for_me"]))
    assert [row["text"] for row in with_it if "short with her" in row["text"]]
    assert [row["title"] for row in with_it][0::2] == ["Earlier", "Later"]
    assert [row["title"] for row in rows(export(gp, "csv", "?counts=types:cpd"))] == ["Later"]


def test_an_entry_without_a_day_is_of_the_day_that_it_was_where_it_was_written(
    client_for: ClientFor, world: World
) -> None:
    key = world.artefacts.save(world.actor("gp"), Draft(NOTE, "Late", quick_body("Late"))).id
    with world.database.write() as session:
        moment = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
        session.execute(update(Artefact).where(Artefact.id == key).values(created_at=moment))
    assert rows(export(client_for("gp"), "csv"))[0]["date"] == "2026-07-02"


def test_a_download_is_a_fact_without_words(client_for: ClientFor, world: World) -> None:
    keep(world, "Course")
    export(client_for("gp"), "csv")
    with world.database.read() as session:
        rows = session.execute(select(UsageEventRow.name, UsageEventRow.props).order_by(UsageEventRow.sequence)).all()
    assert rows[-1].name == "reflect.portfolio_exported"
    assert rows[-1].props == {"format": "csv", "entries": 1}


def test_nobody_exports_what_is_not_theirs(client_for: ClientFor, world: World) -> None:
    keep(world, "Mine")
    theirs = keep(world, "Theirs", role="nurse")
    response = export(client_for("gp"), "csv", entries=[str(theirs)])
    assert response.status_code == 422
    assert "Choose at least one entry" in response.text


@pytest.mark.parametrize(
    ("shape", "kind"),
    [
        ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("html", "text/html"),
        ("leap2a", "application/atom+xml"),
        ("archive", "application/zip"),
    ],
)
def test_every_format_comes_as_a_file(client_for: ClientFor, world: World, shape: str, kind: str) -> None:
    keep(world, "Course")
    response = export(client_for("gp"), shape)
    assert response.mimetype == kind
    assert response.headers["Content-Disposition"].startswith("attachment; filename=portfolio-")
    if shape == "docx":
        assert "Course" in [part.text for part in docx.Document(io.BytesIO(response.data)).paragraphs]


def test_what_holds_somebody_s_name_is_left_out_unless_ticked(client_for: ClientFor, world: World) -> None:
    body = new_body(prompts.newest("nmc_discussion"), {"discussed": "Five accounts", "partner_name": "Kim Example"})
    key = world.artefacts.save(world.actor("nurse"), Draft(NOTE, "Five accounts", body)).id
    nurse = client_for("nurse")
    page = nurse.get("/manor/reflect/portfolio/choose")
    assert ENTRY.findall(page.text) == [(str(key), "")]
    assert export(nurse, "csv").status_code == 422
    assert "Kim Example" in str(rows(export(nurse, "csv", entries=[str(key)])))


def test_the_page_says_what_a_file_holds_and_how_to_make_a_pdf(client_for: ClientFor, world: World) -> None:
    keep(world, "Course")
    page = client_for("gp").get("/manor/reflect/portfolio/choose").text
    assert "can read all of it" in page
    assert "Save as PDF" in page


def test_one_reflection_over_several_entries(client_for: ClientFor, world: World) -> None:
    keys = [keep(world, title) for title in ("Gout", "Asthma")]
    gp = client_for("gp")
    page = gp.get("/manor/reflect/portfolio/choose")
    form = gp.post(
        "/manor/reflect/portfolio/over", data={"csrf_token": gp.csrf_token(), "entries": [str(key) for key in keys]}
    )
    assert page.status_code == form.status_code == 200
    assert "- Gout" in form.text
    empty = gp.submit(form, {"what": ""}, action="/manor/reflect/portfolio/over")
    assert empty.status_code == 422
    saved = gp.submit(empty, {"what": "Both made me ask more"}, action="/manor/reflect/portfolio/over")
    assert saved.status_code == 303
    made = UUID(saved.location.partition("?")[0].rpartition("/")[2])
    with world.database.read() as session:
        links = session.scalars(select(Link.from_id).where(Link.to_id == made, Link.type == "evidence_for"))
        assert set(links) == set(keys)
    assert "Gout" in gp.get(saved.location).text


def test_one_writes_only_over_what_is_one_s_own(client_for: ClientFor, world: World) -> None:
    theirs = keep(world, "Theirs", role="nurse")
    gp = client_for("gp")
    for entries in ([str(theirs)], [], ["x"]):
        begun, saved = (
            gp.post(
                "/manor/reflect/portfolio/over", data={"csrf_token": gp.csrf_token(), "entries": entries, "do": word}
            )
            for word in ("", "save")
        )
        assert (begun.status_code, "Choose at least one entry" in begun.text) == (422, True)
        assert saved.status_code == 404


def test_what_is_too_much_for_one_reflection_is_not_left_out_in_silence(
    client_for: ClientFor, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("layers_reflect.portfolio.service.MOST_WRITTEN_OVER", 1)
    keys = [str(keep(world, title)) for title in ("Gout", "Asthma")]
    gp = client_for("gp")
    refused = gp.post("/manor/reflect/portfolio/over", data={"csrf_token": gp.csrf_token(), "entries": keys})
    assert (refused.status_code, "Choose at most 1 entries" in refused.text) == (422, True)
    assert len(ENTRY.findall(refused.text)) == 2


def test_of_very_many_what_names_somebody_stays_out_and_is_counted(
    client_for: ClientFor, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("layers_reflect.portfolio.views.ONE_BY_ONE", 1)
    body = new_body(prompts.newest("nmc_discussion"), {"discussed": "Five accounts", "partner_name": "Kim Example"})
    world.artefacts.save(world.actor("nurse"), Draft(NOTE, "Five accounts", body))
    keep(world, "Course", role="nurse")
    nurse = client_for("nurse")
    page = nurse.get("/manor/reflect/portfolio/choose").text
    assert "All 1 entries come along" in page
    assert "1 entry names somebody and stays out" in page
    assert [row["title"] for row in rows(export(nurse, "csv"))] == ["Course"]


def test_very_many_entries_go_out_together(
    client_for: ClientFor, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("layers_reflect.portfolio.views.ONE_BY_ONE", 3)
    monkeypatch.setattr("layers_reflect.portfolio.choosing.CHUNK", 2)
    for number in range(5):
        keep(world, f"Entry {number}", TODAY - timedelta(days=number))
    gp = client_for("gp")
    assert "All 5 entries come along" in gp.get("/manor/reflect/portfolio/choose").text
    assert [row["title"] for row in rows(export(gp, "csv"))] == [f"Entry {number}" for number in (4, 3, 2, 1, 0)]


def test_a_missing_line_leads_to_recording_just_that(client_for: ClientFor, world: World) -> None:
    gp = client_for("gp")
    page = gp.get("/manor/reflect/portfolio").text
    address = unescape(re.findall(r'href="([^"]*/write[^"]*patient_feedback[^"]*)"', page)[0])
    form = gp.get(address)
    empty = gp.submit(form, {"what": ""}, action="/manor/reflect/write")
    assert empty.status_code == 422
    saved = gp.submit(empty, {"what": "A letter thanked us"}, action="/manor/reflect/write")
    assert saved.status_code == 303
    with world.database.read() as session:
        (kept,) = choosing.facts(session, world.actor("gp"), EVERYTHING)
    assert ("types", "patient_feedback") in kept.codes
    assert gp.get("/manor/reflect/write?template=nothing").status_code == 404


def test_one_s_typed_words_are_kept_when_a_word_is_marked(client_for: ClientFor) -> None:
    gp = client_for("gp")
    form = gp.get("/manor/reflect/write?template=significant_event")
    assert "LFPSE" in form.text
    stopped = gp.submit(form, {"what_happened": "Mrs Patel rang twice"}, action="/manor/reflect/write")
    assert stopped.status_code == 422
    assert "Mrs Patel rang twice" in stopped.text
    saved = gp.submit(stopped, {"guard_checked": "yes"}, action="/manor/reflect/write")
    assert saved.status_code == 303
