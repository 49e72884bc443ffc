"""The tablet in the waiting room: its keys, its days, its limits, and pages that lead nowhere else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import TimestampSigner
from sqlalchemy import select

from layers_core.artefacts.followup import today_in
from layers_core.db.base import now
from layers_core.practices.models import PublicLink
from layers_core.testkit.forms import typed
from layers_patient_input import receipts
from layers_patient_input.catalogue import built_in
from layers_patient_input.models import Answer
from layers_patient_input.plugin import Plugin
from layers_patient_input.responses import written
from layers_patient_input.submits import day_given
from layers_patient_input.ways_in import service as ways_in

pytest.importorskip("layers_webshell", reason="the pages are tried inside the web shell")

TODAY = today_in("Europe/London")
DAY = 24 * 3600
MOMENT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LINK = re.compile(r'<a [^>]*href="([^"]+)"')


@pytest.fixture(scope="module")
def web_plugins() -> Sequence[object]:
    """Patient input alone."""
    return [Plugin()]


@pytest.fixture
def kiosk(world: Any) -> str:
    """The token of Manor's tablet."""
    return ways_in.open_way_in(world.artefacts, world.actor("manager"), "fft", "kiosk")


def answers(world: Any) -> list[Answer]:
    with world.database.read() as session:
        return list(session.scalars(select(Answer).order_by(Answer.id)))


def nonce_in(page: Any) -> str:
    found = re.search(r'name="nonce" value="([^"]+)"', page.text)
    assert found is not None
    return found.group(1)


def filled(score: str = "poor", text: str = "Small print") -> dict[str, str]:
    """What a browser sends for the questions."""
    return typed(built_in("fft", {}).questionnaire, {"score": score, "text": text})


def send(visitor: Any, token: str, nonce: str, own: str = "", waited: str = "", text: str = "Small print") -> Any:
    return visitor.post(f"/f/{token}", data={"nonce": nonce, "own": own, "waited": waited, **filled(text=text)})


def key(number: int) -> str:
    return f"{number:024d}"


def link_on_the_web(world: Any) -> str:
    with world.database.read() as session:
        return session.scalars(
            select(PublicLink.token).where(
                PublicLink.practice_id == world.practices["manor"], PublicLink.method == "online"
            )
        ).one()


# The day of an answer that waited


@pytest.mark.parametrize(
    ("waited", "page_age", "day"),
    [
        (0, 0, 23),
        (0, 30 * DAY, 23),
        (DAY, 30 * DAY, 22),
        (9 * 3600 + 1, DAY, 22),
        (3 * DAY, 30 * DAY, 20),
        # The tablet's clock says a time before its page was made, so it is wrong.
        (31 * DAY, 30 * DAY, 23),
        (999_999_999, 30 * DAY, 23),
        # A clock that gained a few minutes while the answer waited.
        (2 * DAY + 600, 2 * DAY, 21),
    ],
)
def test_the_day_on_which_an_answer_was_given(waited: int, page_age: int, day: int) -> None:
    given_on = day_given(waited, MOMENT - timedelta(seconds=page_age), MOMENT, "Europe/London")
    assert given_on.day == day


@given(
    st.integers(0, 999_999_999), st.integers(-3600, 400 * DAY), st.sampled_from(["Europe/London", "Pacific/Auckland"])
)
def test_an_answer_is_never_of_tomorrow_nor_older_than_its_page(waited: int, page_age: int, zone: str) -> None:
    made_at = MOMENT - timedelta(seconds=page_age)
    day = day_given(waited, made_at, MOMENT, zone)
    assert min(made_at, MOMENT).astimezone(ZoneInfo(zone)).date() <= day <= MOMENT.astimezone(ZoneInfo(zone)).date()


# Keys


def test_one_page_serves_patient_after_patient(world: Any, visitor: Any, kiosk: str) -> None:
    nonce = nonce_in(visitor.get(f"/f/{kiosk}"))
    seen = [send(visitor, kiosk, nonce, key(number), text=f"Patient {number}") for number in (1, 2, 1, 1)]
    assert {page.status_code for page in seen} == {200}
    assert [" ".join(written(answer.items)) for answer in answers(world)] == ["Patient 1", "Patient 2"]
    assert {answer.method for answer in answers(world)} == {"kiosk"}
    receipts_shown = [re.search(r'<code dir="ltr">([0-9A-Z-]{19})</code>', page.text).group(1) for page in seen]  # type: ignore[union-attr]
    assert receipts_shown[0] == receipts_shown[2] == receipts_shown[3] != receipts_shown[1]
    # What the tablet works out by itself, without a connection.
    practice = world.practices["manor"]
    assert receipts_shown[0] == receipts.receipt_for(f"own.{key(1)}.{practice}")


def test_what_was_kept_is_taken_once_through_a_renewed_link(world: Any, visitor: Any, kiosk: str) -> None:
    nonce = nonce_in(visitor.get(f"/f/{kiosk}"))
    assert send(visitor, kiosk, nonce, key(1)).status_code == 200
    renewed = ways_in.renew(world.artefacts, world.actor("manager"), kiosk)
    assert send(visitor, kiosk, nonce, key(2)).status_code == 410
    for number in (1, 2, 2):
        assert send(visitor, renewed, nonce, key(number)).status_code == 200
    assert len(answers(world)) == 2


def test_keys_of_one_practice_are_in_nobodys_way_elsewhere(world: Any, visitor: Any, kiosk: str) -> None:
    theirs = ways_in.open_way_in(world.artefacts, world.actor("neighbour"), "fft", "kiosk")
    for token in (kiosk, theirs):
        assert send(visitor, token, nonce_in(visitor.get(f"/f/{token}")), key(1)).status_code == 200
    assert len({answer.practice_id for answer in answers(world)}) == 2
    # A page of one practice is none of the other's.
    assert send(visitor, theirs, nonce_in(visitor.get(f"/f/{kiosk}")), key(3)).status_code == 422


