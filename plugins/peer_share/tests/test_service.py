"""Useful, used it, what comes back, questions: through the core's service, on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Barrier, Thread
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from layers_core.artefacts import errors
from layers_core.artefacts import reading as core_reading
from layers_core.artefacts.models import Exposure
from layers_core.contract import Actor, Draft, GuardAnswer, Panel, Thing
from layers_core.usage.models import UsageEventRow
from layers_core.web import Submitted
from layers_peer_share import reading, service
from layers_peer_share.kinds import CUT, QUESTION, TITLE_LIMIT, read_question, title_of
from layers_peer_share.models import Response
from layers_peer_share.vocabularies import question_outcomes, response_types

if TYPE_CHECKING:
    from layers_webshell.testworld import World


def share(world: World, audience: str = "cluster", role: str = "nurse", title: str = "Print in 18 point") -> UUID:
    choice = f"cluster:{world.cluster_id}" if audience == "cluster" else audience
    draft = Draft("core.note", title, {"text": title}, audience=choice)
    return world.artefacts.save(world.actor(role), draft).id


@pytest.mark.parametrize(("type_", "comes_back"), [("used", True), ("useful", False)])
def test_what_somebody_used_comes_back_to_them_too(world: World, type_: str, comes_back: bool) -> None:
    key, reader = share(world), world.actor("neighbour")
    service.respond(world.artefacts, reader, key, type_)
    with world.database.read() as session:
        people = session.scalars(select(Exposure.person_id).where(Exposure.artefact_id == key)).all()
    assert (reader.person_id in people) is comes_back


def ask(
    world: World, audience: str = "practice", role: str = "nurse", need: str = "Who has large print labels?"
) -> UUID:
    choice = f"cluster:{world.cluster_id}" if audience == "cluster" else audience
    draft = Draft(QUESTION, title_of(need), {"need": need, "tried": "Asked the supplier"}, audience=choice)
    return world.artefacts.save(world.actor(role), draft).id


def thing(world: World, actor: Actor, thing_id: UUID) -> Thing:
    with world.database.read() as session:
        found = core_reading.get(session, world.host, actor, thing_id)
    assert found is not None
    return found


def events(world: World) -> list[tuple[str, object]]:
    """What Peer share recorded about use."""
    with world.database.read() as session:
        rows = session.execute(
            select(UsageEventRow.name, UsageEventRow.props)
            .where(UsageEventRow.plugin == "peer_share")
            .order_by(UsageEventRow.sequence)
        )
        return [(row.name, row.props) for row in rows]


def presses(world: World) -> int:
    with world.database.read() as session:
        return session.scalar(select(func.count()).select_from(Response)) or 0


def used(world: World, role: str) -> dict[str, list[str]]:
    """The titles of somebody's own things that were used since they last looked, by where that was."""
    actor = world.actor(role)
    with world.database.read() as session:
        found = reading.used_and_unseen(session, actor)
    places = {True: "elsewhere", False: "here"}
    return {places[elsewhere]: [title for _key, title in things] for elsewhere, things in found.items()}


NOTHING: dict[str, list[str]] = {"elsewhere": [], "here": []}


def panel_for(world: World, role: str, things: Sequence[UUID]) -> list[Panel]:
    actor = world.actor(role)
    found = [thing(world, actor, key) for key in things]
    with world.database.read() as session:
        answers = world.host.doors.page(
            "layers_artefact_panels",
            actor.practice.mix,
            session=session,
            practice=actor.practice,
            actor=actor,
            artefacts=found,
        )
    return [panel for _slug, panel in answers]


def test_used_at_another_practice_comes_back_in_words_until_it_was_seen(world: World) -> None:
    shared = share(world)
    assert panel_for(world, "nurse", [shared]) == []
    service.respond(world.artefacts, world.actor("neighbour"), shared, "used", "We put it on the front desk")
    assert events(world) == [("peer_share.used", {"same_practice": False})]
    assert used(world, "nurse") == {"elsewhere": ["Print in 18 point"], "here": []}
    (panel,) = panel_for(world, "nurse", [shared])
    assert panel.context["back"].words == ("Used at another practice",)
    assert panel.context["back"].notes == ("We put it on the front desk",)
    assert "Adeyemi" not in str(panel)
    with pytest.raises(errors.NotFound):
        service.note_as_seen(world.artefacts, world.actor("gp"), shared)
    assert used(world, "nurse") != NOTHING, "only the author takes note of it"
    service.note_as_seen(world.artefacts, world.actor("nurse"), shared)
    assert used(world, "nurse") == NOTHING
    with world.database.read() as session:
        assert reading.came_back(session, world.actor("nurse")) == []
    (panel,) = panel_for(world, "nurse", [shared])
    assert not panel.context["back"].unseen


