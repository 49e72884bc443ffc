"""One submit, one transaction: what a save writes, who may see it, and what happens when it can't be saved."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from layers_core.artefacts import audience, errors, exposure, reading, trail
from layers_core.artefacts.models import Artefact, Exposure, Revision
from layers_core.contract import Actor, Draft, GuardAnswer, NewLink, Promise
from layers_core.usage.models import UsageEventRow

from .conftest import World


def note(text: str = "Print letters in 18 point", audience: str = "practice", **more: object) -> Draft:
    return Draft("core.note", text[:80], {"text": text}, audience=audience, **more)  # type: ignore[arg-type]


def seen(world: World, actor: Actor, artefact_id: UUID) -> bool:
    with world.database.read() as session:
        return reading.get(session, world.host, actor, artefact_id) is not None


def events(world: World) -> list[str]:
    with world.database.read() as session:
        return list(session.scalars(select(UsageEventRow.name).order_by(UsageEventRow.sequence)))


def count(world: World, model: type) -> int:
    with world.database.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_one_submit_writes_everything_once(world: World) -> None:
    nurse = world.actor("nurse@manor.example", "manor")
    draft = note(promise=Promise("18-point letters", date(2026, 12, 4)))
    first = world.service.save(nurse, draft, "key-1")
    again = world.service.save(nurse, draft, "key-1")
    assert again.id == first.id
    assert again.repeated
    assert count(world, Artefact) == count(world, Revision) == count(world, Exposure) == 1
    assert events(world) == ["core.recorded", "core.promised"]
    with world.database.read() as session:
        assert [item.expectation for item in reading.due(session, nurse)] == ["18-point letters"]


@pytest.mark.parametrize(
    ("audience", "readers"),
    [
        ("me", {"nurse@manor.example"}),
        ("practice", {"nurse@manor.example", "gp@manor.example", "manager@manor.example"}),
        (
            "cluster",
            {"nurse@manor.example", "gp@manor.example", "manager@manor.example", "gp@mckenzie.example"},
        ),
        (
            "network",
            {
                "nurse@manor.example",
                "gp@manor.example",
                "manager@manor.example",
                "gp@mckenzie.example",
                "gp@outside.example",
            },
        ),
    ],
)
def test_exactly_the_audience_sees_it_in_every_list(world: World, audience: str, readers: set[str]) -> None:
    choice = world.cluster if audience == "cluster" else audience
    saved = world.service.save(world.actor("nurse@manor.example", "manor"), note("Vertigo leaflet", choice))
    homes = {
        "nurse@manor.example": "manor",
        "gp@manor.example": "manor",
        "manager@manor.example": "manor",
        "gp@mckenzie.example": "mckenzie",
        "gp@outside.example": "outside",
    }
    for email, slug in homes.items():
        actor = world.actor(email, slug)
        with world.database.read() as session:
            in_feed = [thing.id for thing in reading.feed(session, world.host, actor)]
            found = [hit.thing.id for hit in reading.find(session, world.host, actor, "vertigo")]
            around = trail.around(session, world.host, actor, saved.id)
        expected = [saved.id] if email in readers else []
        assert in_feed == found == expected, email
        assert seen(world, actor, saved.id) is (around is not None) is (email in readers)


def test_a_named_few(world: World) -> None:
    nurse, gp = world.actor("nurse@manor.example", "manor"), world.actor("gp@manor.example", "manor")
    saved = world.service.save(nurse, note(audience=f"people:{gp.person_id}"))
    assert seen(world, world.actor("gp@manor.example", "manor"), saved.id)
    assert not seen(world, world.actor("manager@manor.example", "manor"), saved.id)
    stranger = world.actor("gp@outside.example", "outside")
    with pytest.raises(errors.DraftRefused):
        world.service.save(nurse, note(audience=f"people:{stranger.person_id}"))


@pytest.mark.parametrize(("days", "belongs"), [(1, True), (0, False)])
def test_a_guest_reads_and_can_be_asked_up_to_their_day(world: World, days: int, belongs: bool) -> None:
    nurse, gp = world.actor("nurse@manor.example", "manor"), world.actor("gp@manor.example", "manor")
    assert nurse.person_id is not None
    assert gp.person_id is not None
    with world.service.unit(nurse) as unit:
        group = audience.open_group(unit.session, nurse, {gp.person_id: unit.moment.date() + timedelta(days=days)})
        thing = unit.add(note(audience=f"group:{group.id}"))
    assert seen(world, world.actor("gp@manor.example", "manor"), thing.id) is belongs
    with world.database.read() as session:
        people = audience.colleagues(session, nurse, thing.audience)
    assert set(people) == ({nurse.person_id, gp.person_id} if belongs else {nurse.person_id})
    ask = Promise("Print it", owner_id=gp.person_id)
    if belongs:
        world.service.promise(world.actor("nurse@manor.example", "manor"), thing.id, ask, GuardAnswer())
    else:
        with pytest.raises(errors.DraftRefused, match="somebody who can see this"):
            world.service.promise(world.actor("nurse@manor.example", "manor"), thing.id, ask, GuardAnswer())


def test_nothing_is_left_of_a_refused_save(world: World) -> None:
    nurse = world.actor("nurse@manor.example", "manor")
    with pytest.raises(errors.DraftRefused):
        world.service.save(nurse, note(audience=f"cluster:{uuid4()}"))
    with pytest.raises(errors.DraftRefused):
        world.service.save(nurse, replace(note(), body={"text": ""}))
    with pytest.raises(errors.NotAllowed):
        world.service.save(nurse, replace(note(), kind="core.trial_answer"))
    with pytest.raises(LookupError):
        world.service.save(nurse, note(links=(NewLink("prompted_by", uuid4()),)))
    assert count(world, Artefact) == 0
    assert events(world) == []


def test_guard_lets_the_writer_decide(world: World) -> None:
    nurse = world.actor("nurse@manor.example", "manor")
    text = "Rang Mrs Khan on 07700 900123 about her letter"
    with pytest.raises(errors.GuardStop) as stop:
        world.service.save(nurse, note(text))
    looked = GuardAnswer(stop.value.fingerprint)
    assert events(world) == []
    world.service.save(nurse, note(text, guard=looked))
    with pytest.raises(errors.GuardStop) as wider:
        world.service.save(nurse, note(text, audience=world.cluster, guard=looked))
    assert wider.value.wider
    world.service.save(nurse, note(text, audience=world.cluster, guard=GuardAnswer(looked.fingerprint, "Agreed")))
    assert events(world).count("core.identifier_decided") == 2


def test_stale_edit_shows_both_texts(world: World) -> None:
    nurse = world.actor("nurse@manor.example", "manor")
    saved = world.service.save(nurse, note())
    world.service.revise(nurse, saved.id, note("Use 18 point"), 1)
    with pytest.raises(errors.EditConflict) as conflict:
        world.service.revise(nurse, saved.id, note("Use 20 point"), 1)
    assert conflict.value.current.body == {"text": "Use 18 point"}
    with pytest.raises(errors.NotAllowed):
        world.service.revise(world.actor("gp@manor.example", "manor"), saved.id, note("Mine"), 2)
    with world.database.read() as session:
        thing = reading.get(session, world.host, nurse, saved.id)
        assert thing is not None
        assert [item.number for item in reading.history(session, world.host, nurse, thing)] == [2, 1]
        assert [hit.thing.id for hit in reading.find(session, world.host, nurse, "point 18")] == [saved.id]


def test_sharing_a_private_thing_makes_a_copy_without_its_past(world: World) -> None:
    nurse, gp = world.actor("nurse@manor.example", "manor"), world.actor("gp@manor.example", "manor")
    private = world.service.save(nurse, note("First thoughts", "me"))
    world.service.revise(nurse, private.id, note("Second thoughts", "me"), 1)
    copy = world.service.share_copy(nurse, private.id, "practice", GuardAnswer())
    assert copy.id != private.id
    assert not seen(world, gp, private.id)
    with world.database.read() as session:
        thing = reading.get(session, world.host, gp, copy.id)
        assert thing is not None
        assert [item.body for item in reading.history(session, world.host, gp, thing)] == [{"text": "Second thoughts"}]
        around = trail.around(session, world.host, gp, copy.id)
        assert around is not None
        assert set(around.things) == {copy.id}


def test_narrowing_acts_at_once(world: World) -> None:
    nurse, gp = world.actor("nurse@manor.example", "manor"), world.actor("gp@manor.example", "manor")
    saved = world.service.save(nurse, note("Vertigo leaflet"))
    world.service.narrow(nurse, saved.id, "me")
    assert not seen(world, gp, saved.id)
    with world.database.read() as session:
        assert reading.find(session, world.host, gp, "vertigo") == []
        assert len(reading.find(session, world.host, nurse, "vertigo")) == 1


def test_withdrawn_and_restored(world: World) -> None:
    nurse = world.actor("nurse@manor.example", "manor")
    saved = world.service.save(nurse, note("Vertigo leaflet"))
    world.service.withdraw(nurse, saved.id)
    assert not seen(world, nurse, saved.id)
    world.service.restore(nurse, saved.id)
    with world.database.read() as session:
        assert len(reading.find(session, world.host, nurse, "vertigo")) == 1


def test_pages_of_the_stream_meet_without_gap_or_overlap(world: World) -> None:
    nurse = world.actor("nurse@manor.example", "manor")
    ids = [world.service.save(nurse, note(f"Note {n}", "practice" if n % 2 else "me")).id for n in range(9)]
    pages: list[UUID] = []
    before = None
    with world.database.read() as session:
        while page := reading.feed(session, world.host, nurse, before=before, limit=4):
            pages += [thing.id for thing in page]
            before = reading.Place(page[-1].created_at, page[-1].id)
    assert pages == ids[::-1]


def test_only_the_owner_closes_a_promise_once(world: World) -> None:
    nurse, gp = world.actor("nurse@manor.example", "manor"), world.actor("gp@manor.example", "manor")
    world.service.save(nurse, note(promise=Promise("18-point letters")))
    with world.database.read() as session:
        action = reading.due(session, nurse)[0]
    with pytest.raises(errors.NotFound):
        world.service.close_action(gp, action.id, "adopt", "Done", GuardAnswer())
    world.service.close_action(nurse, action.id, "adopt", "All letters are 18 point", GuardAnswer())
    world.service.close_action(nurse, action.id, "abandon", "Too late", GuardAnswer())
    with world.database.read() as session:
        assert reading.due(session, nurse) == []
        assert [item.outcome for item in reading.actions_of(session, [action.artefact_id])] == ["adopt"]
    assert events(world).count("core.action_closed") == 1


@pytest.mark.parametrize("wider", [False, True])
def test_what_came_of_a_promise_is_asked_about_as_widely_as_it_is_read(world: World, wider: bool) -> None:
    nurse = world.actor("nurse@manor.example", "manor")
    world.service.save(nurse, note(audience=world.cluster if wider else "practice", promise=Promise("Ring her")))
    with world.database.read() as session:
        (action,) = reading.due(session, nurse)
    text = "Rang Mrs Khan on 07700 900123"
    with pytest.raises(errors.GuardStop) as stop:
        world.service.close_action(nurse, action.id, "adopt", text, GuardAnswer())
    assert stop.value.wider is wider
    looked = GuardAnswer(stop.value.fingerprint)
    if wider:
        with pytest.raises(errors.GuardStop):
            world.service.close_action(nurse, action.id, "adopt", text, looked)
        looked = replace(looked, explanation="She agreed")
    world.service.close_action(nurse, action.id, "adopt", text, looked)
    assert events(world).count("core.action_closed") == 1


def test_what_comes_back_is_answered_once(world: World) -> None:
    nurse = world.actor("nurse@manor.example", "manor")
    world.service.save(nurse, note())
    with world.database.write() as session:
        card = session.scalars(select(Exposure)).one()
        assert card.due_at is not None
        card.due_at -= timedelta(days=30)
    with world.database.read() as session:
        (showing,) = reading.worth_seeing_again(session, world.host, nurse)
    world.service.answer_exposure(nurse, showing.id, "still_true", showing.number)
    with pytest.raises(exposure.AlreadyAnswered):
        world.service.answer_exposure(nurse, showing.id, "still_true", showing.number)
    with world.database.read() as session:
        assert reading.worth_seeing_again(session, world.host, nurse) == []
    assert events(world) == ["core.recorded", "core.seen_again"]


def test_the_trail_leaves_out_what_the_reader_may_not_see(world: World) -> None:
    nurse, gp = world.actor("nurse@manor.example", "manor"), world.actor("gp@manor.example", "manor")
    first = world.service.save(nurse, note("A patient's words"))
    hidden = world.service.save(nurse, note("My own thoughts", "me", links=(NewLink("prompted_by", first.id),)))
    last = world.service.save(nurse, note("What we do", links=(NewLink("prompted_by", hidden.id),)))
    with world.database.read() as session:
        mine = trail.around(session, world.host, nurse, first.id)
        theirs = trail.around(session, world.host, gp, first.id)
    assert mine is not None
    assert theirs is not None
    assert [mine.columns[key] for key in (first.id, hidden.id, last.id)] == [0, 1, 2]
    assert set(theirs.things) == {first.id}


def test_a_thing_with_more_links_than_a_trail_shows_is_in_it(world: World) -> None:
    nurse = world.actor("nurse@manor.example", "manor")
    others = [world.service.save(nurse, note(f"Before {number}")).id for number in range(trail.MOST_BOXES + 20)]
    links = tuple(NewLink("prompted_by", other) for other in others)
    last = world.service.save(nurse, note("After all of them", links=links)).id
    with world.database.read() as session:
        around = trail.around(session, world.host, nurse, last)
        one = trail.around(session, world.host, nurse, others[-1])
    assert around is not None
    assert one is not None
    assert len(around.things) == trail.MOST_BOXES
    assert {last, others[-1]} <= set(one.things)


def test_comments_go_with_the_thing(world: World) -> None:
    nurse, gp = world.actor("nurse@manor.example", "manor"), world.actor("gp@manor.example", "manor")
    outside = world.actor("gp@outside.example", "outside")
    saved = world.service.save(nurse, note())
    comment = world.service.comment(gp, saved.id, "We could start on Monday", GuardAnswer(), "c1")
    assert world.service.comment(gp, saved.id, "We could start on Monday", GuardAnswer(), "c1") == comment
    with pytest.raises(errors.NotFound):
        world.service.comment(outside, saved.id, "Me too", GuardAnswer())
    with world.database.read() as session:
        assert len(reading.beside(session, nurse, [], saved.id).comments) == 1
        assert reading.beside(session, outside, [], saved.id).comments == []
    world.service.withdraw_comment(gp, comment)
    with world.database.read() as session:
        assert reading.beside(session, nurse, [], saved.id).comments == []


def test_viewed_counts_once_a_day(world: World) -> None:
    nurse = world.actor("nurse@manor.example", "manor")
    saved = world.service.save(nurse, note())
    world.service.viewed(nurse, saved.id)
    world.service.viewed(nurse, saved.id)
    assert events(world) == ["core.recorded", "core.viewed"]