def test_without_javascript_each_page_is_one_answer(world: Any, visitor: Any, kiosk: str) -> None:
    for _time in range(2):
        page = visitor.get(f"/f/{kiosk}")
        for _again in range(2):
            assert visitor.submit(page, filled("good", "")).status_code == 200
    assert len(answers(world)) == 2


@pytest.mark.parametrize("own", ["short", "x" * 5_000, "a b" * 10, "é" * 24])
def test_a_key_that_no_page_makes_is_refused_with_the_words_kept(
    world: Any, visitor: Any, kiosk: str, own: str
) -> None:
    refused = send(visitor, kiosk, nonce_in(visitor.get(f"/f/{kiosk}")), own)
    assert refused.status_code == 422
    assert "Small print" in refused.text
    assert answers(world) == []


def test_other_links_take_no_keys_from_a_page(world: Any, visitor: Any) -> None:
    with world.database.read() as session:
        token = session.scalars(
            select(PublicLink.token).where(PublicLink.practice_id == world.practices["manor"])
        ).one()
    nonce = nonce_in(visitor.get(f"/f/{token}"))
    for number in (1, 2):
        assert send(visitor, token, nonce, key(number), waited=str(40 * DAY)).status_code == 200
    (answer,) = answers(world)
    assert answer.received_on == TODAY


def test_an_answer_keeps_its_day_and_a_wild_clock_loses_nothing(
    world: Any, visitor: Any, kiosk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        # The tablet had its last connection ten days ago.
        patch.setattr(TimestampSigner, "get_timestamp", lambda _self: int(now().timestamp()) - 10 * DAY)
        nonce = nonce_in(visitor.get(f"/f/{kiosk}"))
    for number, waited in enumerate(
        (str(4 * DAY), "", "-5", "x" * 100, "9" * 5_000, str(50 * 365 * DAY), "1e9", "\x00")
    ):
        assert send(visitor, kiosk, nonce, key(number), waited).status_code == 200
    kept = answers(world)
    assert [TODAY - answer.received_on for answer in kept] == [timedelta(days=4), *[timedelta(0)] * 7]
    assert all(now() - answer.received_at < timedelta(minutes=5) for answer in kept)


def test_a_page_of_months_ago_still_sends(
    world: Any, visitor: Any, kiosk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    nonce = nonce_in(visitor.get(f"/f/{kiosk}"))
    later = int(now().timestamp()) + 200 * DAY
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _self: later)
    assert send(visitor, kiosk, nonce, key(1)).status_code == 200
    later += 201 * DAY
    stale = send(visitor, kiosk, nonce, key(2))
    assert stale.status_code == 422
    # The page that comes back brings the seal with which the same answer is taken.
    assert send(visitor, kiosk, nonce_in(stale), key(2)).status_code == 200
    assert len(answers(world)) == 2


# Pages


def test_nothing_leads_away_and_nothing_is_kept(world: Any, visitor: Any, kiosk: str) -> None:
    page = visitor.get(f"/f/{kiosk}?lang=ur&size=large")
    thanks = visitor.submit(page, filled(text=""))
    for shown in (page, thanks):
        assert shown.status_code == 200
        assert "Set-Cookie" not in shown.headers
        assert shown.headers["Cache-Control"] == "no-store"
        away = [link for link in LINK.findall(shown.text) if not link.startswith(("#", f"/f/{kiosk}"))]
        assert away == []
        assert 'class="layers-kiosk"' in shown.text
        assert "<footer" not in shown.text
        assert 'lang="ur" dir="rtl"' in shown.text
    assert 'autocomplete="off"' in page.text
    assert f'content="15;url=/f/{kiosk}"' in thanks.text
    assert "/p/manor/patient-input/withdraw" in thanks.text
    assert "layers-kiosk" not in visitor.get(f"/f/{link_on_the_web(world)}").text


def test_the_worker_of_kiosks_has_public_forms_alone_in_its_scope(visitor: Any) -> None:
    worker = visitor.get("/f/sw.js")
    assert worker.status_code == 200
    assert worker.mimetype == "text/javascript"
    assert "Set-Cookie" not in worker.headers
    assert "no-cache" in worker.headers["Cache-Control"]
    assert "Service-Worker-Allowed" not in worker.headers


# Limits


@pytest.mark.slow
def test_a_flood_through_the_kiosk_ends_and_holds_up_nobody_else(world: Any, visitor: Any, kiosk: str) -> None:
    nonce = nonce_in(visitor.get(f"/f/{kiosk}"))
    codes = [send(visitor, kiosk, nonce, key(number), text="").status_code for number in range(610)]
    assert codes == [200] * 600 + [429] * 10
    # Patients at the same address, and their telephones, go on.
    page = visitor.get(f"/f/{link_on_the_web(world)}")
    assert visitor.submit(page, filled("good", "")).status_code == 200
    assert len(answers(world)) == 601


def test_a_flood_from_a_telephone_does_not_stop_the_kiosk(world: Any, visitor: Any, kiosk: str) -> None:
    token = link_on_the_web(world)
    codes = set()
    for _time in range(121):
        page = visitor.get(f"/f/{token}")
        codes.add(visitor.submit(page, filled("good", "")).status_code)
    assert codes == {200, 429}
    nonce = nonce_in(visitor.get(f"/f/{kiosk}"))
    assert [send(visitor, kiosk, nonce, key(number)).status_code for number in range(30)] == [200] * 30
