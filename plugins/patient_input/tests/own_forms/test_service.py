"""A practice's own forms as they are kept: who may, versions, answers to them, on both databases."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from layers_core.artefacts.errors import DraftRefused, GuardStop, NotAllowed, NotFound
from layers_core.contract import GuardAnswer
from layers_core.forms import filling
from layers_core.forms.checking import check
from layers_core.forms.reading import read
from layers_core.practices.service import ensure_public_link
from layers_core.testkit.forms import typed
from layers_patient_input import catalogue
from layers_patient_input import service as patients
from layers_patient_input.catalogue import own_code
from layers_patient_input.models import OwnForm
from layers_patient_input.months.rules import Month
from layers_patient_input.own_forms import as_fhir, copying, exporting, reading, results, service, translating
from layers_patient_input.own_forms.building import Building, Question
from layers_patient_input.own_forms.results import Asked
from layers_patient_input.own_forms.service import Wish
from layers_patient_input.service import Given

FLU = Building(
    "Flu",
    (
        Question("q1", "one", "How was it?", options=("Good", "Bad"), required=True),
        Question("q2", "long", "Why?", only_if="q1=Bad"),
        Question("q3", "several", "When?", options=("Morning", "Evening")),
    ),
)


def made(built: Building = FLU, before: dict[str, Any] | None = None) -> service.Made:
    return lambda url, version: as_fhir.written(built, before or {}, url, version)


def keep(house: Any, built: Building = FLU, role: str = "manager", key: str = "", **more: Any) -> UUID:
    return service.keep_new(house.artefacts, house.actor(role), Wish(made(built), "built", **more), key)


def view(house: Any, key: UUID, version: int = 0, practice: str = "manor") -> reading.OwnView:
    with house.database.read() as session:
        found = reading.find(session, house.practice(practice).id, key, version)
    assert found is not None
    return found


def change(house: Any, key: UUID, built: Building, role: str = "manager", guard: GuardAnswer | None = None) -> int:
    now = view(house, key)
    base = service.fingerprint(now.source)
    make = made(built, dict(now.source))
    return service.change(house.artefacts, house.actor(role), key, make, guard or GuardAnswer(), base).version


def form_of(house: Any, key: UUID, version: int = 0) -> catalogue.Form:
    with house.database.read() as session:
        found = catalogue.find(session, house.practice(), {}, own_code(key), version)
    assert found is not None
    return found


def answer(house: Any, key: UUID, method: str = "online", **by_link_id: str) -> None:
    form = form_of(house, key)
    with house.database.write() as session:
        link = ensure_public_link(session, house.practice().id, "patient_input", own_code(key), method)
        session.expunge(link)
    sent = filling.Values()
    for name, value in typed(form.questionnaire, by_link_id).items():
        sent.add(name, value)
    filled = filling.fill(form.questionnaire, sent, "en")
    assert filled.problems == ()
    nonce = f"nonce-{uuid4()}"
    patients.take_answer(house.artefacts, house.practice(), link, nonce, Given(form, "en", filled.items))


@pytest.mark.parametrize("role", ["receptionist", "nurse"])
def test_only_leads_and_managers_make_forms(house: Any, role: str) -> None:
    with pytest.raises(NotAllowed):
        keep(house, role=role)
    key = keep(house)
    for work in (
        lambda actor: service.offer(house.artefacts, actor, key, is_open=True),
        lambda actor: service.discard(house.artefacts, actor, key),
        lambda actor: service.change(house.artefacts, actor, key, made(), GuardAnswer(), ""),
    ):
        with pytest.raises(NotAllowed):
            work(house.actor(role))
        with pytest.raises(NotFound):
            work(house.actor("mill_manager"))
    assert view(house, key).state == "draft"


def test_a_form_sent_twice_is_one_form(house: Any) -> None:
    assert keep(house, key="k") == keep(house, key="k") != keep(house, key="other")
    assert [event.props["how"] for event in house.events("patient_input.form_made")] == ["built", "built"]


def test_a_draft_changes_in_place_and_an_open_form_gets_versions(house: Any) -> None:
    key = keep(house)
    assert change(house, key, replace(FLU, title="Flu jab")) == 1
    assert (view(house, key).title, view(house, key).source["version"]) == ("Flu jab", "1")
    service.offer(house.artefacts, house.actor("manager"), key, is_open=True)
    # The same content is no new version.
    assert change(house, key, replace(FLU, title="Flu jab")) == 1
    assert change(house, key, replace(FLU, title="Vaccine")) == 2
    assert view(house, key, 1).source["title"] == "Flu jab"
    assert view(house, key).source["version"] == "2"
    service.offer(house.artefacts, house.actor("manager"), key, is_open=False)
    assert change(house, key, FLU) == 3


def test_two_who_change_a_form_don_t_undo_each_other(house: Any) -> None:
    key = keep(house)
    old = service.fingerprint(view(house, key).source)
    change(house, key, replace(FLU, title="First"))
    with pytest.raises(service.Stale):
        service.change(
            house.artefacts, house.actor("manager"), key, made(replace(FLU, title="Second")), GuardAnswer(), old
        )
    assert view(house, key).title == "First"


def test_answers_keep_the_version_that_they_were_given_to(house: Any) -> None:
    key = keep(house)
    service.offer(house.artefacts, house.actor("manager"), key, is_open=True)
    answer(house, key, q1="Bad", q2="It hurt")
    other = replace(FLU, questions=(replace(FLU.questions[0], options=("Fine", "Bad")), *FLU.questions[1:]))
    assert change(house, key, other) == 2
    answer(house, key, q1="Fine")
    first, second = house.answers()
    assert (first.form_version, second.form_version) == (1, 2)
    for kept in (first, second):
        form = form_of(house, key, kept.form_version)
        response = {"resourceType": "QuestionnaireResponse", "status": "completed", "item": kept.items}
        assert check(form.questionnaire, response) == ()
    # One with words waits for somebody to look at it; one without waits for nobody.
    assert (first.state, second.state) == ("waiting", "released")


def test_only_a_form_with_questions_is_opened_and_only_a_draft_is_removed(house: Any) -> None:
    manager = house.actor("manager")
    source = {
        "resourceType": "Questionnaire",
        "title": "Words",
        "item": [{"linkId": "a", "type": "display", "text": "Hi"}],
    }
    wish = Wish(lambda url, version: source, "imported")
    words = service.keep_new(house.artefacts, manager, wish, "")
    with pytest.raises(DraftRefused):
        service.offer(house.artefacts, manager, words, is_open=True)
    service.discard(house.artefacts, manager, words)
    with pytest.raises(NotFound):
        service.discard(house.artefacts, manager, words)
    key = keep(house)
    service.offer(house.artefacts, manager, key, is_open=True)
    with pytest.raises(DraftRefused):
        service.discard(house.artefacts, manager, key)
    service.offer(house.artefacts, manager, key, is_open=False)
    service.offer(house.artefacts, manager, key, is_open=False)
    with pytest.raises(DraftRefused):
        service.discard(house.artefacts, manager, key)
    assert len(house.events("patient_input.form_opened")) == 1


def test_a_form_of_too_many_questions_is_kept_and_not_opened(house: Any) -> None:
    items = [{"linkId": str(number), "type": "string", "text": "A"} for number in range(service.MOST_ASKED + 1)]
    source = {"resourceType": "Questionnaire", "title": "Long", "item": items}
    key = service.keep_new(house.artefacts, house.actor("manager"), Wish(lambda *_: source, "imported"), "")
    with pytest.raises(DraftRefused):
        service.offer(house.artefacts, house.actor("manager"), key, is_open=True)


def test_what_could_show_who_somebody_is_is_explained_before_patients_read_it(house: Any) -> None:
    named = replace(FLU, title="How was Mr Smith?")
    with pytest.raises(GuardStop) as stop:
        keep(house, named)
    fingerprint = stop.value.fingerprint
    with pytest.raises(GuardStop):
        keep(house, named, guard=GuardAnswer(fingerprint))
    key = keep(house, named, guard=GuardAnswer(fingerprint, "He agreed"))
    # What was looked at once is not asked about again, what is new is.
    more = Question("q9", "short", "Anything else?")
    change(house, key, replace(named, questions=(*FLU.questions, more)))
    with pytest.raises(GuardStop):
        change(house, key, replace(named, questions=(*FLU.questions, replace(more, ask="How was Mrs Patel?"))))


def test_a_form_is_copied_whole_with_a_title_and_an_address_of_its_own(house: Any) -> None:
    key = keep(house)
    form = form_of(house, key)
    wish = Wish(copying.copy_of(form), "copied")
    copy = service.keep_new(house.artefacts, house.actor("manager"), wish, "")
    source, original = view(house, copy).source, view(house, key).source
    assert (source["title"], source["url"]) == ("Flu (copy)", copy.urn)
    assert source["item"] == original["item"]
    assert not copying.may_copy("fft")
    assert not copying.may_copy("care")
    story = Wish(copying.copy_of(catalogue.built_in("story", {})), "copied")
    begun = view(house, service.keep_new(house.artefacts, house.actor("manager"), story, ""))
    found = read(begun.source).questionnaire
    assert found is not None
    assert as_fhir.read(found) is not None


def test_a_translation_is_a_version_of_an_open_form(house: Any) -> None:
    key = keep(house)
    service.offer(house.artefacts, house.actor("manager"), key, is_open=True)
    source = dict(view(house, key).source)
    told = translating.translated(source, "pl", {("q1", "Good"): "Dobrze"})
    base = service.fingerprint(source)
    make = lambda url, version: told | {"version": version}  # noqa: E731
    service.change(house.artefacts, house.actor("manager"), key, make, GuardAnswer(), base)
    assert form_of(house, key).questionnaire.items[0].options[0].label.to("pl") == "Dobrze"
    assert form_of(house, key, 1).questionnaire.items[0].options[0].label.to("pl") == "Good"


# Numbers and files


def test_what_was_chosen_is_counted_by_month_method_and_version(house: Any) -> None:
    key = keep(house)
    service.offer(house.artefacts, house.actor("manager"), key, is_open=True)
    answer(house, key, q1="Good", q3="Morning")
    answer(house, key, q1="Bad", q2="It hurt", method="kiosk")
    answer(house, key, q1="Good", method="kiosk")
    change(house, key, replace(FLU, title="Newer"))
    answer(house, key, q1="Bad")
    day = house.answers()[0].received_on
    month = Month.of(day)
    with house.database.read() as session:
        practice, form = house.practice(), form_of(house, key)
        assert results.versions(session, practice, form.code) == ["2", "1"]
        asked = Asked(form.code, "1", month, month)
        everybody = results.count_all(session, practice, form, asked)
        assert everybody == 3
        how, when = results.counted(session, practice, form, asked, everybody)
        assert [(line.words, line.count, line.share) for line in how.lines] == [("Good", 2, 67), ("Bad", 1, 33)]
        # Of several answers the share is of everybody who answered the form.
        assert [(line.words, line.count, line.share) for line in when.lines] == [("Morning", 1, 33), ("Evening", 0, 0)]
        kiosk = replace(asked, method="kiosk")
        assert results.count_all(session, practice, form, kiosk) == 2
        how, _when = results.counted(session, practice, form, kiosk, 2)
        assert [line.count for line in how.lines] == [1, 1]
        before = replace(asked, first=month.previous, last=month.previous)
        assert results.count_all(session, practice, form, before) == 0
        assert results.months(session, practice, form.code, day) == [month]
        mill = house.practice("mill")
        assert results.versions(session, mill, form.code) == []
        assert results.count_all(session, mill, form, asked) == 0


def lines(house: Any, key: UUID, role: str = "receptionist") -> list[dict[str, Any]]:
    return [json.loads(line) for line in exporting.lines(house.database, house.host, house.actor(role), own_code(key))]


def test_answers_go_out_as_responses_without_anybody_s_name(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "BATCH", 2)
    key = keep(house)
    service.offer(house.artefacts, house.actor("manager"), key, is_open=True)
    for number in range(5):
        answer(house, key, q1="Bad", q2=f"It hurt {number}")
    (first, *_rest, last) = house.answers()
    patients.keep_back(house.artefacts, house.actor("receptionist"), first.id, "identifies")
    found = lines(house, key)
    assert [one["id"] for one in found] == [str(kept.id) for kept in house.answers()]
    form = form_of(house, key)
    for one in found:
        assert check(form.questionnaire, one) == ()
        assert one["questionnaire"] == f"{key.urn}|1"
        assert "T00:00:00" in one["authored"]
        assert {"author", "source", "subject"}.isdisjoint(one)
        assert str(house.people["receptionist"]) not in json.dumps(one)
    with house.database.write() as session:
        kept = session.get_one(type(last), last.id)
        kept.state, kept.items = "withdrawn", []
        session.get_one(type(last), found and UUID(found[1]["id"])).for_manager = True
    assert [one["id"] for one in lines(house, key)] == [one["id"] for one in (found[0], *found[2:4])]
    assert [one["id"] for one in lines(house, key, "manager")] == [one["id"] for one in found[:4]]
    assert lines(house, key, "mill_manager") == []


def test_a_released_answer_goes_out_as_it_was_released(house: Any) -> None:
    key = keep(house)
    service.offer(house.artefacts, house.actor("manager"), key, is_open=True)
    answer(house, key, q1="Bad", q2="Mr Smith hurt me", q3="Evening")
    (kept,) = house.answers()
    decision = patients.Decision("edited", {0: "It hurt"})
    patients.release(house.artefacts, house.actor("receptionist"), kept.id, decision)
    (line,) = lines(house, key)
    assert "Smith" not in json.dumps(line)
    assert [entry["linkId"] for entry in line["item"]] == ["q1", "q2", "q3"]
    assert line["item"][1]["answer"] == [{"valueString": "It hurt"}]
    assert check(form_of(house, key).questionnaire, line) == ()


def test_who_made_a_form_is_in_their_download_and_can_be_forgotten(house: Any) -> None:
    key = keep(house)
    person = house.people["manager"]
    with house.database.read() as session:
        told = [
            item for _slug, item in house.host.doors.custody("layers_personal_data", person_id=person, session=session)
        ]
    assert [data["title"] for _label, data in told if "title" in data] == ["Flu"]
    with house.artefacts.unit(house.actor("manager")) as unit:
        house.host.doors.custody("layers_erase_person", person_id=person, unit=unit)
    with house.database.read() as session:
        assert session.get_one(OwnForm, key).made_by is None
    assert view(house, key).title == "Flu"
