"""The pages of links, posters and text messages."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import select

from layers_core.contract import PluginChoice
from layers_core.practices.models import PublicLink
from layers_patient_input.plugin import Plugin

pytest.importorskip("layers_webshell", reason="the pages are tried inside the web shell")

PAGE = "/manor/patient-input/ways-in"
LANGUAGES = ("en", "cy", "pl", "ur", "ro", "en-simple")


@pytest.fixture(scope="module")
def web_plugins() -> Sequence[object]:
    """Patient input alone."""
    return [Plugin()]


def token_of(world: Any, form: str = "fft", method: str = "online", practice: str = "manor") -> str:
    with world.database.read() as session:
        return session.scalars(
            select(PublicLink.token).where(
                PublicLink.practice_id == world.practices[practice],
                PublicLink.form == form,
                PublicLink.method == method,
                PublicLink.withdrawn_at.is_(None),
            )
        ).one()


def opened(world: Any, manager: Any, form: str = "fft", method: str = "sms") -> str:
    done = manager.submit(manager.get(PAGE), {"form": form, "method": method, "do": "new"})
    assert done.status_code == 303
    token = token_of(world, form, method)
    assert done.headers["Location"] == f"{PAGE}/{token}"
    return token


def test_opening_a_way_in_takes_two_taps(world: Any, visitor: Any, client_for: Callable[..., Any]) -> None:
    manager = client_for("manager")
    page = manager.get(PAGE)
    # The first method without a link is chosen already: one tap opens it, two another one.
    done = manager.submit(page, {"form": "fft", "do": "new"})
    assert (done.status_code, done.headers["Location"]) == (303, f"{PAGE}/{token_of(world, 'fft', 'sms')}")
    token = opened(world, manager, "fft", "kiosk")
    assert visitor.get(f"/f/{token}").status_code == 200
    table = manager.get(PAGE).text
    for words in ("Text message", "Poster, QR code and website", "Tablet in the waiting room"):
        assert words in table
    assert table.count('class="nhsuk-table__row"') == 3


def test_renewing_stops_the_old_link_at_once(world: Any, visitor: Any, client_for: Callable[..., Any]) -> None:
    manager, token = client_for("manager"), token_of(world)
    nurse = client_for("nurse")
    assert "Renew" not in nurse.get(PAGE).text + nurse.get(f"{PAGE}/{token}").text
    assert nurse.send(PAGE, {"token": token, "do": "renew"}).status_code == 404
    assert manager.submit(manager.get(PAGE), {"token": token, "do": "renew"}).status_code == 303
    gone = visitor.get(f"/f/{token}")
    assert gone.status_code == 410
    assert "not collecting answers now" in gone.text
    renewed = token_of(world)
    assert visitor.get(f"/f/{renewed}").status_code == 200
    manager.submit(manager.get(PAGE), {"token": renewed, "do": "withdraw"})
    assert visitor.get(f"/f/{renewed}").status_code == 410
    assert "patients can’t answer" in manager.get(PAGE).text
    assert manager.send(PAGE, {"token": renewed, "do": "renew"}).status_code == 404
    manager.send(PAGE)
    assert visitor.get(f"/f/{token_of(world)}").status_code == 200


def test_an_end_is_a_date_and_a_wrong_one_keeps_what_was_typed(
    world: Any, visitor: Any, client_for: Callable[..., Any]
) -> None:
    manager = client_for("manager")
    token = token_of(world)
    path = f"{PAGE}/{token}"
    for day, month, year in (("31", "2", "2099"), ("1", "1", "2020"), ("1", "1", "99999"), ("x", "", "")):
        typed = {"until-day": day, "until-month": month, "until-year": year}
        refused = manager.submit(manager.get(path), {**typed, "do": "until"})
        assert refused.status_code == 422
        assert 'href="#until-day"' in refused.text
        assert f'value="{year}"' in refused.text
        refused = manager.submit(manager.get(PAGE), {**typed, "form": "story", "method": "other", "do": "new"})
        assert refused.status_code == 422
        assert '<option value="story" selected>' in refused.text
        assert 'value="other" checked' in refused.text
    assert [text for text in (manager.get(PAGE).text,) if "Your story" in text.split("<form", 3)[0]] == []
    values = {"until-day": "31", "until-month": "12", "until-year": "2027", "do": "until"}
    assert manager.submit(manager.get(path), values).status_code == 303
    assert "Up to 31 December 2027" in manager.get(PAGE).text
    assert visitor.get(f"/f/{token}").status_code == 200


def test_a_text_in_every_language_with_its_length(world: Any, visitor: Any, client_for: Callable[..., Any]) -> None:
    manager = client_for("manager")
    token = opened(world, manager)
    page = client_for("nurse").get(f"{PAGE}/{token}").text
    texts = [html.unescape(text) for text in re.findall(r"(?s)<textarea[^>]*readonly[^>]*>(.*?)</textarea>", page)]
    assert len(texts) == len(LANGUAGES)
    for language, text in zip(LANGUAGES, texts, strict=True):
        address = f"http://127.0.0.1/f/{token}" + ("" if language == "en" else f"?lang={language}")
        assert text.endswith(f" {address}")
        assert text.startswith("Manor Street Surgery: ")
        assert visitor.get(address).status_code == 200
        # What says how long it is speaks of this text.
        assert f"{len(text)} characters – " in page
    assert "one message." in page
    assert "are not in the small alphabet" in page
    assert 'data-copy="text-en"' in page
    assert "Set up the tablet" not in page


def test_posters_by_language_and_on_one_sheet(
    world: Any, client_for: Callable[..., Any], read_codes: Callable[[str], list[str]]
) -> None:
    token, nurse = token_of(world), client_for("nurse")
    address = f"http://127.0.0.1/f/{token}"
    separate = nurse.get(f"{PAGE}/poster?token={token}").text
    assert read_codes(separate) == [address, *(f"{address}?lang={code}" for code in LANGUAGES[1:])]
    assert "How was your experience of our service?" in separate
    assert 'lang="ur" dir="rtl"' in separate
    assert "style=" not in separate
    one = nurse.get(f"{PAGE}/poster?token={token}&sheets=one").text
    assert read_codes(one) == [address]
    assert 'lang="ur" dir="rtl"' in one
    some = nurse.get(f"{PAGE}/poster?token={token}&lang=pl&lang=ur&lang=nonsense").text
    assert read_codes(some) == [f"{address}?lang=pl", f"{address}?lang=ur"]
    assert read_codes(nurse.get(f"{PAGE}/{token}").text) == [address]


def test_a_story_has_a_poster_of_its_own(world: Any, client_for: Callable[..., Any]) -> None:
    manager = client_for("manager")
    token = opened(world, manager, "story", "online")
    poster = manager.get(f"{PAGE}/poster?token={token}").text
    assert "Tell us your story" in poster
    assert "It takes one minute" not in poster


def test_the_code_as_a_file(world: Any, client_for: Callable[..., Any]) -> None:
    image = client_for("nurse").get(f"{PAGE}/qr.svg?token={token_of(world)}")
    assert image.mimetype == "image/svg+xml"
    assert image.headers["Content-Disposition"] == "attachment; filename=patient-form-online.svg"
    assert client_for("nurse").get(f"{PAGE}/qr.svg").data == image.data


@pytest.mark.parametrize("path", ["/{}", "/poster?token={}", "/qr.svg?token={}"])
def test_another_practices_or_no_link_is_not_there(world: Any, client_for: Callable[..., Any], path: str) -> None:
    theirs = token_of(world, practice="riverside")
    for token in (theirs, "A" * 22, "x" * 5_000, "%00"):
        assert client_for("manager").get(PAGE + path.format(token)).status_code == 404
    assert client_for("neighbour").get(PAGE + path.format(token_of(world))).status_code == 404


def test_a_practice_with_one_language_is_asked_for_none(world: Any, client_for: Callable[..., Any]) -> None:
    world.switch("manor", "patient_input", PluginChoice("on", settings={"languages": ["en"]}))
    poster = client_for("nurse").get(f"{PAGE}/poster").text
    assert 'name="lang"' not in poster
    assert poster.count('<section class="layers-poster') == 1
