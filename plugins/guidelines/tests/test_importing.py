"""Importing files by page: what is shown first, what is saved, what is kept apart, what hostile files can do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from layers_core.artefacts import trail
from layers_guidelines import reading
from layers_guidelines.fhir_source import MAX_BYTES
from layers_guidelines.models import Edition, Recommendation, Upload

from .conftest import ClientFor, choose, events, plan, real_files, save_chosen

if TYPE_CHECKING:
    from layers_webshell.testclient import Browser
    from layers_webshell.testworld import World


def listed(world: World, role: str = "gp") -> list[reading.Listed]:
    """The practice's list as a member reads it."""
    with world.database.read() as session:
        return reading.recommendations(session, world.host, world.actor(role)).items


def bring_in(browser: Browser, *files: tuple[str, bytes]) -> str:
    """Choose files and save what they hold; gives the page that follows."""
    chosen = choose(browser, *files)
    assert chosen.status_code == 303, chosen.text
    saved = save_chosen(browser, browser.get(chosen.location))
    assert saved.status_code == 303, saved.text
    return browser.get(saved.location).text


@pytest.mark.real_files
def test_real_files_are_looked_at_then_saved_once(client_for: ClientFor, world: World) -> None:
    files = real_files("*.json", "2023-05-01/*.json")
    lead = client_for("lead")
    chosen = choose(lead, *files)
    preview = lead.get(chosen.location)
    assert f"{len(files)} recommendations are ready to save" in preview.text
    for words in ("Rules for computers", "For or against", "Very low certainty", "Weak: consider this", "© CDC 2016+."):
        assert words in preview.text
    assert listed(world) == []
    assert events(world) == []
    saved = save_chosen(lead, preview)
    assert saved.status_code == 303
    assert events(world) == ["core.recorded"] * len(files)
    page = lead.get(saved.location).text
    assert f"{len(files)} recommendations are saved." in page
    assert page.count("A newer edition is here") == 3
    again = lead.get(choose(lead, *files).location)
    assert "There is nothing new to save" in again.text
    assert "Already here" in again.text
    assert 'value="save"' not in again.text
    assert len(listed(world)) == len(files)
    assert events(world) == ["core.recorded"] * len(files)
    # What was chosen waits until it is thrown away, and nothing is left of it then.
    thrown = lead.submit(again, {"step": "drop"}, action="/manor/guidelines/import/preview")
    assert "Nothing was saved." in lead.get(thrown.location).text
    with world.database.read() as session:
        assert session.scalars(select(Upload)).all() == []
    assert lead.get("/manor/guidelines/import/preview").status_code == 302


@pytest.mark.real_files
@pytest.mark.parametrize("newest_first", [True, False])
def test_two_editions_of_one_label_stay_apart(client_for: ClientFor, world: World, newest_first: bool) -> None:
    files = real_files("opioidcds-01.json", "2023-05-01/opioidcds-01.json")
    lead = client_for("lead")
    for name, content in sorted(files, reverse=newest_first):
        bring_in(lead, (name, content))
    found = {item.edition.dated: item for item in listed(world)}
    (old_date, new_date) = sorted(date for date in found if date)
    old, new = found[old_date], found[new_date]
    assert old.edition.version_label == new.edition.version_label == "2022.1.0"
    assert old.edition.id != new.edition.id
    assert old.edition.content_hash != new.edition.content_hash
    assert (old.edition.superseded_by, new.edition.superseded_by) == (new.edition.id, None)
    with world.database.read() as session:
        around = trail.around(session, world.host, world.actor("gp"), new.thing.id)
    assert around is not None
    assert [(edge.earlier, edge.later, edge.type) for edge in around.edges] == [
        (old.thing.id, new.thing.id, "supersedes")
    ]
    gp = client_for("gp")
    page = gp.get(f"/manor/guidelines/decide/{old.thing.id}")
    decided = gp.submit(page, {"decision": "adopt", "reason": "We do it"}, action="/manor/guidelines/decide")
    assert decided.status_code == 303
    newer_page = gp.get(f"/manor/things/{new.thing.id}").text
    for words in (
        "Both editions carry the version label 2022.1.0, but the words of this recommendation differ.",
        "Edition 2022.1.0 of 1 May 2023",
        "Your practice decided on this earlier edition. That decision stays with it:",
        "Your practice has not decided on this yet.",
        "Older",
    ):
        assert words in newer_page
    older_page = gp.get(f"/manor/things/{old.thing.id}").text
    assert "Edition 2022.1.0 of 6 August 2025" in older_page
    assert "Newer" in older_page
    assert "That decision stays with it" not in older_page
    # Only the newest edition waits for a decision.
    with world.database.read() as session:
        waiting = reading.to_decide(session, world.host, world.actor("lead"), 5)
    assert [thing.id for thing in waiting] == [new.thing.id]
    edition = gp.get(f"/manor/guidelines/editions/{old.edition.id}").text
    assert "A newer edition, of 6 August 2025, is here" in edition
    assert old.edition.edition_key[:8] in edition


