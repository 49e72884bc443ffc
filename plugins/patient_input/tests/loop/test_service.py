"""Telling patients: entries with what they came from, replies, tips and the share of concerns, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from layers_core.artefacts import reading as core_reading
from layers_core.artefacts.errors import DraftRefused, GuardStop, NotAllowed, NotFound
from layers_core.artefacts.models import Artefact
from layers_core.contract import Draft, GuardAnswer, NewLink, Promise, Thing
from layers_core.forms.model import Value
from layers_patient_input import catalogue, responses, service
from layers_patient_input.loop import concerns, evidence, reading
from layers_patient_input.loop.models import EntryAnswer, Reply, Tip
from layers_patient_input.loop.service import replies, tips
from layers_patient_input.loop.service.replies import Written
from layers_patient_input.models import Answer, Publication
from layers_patient_input.service import Decision, Given
from layers_patient_input.themes import service as themes

ENTRY = {
    "theme": "Letters in large print",
    "you_said": "Some of you can’t read our letters.",
    "we_learned": "Nobody had asked how people need to read.",
    "we_did": "We ask everybody once and print in 18 point.",
    "change": "made",
    "statements": ["responsive.information"],
}
WORDS = "I could not read my letter because the print was so small"
TODAY = date(2026, 11, 23)


def seen(house: Any, role: str, key: UUID) -> Thing:
    with house.database.read() as session:
        thing = core_reading.get(session, house.host, house.actor(role), key)
    assert thing is not None
    return thing


def publish(house: Any, *sources: Thing, **parts: Any) -> UUID:
    key: UUID = service.publish(house.artefacts, house.actor("manager"), {**ENTRY, **parts}, GuardAnswer(), sources).id
    return key


def concern(house: Any, criticality: str = "mild", received: date = date(2026, 10, 5)) -> UUID:
    """A released answer of some criticality; the key of its thing."""
    house.send(WORDS)
    answer = house.answers()[-1]
    key: UUID = service.release(
        house.artefacts, house.actor("manager"), answer.id, Decision("as_is", criticality=criticality)
    )
    with house.database.write() as session:
        session.execute(update(Answer).where(Answer.id == answer.id).values(received_on=received))
    return key


def share(house: Any, slug: str = "manor") -> int | None:
    with house.database.read() as session:
        return reading.share(session, house.practice(slug).id, TODAY)


def rows(house: Any, model: Any) -> list[Any]:
    with house.database.read() as session:
        return list(session.scalars(select(model)))


# Entries


def test_an_entry_comes_from_several_things_and_keeps_its_promise_inside(house: Any) -> None:
    first, second = seen(house, "manager", concern(house)), seen(house, "manager", concern(house))
    key = service.publish(
        house.artefacts,
        house.actor("manager"),
        {**ENTRY, "change": "planned", "on": "2026-12-24"},
        GuardAnswer(),
        [first, second],
        promise=Promise("I order the template", date(2026, 12, 1)),
        language="ur",
    ).id
    with house.database.read() as session:
        (entry,) = reading.published(session, house.host, house.practice().id)
        (action,) = core_reading.actions_of(session, [key])
    assert (entry.change, entry.on, entry.language) == ("planned", date(2026, 12, 24), "ur")
    assert not {"statements", "author_id", "actions"} & set(vars(entry))
    assert action.expectation == "I order the template"
    assert {row.answer_id for row in rows(house, EntryAnswer)} == {answer.id for answer in house.answers()}


def test_too_many_sources_are_refused(house: Any) -> None:
    source = seen(house, "manager", concern(house))
    with pytest.raises(DraftRefused) as refused:
        publish(house, *[source] * 21)
    assert refused.value.problems[0].field == "from"


@pytest.mark.parametrize("part", ["theme", "you_said", "we_learned", "we_did"])
def test_a_number_of_patients_below_eight_is_not_told(house: Any, part: str) -> None:
    with pytest.raises(DraftRefused) as refused:
        publish(house, **{part: "Three patients wrote this"})
    assert refused.value.problems[0].field == part
    assert "several patients" in str(refused.value.problems[0].message)
    publish(house, **{part: "Several patients wrote this"})


def test_what_was_kept_in_version_1_is_read_shown_and_changed(house: Any) -> None:
    key = publish(house)
    old = {part: ENTRY[part] for part in ("theme", "you_said", "we_learned", "we_did")}
    with house.database.write() as session:
        session.execute(update(Artefact).where(Artefact.id == key).values(body=old, body_version=1))
    with house.database.read() as session:
        (entry,) = reading.published(session, house.host, house.practice().id)
    assert (entry.change, entry.on) == ("made", None)
    thing = seen(house, "manager", key)
    body = {**thing.body, "change": "none", "we_did": "There is no room."}
    service.revise_entry(house.artefacts, house.actor("manager"), thing, body, GuardAnswer(), 1)
    assert rows(house, Publication)[0].change == "none"


def test_entries_are_paged_by_the_last_one(house: Any) -> None:
    keys = [publish(house, theme=f"Theme {number}") for number in range(5)][::-1]
    with house.database.read() as session:
        home, met, before = house.practice().id, [], None
        while page := reading.published(session, house.host, home, 2, before):
            met += [entry.id for entry in page]
            before = reading.publication(session, home, page[-1].id)
        assert reading.publication(session, house.practice("mill").id, keys[0]) is None
    assert met == keys


# The share of concerns


def test_concerns_count_once_something_public_or_a_reply_says_that_something_changes(house: Any) -> None:
    keys = [concern(house) for _number in range(8)]
    concern(house, "none")
    concern(house, "severe", date(2025, 10, 31))
    concern(house, "severe", date(2026, 11, 1))
    assert share(house) == 0
    assert share(house, "mill") is None
    manager = house.actor("manager")
    # Through a note that grew out of two of them.
    links = tuple(NewLink("prompted_by", key) for key in keys[:2])
    note = house.artefacts.save(
        house.actor("nurse"), Draft("core.note", "Print", {"text": "Larger"}, "practice", links=links)
    ).id
    entry = publish(house, seen(house, "manager", note), seen(house, "manager", keys[0]))
    assert share(house) == 2
    replies.reply(
        house.artefacts, manager, seen(house, "manager", keys[2]), Written("planned", "We will."), GuardAnswer()
    )
    replies.reply(house.artefacts, manager, seen(house, "manager", keys[3]), Written("none", "No."), GuardAnswer())
    assert share(house) == 3
    thing = seen(house, "manager", entry)
    service.show_entry(house.artefacts, manager, thing, shown=False)
    assert share(house) == 1
    service.show_entry(house.artefacts, manager, thing, shown=True)
    service.revise_entry(house.artefacts, manager, thing, {**thing.body, "change": "none"}, GuardAnswer(), 1)
    assert share(house) == 1


def test_fewer_than_eight_concerns_are_not_told(house: Any) -> None:
    for _number in range(concerns.LEAST - 1):
        concern(house)
    assert share(house) is None


# Replies


def test_a_reply_is_written_changed_and_deleted(house: Any) -> None:
    receipt = house.send(WORDS)
    key = service.release(house.artefacts, house.actor("manager"), house.answers()[-1].id, Decision("as_is"))
    thing, manager = seen(house, "manager", key), house.actor("manager")
    for change, text in (("planned", "We will print larger."), ("made", "We print larger now.")):
        replies.reply(house.artefacts, manager, thing, Written(change, text), GuardAnswer())
        with house.database.read() as session:
            found = reading.by_receipt(session, house.practice().id, receipt.lower().replace("-", " "))
            assert found is not None
            assert found[1] is not None
            assert (found[1].change, found[1].text) == (change, text)
            assert reading.by_receipt(session, house.practice("mill").id, receipt) is None
    events = house.events("patient_input.replied")
    assert [event.props["change"] for event in events] == ["planned", "made"]
    replies.take_back_reply(house.artefacts, manager, thing)
    assert rows(house, Reply) == []


def test_only_leads_and_managers_of_the_practice_reply(house: Any) -> None:
    key = concern(house)
    thing = seen(house, "manager", key)
    for role in ("nurse", "receptionist", "mill_manager"):
        with pytest.raises(NotAllowed):
            replies.reply(house.artefacts, house.actor(role), thing, Written("made", "Done."), GuardAnswer())
        with pytest.raises(NotAllowed):
            replies.take_back_reply(house.artefacts, house.actor(role), thing)
    with pytest.raises(NotAllowed):
        replies.reply(
            house.artefacts,
            house.actor("manager"),
            replace(thing, kind="core.note"),
            Written("made", "x"),
            GuardAnswer(),
        )


def test_a_reply_is_handled_as_public(house: Any) -> None:
    thing, manager = seen(house, "manager", concern(house)), house.actor("manager")
    with pytest.raises(GuardStop) as stopped:
        replies.reply(house.artefacts, manager, thing, Written("made", "Mr Smith did it."), GuardAnswer())
    assert stopped.value.wider
    with pytest.raises(DraftRefused) as refused:
        replies.reply(house.artefacts, manager, thing, Written("perhaps", f"You said: {WORDS}"), GuardAnswer())
    assert [problem.field for problem in refused.value.problems] == ["change", "text"]
    for text in ("", "x" * 2_001):
        with pytest.raises(DraftRefused):
            replies.reply(house.artefacts, manager, thing, Written("made", text), GuardAnswer())
    looked = GuardAnswer(stopped.value.fingerprint, "He agreed")
    replies.reply(house.artefacts, manager, thing, Written("made", "Mr Smith did it."), looked)
    assert len(rows(house, Reply)) == 1


def test_nobody_can_read_a_reply_to_a_card(house: Any) -> None:
    key = concern(house)
    with house.database.write() as session:
        session.execute(update(Answer).values(receipt_hash=None))
    with pytest.raises(NotFound):
        replies.reply(
            house.artefacts, house.actor("manager"), seen(house, "manager", key), Written("made", "x"), GuardAnswer()
        )


# Tips


def tip(house: Any, *, share: bool = True) -> tuple[UUID, str]:
    """A released tip and its receipt code."""
    form = catalogue.built_in("tip", {})
    kind = form.item("kind").options[0].value
    given = {"kind": [kind], "tip": [Value("String", "Ring before nine")], "share": [Value("Boolean", share)]}
    items = responses.made(form, "en", given)
    receipt = service.take_answer(
        house.artefacts, house.practice(), house.link(), f"tip-{share}", Given(form, "en", items)
    )
    return (
        service.release(house.artefacts, house.actor("receptionist"), house.answers()[-1].id, Decision("as_is")),
        receipt,
    )


def test_a_tip_is_shown_hidden_and_gone_with_its_answer(house: Any) -> None:
    key, receipt = tip(house)
    thing, desk = seen(house, "receptionist", key), house.actor("receptionist")
    assert rows(house, Tip) == []
    with pytest.raises(GuardStop):
        tips.show_tip(house.artefacts, desk, thing, "Ask for Mr Smith", GuardAnswer())
    for text in ("", "x" * 2_001):
        with pytest.raises(DraftRefused):
            tips.show_tip(house.artefacts, desk, thing, text, GuardAnswer())
    tips.show_tip(house.artefacts, desk, thing, "Ring before nine", GuardAnswer())
    tips.show_tip(house.artefacts, desk, thing, "Ring before 9", GuardAnswer())
    with house.database.read() as session:
        assert [found.text for found in reading.tips(session, house.practice().id)] == ["Ring before 9"]
        assert reading.tips(session, house.practice("mill").id) == []
    tips.hide_tip(house.artefacts, desk, thing)
    assert rows(house, Tip) == []
    tips.show_tip(house.artefacts, desk, thing, "Ring before nine", GuardAnswer())
    replies.reply(house.artefacts, house.actor("manager"), thing, Written("none", "Thank you."), GuardAnswer())
    assert service.take_back(house.artefacts, house.practice(), receipt)
    assert (rows(house, Tip), rows(house, Reply)) == ([], [])
    with house.database.read() as session:
        assert reading.by_receipt(session, house.practice().id, receipt) is None


def test_without_consent_no_tip_is_shown(house: Any) -> None:
    key, _receipt = tip(house, share=False)
    with pytest.raises(NotFound):
        tips.show_tip(house.artefacts, house.actor("receptionist"), seen(house, "nurse", key), "Ring", GuardAnswer())


def test_only_those_who_look_at_answers_show_tips(house: Any) -> None:
    thing = seen(house, "nurse", tip(house)[0])
    for role in ("nurse", "mill_receptionist", "mill_manager"):
        with pytest.raises(NotAllowed):
            tips.show_tip(house.artefacts, house.actor(role), thing, "Ring", GuardAnswer())
        with pytest.raises(NotAllowed):
            tips.hide_tip(house.artefacts, house.actor(role), thing)


# Evidence


def test_evidence_is_sorted_by_statement_and_leaves_out_what_is_private(house: Any) -> None:
    source = seen(house, "manager", concern(house))
    manager = house.actor("manager")
    private = house.artefacts.save(manager, Draft("core.note", "Mine", {"text": "My own thoughts"}, "me")).id
    key = publish(house, source, seen(house, "manager", private))
    publish(house, statements=[])
    span = evidence.period(date.today(), 3, "Europe/London")  # noqa: DTZ011 - the house's own day
    with house.database.read() as session:
        pack = evidence.pack(session, house.host, manager, span)
        theirs = evidence.pack(session, house.host, house.actor("mill_manager"), span)
        figures = evidence.figures(session, manager, span)
        early = evidence.pack(session, house.host, manager, evidence.period(date(2020, 1, 1), 3, "Europe/London"))
    assert [code for code, _pieces in pack.sorted] == ["responsive.information"]
    (piece,) = pack.sorted[0][1]
    assert (piece.thing.id, [thing.id for thing in piece.sources]) == (key, [source.id])
    assert len(pack.unsorted) == 1
    assert theirs.empty
    assert early.empty
    assert figures.total == 1


def test_a_person_gets_what_they_wrote_and_is_forgotten(house: Any) -> None:
    key, _receipt = tip(house)
    thing, manager = seen(house, "manager", key), house.actor("manager")
    tips.show_tip(house.artefacts, manager, thing, "Ring before nine", GuardAnswer())
    replies.reply(house.artefacts, manager, thing, Written("made", "Thank you for this."), GuardAnswer())
    person = house.people["manager"]
    with house.database.read() as session:
        told = house.host.doors.custody("layers_personal_data", person_id=person, session=session)
    assert "Thank you for this." in str(told)
    with house.artefacts.unit(manager) as unit:
        house.host.doors.custody("layers_erase_person", person_id=person, unit=unit)
    assert rows(house, Reply)[0].written_by is None
    assert rows(house, Tip)[0].shown_by is None


def test_an_entry_from_a_theme_answers_what_is_in_it_and_does_not_quote_it(house: Any) -> None:
    keys = [concern(house) for _number in range(8)]
    manager = house.actor("manager")
    theme = themes.make(house.artefacts, manager, "Print", "Small letters", [], GuardAnswer())
    themes.gather(house.artefacts, manager, theme, dict.fromkeys(keys[:4], ""))
    thing = seen(house, "manager", theme)
    with pytest.raises(DraftRefused):
        publish(house, thing, you_said=WORDS)
    assert share(house) == 0
    publish(house, thing)
    assert share(house) == 10 * 4 // 8


def test_promises_on_what_an_entry_came_from_are_for_those_who_may_see_it(house: Any) -> None:
    nurse = house.actor("nurse")
    promise = Promise("I ask the supplier", date(2026, 12, 1))
    draft = Draft("core.note", "Print", {"text": "Larger"}, "practice", promise=promise)
    key = publish(house, seen(house, "manager", house.artefacts.save(nurse, draft).id))
    with house.database.read() as session:
        (found,) = reading.promised_before(session, house.actor("manager"), [key])
        assert reading.promised_before(session, house.actor("mill_manager"), [key]) == []
    assert (found.expectation, found.owner_name, found.outcome) == ("I ask the supplier", "Nurse", None)
