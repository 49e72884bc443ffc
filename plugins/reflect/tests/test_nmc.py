"""The reflective discussion: exactly five accounts, exactly one registrant, for a time; and the NMC's forms."""

from __future__ import annotations

import email
import email.policy
import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import docx
import pytest
from sqlalchemy import select, update

from layers_core.artefacts.models import Artefact, AudienceMember
from layers_core.contract import Draft, GuardAnswer
from layers_core.db.base import now
from layers_core.practices.models import Person
from layers_core.privacy import identifiers
from layers_core.reminding import digest, slots
from layers_core.usage.models import UsageEventRow
from layers_reflect.classification import no_facts
from layers_reflect.kinds import NOTE
from layers_reflect.nmc.models import Discussion

if TYPE_CHECKING:
    from flask import Flask

    from layers_webshell.testclient import Browser
    from layers_webshell.testworld import World

ClientFor = Callable[..., "Browser"]
PARTNER = "neighbour"
OPEN = "/manor/reflect/nmc/discussion"


def account(world: World, number: int, text: str = "") -> str:
    """A reflective account of the nurse's; gives its key."""
    body = {
        "template": "nmc_account",
        "template_version": 1,
        "answers": {
            "nature": text or f"Account {number}",
            "learned": f"Learned {number}",
            "changed": f"Changed {number}",
            "code": f"Relevant {number}",
        },
        "asked": [],
        "other": [],
        "about": {**no_facts(), "categories": ["account"]},
    }
    looked = GuardAnswer(identifiers.fingerprint([text]))
    return str(world.artefacts.save(world.actor("nurse"), Draft(NOTE, f"Account {number}", body, guard=looked)).id)


@pytest.fixture
def accounts(world: World) -> list[str]:
    """Six accounts of the nurse's."""
    return [account(world, number) for number in range(6)]


def email_of(world: World, role: str) -> str:
    with world.database.read() as session:
        return session.scalars(select(Person.email).where(Person.id == world.people[role])).one()


def opened(nurse: Browser, world: World, chosen: list[str], **more: object) -> str:
    """Open a discussion; gives the key in its address."""
    fields = {"accounts": chosen, "email": email_of(world, PARTNER), "days": "30", **more}
    answer = nurse.submit(nurse.get(OPEN), fields)
    assert answer.status_code == 303, answer.text
    return str(answer.location).rpartition("/")[2]


def copies(world: World) -> list[UUID]:
    with world.database.read() as session:
        return list(session.scalars(select(Artefact.id).where(Artefact.kind == "reflect.discussed")))


def test_one_registrant_reads_exactly_five_for_a_time(client_for: ClientFor, world: World, accounts: list[str]) -> None:
    nurse, partner = client_for("nurse"), client_for(PARTNER)
    assert "Five accounts of" not in partner.get("/riverside/reflect/nmc").text
    key = opened(nurse, world, accounts[:5])
    assert "Not read yet." in nurse.get(f"{OPEN}/{key}").text
    assert "Five accounts of Nadia Brown" in partner.get("/riverside/reflect/nmc").text
    page = partner.get(f"/riverside/reflect/nmc/discussion/{key}")
    assert page.status_code == 200
    for number in range(5):
        assert f"Learned {number}" in page.text
    assert "Learned 5" not in page.text
    page.close()
    assert "Read for the first time on" in nurse.get(f"{OPEN}/{key}").text
    # Nothing else of hers: not the accounts themselves, and nothing behind the copies.
    for original in accounts:
        assert partner.get(f"/riverside/things/{original}").status_code == 404
    for copy in copies(world):
        shown = partner.get(f"/riverside/things/{copy}")
        assert shown.status_code == 200
        assert not any(original in shown.text for original in accounts)
    for role in ("gp", "manager", "lead", "outsider"):
        practice = "hilltop" if role == "outsider" else "manor"
        someone = client_for(role)
        assert someone.get(f"/{practice}/reflect/nmc/discussion/{key}").status_code == 404
        assert {someone.get(f"/{practice}/things/{copy}").status_code for copy in copies(world)} == {404}
        assert "Account 1" not in someone.get(f"/{practice}/search?q=Account").text


def closed_to(partner: Browser, world: World, key: str) -> bool:
    pages = [f"/riverside/things/{copy}" for copy in copies(world)]
    pages.append(f"/riverside/reflect/nmc/discussion/{key}")
    unseen = "Account 1" not in partner.get("/riverside/search?q=Account").text
    return unseen and {partner.get(page).status_code for page in pages} == {404}


