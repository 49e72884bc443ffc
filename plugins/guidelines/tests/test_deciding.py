"""Deciding, typing in, correcting, and who may do and see what."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from sqlalchemy import select

from layers_core.artefacts import reading as core_reading
from layers_core.artefacts import related, trail
from layers_core.artefacts.errors import DraftRefused, EditConflict, NotAllowed
from layers_core.artefacts.followup import today_in
from layers_core.contract import Draft, GuardAnswer, PluginChoice, Thing
from layers_core.host.doors import DoorFault
from layers_core.usage.models import UsageEventRow
from layers_guidelines import reading, service
from layers_guidelines.forms import months_after
from layers_guidelines.kinds import DECISION, RECOMMENDATION
from layers_guidelines.models import Decision, Edition, Upload
from layers_guidelines.pasting import split
from layers_guidelines.service import Choice, Typed

from .conftest import LARGE_PRINT, ClientFor, choose, events, plan, typed

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from layers_webshell.testclient import Browser
    from layers_webshell.testworld import World


def thing(world: World, key: UUID, role: str = "gp") -> Thing:
    with world.database.read() as session:
        found = core_reading.get(session, world.host, world.actor(role), key)
    assert found is not None
    return found


def submit(browser: Browser, page: TestResponse, **values: str | list[str]) -> TestResponse:
    return browser.submit(page, values, action="/manor/guidelines/")


def decide(browser: Browser, key: UUID, **values: str | list[str]) -> TestResponse:
    page = browser.get(f"/manor/guidelines/decide/{key}")
    assert page.status_code == 200
    return submit(browser, page, **values)


def key_of(saved: TestResponse) -> UUID:
    assert saved.status_code == 303, saved.text
    return UUID(saved.location.partition("?")[0].rpartition("/")[2])


def made(world: World, recommendation: UUID, role: str = "gp") -> list[reading.DecisionView]:
    with world.database.read() as session:
        return reading.decisions(session, world.host, world.actor(role), [recommendation])


def test_adapting_with_a_reason_and_a_promise_in_one_submit(
    client_for: ClientFor, world: World, recommendation: UUID
) -> None:
    gp = client_for("gp")
    note = world.artefacts.save(
        world.actor("nurse"), Draft("core.note", "A letter", {"text": "She could not read it"}, audience="practice")
    ).id
    before = events(world)
    page = gp.get(f"/manor/guidelines/decide/{recommendation}?prompted_by={note}")
    assert "This grows out of:" in page.text
    assert "Locked" in page.text
    assert LARGE_PRINT in page.text
    empty = submit(gp, page)
    assert empty.status_code == 422
    for words in ("Choose what you decided", "Say why. A few words are enough"):
        assert words in empty.text
    kept = {
        "decision": "adapt",
        "reason": "Our printer is old",
        "criteria": ["feasibility", "equity"],
        "promise": "Print letters at 16 point",
        "due-day": "1",
        "due-month": "2",
        "due-year": "2027",
    }
    wordless = gp.submit(empty, kept, action="/manor/guidelines/")
    assert wordless.status_code == 422
    assert "Write down how you do it in your practice" in wordless.text
    for words in ("Our printer is old", "Print letters at 16 point", 'value="2027"'):
        assert words in wordless.text
    assert wordless.text.count(" checked") == 3
    assert events(world) == before
    assert made(world, recommendation) == []
    decision = key_of(gp.submit(wordless, {"local_wording": "We use 16 point."}, action="/manor/guidelines/"))
    assert events(world)[len(before) :] == ["core.recorded", "core.promised", "guidelines.decided"]
    with world.database.read() as session:
        row = session.scalars(select(UsageEventRow).where(UsageEventRow.name == "guidelines.decided")).one()
        around = trail.around(session, world.host, world.actor("nurse"), decision)
    assert (row.props, row.tier) == ({"decision": "adapt"}, "producing")
    assert around is not None
    assert {(edge.earlier, edge.later, edge.type) for edge in around.edges} == {
        (recommendation, decision, "adapts"),
        (note, decision, "prompted_by"),
    }
    body = thing(world, decision).body
    assert (body["local_wording"], set(body["criteria"])) == ("We use 16 point.", {"feasibility", "equity"})
    assert date.fromisoformat(body["review_on"]) == months_after(today_in("Europe/London"), 12)
    nurse = client_for("nurse")
    own = nurse.get(f"/manor/things/{decision}").text
    for words in (
        "Adapted",
        "We use 16 point.",
        LARGE_PRINT,
        "Our printer is old",
        "Fairness between groups",
        "16 point",
    ):
        assert words in own
    its = nurse.get(f"/manor/things/{recommendation}").text
    assert "Adapted" in its
    assert "We use 16 point." in its
    assert "Decide again" in its
    # What the practice's wording is, search finds.
    assert "Adapted" in nurse.get("/manor/search?q=16+point").text


def test_the_same_submit_twice_decides_once(client_for: ClientFor, world: World, recommendation: UUID) -> None:
    gp = client_for("gp")
    page = gp.get(f"/manor/guidelines/decide/{recommendation}")
    first = key_of(submit(gp, page, decision="adopt", reason="We do it"))
    assert key_of(submit(gp, page, decision="adopt", reason="We do it")) == first
    assert len(made(world, recommendation)) == 1
    assert events(world).count("guidelines.decided") == 1


def test_a_wording_of_ones_own_is_refused_where_nothing_is_adapted(client_for: ClientFor, recommendation: UUID) -> None:
    refused = decide(
        client_for("gp"), recommendation, decision="not_applicable", reason="No letters", local_wording="Ours"
    )
    assert refused.status_code == 422
    assert "Choose “Adapt”, or remove your wording" in refused.text


def test_deciding_again_replaces_and_keeps_the_first(client_for: ClientFor, world: World, recommendation: UUID) -> None:
    gp, nurse = client_for("gp"), client_for("nurse")
    stale = nurse.get(f"/manor/guidelines/decide/{recommendation}")
    first = key_of(decide(gp, recommendation, decision="not_applicable", reason="We send no letters"))
    refused = submit(nurse, stale, decision="adopt", reason="We do send letters")
    assert refused.status_code == 409
    for words in (
        "Your practice decided on this since you opened the page",
        "We send no letters",
        "We do send letters",
    ):
        assert words in refused.text
    second = key_of(submit(nurse, refused))
    assert [decision.thing.id for decision in made(world, recommendation)] == [second, first]
    with world.database.read() as session:
        around = trail.around(session, world.host, world.actor("gp"), second)
    assert around is not None
    assert (first, second, "supersedes") in [(edge.earlier, edge.later, edge.type) for edge in around.edges]
    assert "Your practice decided again." in gp.get(f"/manor/things/{first}").text
    assert "Your practice decided again." not in gp.get(f"/manor/things/{second}").text
    page = gp.get(f"/manor/things/{recommendation}").text
    assert page.index("Adopted") < page.index("Not applicable")
    assert "Replaced" in page
    # The first one counts again where the second is taken out of sight.
    world.artefacts.withdraw(world.actor("nurse"), second)
    assert [decision.thing.id for decision in made(world, recommendation)] == [first]


def test_the_guard_looks_at_a_decision(client_for: ClientFor, world: World, recommendation: UUID) -> None:
    gp = client_for("gp")
    stopped = decide(gp, recommendation, decision="adopt", reason="Because of 943 476 5919")
    assert stopped.status_code == 422
    assert "NHS number" in stopped.text
    assert "Because of 943 476 5919" in stopped.text
    assert made(world, recommendation) == []
    key_of(submit(gp, stopped, guard_checked="yes"))


def test_what_waits_for_a_decision_is_on_the_leads_home_and_in_the_list(
    client_for: ClientFor, world: World, recommendation: UUID
) -> None:
    lead, nurse = client_for("lead"), client_for("nurse")
    title = "1.2 Ask people in which format"
    assert "Recommendations to decide" in lead.get("/manor/").text
    assert "Recommendations to decide" in client_for("manager").get("/manor/").text
    assert "Recommendations to decide" not in nurse.get("/manor/").text
    assert title in nurse.get("/manor/guidelines/?show=undecided").text
    decide(nurse, recommendation, decision="adopt", reason="Yes")
    assert "Recommendations to decide" not in lead.get("/manor/").text
    assert "Your practice has decided on every recommendation" in nurse.get("/manor/guidelines/?show=undecided").text
    assert "Adopted" in nurse.get("/manor/guidelines/").text
    typed(world, "Another one that waits")
    settings = {"undecided_card": False, "review_months": 3}
    world.switch("manor", "guidelines", PluginChoice("on", settings=settings))
    assert "Recommendations to decide" not in lead.get("/manor/").text
    in_three = months_after(today_in("Europe/London"), 3)
    page = nurse.get(f"/manor/guidelines/decide/{recommendation}").text
    assert f'name="review-month" type="text" inputmode="numeric" value="{in_three.month}"' in page


def test_the_list_goes_on_page_by_page(client_for: ClientFor, world: World) -> None:
    for number in range(21):
        typed(world, f"Recommendation {number:02}")
    gp = client_for("gp")
    for show in ("", "show=undecided&"):
        first = gp.get(f"/manor/guidelines/?{show}").text
        assert "Recommendation 20" in first
        assert "Recommendation 00" not in first
        older = first.partition("before=")[2].partition('"')[0]
        second = gp.get(f"/manor/guidelines/?{show}before={older}").text
        assert "Recommendation 00" in second
        assert "Recommendation 01" not in second
    assert gp.get("/manor/guidelines/?before=9999999999999999999999").status_code == 200
    with world.database.read() as session:
        (edition,) = session.scalars(select(Edition)).all()
    page = gp.get(f"/manor/guidelines/editions/{edition.id}")
    assert "Recommendation 20" in page.text
    assert "Older recommendations" in page.text


SOURCE = {
    "guideline": "NG17",
    "source_name": "NICE",
    "licence": "NICE UK open content licence",
    "dated-day": "1",
    "dated-month": "8",
    "dated-year": "2015",
}
PASTED = "1.1.1 Offer large print. [new 2015]\n\n1.1.2 Do not offer small print. [2004, amended 2015]"


def test_several_are_pasted_looked_at_rated_and_saved(client_for: ClientFor, world: World) -> None:
    lead = client_for("lead")
    empty = submit(lead, lead.get("/manor/guidelines/add"), step="preview", text=PASTED)
    assert empty.status_code == 422
    for words in (
        "Enter who published it",
        "Enter its licence",
        "Enter the date of this edition",
        "1.1.2 Do not offer",
    ):
        assert words in empty.text
    preview = submit(lead, empty, **SOURCE, step="preview")
    assert preview.status_code == 200
    for words in ("We found 2 recommendations", "“Do not offer”", "Strong recommendation against.", "[new 2015]"):
        assert words in preview.text
    assert "Evidence last reviewed in 2004, wording changed in 2015" in preview.text
    assert events(world) == []
    changed = submit(lead, preview, step="change")
    assert "NICE UK open content licence" in changed.text
    saved = lead.submit(preview, {"step": "save", "strength-2": "strong-against", "certainty-2": "high"},
                        action="/manor/guidelines/")  # fmt: skip
    assert saved.status_code == 303
    assert "2 recommendations are saved." in lead.get(saved.location).text
    with world.database.read() as session:
        found = reading.recommendations(session, world.host, world.actor("gp")).items
        (edition,) = session.scalars(select(Edition)).all()
    assert {item.thing.body["path"]: item.thing.body["strength"] for item in found} == {
        "1.1.1": None,
        "1.1.2": "strong-against",
    }
    assert (edition.dated, edition.imported_by) == (date(2015, 8, 1), world.people["lead"])
    page = client_for("gp").get(f"/manor/things/{found[0].thing.id}").text
    for words in ("Strong: do not do this", "High certainty", "NICE UK open content licence", "1 August 2015", "NG17"):
        assert words in page
    again = submit(lead, preview, step="save")
    assert "2 were here already." in lead.get(again.location).text
    assert events(world) == ["core.recorded"] * 2


def test_what_is_typed_is_checked(client_for: ClientFor, world: World) -> None:
    lead = client_for("lead")
    page = lead.get("/manor/guidelines/add")
    for changes, words in (
        ({"dated-year": "2090"}, "must be today or in the past"),
        ({"source_url": "javascript:alert(1)"}, "starts with https://"),
        ({"guideline": "x" * 301}, "300 characters or fewer"),
        ({"text": "\n\n".join(f"No {number}" for number in range(101))}, "at most 100 recommendations"),
        ({"text": "x" * 20_001}, "20,000 characters or fewer"),
        ({"text": " "}, "Enter or paste the recommendation"),
    ):
        refused = submit(lead, page, **{"text": "Print it", **SOURCE, **changes, "step": "save"})
        assert refused.status_code == 422, changes
        assert words in refused.text
    stopped = submit(lead, page, **{**SOURCE, "text": "Ring 943 476 5919", "step": "save"})
    assert stopped.status_code == 422
    assert "NHS number" in stopped.text
    assert events(world) == []
    assert submit(lead, stopped, step="save", guard_checked="yes").status_code == 303


def test_a_typing_mistake_is_corrected_until_it_is_decided(
    client_for: ClientFor, world: World, recommendation: UUID
) -> None:
    lead, address = client_for("lead"), f"/manor/guidelines/correct/{recommendation}"
    assert "Correct a typing mistake" in lead.get(f"/manor/things/{recommendation}").text
    stale = lead.get(address)
    assert submit(lead, stale, text=" ").status_code == 422
    manager = client_for("manager")
    assert submit(manager, manager.get(address), text="1.2 First").status_code == 303
    conflict = lead.submit(stale, {"text": "1.2 Second"}, action=address)
    assert conflict.status_code == 409
    assert "1.2 First" in conflict.text
    assert "1.2 Second" in conflict.text
    assert lead.submit(conflict, {"certainty-1": "high"}, action=address).status_code == 303
    body = thing(world, recommendation).body
    assert (body["text"], body["certainty"], body["path"]) == ("1.2 Second", "high", "1.2")
    assert client_for("gp").get(address).status_code == 404
    open_form = lead.get(address)
    decide(client_for("gp"), recommendation, decision="adopt", reason="Yes")
    assert lead.get(address).status_code == 404
    assert lead.submit(open_form, {"text": "Too late"}, action=address).status_code == 404
    assert "Correct a typing mistake" not in lead.get(f"/manor/things/{recommendation}").text
    assert thing(world, recommendation).body["text"] == "1.2 Second"


def test_no_way_leads_past_the_lock(client_for: ClientFor, world: World, recommendation: UUID) -> None:
    lead = world.actor("lead")
    chosen = choose(client_for("lead"), ("a.json", plan()))
    browser = client_for("lead")
    browser.submit(browser.get(chosen.location), {"step": "save"}, action="/manor/guidelines/import/preview")
    with world.database.read() as session:
        imported = reading.recommendations(session, world.host, lead).items[0].thing
    assert imported.body["origin"] == "file"
    assert "Locked: these are the words of its source" in browser.get(f"/manor/things/{imported.id}").text
    (pasted,) = split("Other words")
    with pytest.raises(NotAllowed):
        service.correct(world.artefacts, lead, imported, Typed(pasted), GuardAnswer(), 1)
    for found, changes in (
        (imported, {"text": "Other words"}),
        (imported, {"strength": "strong-for"}),
        (thing(world, recommendation), {"licence": "Anything goes"}),
        (thing(world, recommendation), {"edition": "x", "origin": "file"}),
    ):
        with pytest.raises(DoorFault):
            world.artefacts.revise(lead, found.id, Draft(found.kind, "Other", {**found.body, **changes}), 1)
        assert thing(world, found.id).revision == 1
    with pytest.raises(EditConflict):
        service.correct(world.artefacts, lead, thing(world, recommendation), Typed(pasted), GuardAnswer(), 7)


def test_a_decision_needs_a_recommendation_and_everybody(world: World, recommendation: UUID) -> None:
    body = {"recommendation": str(recommendation), "decision": "adopt", "reason": "Yes"}
    gp, outsider = world.actor("gp"), world.actor("outsider")
    for actor, changes, audience in (
        (gp, {"recommendation": str(world.people["gp"])}, "practice"),
        (outsider, {}, "practice"),
        (gp, {}, "me"),
    ):
        with pytest.raises(DraftRefused):
            world.artefacts.save(actor, Draft(DECISION, "x", {**body, **changes}, audience=audience))
    with pytest.raises(DraftRefused):
        lead, mine = world.actor("lead"), thing(world, recommendation)
        world.artefacts.save(lead, Draft(RECOMMENDATION, "x", mine.body, audience="me"))
    assert made(world, recommendation) == []


STAFF = (
    "/guidelines/",
    "/guidelines/add",
    "/guidelines/import",
    "/guidelines/import/preview",
)


def test_leads_and_managers_bring_in_everybody_decides(client_for: ClientFor, recommendation: UUID) -> None:
    for role in ("gp", "nurse", "receptionist"):
        member = client_for(role)
        assert member.get("/manor/guidelines/").status_code == 200
        assert member.get(f"/manor/guidelines/decide/{recommendation}").status_code == 200
        assert "Import files" not in member.get("/manor/guidelines/").text
        for path in ("add", "import", "import/preview"):
            assert member.get(f"/manor/guidelines/{path}").status_code == 404
            assert member.send(f"/manor/guidelines/{path}", {"step": "save"}).status_code == 404
    for role in ("lead", "manager"):
        for path in STAFF:
            assert client_for(role).get(f"/manor{path}").status_code in {200, 302}


def test_another_practice_sees_nothing(client_for: ClientFor, world: World, recommendation: UUID) -> None:
    decision = key_of(decide(client_for("gp"), recommendation, decision="adopt", reason="Yes"))
    with world.database.read() as session:
        (edition,) = session.scalars(select(Edition)).all()
    for role, home in (("neighbour", "riverside"), ("outsider", "hilltop")):
        other = client_for(role)
        for path in (
            f"/manor/guidelines/decide/{recommendation}",
            f"/{home}/guidelines/decide/{recommendation}",
            f"/{home}/guidelines/correct/{recommendation}",
            f"/{home}/guidelines/editions/{edition.id}",
            f"/{home}/things/{recommendation}",
            f"/{home}/things/{decision}",
        ):
            assert other.get(path).status_code == 404, path
        values = {"decision": "adopt", "reason": "Mine now"}
        assert other.send(f"/{home}/guidelines/decide/{recommendation}", values).status_code == 404
        assert "format they can read" not in other.get(f"/{home}/guidelines/").text
        assert "Recommendations to decide" not in other.get(f"/{home}/").text
        # Its own edition of the same guideline is its own.
        typed(world, role=role)
    assert len(made(world, recommendation)) == 1
    for role in ("former", "evaluator"):
        assert client_for(role).get(f"/manor/guidelines/decide/{recommendation}").status_code == 404
    with world.database.read() as session:
        assert len(session.scalars(select(Edition)).all()) == 3


def test_a_prompt_that_one_may_not_see_is_no_prompt(client_for: ClientFor, world: World, recommendation: UUID) -> None:
    hidden = world.artefacts.save(
        world.actor("nurse"), Draft("core.note", "Mine", {"text": "Only mine"}, audience="me")
    ).id
    gp, address = client_for("gp"), f"/manor/guidelines/decide/{recommendation}"
    assert gp.get(f"{address}?prompted_by={hidden}").status_code == 404
    values = {"decision": "adopt", "reason": "x", "prompted_by": str(hidden)}
    assert gp.send(address, values).status_code == 404


def test_a_nurses_note_leads_to_the_recommendation(world: World, recommendation: UUID) -> None:
    typed(world, "Consider a blood test every year.", guideline="Another one")
    note = world.artefacts.save(
        world.actor("nurse"),
        Draft(
            "core.note", "Letters", {"text": "She could not read our letters; print at 18 point"}, audience="practice"
        ),
    ).id
    with world.database.read() as session:
        found = related.related(session, world.host, world.actor("nurse"), thing(world, note))
    assert [item.thing.id for item in found] == [recommendation]


def test_switched_off_it_is_gone_and_kept(client_for: ClientFor, world: World, recommendation: UUID) -> None:
    decide(client_for("gp"), recommendation, decision="adopt", reason="Yes")
    world.switch("manor", "guidelines", PluginChoice("off"))
    lead = client_for("lead")
    for path in (*STAFF, f"/guidelines/decide/{recommendation}"):
        assert lead.get(f"/manor{path}").status_code == 404
    assert "Guidelines" not in lead.get("/manor/").text
    world.switch("manor", "guidelines", PluginChoice("on"))
    assert "Adopted" in lead.get("/manor/guidelines/").text


def test_a_person_can_have_and_erase_what_is_kept_about_them(
    client_for: ClientFor, world: World, recommendation: UUID
) -> None:
    choose(client_for("lead"), ("waiting.json", plan()))
    lead, manager = world.people["lead"], world.actor("manager")
    with world.database.read() as session:
        rows = world.host.doors.custody("layers_personal_data", person_id=lead, session=session)
    assert [str(value) for _slug, (_what, values) in rows for value in values.values()][::2] == [
        "Accessible information (example)",
        "waiting.json",
    ]
    with world.artefacts.unit(manager) as unit:
        world.host.doors.custody("layers_erase_person", person_id=lead, unit=unit)
    with world.database.read() as session:
        assert session.scalars(select(Edition.imported_by)).all() == [None]
        assert session.scalars(select(Upload)).all() == []
        assert world.host.doors.custody("layers_personal_data", person_id=lead, session=session) == []


def test_what_was_taken_out_of_sight_can_be_brought_in_again(world: World, recommendation: UUID) -> None:
    world.artefacts.withdraw(world.actor("lead"), recommendation)
    again = typed(world)
    with world.database.read() as session:
        found = reading.recommendations(session, world.host, world.actor("gp")).items
        assert len(session.scalars(select(Edition)).all()) == 1
    assert [item.thing.id for item in found] == [again]


def test_deciding_through_the_service_alone(world: World, recommendation: UUID) -> None:
    gp = world.actor("gp")
    first = service.decide(world.artefacts, gp, thing(world, recommendation), Choice("adopt", "Yes"))
    with pytest.raises(service.DecidedMeanwhile) as meanwhile:
        service.decide(world.artefacts, gp, thing(world, recommendation), Choice("reject", "No"))
    assert meanwhile.value.current == first.id
    service.decide(
        world.artefacts, gp, thing(world, recommendation), Choice("undecided", "Not yet"), instead_of=first.id
    )
    with world.database.read() as session:
        assert session.scalars(select(Decision.decision).order_by(Decision.decided_at)).all() == ["adopt", "undecided"]
