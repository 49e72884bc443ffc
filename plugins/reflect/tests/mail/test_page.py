"""The page about one's address, and what a note that came by e-mail shows."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest
from sqlalchemy import func, select

from layers_core.privacy.erasure import erase_person
from layers_core.settings import Settings
from layers_reflect.mail import reading
from layers_reflect.mail.delivering import Delivery, Outcome
from layers_reflect.mail.models import MailAddress, MailNote, MailRefused, MailSender

from .conftest import DOMAIN, message, notes

if TYPE_CHECKING:
    from layers_webshell.testclient import Browser
    from layers_webshell.testworld import World

ClientFor = Callable[..., "Browser"]
PAGE = "/manor/reflect/by-e-mail"
ADDRESS = re.compile(rf"([a-z2-7]{{26}})@{re.escape(DOMAIN)}")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """An instance with a domain for the addresses."""
    return replace(settings, mail_domain=DOMAIN)


def address_on(page: str) -> str:
    found = set(ADDRESS.findall(page))
    assert len(found) == 1
    return str(found.pop())


def test_made_shown_renewed_and_withdrawn(client_for: ClientFor, delivery: Delivery, world: World) -> None:
    nurse = client_for("nurse")
    page = nurse.get(PAGE)
    assert "Only you. Not your manager. A court can require notes." in page.text
    assert nurse.submit(page, {}, action=PAGE).status_code == 303
    page = nurse.get(PAGE)
    first = address_on(page.text)
    assert delivery.deliver(first, message().as_bytes()) == Outcome("kept")
    assert nurse.send(PAGE, {"do": "renew"}).status_code == 303
    second = address_on(nurse.get(PAGE).text)
    assert second != first
    assert delivery.deliver(first, message("Two").as_bytes()) == Outcome("unknown")
    assert delivery.deliver(second, message("Two").as_bytes()) == Outcome("kept")
    assert nurse.send(PAGE, {"do": "withdraw"}).status_code == 303
    assert ADDRESS.search(nurse.get(PAGE).text) is None
    assert delivery.deliver(second, message("Three").as_bytes()) == Outcome("unknown")
    with world.database.read() as session:
        assert session.scalar(select(func.count()).select_from(MailAddress)) == 0


def test_the_table_does_not_hold_the_address(client_for: ClientFor, world: World) -> None:
    nurse = client_for("nurse")
    nurse.send(PAGE, {"do": "make"})
    token = address_on(nurse.get(PAGE).text)
    with world.database.read() as session:
        row = session.scalars(select(MailAddress)).one()
        assert token not in (row.seed, row.token_hash)
        assert reading.my_address(session, world.actor("nurse"), "another key").token == ""  # type: ignore[union-attr]
    assert token not in client_for("gp").get(PAGE).text


def test_refusals_are_their_owners_alone(client_for: ClientFor, delivery: Delivery) -> None:
    nurse = client_for("nurse")
    nurse.send(PAGE, {"do": "make"})
    token = address_on(nurse.get(PAGE).text)
    delivery.deliver(token, message(subject="<b>zqforged</b>", sender="evil@example.com").as_bytes())
    page = nurse.get(PAGE).text
    assert "&lt;b&gt;zqforged&lt;/b&gt;" in page
    assert "It did not come from the e-mail address that you sign in with." in page
    assert "zqforged" not in client_for("manager").get(PAGE).text


def test_the_note_says_what_was_marked_until_it_is_changed(
    client_for: ClientFor, delivery: Delivery, world: World
) -> None:
    nurse = client_for("nurse")
    nurse.send(PAGE, {"do": "make"})
    token = address_on(nurse.get(PAGE).text)
    delivery.deliver(token, message("She is 943 476 5919").as_bytes())
    thing = f"/manor/things/{notes(world)[0].id}"
    assert "We marked 1 word or number that may say who somebody is." in nurse.get(thing).text
    assert client_for("gp").get(thing).status_code == 404
    edit = nurse.get(f"/manor/reflect/{notes(world)[0].id}/edit")
    assert nurse.submit(edit, {"what": "She called"}).status_code == 303
    assert "Came by e-mail" not in nurse.get(thing).text


def test_the_subject_stays_the_title_until_its_writer_changes_it(
    client_for: ClientFor, delivery: Delivery, world: World
) -> None:
    nurse = client_for("nurse")
    nurse.send(PAGE, {"do": "make"})
    token = address_on(nurse.get(PAGE).text)
    delivery.deliver(token, message("Ask who can read it", "Large print for 943 476 5919").as_bytes())
    address = f"/manor/reflect/{notes(world)[0].id}/edit"
    under = nurse.submit(nurse.get(address), {"title": "Large print", "do": "use", "use_template": "gibbs"})
    assert nurse.submit(under, {"feelings": "Calm"}, action=address).status_code == 303
    assert notes(world)[0].title == "Large print"
    long = nurse.submit(nurse.get(address), {"title": "x" * 201})
    assert long.status_code == 422
    assert 'href="#title"' in long.text
    assert nurse.submit(nurse.get(address), {"title": ""}).status_code == 303
    assert notes(world)[0].title == "Ask who can read it"
    page = nurse.get(address)
    assert 'name="title"' not in page.text, "it comes from the first answer now"
    assert nurse.submit(page, {"description": "Ask twice"}).status_code == 303
    assert notes(world)[0].title == "Ask twice"


def test_their_own_download_and_erasure(client_for: ClientFor, delivery: Delivery, world: World) -> None:
    nurse = client_for("nurse")
    nurse.send(PAGE, {"do": "make"})
    token = address_on(nurse.get(PAGE).text)
    delivery.deliver(token, message().as_bytes())
    delivery.deliver(token, message(subject="zqlost", sender="x@example.com").as_bytes())
    with world.database.read() as session:
        kept = dict(reading.personal_data(world.people["nurse"], session))
    refused = "Message that was not kept"
    assert set(kept) == {"Your address for notes by e-mail", "Note that came by e-mail", refused}
    assert kept[refused]["subject"] == "zqlost"
    assert token not in str(kept)
    erase_person(world.database, world.host, world.people["nurse"])
    with world.database.read() as session:
        for model in (MailAddress, MailNote, MailRefused):
            assert session.scalar(select(func.count()).select_from(model)) == 0
    assert delivery.deliver(token, message().as_bytes()) == Outcome("unknown")


class TestWithoutDomain:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, mail_domain="")

    def test_it_says_so(self, client_for: ClientFor) -> None:
        nurse = client_for("nurse")
        assert "E-mail is not set up here yet." in nurse.get(PAGE).text
        assert nurse.send(PAGE, {"do": "make"}).status_code == 404


def test_other_addresses_of_one_s_own_are_named_and_refused_again(
    client_for: ClientFor, delivery: Delivery, world: World
) -> None:
    nurse = client_for("nurse")
    assert nurse.send(PAGE, {"do": "make"}).status_code == 303
    token = address_on(nurse.get(PAGE).text)
    from_phone = message("From my phone", sender="Nadia <Nadia.Phone@example.com>").as_bytes()
    assert delivery.deliver(token, from_phone) == Outcome("refused", "forged")
    assert "add that to your other addresses" in nurse.get(PAGE).text
    typed = "nadia.phone@example.com\n\nnadia.phone@example.com\nNADIA@home.example"
    saved = nurse.submit(nurse.get(PAGE), {"senders": typed, "do": "senders"})
    assert saved.status_code == 303
    assert "nadia.phone@example.com\nnadia@home.example</textarea>" in nurse.get(PAGE).text
    assert delivery.deliver(token, from_phone) == Outcome("kept")
    stranger = message("From a stranger", sender="eve@example.com").as_bytes()
    assert delivery.deliver(token, stranger) == Outcome("refused", "forged")
    for wrong, words in (
        ("nadia at home", "“nadia at home” is no e-mail address"),
        (f"{token}@{DOMAIN}", "cannot be senders"),
        ("\n".join(f"n{number}@example.com" for number in range(6)), "Name 5 addresses at most"),
    ):
        refused = nurse.submit(nurse.get(PAGE), {"senders": wrong, "do": "senders"})
        assert refused.status_code == 422
        assert words in refused.text
        assert wrong in refused.text, "what was typed is still there"
    assert nurse.submit(nurse.get(PAGE), {"senders": "", "do": "senders"}).status_code == 303
    again = message("Once more", sender="nadia.phone@example.com").as_bytes()
    assert delivery.deliver(token, again).state == "refused"
    assert nurse.submit(nurse.get(PAGE), {"senders": "nadia@home.example", "do": "senders"}).status_code == 303
    assert b"nadia@home.example" in b"".join(files_of(nurse.get("/me/download").get_data()))
    erase_person(world.database, world.host, world.people["nurse"])
    with world.database.read() as session:
        assert session.scalars(select(MailSender)).all() == []


def files_of(data: bytes) -> list[bytes]:
    with ZipFile(io.BytesIO(data)) as archive:
        return [archive.read(name) for name in archive.namelist()]