def test_everything_that_comes_back_is_in_words_without_numbers_or_names(world: World) -> None:
    shared = share(world)
    for role in ("gp", "lead"):
        service.respond(world.artefacts, world.actor(role), shared, "used")
        service.respond(world.artefacts, world.actor(role), shared, "useful")
    service.respond(world.artefacts, world.actor("neighbour"), shared, "useful")
    with world.database.read() as session:
        (back,) = reading.came_back(session, world.actor("nurse"))
    assert back.words == (
        "Used by a colleague in your practice",
        "Found useful at another practice",
        "Found useful by a colleague in your practice",
    )
    assert [name for name, _props in events(world)].count("peer_share.found_useful") == 3
    assert ("peer_share.used", {"same_practice": True}) in events(world)
    assert used(world, "nurse") == {"elsewhere": [], "here": ["Print in 18 point"]}


def test_a_second_press_changes_nothing_but_the_line(world: World) -> None:
    shared, neighbour = share(world), world.actor("neighbour")
    for note in ("", "First line", "", "Second  line"):
        service.respond(world.artefacts, neighbour, shared, "used", note)
    assert (presses(world), len(events(world))) == (1, 1)
    (panel,) = panel_for(world, "neighbour", [shared])
    assert panel.context["said"].own_note == "Second line"
    service.take_back(world.artefacts, neighbour, shared, "used")
    assert presses(world) == 0
    assert used(world, "nurse") == NOTHING
    service.respond(world.artefacts, neighbour, shared, "used")
    assert (presses(world), len(events(world))) == (1, 1), "one event a person, thing and day"


