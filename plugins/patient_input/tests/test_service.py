"""Answering, looking at answers, taking one back and telling patients, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from layers_core.artefacts import reading as core_reading
from layers_core.artefacts import trail
from layers_core.artefacts.errors import DraftRefused, GuardStop, NotAllowed, NotFound
from layers_core.artefacts.models import GuardDecision, Revision
from layers_core.contract import Actor, Draft, GuardAnswer, NewLink, PluginChoice, Thing
from layers_core.practices import mix
from layers_core.privacy import identifiers
from layers_patient_input import receipts, service
from layers_patient_input.kinds import ANSWER, MODERATE
from layers_patient_input.loop import reading as told
from layers_patient_input.models import Publication
from layers_patient_input.moderating import reading as queued
from layers_patient_input.responses import written
from layers_patient_input.service import Decision

WORDS = "I could not read my letter because the print was so small, Mr Smith knows it"
ENTRY = {
    "theme": "Letters in large print",
    "you_said": "Some of you can’t read our letters.",
    "we_learned": "Nobody had asked how people need to read.",
    "we_did": "We ask everybody once and print in 18 point.",
}


def thing_of(house: Any, actor: Actor, artefact_id: UUID) -> Thing | None:
    with house.database.read() as session:
        return core_reading.get(session, house.host, actor, artefact_id)


def seen(house: Any, role: str, artefact_id: UUID) -> Thing:
    thing = thing_of(house, house.actor(role), artefact_id)
    assert thing is not None
    return thing


def said(thing: Thing) -> list[str]:
    return [part["text"] for part in thing.body["parts"]]


def publish(house: Any, source: Thing | None = None, guard: GuardAnswer | None = None, **parts: str) -> UUID:
    saved = service.publish(
        house.artefacts,
        house.actor("manager"),
        {**ENTRY, **parts},
        guard or GuardAnswer(),
        [source] if source else None,
        "key",
    )
    return saved.id


def public(house: Any, slug: str = "manor") -> list[told.PublicEntry]:
    with house.database.read() as session:
        return told.published(session, house.host, house.practice(slug).id)


# Answering


def test_switching_on_makes_one_way_in_that_nobody_can_guess(house: Any) -> None:
    token = house.link().token
    assert len(token) >= 22  # 128 bits in base 64
    actor = house.actor("manager")
    for state in ("off", "on"):
        actor = house.actor("manager")
        choice = PluginChoice(state)
        mix.switch(house.artefacts, actor, "patient_input", choice, "Test", expected=actor.practice.mix.version)
    assert house.link().token == token


def test_an_answer_is_kept_with_what_was_asked_and_without_who_answered(house: Any) -> None:
    house.send("خط کی لکھائی بہت چھوٹی تھی", language="ur")
    (answer,) = house.answers()
    assert (answer.form, answer.form_version, answer.scale_version, answer.score) == ("fft", 1, "2020", "poor")
    assert (answer.language, answer.method, answer.state) == ("ur", "online", "waiting")
    assert answer.items[1]["text"] == "ہم کیا بہتر کر سکتے تھے؟"
    assert answer.link_token == house.link().token
    (event,) = house.events()
    assert (event.name, event.tier, event.actor_key, event.role) == ("patient_input.answered", "producing", None, "")
    assert event.props == {"with_words": True}


def test_the_same_page_sent_twice_is_one_answer_with_one_receipt(house: Any) -> None:
    receipt = house.send(nonce="same")
    assert house.send("Other words", nonce="same") == receipt
    assert [written(answer.items) for answer in house.answers()] == [[WORDS]]
    assert len(house.events("patient_input.answered")) == 1
    assert house.send(nonce="another") != receipt


def test_two_submits_of_one_page_that_meet_are_one_answer(house: Any) -> None:
    with ThreadPoolExecutor(8) as pool:
        receipts_given = set(pool.map(lambda _number: house.send(nonce="same"), range(8)))
    assert len(receipts_given) == 1
    assert len(house.answers()) == 1
    assert len(house.events("patient_input.answered")) == 1


def test_the_receipt_is_kept_only_as_a_hash(house: Any) -> None:
    receipt = house.send()
    (answer,) = house.answers()
    assert answer.receipt_hash == receipts.hash_of(receipt)
    assert receipt not in str(vars(answer))


def test_an_answer_without_words_waits_for_nobody(house: Any) -> None:
    house.send("", score="very_good")
    (answer,) = house.answers()
    assert (answer.state, answer.released_artefact_id) == ("released", None)
    with house.database.read() as session:
        assert tuple(session.execute(select(*queued.waiting(house.actor("receptionist")))).one()) == (0, None)
        assert core_reading.feed(session, house.host, house.actor("nurse")) == []


def test_too_long_or_unknown_answers_are_refused(house: Any) -> None:
    with pytest.raises(service.DoesNotFit):
        house.send("x" * 5_001)
    with pytest.raises(LookupError):
        house.send(score="extremely_likely")
    assert house.answers() == []
    assert house.events() == []


# Looking at answers


def test_nothing_is_seen_before_it_is_released(house: Any) -> None:
    house.send()
    for role in ("nurse", "receptionist", "manager", "mill_manager"):
        actor = house.actor(role)
        with house.database.read() as session:
            assert core_reading.feed(session, house.host, actor) == []
            assert core_reading.find(session, house.host, actor, "letter") == []
    assert public(house) == []


@pytest.mark.parametrize(("role", "may"), [("receptionist", True), ("manager", True), ("nurse", False)])
def test_the_practice_chooses_who_looks(house: Any, role: str, may: bool) -> None:
    house.send()
    (answer,) = house.answers()
    assert house.actor(role).can(MODERATE)
    assert service.may_moderate(house.actor(role)) is may
    if not may:
        with pytest.raises(NotAllowed):
            service.release(house.artefacts, house.actor(role), answer.id, Decision("redacted"))
        with pytest.raises(NotAllowed):
            service.keep_back(house.artefacts, house.actor(role), answer.id, "mistake")
    house.set_settings(moderators=["nurse"])
    assert service.may_moderate(house.actor(role)) is (role == "nurse")


def test_another_practices_moderators_find_nothing(house: Any) -> None:
    house.send()
    (answer,) = house.answers()
    actor = house.actor("mill_receptionist")
    with house.database.read() as session:
        assert queued.queue(session, actor, "waiting") == []
        assert queued.open_answer(session, actor, answer.id) is None
        assert tuple(session.execute(select(*queued.waiting(actor))).one()) == (0, None)
    with pytest.raises(NotFound):
        service.release(house.artefacts, actor, answer.id, Decision("redacted"))
    with pytest.raises(NotFound):
        service.keep_back(house.artefacts, actor, answer.id, "mistake")
    assert house.answers()[0].state == "waiting"


def test_release_without_the_marked_words(house: Any) -> None:
    key = house.released(translation="As Mr Smith knows")
    thing = seen(house, "nurse", key)
    assert thing.kind == ANSWER
    assert "Smith" not in str(thing)
    (part,) = thing.body["parts"]
    assert part["text"] == WORDS.replace("Mr Smith", "[removed]")
    assert part["translation"] == "As [removed] knows"
    assert (thing.body["score"], thing.body["method"], thing.audience.type) == ("poor", "online", "practice")
    assert thing.author_id is None
    assert WORDS[:10] not in thing.title
    (answer,) = house.answers()
    assert (answer.state, written(answer.items), answer.released_artefact_id) == ("released", [WORDS], key)
    assert answer.moderated_by == house.people["receptionist"]
    (released,) = house.events("patient_input.released")
    assert (released.tier, released.role, released.props) == ("using", "receptionist", {"redacted": True})
    assert thing_of(house, house.actor("mill_manager"), key) is None
    with house.database.read() as session:
        assert [hit.thing.id for hit in core_reading.find(session, house.host, house.actor("nurse"), "letter")] == [key]
        assert core_reading.find(session, house.host, house.actor("nurse"), "Smith") == []
        assert all("Smith" not in str(row.body) for row in session.scalars(select(Revision)))


def test_release_as_it_is_needs_a_look_at_the_marks(house: Any) -> None:
    house.send()
    (answer,) = house.answers()
    actor = house.actor("receptionist")
    with pytest.raises(GuardStop):
        service.release(house.artefacts, actor, answer.id, Decision("as_is"))
    assert house.answers()[0].state == "waiting"
    looked = GuardAnswer(identifiers.fingerprint([WORDS]))
    key = service.release(house.artefacts, actor, answer.id, Decision("as_is", guard=looked))
    assert said(seen(house, "nurse", key)) == [WORDS]
    assert house.events("patient_input.released")[0].props == {"redacted": False}
    with house.database.read() as session:
        decision = session.scalars(select(GuardDecision)).one()
        assert (decision.artefact_id, decision.found) == (key, {"name": 1})


def test_release_with_changed_words(house: Any) -> None:
    house.send()
    (answer,) = house.answers()
    actor = house.actor("receptionist")
    with pytest.raises(GuardStop):
        service.release(house.artefacts, actor, answer.id, Decision("edited", {0: "Dr Jones knows it"}))
    with pytest.raises(DraftRefused):
        service.release(house.artefacts, actor, answer.id, Decision("edited", {0: "  "}))
    with pytest.raises(DraftRefused):
        service.release(house.artefacts, actor, answer.id, Decision("edited", {0: "x" * 5_001}))
    key = service.release(
        house.artefacts, actor, answer.id, Decision("edited", {0: "The letter was too small"}, criticality="mild")
    )
    assert said(seen(house, "nurse", key)) == ["The letter was too small"]
    (answer,) = house.answers()
    assert (written(answer.items), answer.criticality) == ([WORDS], "mild")


def test_two_who_look_at_once_release_once(house: Any) -> None:
    house.released()
    (answer,) = house.answers()
    with pytest.raises(NotFound):
        service.release(house.artefacts, house.actor("manager"), answer.id, Decision("redacted"))
    with pytest.raises(NotFound):
        service.keep_back(house.artefacts, house.actor("manager"), answer.id, "mistake")
    assert len(house.events("patient_input.released")) == 1


def test_a_failed_release_leaves_nothing(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    house.send()
    (answer,) = house.answers()
    before = len(house.events())

    def broken(*_anything: object) -> None:
        raise RuntimeError("The power went")

    monkeypatch.setattr("layers_patient_input.moderating.service._decide", broken)
    with pytest.raises(RuntimeError):
        service.release(house.artefacts, house.actor("receptionist"), answer.id, Decision("redacted"))
    assert house.answers()[0].state == "waiting"
    assert len(house.events()) == before
    with house.database.read() as session:
        assert core_reading.feed(session, house.host, house.actor("nurse")) == []


def test_keeping_back_needs_a_reason_and_can_be_changed(house: Any) -> None:
    house.send()
    (answer,) = house.answers()
    actor = house.actor("receptionist")
    with pytest.raises(DraftRefused):
        service.keep_back(house.artefacts, actor, answer.id, "")
    service.keep_back(house.artefacts, actor, answer.id, "other_route", "severe")
    (answer,) = house.answers()
    assert (answer.state, answer.keep_back_reason, answer.criticality) == ("kept_back", "other_route", "severe")
    assert [event.tier for event in house.events("patient_input.kept_back")] == ["using"]
    with house.database.read() as session:
        assert core_reading.feed(session, house.host, house.actor("nurse")) == []
        assert tuple(session.execute(select(*queued.waiting(house.actor("receptionist")))).one()) == (0, None)
    service.release(house.artefacts, actor, answer.id, Decision("redacted"))
    (answer,) = house.answers()
    assert (answer.state, answer.keep_back_reason) == ("released", None)


def test_no_member_of_staff_may_change_or_share_a_patients_words(house: Any) -> None:
    key = house.released()
    for role in ("receptionist", "nurse", "manager"):
        actor = house.actor(role)
        with pytest.raises(NotAllowed):
            house.artefacts.share_copy(actor, key, house.cluster, GuardAnswer())
        with pytest.raises(NotAllowed):
            house.artefacts.withdraw(actor, key)
        thing = seen(house, role, key)
        draft = Draft(ANSWER, thing.title, {**thing.body, "score": "good"}, "practice")
        with pytest.raises(NotAllowed):
            house.artefacts.revise(actor, key, draft, 1)
        with pytest.raises(NotAllowed):
            house.artefacts.save(actor, draft)


# Taking an answer back


@pytest.mark.parametrize("state", ["waiting", "kept_back", "released", "no_words"])
def test_a_patient_takes_an_answer_back(house: Any, state: str) -> None:
    receipt = house.send("" if state == "no_words" else WORDS)
    (answer,) = house.answers()
    actor, key = house.actor("receptionist"), None
    if state == "kept_back":
        service.keep_back(house.artefacts, actor, answer.id, "mistake")
    if state == "released":
        key = service.release(house.artefacts, actor, answer.id, Decision("redacted"))
    assert service.take_back(house.artefacts, house.practice("mill"), receipt) is False
    assert service.take_back(house.artefacts, house.practice(), "0000-0000-0000-0000") is False
    for _time in range(2):
        assert service.take_back(house.artefacts, house.practice(), receipt.lower().replace("-", " ")) is True
    (answer,) = house.answers()
    assert (answer.state, answer.items) == ("withdrawn", [])
    (event,) = house.events("patient_input.withdrawn")
    assert (event.tier, event.actor_key) == ("using", None)
    if key:
        assert thing_of(house, house.actor("nurse"), key) is None
    with house.database.read() as session:
        assert core_reading.find(session, house.host, house.actor("nurse"), "letter") == []
    with pytest.raises(NotFound):
        service.release(house.artefacts, actor, answer.id, Decision("redacted"))


# Telling patients


def test_publishing_shows_an_entry_and_links_it_to_what_it_came_from(house: Any) -> None:
    source = seen(house, "manager", house.released())
    key = publish(house, source)
    (entry,) = public(house)
    assert (entry.id, {part: getattr(entry, part) for part in ENTRY}) == (key, ENTRY)
    assert (entry.change, entry.on) == ("made", None)
    assert public(house, "mill") == []
    (event,) = house.events("patient_input.published")
    assert (event.tier, event.role, event.artefact_id) == ("producing", "manager", key)
    with house.database.read() as session:
        around = trail.around(session, house.host, house.actor("nurse"), key)
    assert around is not None
    assert [(edge.earlier, edge.later, edge.type) for edge in around.edges] == [(source.id, key, "leads_to")]


def test_publishing_twice_with_one_key_is_one_entry(house: Any) -> None:
    assert publish(house) == publish(house)
    assert len(public(house)) == 1


def test_the_newest_entry_comes_first(house: Any) -> None:
    keys = [
        service.publish(house.artefacts, house.actor("manager"), {**ENTRY, "theme": theme}, GuardAnswer(), None).id
        for theme in ("First", "Second")
    ]
    assert [entry.id for entry in public(house)] == keys[::-1]


def test_only_leads_and_managers_publish(house: Any) -> None:
    for role in ("nurse", "receptionist"):
        with pytest.raises(NotAllowed):
            service.publish(house.artefacts, house.actor(role), ENTRY, GuardAnswer(), None)
    assert public(house) == []


def test_what_patients_read_needs_marked_words_explained(house: Any) -> None:
    text = "Mr Smith told us"
    with pytest.raises(GuardStop) as stopped:
        publish(house, you_said=text)
    assert stopped.value.wider
    looked = GuardAnswer(stopped.value.fingerprint)
    with pytest.raises(GuardStop):
        publish(house, guard=looked, you_said=text)
    # Nor by any other way to the service than the plugin's own page.
    draft = Draft("patient_input.you_said", "Theme", {**ENTRY, "you_said": text}, "practice", guard=looked)
    with pytest.raises(DraftRefused):
        house.artefacts.save(house.actor("manager"), draft)
    assert public(house) == []
    publish(house, guard=replace(looked, explanation="He is our GP and agreed"), you_said=text)
    assert len(public(house)) == 1


def test_every_part_of_an_entry_is_needed(house: Any) -> None:
    for part in ENTRY:
        with pytest.raises(DraftRefused) as refused:
            publish(house, **{part: " "})
        assert part in {problem.field for problem in refused.value.problems}
    assert public(house) == []


def test_an_entry_leaves_the_public_page_and_comes_back(house: Any) -> None:
    key = publish(house)
    actor, thing = house.actor("manager"), seen(house, "manager", key)
    with pytest.raises(NotAllowed):
        service.show_entry(house.artefacts, house.actor("nurse"), thing, shown=False)
    with pytest.raises(NotAllowed):
        service.show_entry(house.artefacts, house.actor("mill_manager"), thing, shown=False)
    for _time in range(2):
        service.show_entry(house.artefacts, actor, thing, shown=False)
        assert public(house) == []
    for _time in range(2):
        service.show_entry(house.artefacts, actor, thing, shown=True)
        assert len(public(house)) == 1
    assert len(house.events("patient_input.published")) == 2


@pytest.mark.parametrize("verb", ["withdraw", "narrow"])
def test_what_colleagues_no_longer_see_patients_no_longer_read(house: Any, verb: str) -> None:
    key = publish(house)
    if verb == "withdraw":
        house.artefacts.withdraw(house.actor("manager"), key)
    else:
        house.artefacts.narrow(house.actor("manager"), key, "me")
    assert public(house) == []
    with house.database.read() as session:
        assert session.scalars(select(Publication)).one().unpublished_at is not None


def test_patients_read_the_changed_entry(house: Any) -> None:
    source = seen(house, "manager", house.released())
    thing = seen(house, "manager", publish(house, source))
    actor = house.actor("manager")
    service.revise_entry(house.artefacts, actor, thing, {**ENTRY, "we_did": "We bought a scanner."}, GuardAnswer(), 1)
    assert public(house)[0].we_did == "We bought a scanner."
    with pytest.raises(DraftRefused):
        service.revise_entry(house.artefacts, actor, thing, {**ENTRY, "you_said": WORDS}, GuardAnswer(), 2)
    with pytest.raises(GuardStop):
        service.revise_entry(house.artefacts, actor, thing, {**ENTRY, "we_did": "Mr Smith did"}, GuardAnswer(), 2)
    with pytest.raises(NotAllowed):
        service.revise_entry(house.artefacts, house.actor("nurse"), thing, ENTRY, GuardAnswer(), 2)


# Patients' words stay in the practice

QUOTE = "They said: could not READ my letter, because the print was tiny."


def note(text: str, *links: NewLink, audience: str = "practice") -> Draft:
    return Draft("core.note", text[:100], {"text": text}, audience, links=links)


def test_a_wider_draft_may_not_quote_the_answer_that_prompted_it(house: Any) -> None:
    key = house.released(translation="Eight other words that a colleague wrote down beside it")
    actor, prompted = house.actor("nurse"), NewLink("prompted_by", key)
    for text in (QUOTE, "Now: eight other words that a colleague wrote down"):
        with pytest.raises(DraftRefused) as refused:
            house.artefacts.save(actor, note(text, prompted, audience=house.cluster))
        assert "Use your own words" in str(refused.value.problems[0].message)
        house.artefacts.save(actor, note(text, prompted))
    house.artefacts.save(actor, note("Letters need a larger print", prompted, audience=house.cluster))


def test_the_words_are_found_through_a_note_and_its_copy(house: Any) -> None:
    key = house.released()
    actor = house.actor("nurse")
    quoting = house.artefacts.save(actor, note(QUOTE, NewLink("prompted_by", key))).id
    with pytest.raises(DraftRefused):
        house.artefacts.share_copy(actor, quoting, house.cluster, GuardAnswer())
    with pytest.raises(DraftRefused):
        house.artefacts.save(actor, note(QUOTE, NewLink("prompted_by", quoting), audience="network"))
    with pytest.raises(DraftRefused):
        publish(house, seen(house, "manager", quoting), you_said=QUOTE)
    assert public(house) == []


def test_words_that_were_removed_may_not_be_quoted_either(house: Any) -> None:
    house.send()
    (answer,) = house.answers()
    key = service.release(house.artefacts, house.actor("manager"), answer.id, Decision("edited", {0: "Small print"}))
    with pytest.raises(DraftRefused):
        house.artefacts.save(house.actor("manager"), note(QUOTE, NewLink("prompted_by", key), audience=house.cluster))


def test_a_draft_without_such_a_link_is_free(house: Any) -> None:
    house.released()
    house.artefacts.save(house.actor("nurse"), note(QUOTE, audience=house.cluster))
