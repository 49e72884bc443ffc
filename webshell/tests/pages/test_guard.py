"""The identifier guard on a page: marks with their reasons, safer words by a button, and nothing saved meanwhile."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from layers_core.artefacts.models import Artefact, GuardDecision
from layers_webshell.testclient import Browser, forms_of
from layers_webshell.testworld import World

ClientFor = Callable[..., Browser]
TYPED = "I told Mrs Khan twice.\r\nRing 07700 900123 first."
OFFER = re.compile(r'name="guard_use" value="([^"]*)">([^<]*)<')


@pytest.fixture(scope="module")
def web_plugins(ideas: object) -> Sequence[object]:
    return [ideas]


def saved(world: World) -> int:
    with world.database.read() as session:
        return session.scalar(select(func.count()).select_from(Artefact)) or 0


def stopped(nurse: Browser, **more: str) -> TestResponse:
    page = nurse.submit(nurse.get("/manor/"), {"text": TYPED, **more}, action="/manor/record")
    assert page.status_code == 422
    return page


def press(nurse: Browser, page: TestResponse, value: str, **more: str) -> TestResponse:
    (form,) = [form for form in forms_of(page.text) if form.action.startswith("/manor/record")]
    return nurse.post(form.action, data={**form.fields.to_dict(), **more, "guard_use": value})


def text_in(page: TestResponse) -> str:
    (form,) = [form for form in forms_of(page.text) if form.action.startswith("/manor/record")]
    return form.fields["text"]


def test_each_mark_says_why_and_offers_safer_words(client_for: ClientFor) -> None:
    page = stopped(client_for("nurse")).text
    assert "I told <mark>Mrs Khan</mark> twice." in page
    assert "This looks like a person’s name." in page
    assert "Write who they were to you" in page
    assert [words for _value, words in OFFER.findall(page)] == [
        "Use “a patient”",
        "Use “a colleague”",
        "Use “[phone number left out]”",
    ]
    assert "instead of “Mrs Khan”" in page


def test_a_button_changes_one_mark_keeps_the_rest_and_saves_nothing(world: World, client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    page = stopped(nurse, promise="Print it larger", audience="practice")
    for expected in ("I told a patient twice.\r\nRing 07700 900123 first.", "I told a patient twice.\r\nRing [phone"):
        value = OFFER.findall(page.text)[0][0]
        page = press(nurse, page, value, guard_checked="yes")
        assert page.status_code == 422
        assert saved(world) == 0
        assert text_in(page).replace("\r\n", "\n").startswith(expected.replace("\r\n", "\n"))
        assert "Nothing is saved yet." in page.text
        assert "There is a problem" not in page.text
        assert "Print it larger" in page.text
        assert re.search(r'value="practice" checked', page.text)
    assert "We mark nothing more." in page.text
    assert "guard_checked" not in page.text
    done = nurse.submit(page, {"promise": "Print it larger"}, action="/manor/record")
    assert done.status_code == 303
    assert "a patient twice" in nurse.get(done.location).text
    with world.database.read() as session:
        assert not session.scalar(select(func.count()).select_from(GuardDecision))


@pytest.mark.parametrize(
    "value",
    [
        "",
        "text",
        "text:0:3:0",
        "text:7:15:9",
        "nowhere:7:15:0",
        "text:-1:15:0",
        "text:7:15:0:1:2",
        "::::",
        "text:²:15:0",
    ],
)
def test_an_offer_that_was_never_made_changes_and_saves_nothing(
    world: World, client_for: ClientFor, value: str
) -> None:
    nurse = client_for("nurse")
    page = press(nurse, stopped(nurse), value, guard_checked="yes")
    assert page.status_code == 422
    if value != "text:7:15:0:1:2":
        assert "Mrs Khan" in text_in(page)
    assert saved(world) == 0


def test_the_writer_may_decide_otherwise(world: World, client_for: ClientFor) -> None:
    nurse = client_for("nurse")
    done = nurse.submit(stopped(nurse), {"guard_checked": "yes"}, action="/manor/record")
    assert done.status_code == 303
    with world.database.read() as session:
        assert session.scalar(select(func.count()).select_from(GuardDecision)) == 1


def test_enter_saves_and_does_not_put_words_in(client_for: ClientFor) -> None:
    page = stopped(client_for("nurse")).text
    form = page[page.index('action="/manor/record') :]
    assert form.index('type="submit" tabindex="-1"') < form.index('name="guard_use"')
