"""What was sent before, sent once more; pages and seals that are none of ours; browsers without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from itsdangerous import TimestampSigner

from layers_core.db.base import now
from layers_core.practices.models import PublicLink
from layers_patient_input.responses import written
from layers_patient_input.ways_in import service as ways_in

PUBLIC = "/p/manor/patient-input/"
A_DAY_AND_A_MINUTE = 24 * 3600 + 60


def test_a_replayed_page_is_the_first_answer_from_wherever_and_with_whatever_words(outside: Any) -> None:
    nonce = outside.nonce()
    (receipt,) = outside.receipts(outside.post(nonce))
    for number in range(40):
        again = outside.post(nonce, address=f"198.51.100.{number}", words=f"Other words {number}")
        assert again.status_code == 200
        assert outside.receipts(again) == [receipt]
    (kept,) = outside.answers()
    assert written(kept.items) == [outside.words]


def test_a_replay_after_the_patient_took_it_back_brings_nothing_back(outside: Any) -> None:
    client, nonce = outside.app.test_client(), outside.nonce()
    (receipt,) = outside.receipts(outside.post(nonce))
    assert client.submit(client.get(f"{PUBLIC}withdraw"), {"code": receipt}).status_code == 200
    outside.post(nonce)
    (kept,) = outside.answers()
    assert (kept.state, written(kept.items)) == ("withdrawn", [])


@pytest.mark.parametrize("how", ["withdrawn", "renewed", "expired"])
def test_a_photograph_of_an_old_poster_leads_nowhere(outside: Any, world: Any, how: str) -> None:
    nonce, manager = outside.nonce(), world.actor("manager")
    assert outside.post(nonce).status_code == 200
    following = ""
    if how == "withdrawn":
        ways_in.withdraw(world.artefacts, manager, outside.token)
    elif how == "renewed":
        following = ways_in.renew(world.artefacts, manager, outside.token)
    else:
        with world.database.write() as session:
            session.get_one(PublicLink, outside.token).expires_at = now() - timedelta(seconds=1)
    for _time in range(20):
        for seal in (nonce, outside.nonce()):
            assert outside.post(seal).status_code == 410
    assert outside.app.test_client().get(f"/f/{outside.token}").status_code == 410
    if following:
        # Nor is a page of the old link one of the new link's.
        assert outside.post(nonce, token=following).status_code == 422
        assert outside.post(token=following).status_code == 200
    assert len(outside.answers()) == 1 + bool(following)


def _forged(outside: Any) -> Iterator[str]:
    """Seals that are not of a page of this link, or too old."""
    nonce = outside.nonce()
    yield from ("forged", ".", "..", nonce[:-1], f"{nonce}A", nonce.upper(), f"{nonce}.{nonce}", nonce[::-1])
    for place in (0, len(nonce) // 2, len(nonce) - 5):
        yield nonce[:place] + ("C" if nonce[place] == "B" else "B") + nonce[place + 1 :]
    yield outside.nonce(outside.way_in("sms"))
    yield outside.nonce(outside.way_in("online", "neighbour"))
    yield from ("é" * 40, "\u202e", "%00", "A" * 50_000, "." * 5_000, "' OR 1=1 --")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TimestampSigner, "get_timestamp", lambda _self: int(now().timestamp()) - A_DAY_AND_A_MINUTE)
        old = outside.nonce()
    yield old


def test_forged_foreign_and_old_seals_save_nothing_and_keep_the_words(outside: Any) -> None:
    for nonce in _forged(outside):
        for own in ({}, {"own": "A" * 24, "waited": "0"}):
            refused = outside.post(nonce, **own)
            assert refused.status_code == 422, nonce[:60]
            assert outside.words in refused.text
    assert outside.answers() == []
    # The page of the error holds a good one.
    assert outside.app.test_client().submit(refused, {}).status_code == 200
    assert len(outside.answers()) == 1


def test_without_javascript_and_cookies_a_page_and_its_errors_go_all_the_way(outside: Any) -> None:
    patient = outside.app.test_client(use_cookies=False)
    fields = outside.fields()
    score, words = fields
    missing = patient.submit(patient.get(f"/f/{outside.token}?lang=en"), {words: outside.words})
    assert missing.status_code == 422
    thanks = patient.submit(missing, {score: fields[score]})
    assert thanks.status_code == 200
    (receipt,) = outside.receipts(thanks)
    assert patient.submit(patient.get(f"{PUBLIC}withdraw"), {"code": receipt}).status_code == 200
    assert [answer.state for answer in outside.answers()] == ["withdrawn"]
