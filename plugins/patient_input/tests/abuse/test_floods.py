"""Very many posts and very many guesses: what holds them back, and whom that never holds up.

10,000 posts from one address and through one link are sent by `python -m bench.patients`; here are enough of them to
pass each limit.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from layers_patient_input.responses import written

FROM_ONE, THROUGH_ONE_LINK, GUESSES = 120, 1_000, 60
NEIGHBOUR = "203.0.113.78"
PUBLIC = "/p/manor/patient-input/"


@pytest.mark.slow
def test_a_flood_from_one_address_is_held_back_and_holds_up_nobody_else(outside: Any) -> None:
    seen = Counter(outside.post(words="").status_code for _time in range(FROM_ONE + 80))
    assert seen == {200: FROM_ONE, 429: 80}
    refused = outside.post()
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3600")
    assert outside.words in refused.text
    assert "very many answers" in refused.text
    assert outside.post(address=NEIGHBOUR).status_code == 200
    # What was refused used up nothing of the link.
    left = THROUGH_ONE_LINK - FROM_ONE - 1
    outside.use_up("patient_input.link", outside.token, left, f"{THROUGH_ONE_LINK} per hour")
    assert len(outside.answers()) == FROM_ONE + 1


def test_a_refused_post_costs_about_as_much_as_to_show_the_form(outside: Any) -> None:
    outside.use_up("patient_input.client", outside.address, FROM_ONE, f"{FROM_ONE} per hour")
    client, nonce = outside.app.test_client(), outside.nonce()

    def cost(send: Callable[[], Any], status: int) -> float:
        taken = []
        for _time in range(15):
            began = time.thread_time()
            assert send().status_code == status
            taken.append(time.thread_time() - began)
        return sorted(taken)[len(taken) // 2]

    shown = cost(lambda: client.get(f"/f/{outside.token}"), 200)
    assert cost(lambda: outside.post(nonce), 429) < 2 * shown
    assert outside.answers() == []


def test_what_was_refused_is_taken_an_hour_later(outside: Any, clock: Any) -> None:
    outside.use_up("patient_input.client", outside.address, FROM_ONE, f"{FROM_ONE} per hour")
    refused = outside.post()
    assert refused.status_code == 429
    clock.moment += int(refused.headers["Retry-After"])
    # The page with the error is sent again as it is.
    sent = outside.app.test_client().submit(refused, {}, environ_overrides={"REMOTE_ADDR": outside.address})
    assert sent.status_code == 200
    assert [written(answer.items) for answer in outside.answers()] == [[outside.words]]


def test_a_flood_from_many_addresses_ends_at_the_link_and_other_ways_in_go_on(outside: Any) -> None:
    outside.use_up("patient_input.link", outside.token, THROUGH_ONE_LINK - 50, f"{THROUGH_ONE_LINK} per hour")
    addresses = [f"198.51.{number // 250}.{number % 250}" for number in range(80)]
    assert Counter(outside.post(address=one, words="").status_code for one in addresses) == {200: 50, 429: 30}
    refused = outside.post(address="192.0.2.1")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3600")
    assert outside.words in refused.text
    assert outside.post(token=outside.way_in("sms"), address="192.0.2.1").status_code == 200
    assert len(outside.answers()) == 51


def test_a_network_of_addresses_is_one_client(outside: Any) -> None:
    """A customer's line has 2 to the power of 64 addresses of IPv6, each of which could send the 120 of an hour."""
    outside.use_up("patient_input.client", "2001:db8:7:7::/64", FROM_ONE - 5, f"{FROM_ONE} per hour")
    seen = Counter(outside.post(address=f"2001:db8:7:7::{number:x}", words="").status_code for number in range(10))
    assert seen == {200: 5, 429: 5}
    assert outside.post(address="2001:db8:7:8::1").status_code == 200


@pytest.mark.slow
@pytest.mark.parametrize("method", ["online", "kiosk"])
def test_a_waiting_room_behind_one_address_is_never_blocked(outside: Any, clock: Any, method: str) -> None:
    """30 people an hour for three hours, each of whom looks at the page; every third presses the button twice."""
    token = outside.way_in(method)
    tablet = outside.app.test_client()
    kept = outside.held(tablet, token)
    for number in range(90):
        clock.moment += 120
        nonce = kept if method == "kiosk" else outside.held(outside.app.test_client(), token)
        own = {"own": f"{number:024d}", "waited": "0"} if method == "kiosk" else {}
        for _time in range(2 if number % 3 == 0 else 1):
            taken = outside.post(nonce, token=token, words=f"Patient {number}", **own)
            assert taken.status_code == 200, number
    assert [written(answer.items) for answer in outside.answers()] == [[f"Patient {number}"] for number in range(90)]


@pytest.mark.slow
def test_a_crowd_at_one_address_with_telephones_and_a_tablet_within_one_minute(outside: Any, clock: Any) -> None:
    kiosk = outside.way_in("kiosk")
    kept = outside.held(outside.app.test_client(), kiosk)
    for number in range(60):
        assert outside.post(words="").status_code == 200
        assert outside.post(kept, token=kiosk, words="", own=f"{number:024d}").status_code == 200
    assert Counter(answer.method for answer in outside.answers()) == {"online": 60, "kiosk": 60}


# Receipt codes


@pytest.mark.parametrize(("where", "works"), [("withdraw", "taken back"), ("reply", "reply")])
def test_guessing_receipt_codes_ends_after_an_hours_tries(outside: Any, clock: Any, where: str, works: str) -> None:
    (receipt,) = outside.receipts(outside.post())
    client = outside.app.test_client()

    def guess(code: str) -> Any:
        return client.post(PUBLIC + where, data={"code": code}, environ_overrides={"REMOTE_ADDR": outside.address})

    seen = Counter(guess(f"0000-0000-0000-{number:04d}").status_code for number in range(GUESSES + 40))
    assert seen == {422: GUESSES, 429: 40}
    # From now on nobody there learns whether a code was right.
    refused = guess(receipt)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3600")
    assert receipt in refused.text
    assert outside.answers()[0].state == "waiting"
    clock.moment += 3600
    found = guess(receipt)
    assert found.status_code == 200
    assert works in found.text


def test_somebody_elses_guesses_do_not_stop_a_patient(outside: Any) -> None:
    (receipt,) = outside.receipts(outside.post())
    outside.use_up("patient_input.withdraw", outside.address, GUESSES, f"{GUESSES} per hour")
    client, answered = outside.app.test_client(), []
    for address in (outside.address, NEIGHBOUR):
        sent = client.post(f"{PUBLIC}withdraw", data={"code": receipt}, environ_overrides={"REMOTE_ADDR": address})
        answered.append(sent.status_code)
    assert answered == [429, 200]
    assert outside.answers()[0].state == "withdrawn"