def test_it_is_ended_at_once(client_for: ClientFor, world: World, accounts: list[str]) -> None:
    nurse, partner = client_for("nurse"), client_for(PARTNER)
    key = opened(nurse, world, accounts[:5])
    assert not closed_to(partner, world, key)
    assert nurse.submit(nurse.get(f"{OPEN}/{key}"), {}, action=f"{OPEN}/{key}/end").status_code == 303
    assert closed_to(partner, world, key)
    assert "This discussion has ended" in nurse.get(f"{OPEN}/{key}").text
    assert partner.send(f"/riverside/reflect/nmc/discussion/{key}/end").status_code == 404


def test_it_ends_by_itself(client_for: ClientFor, world: World, accounts: list[str]) -> None:
    nurse, partner = client_for("nurse"), client_for(PARTNER)
    key = opened(nurse, world, accounts[:5], days="1")
    today = now().date()
    for until, closed in ((today + timedelta(days=1), False), (today, True)):
        with world.database.write() as session:
            session.execute(update(Discussion).values(until=until))
            session.execute(update(AudienceMember).where(AudienceMember.until.is_not(None)).values(until=until))
        assert closed_to(partner, world, key) is closed
    assert nurse.get(f"/manor/things/{copies(world)[0]}").status_code == 200


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"accounts": 4}, "Choose exactly 5 accounts"),
        ({"accounts": 6}, "Choose exactly 5 accounts"),
        ({"email": "nobody@nowhere.example"}, "Nobody who works here has this email address"),
        ({"email": ""}, "Enter the registrant’s email address"),
        ({"days": "0"}, "Choose from 1 to 90 days"),
        ({"days": "91"}, "Choose from 1 to 90 days"),
        ({"days": "soon"}, "Choose from 1 to 90 days"),
    ],
)
def test_what_does_not_fit_is_said_and_kept(
    client_for: ClientFor, world: World, accounts: list[str], fields: dict[str, object], words: str
) -> None:
    nurse = client_for("nurse")
    given: dict[str, object] = {"accounts": 5, "email": email_of(world, PARTNER), "days": "30", **fields}
    given["accounts"] = accounts[: int(str(given["accounts"]))]
    answer = nurse.submit(nurse.get(OPEN), given)
    assert answer.status_code == 422
    assert words in answer.text
    assert answer.text.count(" checked") == len(given["accounts"])  # type: ignore[arg-type]
    assert copies(world) == []


def test_one_s_own_address_and_other_people_s_notes_are_refused(
    client_for: ClientFor, world: World, accounts: list[str]
) -> None:
    nurse, gp = client_for("nurse"), client_for("gp")
    fields = {"accounts": accounts[:5], "email": email_of(world, "nurse"), "days": "30"}
    assert "not yourself" in nurse.submit(nurse.get(OPEN), fields).text
    fields["email"] = email_of(world, PARTNER)
    assert "Choose exactly 5 accounts" in gp.send(OPEN, fields).text


def test_marked_words_are_explained_before_anybody_reads_them(client_for: ClientFor, world: World) -> None:
    nurse = client_for("nurse")
    chosen = [account(world, number, "I rang Mrs Khan on 07700 900123" if number == 0 else "") for number in range(5)]
    fields = {"accounts": chosen, "email": email_of(world, PARTNER), "days": "30"}
    stopped = nurse.submit(nurse.get(OPEN), fields)
    assert stopped.status_code == 422
    assert "07700 900123" in stopped.text
    assert copies(world) == []
    answer = nurse.submit(stopped, {**fields, "guard_checked": "1", "guard_why": "Both are invented"})
    assert answer.status_code == 303
    assert len(copies(world)) == 5


def test_a_repeated_submit_opens_one_discussion(client_for: ClientFor, world: World, accounts: list[str]) -> None:
    nurse = client_for("nurse")
    page = nurse.get(OPEN)
    fields = {"accounts": accounts[:5], "email": email_of(world, PARTNER), "days": "30"}
    first, second = nurse.submit(page, fields), nurse.submit(page, fields)
    assert first.location == second.location
    assert len(copies(world)) == 5
    with world.database.read() as session:
        events = list(session.scalars(select(UsageEventRow.name).order_by(UsageEventRow.sequence)))
    assert events.count("reflect.discussion_opened") == 1