def test_a_date_alone_makes_another_edition(client_for: ClientFor, world: World) -> None:
    lead = client_for("lead")
    bring_in(lead, ("a.json", plan()))
    page = bring_in(lead, ("b.json", plan(date="2026-03-01")))
    assert "Their dates differ, the words of this recommendation do not." in page
    assert len(listed(world)) == 2


def test_one_upload_may_say_the_same_twice(client_for: ClientFor, world: World) -> None:
    lead = client_for("lead")
    chosen = choose(lead, ("a.json", plan()), ("b.json", plan()))
    preview = lead.get(chosen.location).text
    assert "1 recommendation is ready to save" in preview
    assert "Already here" in preview
    assert "1 recommendation is saved. 1 was here already." in bring_in(lead, ("a.json", plan()), ("b.json", plan()))
    assert len(listed(world)) == 1


def test_what_a_file_does_not_say_is_asked_for(client_for: ClientFor, world: World) -> None:
    lead = client_for("lead")
    bare = plan(publisher=None, copyright=None, date=None, title="Bare")
    preview = lead.get(choose(lead, ("bare.json", bare), ("whole.json", plan())).location)
    assert "The file does not say: who published it, its licence, its date." in preview.text
    bad = save_chosen(lead, preview, **{"source_name": "A group", "dated-day": "31", "dated-month": "2"})
    assert bad.status_code == 422
    assert "Enter a real date" in bad.text
    assert 'value="A group"' in bad.text
    assert listed(world) == []
    given = {
        "source_name": "A group",
        "licence": "By letter",
        "dated-day": "1",
        "dated-month": "2",
        "dated-year": "2024",
    }
    saved = save_chosen(lead, bad, **given)
    assert "2 recommendations are saved." in lead.get(saved.location).text
    bodies = {item.thing.title: item.thing.body for item in listed(world)}
    assert (bodies["Bare"]["source_name"], bodies["Bare"]["licence"]) == ("A group", "By letter")
    assert bodies["Bare"]["dated"] == "2024-02-01"
    # A person's words never stand in for what a file says itself.
    assert bodies["Large print"]["licence"] == "Made up for tests"


def test_without_an_answer_it_is_left_out_and_said(client_for: ClientFor, world: World) -> None:
    page = bring_in(client_for("lead"), ("bare.json", plan(copyright=None)), ("empty.json", plan(description=None)))
    assert "0 recommendations are saved. 2 were left out." in page
    assert listed(world) == []


def test_a_date_of_less_than_a_day_is_kept_as_written(client_for: ClientFor, world: World) -> None:
    bring_in(client_for("lead"), ("a.json", plan(date="2025")))
    (item,) = listed(world)
    assert (item.edition.dated, item.edition.dated_as_written) == (None, "2025")
    assert "Edition 1.0 of 2025" in client_for("gp").get("/manor/guidelines/").text


def test_a_title_too_long_for_a_thing_is_cut(client_for: ClientFor, world: World) -> None:
    bring_in(client_for("lead"), ("a.json", plan(title="word " * 100)))
    (item,) = listed(world)
    assert len(item.thing.title) <= 200
    assert item.thing.body["guideline"].startswith(item.thing.title[:50])


HOSTILE = "<script>alert(1)</script> [x](javascript:alert(1)) {{ 7*7 }}"


def test_hostile_words_are_shown_as_words(client_for: ClientFor, world: World) -> None:
    everywhere = dict.fromkeys(
        ("title", "publisher", "copyright", "description", "purpose", "version", "status"), HOSTILE
    )
    lead = client_for("lead")
    chosen = choose(lead, ("<b>.json", plan(**everywhere, url="javascript:alert(1)")))
    preview = lead.get(chosen.location)
    save_chosen(lead, preview)
    (item,) = listed(world)
    pages = [preview, lead.get(f"/manor/things/{item.thing.id}"), lead.get("/manor/guidelines/"), lead.get("/manor/")]
    pages += [
        lead.get(f"/manor/guidelines/decide/{item.thing.id}"),
        lead.get(f"/manor/things/{item.thing.id}/versions"),
    ]
    pages.append(lead.get(f"/manor/guidelines/editions/{item.edition.id}"))
    for page in pages:
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert 'href="javascript' not in page.text
        assert "<b>.json" not in page.text
        assert "&lt;script&gt;alert(1)" in page.text