def test_two_windows_at_once_press_once(world: World) -> None:
    shared, neighbour = share(world), world.actor("neighbour")
    together, faults = Barrier(2), []

    def press() -> None:
        together.wait()
        try:
            service.respond(world.artefacts, neighbour, shared, "used")
        except Exception as error:
            faults.append(error)

    threads = [Thread(target=press) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert (presses(world), len(events(world))) == (1, 1)


def test_who_may_press_and_at_what(world: World) -> None:
    private, shared, question = share(world, "me"), share(world), ask(world)
    refused: list[tuple[str, UUID, type[Exception]]] = [
        ("nurse", shared, errors.NotAllowed),
        ("outsider", shared, errors.NotFound),
        ("gp", private, errors.NotFound),
        ("gp", question, errors.NotAllowed),
        ("gp", uuid4(), errors.NotFound),
    ]
    for role, key, error in refused:
        with pytest.raises(error):
            service.respond(world.artefacts, world.actor(role), key, "used")
    with pytest.raises(errors.DraftRefused):
        service.respond(world.artefacts, world.actor("gp"), shared, "hated")
    with pytest.raises(errors.DraftRefused):
        service.respond(world.artefacts, world.actor("gp"), shared, "used", "x" * 301)
    assert (presses(world), events(world)) == (0, [])
    assert panel_for(world, "nurse", [private]) == []


def test_the_guard_reads_the_line(world: World) -> None:
    shared, neighbour = share(world), world.actor("neighbour")
    line = "Sent to jo@example.org"
    with pytest.raises(errors.GuardStop) as stop:
        service.respond(world.artefacts, neighbour, shared, "used", line)
    assert stop.value.wider
    checked = GuardAnswer(stop.value.fingerprint)
    with pytest.raises(errors.GuardStop):
        service.respond(world.artefacts, neighbour, shared, "used", line, checked)
    explained = GuardAnswer(stop.value.fingerprint, "Our own mailbox")
    service.respond(world.artefacts, neighbour, shared, "used", line, explained)
    assert presses(world) == 1


def test_readers_see_lines_but_neither_names_nor_who_pressed(world: World) -> None:
    shared = share(world)
    service.respond(world.artefacts, world.actor("neighbour"), shared, "used", "On the front desk")
    service.respond(world.artefacts, world.actor("lead"), shared, "useful")
    (panel,) = panel_for(world, "gp", [shared])
    assert panel.context["said"] == reading.Said(frozenset(), ("On the front desk",), "")
    for context in (str(panel.context), str(panel_for(world, "nurse", [shared])[0].context)):
        assert str(world.people["neighbour"]) not in context
        assert str(world.people["lead"]) not in context


def test_what_was_narrowed_is_neither_shown_nor_pressed(world: World) -> None:
    shared, neighbour = share(world), world.actor("neighbour")
    service.respond(world.artefacts, neighbour, shared, "used", "A line")
    world.artefacts.narrow(world.actor("nurse"), shared, "practice")
    with pytest.raises(errors.NotFound):
        service.respond(world.artefacts, neighbour, shared, "useful")
    assert used(world, "nurse") != NOTHING, "its author is still told"


def test_the_shared_stream_holds_what_goes_beyond_a_practice(world: World) -> None:
    wide = [share(world, title=f"Shared {number}") for number in range(21)]
    share(world, "practice")
    share(world, "me")
    network = share(world, "network", "outsider")
    neighbour = world.actor("neighbour")
    with world.database.read() as session:
        first = reading.shared(session, world.host, neighbour)
        assert first.older is not None
        second = reading.shared(session, world.host, neighbour, first.older)
        outside = reading.shared(session, world.host, world.actor("outsider"))
        names = reading.practice_names(session, first.things)
    assert [found.id for found in first.things + second.things] == [network, *wide[::-1]]
    assert second.older is None
    assert [found.id for found in outside.things] == [network]
    assert set(names.values()) == {"Manor Street Surgery", "Hilltop Medical Centre"}


def test_a_question_is_open_until_its_asker_says_what_came_of_it(world: World) -> None:
    question, nurse = ask(world, "cluster"), world.actor("nurse")
    ask(world, "practice", "outsider")

    def open_for(role: str) -> list[UUID]:
        with world.database.read() as session:
            return [found.id for found in reading.open_questions(session, world.host, world.actor(role)).things]

    assert open_for("neighbour") == open_for("gp") == [question]
    with pytest.raises(errors.NotFound):
        service.close_question(world.artefacts, world.actor("gp"), question, "helped")
    with pytest.raises(errors.DraftRefused):
        service.close_question(world.artefacts, nurse, question, "won the lottery")
    for _twice in range(2):
        service.close_question(world.artefacts, nurse, question, "helped")
    assert events(world) == [("peer_share.question_closed", {"outcome": "helped"})]
    assert open_for("neighbour") == []
    (panel,) = panel_for(world, "neighbour", [question])
    assert (panel.context["state"].open, panel.context["state"].outcome) == (False, "helped")
    service.reopen_question(world.artefacts, nurse, question)
    assert open_for("neighbour") == [question]
    with pytest.raises(errors.NotFound):
        service.reopen_question(world.artefacts, world.actor("gp"), question)


def test_a_shared_copy_of_a_question_is_open_too(world: World) -> None:
    question, nurse = ask(world), world.actor("nurse")
    copy = world.artefacts.share_copy(nurse, question, f"cluster:{world.cluster_id}", GuardAnswer())
    with world.database.read() as session:
        found = reading.open_questions(session, world.host, world.actor("neighbour"))
    assert [item.id for item in found.things] == [copy.id]


def test_changing_a_question(world: World) -> None:
    question, nurse = ask(world), world.actor("nurse")
    before = thing(world, nurse, question)
    service.revise_question(world.artefacts, nurse, before, "Who prints braille?", "", GuardAnswer(), 1)
    after = thing(world, nurse, question)
    assert (after.title, after.body["tried"], after.revision) == ("Who prints braille?", "", 2)
    with pytest.raises(errors.EditConflict):
        service.revise_question(world.artefacts, nurse, before, "Stale", "", GuardAnswer(), 1)


def test_what_a_person_pressed_is_theirs_to_read_and_goes_with_them(world: World) -> None:
    shared, mine = share(world), share(world, role="neighbour", title="By the neighbour")
    neighbour, nurse = world.actor("neighbour"), world.actor("nurse")
    service.respond(world.artefacts, neighbour, shared, "used", "On the front desk")
    service.respond(world.artefacts, nurse, mine, "useful")
    with world.database.read() as session:
        rows = world.host.doors.custody("layers_personal_data", person_id=neighbour.person_id, session=session)
    ((_slug, (label, values)),) = rows
    assert label == "Used it"
    assert (values["thing"], values["note"]) == (str(shared), "On the front desk")
    with world.artefacts.unit(nurse) as unit:
        world.host.doors.custody("layers_erase_person", person_id=neighbour.person_id, unit=unit)
    with world.database.read() as session:
        (left,) = session.scalars(select(Response)).all()
    assert (left.person_id, left.author_id) == (nurse.person_id, None)


def test_the_words_fit_what_the_database_takes() -> None:
    assert set(response_types()) == set(service.EVENTS) == {"used", "useful"}
    assert set(question_outcomes()) == {"helped", "changed_something", "not_needed"}


@given(st.text(max_size=400))
def test_a_title_is_one_short_line_and_there_when_there_are_words(need: str) -> None:
    title = title_of(need)
    assert len(title) <= TITLE_LIMIT
    assert len(title.splitlines()) <= 1
    assert bool(title) == bool(need.strip())


@pytest.mark.parametrize(
    ("need", "title"),
    [
        ("\n Who knows?\nMore", "Who knows?"),
        ("x" * 200, "x" * 119 + CUT),
        ("word " * 60, "word " * 23 + "word…"),
        ("", ""),
    ],
)
def test_titles(need: str, title: str) -> None:
    assert title_of(need) == title


def test_a_question_needs_words_and_somebody_to_ask() -> None:
    fields = [problem.field for problem in read_question(Submitted({"need": " ", "audience": "me"})).problems]
    assert fields == ["need", "audience"]
    captured = read_question(Submitted({"need": "Who knows?", "audience": "practice"}))
    assert (captured.title, captured.body, captured.problems) == ("Who knows?", {"need": "Who knows?", "tried": ""}, ())
