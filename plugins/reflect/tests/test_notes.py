"""Notes and what is only for their writer, through the core's service, on both databases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from layers_core.artefacts import errors, trail
from layers_core.artefacts import reading as core_reading
from layers_core.artefacts.models import Artefact
from layers_core.contract import Actor, Captured, Draft, GuardAnswer, NewLink, PluginChoice, Thing
from layers_core.usage.models import UsageEventRow
from layers_core.web import Submitted
from layers_reflect import panels, reading, service
from layers_reflect.kinds import ASIDE, NOTE
from layers_reflect.models import Aside
from layers_reflect.timeline import reading as timeline
from layers_reflect.writing import quick_body, written

if TYPE_CHECKING:
    from layers_webshell.testworld import World

SECRET = "I snapped at her because I was tired"


def note(what: str = "Ask who can read the letter", audience: str = "practice", only_for_me: str = "") -> Draft:
    return Draft(
        NOTE,
        what,
        {"answers": {"what": what}},
        audience=audience,
        extras={"only_for_me": only_for_me} if only_for_me else {},
    )


def thing(world: World, actor: Actor, thing_id: UUID) -> Thing:
    with world.database.read() as session:
        found = core_reading.get(session, world.host, actor, thing_id)
    assert found is not None
    return found


def change(world: World, actor: Actor, before: Thing, answers: Mapping[str, str], only_for_me: str = "") -> None:
    body = written(before).body(answers)
    service.revise(world.artefacts, actor, before, body, only_for_me, GuardAnswer(), before.revision)


def cluster(world: World) -> str:
    return f"cluster:{world.cluster_id}"


def events(world: World) -> list[str]:
    """What was recorded about use, without how the mix came about."""
    with world.database.read() as session:
        names = session.scalars(select(UsageEventRow.name).order_by(UsageEventRow.sequence)).all()
    return [name for name in names if name != "core.mix_decided"]


def asides(world: World, actor: Actor, *note_ids: UUID) -> list[reading.MyAside]:
    with world.database.read() as session:
        return reading.asides_of(session, actor, note_ids)


def test_a_plain_note_adds_nothing_of_its_own(world: World) -> None:
    nurse = world.actor("nurse")
    saved = world.artefacts.save(nurse, note())
    assert events(world) == ["core.recorded"]
    assert asides(world, nurse, saved.id) == []


@pytest.mark.parametrize("audience", ["practice", "cluster", "network"])
def test_only_for_me_is_seen_by_nobody_else_in_any_way(world: World, audience: str) -> None:
    nurse = world.actor("nurse")
    choice = cluster(world) if audience == "cluster" else audience
    saved = world.artefacts.save(nurse, note(audience=choice, only_for_me=SECRET), "key")
    again = world.artefacts.save(nurse, note(audience=choice, only_for_me=SECRET), "key")
    assert again.id == saved.id
    (mine,) = asides(world, nurse, saved.id)
    assert mine.text == SECRET
    assert thing(world, nurse, mine.id).audience.type == "person"
    assert thing(world, nurse, mine.id).title == "Only for me: Ask who can read the letter"
    assert events(world) == ["core.recorded", "core.recorded", "reflect.aside_kept"]
    with world.database.read() as session:
        around = trail.around(session, world.host, nurse, saved.id)
        assert around is not None
        assert set(around.things) == {saved.id, mine.id}
    for role in ("gp", "manager", "neighbour", "outsider"):
        other = world.actor(role)
        with world.database.read() as session:
            assert core_reading.get(session, world.host, other, mine.id) is None
            assert [found.kind for found in core_reading.feed(session, world.host, other)] in ([], [NOTE])
            assert core_reading.find(session, world.host, other, "tired") == []
            around = trail.around(session, world.host, other, saved.id)
            assert around is None or set(around.things) == {saved.id}
            assert SECRET not in str(around)
            assert reading.asides_of(session, other, [saved.id]) == []
            assert list(panels.only_for_me(session, other, [thing(world, nurse, saved.id)])) == []


def test_what_is_only_for_me_can_be_given_to_nobody(world: World) -> None:
    nurse = world.actor("nurse")
    saved = world.artefacts.save(nurse, note(only_for_me=SECRET))
    (mine,) = asides(world, nurse, saved.id)
    for choice in ("practice", cluster(world), "network"):
        with pytest.raises(errors.DraftRefused):
            world.artefacts.share_copy(nurse, mine.id, choice, GuardAnswer())
        with pytest.raises(errors.DraftRefused):
            world.artefacts.save(nurse, Draft(ASIDE, SECRET, {"text": SECRET}, audience=choice))
    shared = world.artefacts.share_copy(nurse, saved.id, cluster(world), GuardAnswer())
    assert asides(world, nurse, shared.id) == [], "a shared copy takes nothing private along"


def test_nothing_is_left_when_the_private_part_cannot_be_saved(world: World) -> None:
    nurse = world.actor("nurse")
    with pytest.raises(errors.DraftRefused) as refused:
        world.artefacts.save(nurse, note(only_for_me="x" * 30_000))
    assert [problem.field for problem in refused.value.problems] == ["only_for_me"]
    assert events(world) == []
    with world.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Artefact)) == 0


def test_changing_a_note_and_what_is_only_for_me(world: World) -> None:
    nurse = world.actor("nurse")
    saved = world.artefacts.save(nurse, note())
    before = thing(world, nurse, saved.id)
    answers = {"what": "Ask first. Then print", "so_what": "", "now_what": "18 point"}
    change(world, nurse, before, answers, SECRET)
    after = thing(world, nurse, saved.id)
    assert (after.title, after.revision) == ("Ask first", 2)
    assert after.body["answers"] == {"what": "Ask first. Then print", "now_what": "18 point"}
    (mine,) = asides(world, nurse, saved.id)
    change(world, nurse, thing(world, nurse, mine.id), {"text": "I was rushed"})
    assert [aside.text for aside in asides(world, nurse, saved.id)] == ["I was rushed"]
    with pytest.raises(errors.EditConflict) as conflict:
        change(world, nurse, before, {"what": "Stale"})
    assert conflict.value.current.title == "Ask first"
    with pytest.raises(errors.NotAllowed):
        change(world, world.actor("gp"), after, {"what": "Not mine"})


def test_the_guard_reads_the_private_part_too(world: World) -> None:
    with pytest.raises(errors.GuardStop):
        world.artefacts.save(world.actor("nurse"), note(only_for_me="Her number is 943 476 5919"))
    assert events(world) == []


def test_a_body_of_version_1_is_read_by_the_kind_of_today(world: World) -> None:
    nurse = world.actor("nurse")
    saved = world.artefacts.save(nurse, note())
    with world.database.write() as session:
        session.execute(
            update(Artefact).where(Artefact.id == saved.id).values(body={"text": "Old words"}, body_version=1)
        )
    old = thing(world, nurse, saved.id)
    assert old.body["answers"] == {"what": "Old words"}
    change(world, nurse, old, {"what": "New words"})
    with world.database.read() as session:
        row = session.scalars(select(Artefact).where(Artefact.id == saved.id)).one()
        assert (row.body_version, row.body["answers"]["what"]) == (3, "New words")


def test_my_notes_come_twenty_a_page_and_are_mine_alone(world: World) -> None:
    nurse, gp = world.actor("nurse"), world.actor("gp")
    ids = [world.artefacts.save(nurse, note(f"Lesson {number}", "me", "private")).id for number in range(23)]
    world.artefacts.save(gp, note("Somebody else's"))
    with world.database.read() as session:
        first = timeline.page(session, world.host, nurse, reading.EVERYTHING)
        assert first.older is not None
        second = timeline.page(session, world.host, nurse, reading.EVERYTHING, first.older)
        cut_off = timeline.page(session, world.host, nurse, reading.EVERYTHING, first.older[:8])
    assert keys_of(first) + keys_of(second) == ids[::-1]
    assert (len(keys_of(first)), second.older) == (20, None)
    assert keys_of(cut_off) == ids[:2:-1]


def keys_of(page: timeline.TimelinePage) -> list[UUID]:
    return [entry.note.id for month in page.months for entry in month.entries]


def test_one_query_serves_the_panels_of_many_notes(world: World) -> None:
    nurse = world.actor("nurse")
    saved = [
        world.artefacts.save(nurse, note(f"Lesson {number}", "practice", f"private {number}")) for number in range(3)
    ]
    notes = [thing(world, nurse, item.id) for item in saved]
    with world.database.read() as session:
        found = list(panels.only_for_me(session, nurse, notes))
    texts = [[aside.text for aside in panel.context["asides"]] for panel in found]
    assert texts == [["private 0"], ["private 1"], ["private 2"]]


def test_switched_off_nothing_of_it_is_asked(world: World) -> None:
    world.switch("manor", "reflect", PluginChoice("off"))
    with pytest.raises(errors.NotAllowed):
        world.artefacts.save(world.actor("nurse"), note(only_for_me=SECRET))


def captured_in(world: World, actor: Actor, **fields: str) -> Captured:
    ((_slug, form),) = world.host.doors.page(
        "layers_capture_forms", actor.practice.mix, practice=actor.practice, actor=actor
    )
    result: Captured = form.read(Submitted(fields))
    return result


def test_a_practice_chooses_the_questions(world: World) -> None:
    both = {"what": "x", "so_what": "y"}
    assert captured_in(world, world.actor("nurse"), **both).body["answers"] == both
    world.switch("manor", "reflect", PluginChoice("on", {"template": "quick_note"}))
    nurse = world.actor("nurse")
    captured = captured_in(world, nurse, what="x")
    assert captured.body == quick_body("x")
    assert captured_in(world, nurse, **both).body["answers"] == both, "a form of before loses nothing"
    world.artefacts.save(nurse, replace(note(), body=captured.body))


def test_erasing_a_person_forgets_which_private_part_belonged_to_what(world: World) -> None:
    nurse, gp = world.actor("nurse"), world.actor("gp")
    world.artefacts.save(nurse, note(only_for_me=SECRET))
    world.artefacts.save(gp, note(only_for_me="Mine stays"))
    with world.artefacts.unit(gp) as unit:
        world.host.doors.custody("layers_erase_person", person_id=nurse.person_id, unit=unit)
    with world.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Aside)) == 1


def test_a_note_may_be_prompted_by_another_and_keeps_its_link(world: World) -> None:
    nurse = world.actor("nurse")
    first = world.artefacts.save(nurse, note())
    prompted = replace(note("And then", only_for_me=SECRET), links=(NewLink("prompted_by", first.id),))
    second = world.artefacts.save(nurse, prompted)
    with world.database.read() as session:
        around = trail.around(session, world.host, nurse, second.id)
    assert around is not None
    assert around.columns[first.id] == 0
    assert around.columns[second.id] == 1
