"""Structure for a note, what it counts as, and the choices behind it, as a browser without JavaScript meets them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from layers_core.artefacts import reading as core_reading
from layers_core.artefacts.errors import DraftRefused
from layers_core.cli.context import CliContext
from layers_core.contract import Draft, GuardAnswer, Thing
from layers_reflect import classification, prompts, reading
from layers_reflect.commands import reflect
from layers_reflect.kinds import NOTE
from layers_reflect.models import Entry, Profile, Tag
from layers_reflect.reading import Wanted
from layers_reflect.titles import title_from
from layers_reflect.writing import new_body, quick_body

if TYPE_CHECKING:
    from layers_webshell.testclient import Browser
    from layers_webshell.testworld import World

ClientFor = Callable[..., "Browser"]
EVENT = {"about-date-day": "3", "about-date-month": "2", "about-date-year": "2026"}


def written(world: World, role: str, text: str = "Ask first. Then print", audience: str = "me") -> UUID:
    return world.artefacts.save(world.actor(role), Draft(NOTE, title_from(text), quick_body(text), audience)).id


def edit(key: UUID) -> str:
    return f"/manor/reflect/{key}/edit"


def kept(world: World, role: str, key: UUID) -> Thing:
    with world.database.read() as session:
        found = core_reading.get(session, world.host, world.actor(role), key)
    assert found is not None
    return found


def test_structure_is_added_in_one_form_and_nothing_is_ticked_twice(client_for: ClientFor, world: World) -> None:
    key, gp = written(world, "gp"), client_for("gp")
    page = gp.get(f"/manor/things/{key}")
    assert f"{edit(key)}?template=significant_event" in page.text
    form = gp.get(f"{edit(key)}?template=significant_event")
    assert "LFPSE" in form.text
    assert "Ask first. Then print" in form.text, "what was typed is the first answer"
    assert 'value="significant_events" checked' in form.text, "the template says what it counts as"
    assert "NMC revalidation" not in form.text
    fields = {
        "why": "No list",
        "attendees": ["gp", "manager"],
        "about-time-minutes": "90",
        "about-topics": "Letters, letters",
    }
    saved = gp.submit(form, {**fields, **EVENT, "about-domains": ["patients"]})
    assert saved.status_code == 303, saved.text
    body = kept(world, "gp", key).body
    assert (body["template"], body["answers"]["what_happened"]) == ("significant_event", "Ask first. Then print")
    assert body["answers"]["attendees"] == ["gp", "manager"]
    about = body["about"]
    assert (about["date"], about["minutes"], about["topics"]) == ("2026-02-03", 90, ["letters"])
    assert (about["types"], about["domains"]) == (["significant_events"], ["patients"])
    shown = gp.get(f"/manor/things/{key}").text
    for words in ("3 February 2026", "1 hour 30 minutes", "Significant events", "GP, Practice manager", "No list"):
        assert words in shown
    with world.database.read() as session:
        (entry,) = reading.entries(
            session, world.host, world.actor("gp"), Wanted(codes=(("types", "significant_events"),))
        )
        assert (entry.happened_on, entry.minutes) == (date(2026, 2, 3), 90)
        assert classification.year_name(classification.appraisal_year(entry.happened_on)) == "2025-26"


def test_other_questions_keep_what_was_typed_and_what_has_no_place(client_for: ClientFor, world: World) -> None:
    key, nurse = written(world, "nurse"), client_for("nurse")
    form = nurse.get(f"{edit(key)}?template=gibbs")
    typed = {"feelings": "Calm", "about-time-hours": "x", "about-topics": "Sight", "only_for_me": "Tired"}
    under = nurse.submit(form, {**typed, "do": "use", "use_template": "nmc_account"})
    assert under.status_code == 200
    for words in ("relevant to the Code", "Calm", "Sight", "Tired", 'value="x"', 'value="account" checked'):
        assert words in under.text
    assert kept(world, "nurse", key).revision == 1, "nothing is saved yet"
    pattern = re.compile(r'action="[^"]+/edit".*?name="client_key" value="([^"]+)"', re.DOTALL)
    keys = {key for page in (form, under) for key in pattern.findall(page.text)}
    assert len(keys) == 1, "its draft is still its own"
    assert nurse.submit(under, {}, action=edit(key)).status_code == 422, "x is no number of hours"
    saved = nurse.submit(under, {"about-time-hours": "1", "learned": "To ask"})
    assert saved.status_code == 303, saved.text
    body = kept(world, "nurse", key).body
    assert body["answers"] == {"nature": "Ask first. Then print", "learned": "To ask"}
    assert [entry["answer"] for entry in body["other"]] == ["Calm"]
    assert "Calm" in nurse.get(f"/manor/things/{key}").text
    back = nurse.get(f"{edit(key)}?template=gibbs")
    assert nurse.submit(back, {}, action=edit(key)).status_code == 303
    body = kept(world, "nurse", key).body
    assert body["answers"] == {"description": "Ask first. Then print", "feelings": "Calm"}
    assert [entry["answer"] for entry in body["other"]] == ["To ask"]
    assert body["about"]["categories"] == [], "what only the other template ticked went with it"
    emptied = nurse.submit(nurse.get(edit(key)), {"others-0": ""})
    assert emptied.status_code == 303
    assert kept(world, "nurse", key).body["other"] == []


def test_every_template_can_be_filled_in_and_saved_again(client_for: ClientFor, world: World) -> None:
    nurse = client_for("nurse")
    for code, _version in prompts.templates():
        key = written(world, "nurse")
        form = nurse.get(f"{edit(key)}?template={code}")
        assert form.status_code == 200
        assert nurse.submit(form, {}, action=edit(key)).status_code == 303, code
        assert kept(world, "nurse", key).body["template"] == code
        assert nurse.submit(nurse.get(edit(key)), {}, action=edit(key)).status_code == 303


def test_a_date_that_is_none_is_said_and_kept(client_for: ClientFor, world: World) -> None:
    key, gp = written(world, "gp"), client_for("gp")
    form = gp.get(f"{edit(key)}?template=pdp_item")
    refused = gp.submit(form, {"by-day": "31", "by-month": "2", "by-year": "2026", "about-importance": "2"})
    assert refused.status_code == 422
    assert 'href="#by-day"' in refused.text
    assert 'value="31"' in refused.text
    assert gp.submit(refused, {"by-day": "28"}).status_code == 303
    assert kept(world, "gp", key).body["answers"]["by"] == "2026-02-28"


def test_a_discussion_with_a_colleague_s_name_stays_private(client_for: ClientFor, world: World) -> None:
    key, nurse = written(world, "nurse", audience="practice"), client_for("nurse")
    form = nurse.get(f"{edit(key)}?template=nmc_discussion")
    refused = nurse.submit(form, {"partner_pin": "98I7654E"})
    assert refused.status_code == 422
    assert "only you can keep the answers" in refused.text
    body = new_body(prompts.newest("nmc_discussion"), {"discussed": "Five accounts"})
    with pytest.raises(DraftRefused):
        world.artefacts.save(world.actor("nurse"), Draft(NOTE, "Five accounts", body, audience="practice"))
    private = world.artefacts.save(world.actor("nurse"), Draft(NOTE, "Five accounts", body)).id
    with pytest.raises(DraftRefused):
        world.artefacts.share_copy(world.actor("nurse"), private, "practice", GuardAnswer())


def test_a_colleague_s_name_stays_private_under_other_questions(client_for: ClientFor, world: World) -> None:
    key, nurse = written(world, "nurse"), client_for("nurse")
    form = nurse.get(f"{edit(key)}?template=nmc_discussion")
    assert nurse.submit(form, {"partner_pin": "98I7654E"}).status_code == 303
    assert nurse.submit(nurse.get(f"{edit(key)}?template=gibbs"), {}, action=edit(key)).status_code == 303
    assert "98I7654E" in nurse.get(f"/manor/things/{key}").text
    with pytest.raises(DraftRefused):
        world.artefacts.share_copy(world.actor("nurse"), key, "practice", GuardAnswer())
    assert nurse.submit(nurse.get(edit(key)), {"others-0": ""}).status_code == 303
    world.artefacts.share_copy(world.actor("nurse"), key, "practice", GuardAnswer())


def test_somebody_chooses_what_they_are_asked(client_for: ClientFor, world: World) -> None:
    nurse = client_for("nurse")
    key = written(world, "nurse")
    assert "Themes of the Code" in nurse.get(edit(key)).text
    assert "Good medical practice" not in nurse.get(edit(key)).text
    page = nurse.get("/manor/reflect/about-me")
    wrong = nurse.submit(page, {"cycle-day": "31", "cycle-month": "9", "cycle-year": "2027"})
    assert wrong.status_code == 422
    assert nurse.submit(wrong, {"cycle-day": "30", "professions": ["doctor", "nurse"], "month": "5"}).status_code == 303
    both = nurse.get(edit(key)).text
    assert "Themes of the Code" in both
    assert "Good medical practice" in both
    form = nurse.get(edit(key))
    assert nurse.submit(form, {"about-types": ["cpd"], "about-themes": ["preserve_safety"]}).status_code == 303
    assert nurse.submit(nurse.get("/manor/reflect/about-me"), {"professions": ["nurse"]}).status_code == 303
    assert nurse.submit(nurse.get(edit(key)), {"about-themes": []}).status_code == 303
    about = kept(world, "nurse", key).body["about"]
    assert (about["types"], about["themes"]) == (["cpd"], []), "what is not asked stays as it was"
    with world.database.read() as session:
        profile = session.scalars(select(Profile)).one()
    assert (profile.professions, profile.appraisal_month, profile.cycle_ends) == (["nurse"], 5, date(2027, 9, 30))


def test_an_operator_says_one_thing_and_the_rest_stays(client_for: ClientFor, world: World) -> None:
    nurse = client_for("nurse")
    chosen = {"professions": ["nurse"], "month": "5", "cycle-day": "30", "cycle-month": "9", "cycle-year": "2027"}
    assert nurse.submit(nurse.get("/manor/reflect/about-me"), chosen).status_code == 303
    context = CliContext(database=world.database, host=world.host)
    given = ["profile", "--person", "nurse@example.org", "--profession", "doctor"]
    said = CliRunner().invoke(reflect, given, obj=context)
    assert said.exit_code == 0, said.output
    with world.database.read() as session:
        profile = session.scalars(select(Profile)).one()
    assert (profile.professions, profile.appraisal_month, profile.cycle_ends) == (["doctor"], 5, date(2027, 9, 30))


def test_a_copy_never_counts_and_what_is_withdrawn_neither(world: World) -> None:
    gp = world.actor("gp")
    body = quick_body("Ask first", {"minutes": 60, "participatory_minutes": 20, "types": ["cpd"], "date": "2026-05-01"})
    first = world.artefacts.save(gp, Draft(NOTE, "Ask first", body)).id
    world.artefacts.share_copy(gp, first, "practice", GuardAnswer())
    second = world.artefacts.save(gp, Draft(NOTE, "Ask again", quick_body("Ask again", {"minutes": 30}))).id
    with world.database.read() as session:
        assert reading.totals(session, gp) == reading.Totals(2, 90, 20)
        assert len(reading.entries(session, world.host, gp, Wanted(with_copies=True))) == 3
        assert reading.totals(session, gp, Wanted(until=date(2026, 5, 1))) == reading.Totals(1, 60, 20)
        assert reading.totals(session, world.actor("nurse")).entries == 0
    world.artefacts.withdraw(gp, second)
    with world.database.read() as session:
        assert reading.totals(session, gp) == reading.Totals(1, 60, 20)
    world.artefacts.restore(gp, second)
    with world.database.read() as session:
        assert reading.totals(session, gp).minutes == 90


def test_the_index_can_be_made_anew(world: World) -> None:
    gp = world.actor("gp")
    facts = {"minutes": 60, "types": ["cpd"], "topics": ["Sight"], "date": "2026-05-01"}
    first = world.artefacts.save(gp, Draft(NOTE, "Ask first", quick_body("Ask first", facts))).id
    world.artefacts.share_copy(gp, first, "practice", GuardAnswer())
    before = rows(world)
    assert len(before) == 4, "a copy counts as nothing"
    with world.database.write() as session:
        session.execute(Tag.__table__.delete())
        session.execute(Entry.__table__.update().values(minutes=5))
    said = CliRunner().invoke(reflect, ["reindex"], obj=CliContext(database=world.database, host=world.host))
    assert said.output == "Notes: 2\n"
    assert rows(world) == before


def rows(world: World) -> list[tuple[object, ...]]:
    with world.database.read() as session:
        entries = session.execute(select(Entry.__table__).order_by(Entry.artefact_id)).all()
        tags = session.execute(select(Tag.__table__).order_by(Tag.artefact_id, Tag.scheme, Tag.code)).all()
    return [tuple(row) for row in (*entries, *tags)]


def test_erased_nothing_of_a_person_is_left_in_the_tables(client_for: ClientFor, world: World) -> None:
    nurse = client_for("nurse")
    written(world, "nurse", audience="practice")
    nurse.submit(nurse.get("/manor/reflect/about-me"), {"professions": ["nurse"]})
    with world.database.read() as session:
        assert [what for what, _values in reading.personal_data(session, world.people["nurse"])]
    with world.artefacts.unit(world.actor("nurse")) as unit:
        world.host.doors.custody("layers_erase_person", person_id=world.people["nurse"], unit=unit)
    with world.database.read() as session:
        assert not list(reading.personal_data(session, world.people["nurse"]))
        assert session.scalars(select(Entry)).all() == session.scalars(select(Tag)).all() == []


def test_the_page_says_the_first_sentence_once(client_for: ClientFor, world: World) -> None:
    gp = client_for("gp")
    key = written(world, "gp", "Ask first about sight. Then print")
    page = gp.get(f"/manor/things/{key}").text
    body = page.partition('class="layers-thing-body"')[2].partition("</article>")[0]
    assert "Ask first" not in body
    assert "Then print" in body


def test_what_one_wrote_and_what_a_version_changed_are_told_in_people_s_words(
    client_for: ClientFor, world: World
) -> None:
    key, gp = written(world, "gp"), client_for("gp")
    form = gp.get(f"{edit(key)}?template=quick_note")
    assert gp.submit(form, {"about-time-minutes": "30", "about-types": ["cpd"], **EVENT}).status_code == 303
    for path in (f"/me/things/{key}", f"/manor/things/{key}/versions"):
        page = gp.get(path).text
        assert "3 February 2026" in page
        assert "Continuing professional development" in page
        assert "emplate version" not in page
        assert "2026-02-03" not in page
    assert "Quick note" in gp.get(f"/me/things/{key}").text


def test_a_title_of_the_first_words_is_no_field_of_its_own(client_for: ClientFor, world: World) -> None:
    text = "Somebody who cannot read the letter asks for it in large print, and then nobody is sure who sends that one"
    key = world.artefacts.save(world.actor("gp"), Draft(NOTE, text, quick_body(text))).id
    assert 'name="title"' not in client_for("gp").get(edit(key)).text
