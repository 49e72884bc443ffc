"""One working link for each form and collection method, on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from layers_core.artefacts.errors import DraftRefused, NotAllowed, NotFound
from layers_core.artefacts.followup import today_in
from layers_core.db.base import now
from layers_core.i18n import local_date
from layers_core.practices.models import PublicLink
from layers_patient_input.models import FormVersion, OwnForm
from layers_patient_input.ways_in import reading, service
from layers_patient_input.ways_in.reading import WayIn

TODAY = today_in("Europe/London")


def ways(house: Any, slug: str = "manor") -> list[WayIn]:
    with house.database.read() as session:
        return reading.ways_in(session, house.practice(slug))


def shown(house: Any) -> list[tuple[str, str]]:
    return [(way.form, way.method) for way in ways(house)]


def open_one(house: Any, form: str = "fft", method: str = "sms", until: date | None = None) -> str:
    return service.open_way_in(house.artefacts, house.actor("manager"), form, method, until)


def link(house: Any, token: str) -> PublicLink:
    with house.database.read() as session:
        return session.get_one(PublicLink, token)


def own_form(house: Any, state: str = "open") -> str:
    with house.database.write() as session:
        form = OwnForm(practice_id=house.practice().id, title="After a minor operation", state=state, version=1)
        session.add(form)
        session.flush()
        session.add(FormVersion(form_id=form.id, number=1, questionnaire={}, reported=[]))
        return f"own.{form.id.hex}"


def problems(refused: pytest.ExceptionInfo[DraftRefused]) -> Sequence[str]:
    return [problem.field for problem in refused.value.problems]


def test_a_practice_begins_with_the_test_on_the_web(house: Any) -> None:
    assert shown(house) == [("fft", "online")]
    assert ways(house)[0].works


def test_each_form_and_method_has_one_link_that_nobody_can_guess(house: Any) -> None:
    own = own_form(house)
    tokens = {
        (form, method): open_one(house, form, method) for form in ("fft", "story", own) for method in ("sms", "kiosk")
    }
    assert len(set(tokens.values())) == 6
    assert all(len(token) >= 22 for token in tokens.values())
    assert open_one(house, "fft", "sms") == tokens["fft", "sms"]
    assert {key: link(house, token).method for key, token in tokens.items()} == {key: key[1] for key in tokens}
    assert shown(house) == [
        ("fft", "sms"), ("fft", "online"), ("fft", "kiosk"), ("story", "sms"), ("story", "kiosk"),
        (own, "sms"), (own, "kiosk"),
    ]  # fmt: skip
    assert shown(house)[-1][0] == own
    assert ways(house)[-1].name == "After a minor operation"
    assert [way.form for way in ways(house, "mill")] == ["fft"]


@pytest.mark.parametrize(
    ("form", "method", "field"),
    [("care", "sms", "form"), ("nothing", "sms", "form"), ("own.0", "sms", "form"), ("fft", "telephone", "method"),
     ("fft", "handwritten", "method"), ("fft", "\0", "method"), ("x" * 50_000, "sms", "form")],
)  # fmt: skip
def test_what_is_no_way_in_is_refused(house: Any, form: str, method: str, field: str) -> None:
    with pytest.raises(DraftRefused) as refused:
        open_one(house, form, method)
    assert problems(refused) == [field]
    assert shown(house) == [("fft", "online")]


def test_a_draft_or_another_practices_form_is_not_offered(house: Any) -> None:
    draft = own_form(house, "draft")
    theirs = own_form(house)
    with house.database.write() as session:
        session.execute(update(OwnForm).where(OwnForm.state == "open").values(practice_id=house.practice("mill").id))
    for form in (draft, theirs):
        with pytest.raises(DraftRefused):
            open_one(house, form)


def test_a_closed_form_keeps_its_link_that_says_so(house: Any) -> None:
    form = own_form(house)
    open_one(house, form)
    with house.database.write() as session:
        session.execute(update(OwnForm).values(state="closed"))
    way = ways(house)[-1]
    assert (way.form, way.closed, way.works) == (form, True, False)


def test_a_link_is_renewed_or_withdrawn_by_those_who_may(house: Any) -> None:
    token, manager = house.link().token, house.actor("manager")
    for verb in (service.renew, service.withdraw):
        with pytest.raises(NotAllowed):
            verb(house.artefacts, house.actor("nurse"), token)
        for theirs in (token, "nothing", "\0"):
            with pytest.raises(NotFound):
                verb(house.artefacts, house.actor("mill_manager"), theirs)
    with pytest.raises(NotAllowed):
        service.open_way_in(house.artefacts, house.actor("nurse"), "fft", "sms")
    with pytest.raises(NotAllowed):
        service.end_on(house.artefacts, house.actor("nurse"), token, TODAY)
    renewed = service.renew(house.artefacts, manager, token)
    assert renewed != token
    assert link(house, token).withdrawn_at is not None
    assert (link(house, renewed).form, link(house, renewed).method) == ("fft", "online")
    with pytest.raises(NotFound):
        service.renew(house.artefacts, manager, token)
    service.withdraw(house.artefacts, manager, renewed)
    assert shown(house) == []
    assert open_one(house, "fft", "online") not in {token, renewed}


def test_a_link_works_up_to_its_last_day_where_the_practice_is(house: Any) -> None:
    token = open_one(house, until=TODAY)
    ends = link(house, token).expires_at
    assert ends is not None
    assert ends > now()
    assert local_date(ends, "Europe/London") == TODAY + timedelta(days=1)
    way = next(way for way in ways(house) if way.token == token)
    assert (way.last_day, way.works) == (TODAY, True)
    # The renewed one ends as its forerunner would have.
    renewed = service.renew(house.artefacts, house.actor("manager"), token)
    assert link(house, renewed).expires_at == ends
    service.end_on(house.artefacts, house.actor("manager"), renewed, None)
    assert link(house, renewed).expires_at is None


def test_an_ended_link_shows_until_another_takes_its_place(house: Any) -> None:
    token = open_one(house)
    with house.database.write() as session:
        session.execute(
            update(PublicLink).where(PublicLink.token == token).values(expires_at=now() - timedelta(days=2))
        )
    ended = next(way for way in ways(house) if way.token == token)
    assert (ended.ended, ended.works) == (True, False)
    again = open_one(house)
    assert again != token
    assert [way.token for way in ways(house) if way.method == "sms"] == [again]


@pytest.mark.parametrize("until", [TODAY - timedelta(days=1), TODAY + timedelta(days=6 * 366)])
def test_an_end_that_makes_no_sense_is_refused(house: Any, until: date) -> None:
    for try_it in (
        lambda: open_one(house, until=until),
        lambda: service.end_on(house.artefacts, house.actor("manager"), house.link().token, until),
    ):
        with pytest.raises(DraftRefused) as refused:
            try_it()
        assert problems(refused) == ["until-day"]
    assert house.link().expires_at is None


def test_two_who_press_at_once_make_one_link(house: Any) -> None:
    with ThreadPoolExecutor(6) as pool:
        tokens = list(pool.map(lambda _number: open_one(house, "tip", "kiosk"), range(6)))
    assert len(set(tokens)) == 1
    with house.database.read() as session:
        rows = session.scalars(select(PublicLink.token).where(PublicLink.form == "tip")).all()
    assert rows == [tokens[0]]