def test_copies_neither_count_nor_come_back(client_for: ClientFor, world: World, accounts: list[str]) -> None:
    nurse = client_for("nurse")
    opened(nurse, world, accounts[:5])
    assert "You have 6 of 5" in nurse.get("/manor/reflect/nmc").text


def test_the_forms_hold_the_fields_in_order(client_for: ClientFor, world: World, accounts: list[str]) -> None:
    nurse = client_for("nurse")
    page = nurse.get("/manor/reflect/nmc/forms?" + "&".join(f"account={key}" for key in accounts[:5])).text
    places = [
        page.index(words) for words in ("What was the nature", "What did you learn", "How did you change", "Code?")
    ]
    assert places == sorted(places)
    word = nurse.get("/manor/reflect/nmc/forms.docx?" + "&".join(f"account={key}" for key in accounts[:5]))
    lines = [part.text for part in docx.Document(io.BytesIO(word.data)).paragraphs]
    assert sorted(line for line in lines if line.startswith("Learned")) == [f"Learned {number}" for number in range(5)]
    assert client_for("gp").get(f"/manor/reflect/nmc/forms?account={accounts[0]}").text.count("Learned") == 0


def test_named_people_are_checked_before_the_forms(client_for: ClientFor, world: World) -> None:
    key = account(world, 0, "I rang Mrs Khan on 07700 900123")
    nurse = client_for("nurse")
    page = nurse.get(f"/manor/reflect/nmc/forms?account={key}")
    assert "Check these words first" in page.text
    assert "07700 900123" in page.text
    assert "Learned 0" not in page.text
    assert nurse.get(f"/manor/reflect/nmc/forms.docx?account={key}").status_code == 404
    assert "Learned 0" in nurse.get(f"/manor/reflect/nmc/forms?account={key}&checked=1").text


def weekly(world: World, role: str) -> list[str]:
    """What the weekly mail says that waits for somebody."""
    person, host = world.people[role], world.host
    with world.database.read() as session:
        parts = digest.sections(session, host, person, slots.SlotView(minutes=10), now(), "http://127.0.0.1")
    return [line.text for part in parts if part.heading == "Waiting for you" for line in part.lines]


def last_day(page: str) -> str:
    found = re.search(r"five accounts until ([^,]+),", page)
    assert found
    return found[1]


def test_the_registrant_is_told(
    client_for: ClientFor, world: World, accounts: list[str], app: Flask, tmp_path: Path
) -> None:
    box = tmp_path / "mail"
    sends = replace(app.extensions["layers_settings"], smtp_url=f"maildir://{box}", mail_from="layers@layers.example")
    app.extensions["layers_settings"] = sends
    nurse, partner = client_for("nurse"), client_for(PARTNER)
    opened(nurse, world, accounts[1:], days="10")
    assert list((box / "new").iterdir()) == [], "nobody who did not ask for mail gets any"
    chosen = {"weekday": "3", "starts": "12:30", "minutes": "10", "mail": ["reminders", "digest"]}
    assert partner.submit(partner.get("/me/slot"), chosen).status_code == 303
    key = opened(nurse, world, accounts[:5])
    mine = nurse.get(f"{OPEN}/{key}").text
    link = f"http://127.0.0.1/riverside/reflect/nmc/discussion/{key}"
    assert link in mine
    page = partner.get("/riverside/reflect/")
    assert "Nadia Brown asks you to read five accounts" in page.text
    waits = weekly(world, PARTNER)
    assert waits[0] == f"A colleague asks you to read five reflective accounts, until {last_day(mine)}"
    assert len(waits) == 2
    (mail,) = (box / "new").iterdir()
    sent = email.message_from_bytes(mail.read_bytes(), policy=email.policy.default)
    assert sent["To"] == email_of(world, PARTNER)
    words = sent.get_body(("plain",)).get_content()
    assert link in words
    assert "Nadia" not in words
    assert "Account" not in words
    assert partner.get(link.removeprefix("http://127.0.0.1")).status_code == 200
    assert "You can read five accounts of Nadia Brown" in partner.get("/riverside/reflect/").text
    assert len(weekly(world, PARTNER)) == 1, "what was read is no longer waited for"
    assert link not in nurse.get(f"{OPEN}/{key}").text
    assert "asks you to read" not in client_for("gp").get("/manor/reflect/").text