def test_files_that_are_no_guidelines_are_refused_in_words(client_for: ClientFor, world: World) -> None:
    lead = client_for("lead")
    patient = json.dumps({"resourceType": "Patient"}).encode()
    preview = lead.get(choose(lead, ("a.txt", b"\xff\xfe no"), ("b.json", patient), ("c.json", plan())).location)
    assert "This file is not JSON." in preview.text
    assert "This file holds a “Patient”" in preview.text
    assert save_chosen(lead, preview).status_code == 303
    assert len(listed(world)) == 1


def test_files_larger_than_other_forms_may_be_taken_and_larger_ones_not(client_for: ClientFor, world: World) -> None:
    lead = client_for("lead")
    big = plan(description="x " * 9_000, extra="y" * 3_000_000)
    assert "1 recommendation is ready" in lead.get(choose(lead, ("big.json", big)).location).text
    too_big = choose(lead, ("c.json", plan()), ("huge.json", b"[" * (MAX_BYTES + 1)))
    assert too_big.status_code == 422
    assert "huge.json is larger than 5 MB" in too_big.text
    assert choose(lead).status_code == 422
    assert choose(lead, *[(f"{n}.json", b"{}") for n in range(41)]).status_code == 422
    # Only the upload may be large, and only for those who may import.
    assert choose(client_for("gp"), ("big.json", big)).status_code == 404
    data = {"csrf_token": lead.csrf_token(), "step": "save", "licence": "x" * 2_000_000}
    assert lead.post("/manor/guidelines/import/preview", data=data).status_code == 413


def test_what_waits_is_its_owners_alone(client_for: ClientFor, world: World) -> None:
    lead, manager = client_for("lead"), client_for("manager")
    choose(lead, ("mine.json", plan(title="Mine")))
    assert "1 file waits for you" in lead.get("/manor/guidelines/import").text
    assert "waits for you" not in manager.get("/manor/guidelines/import").text
    choose(manager, ("theirs.json", plan(title="Theirs")))
    assert "Mine" in lead.get("/manor/guidelines/import/preview").text
    assert "Theirs" not in lead.get("/manor/guidelines/import/preview").text
    # Another choice takes the place of one's own earlier one.
    choose(lead, ("other.json", plan(title="Other")))
    assert "Mine" not in lead.get("/manor/guidelines/import/preview").text


def test_identifiers_in_a_file_are_looked_at_before_it_is_saved(client_for: ClientFor, world: World) -> None:
    lead = client_for("lead")
    files = [("a.json", plan(description="Ring 943 476 5919")), ("b.json", plan(version="2", description="Print it"))]
    stopped = save_chosen(lead, lead.get(choose(lead, *files).location))
    assert stopped.status_code == 422
    assert "NHS number" in stopped.text
    assert listed(world) == []
    assert events(world) == []
    saved = save_chosen(lead, stopped, guard_checked="yes")
    assert saved.status_code == 303
    assert sorted(events(world)) == ["core.identifier_decided", "core.recorded", "core.recorded"]


def test_all_of_an_upload_or_nothing(client_for: ClientFor, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    lead = client_for("lead")
    preview = lead.get(choose(lead, ("a.json", plan()), ("b.json", plan(version="2"))).location)
    linked = Recommendation.__init__

    def fail_for_the_second(self: Recommendation, **given: object) -> None:
        with world.database.read() as session:
            assert session.scalars(select(Edition)).all() == []
        if made:
            raise RuntimeError("deliberate")
        made.append(1)
        linked(self, **given)

    made: list[int] = []
    monkeypatch.setattr(Recommendation, "__init__", fail_for_the_second)
    failed = save_chosen(lead, preview)
    assert failed.status_code == 503
    assert "try again in a minute" in failed.text
    monkeypatch.undo()
    assert listed(world) == []
    assert events(world) == []
    assert save_chosen(lead, failed).status_code == 303
    assert len(listed(world)) == 2
