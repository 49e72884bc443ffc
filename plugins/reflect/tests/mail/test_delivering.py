"""What becomes of a message: kept or refused with a reason, never half of it, on both databases."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from layers_core.artefacts.models import Artefact, GuardDecision
from layers_core.contract import PluginChoice
from layers_core.usage.models import UsageEventRow
from layers_reflect.mail import delivering, service
from layers_reflect.mail.delivering import Delivery, Outcome
from layers_reflect.mail.letter import LIMIT
from layers_reflect.mail.models import MailNote

from .conftest import address_of, message, notes, raw, refusals, text_of

if TYPE_CHECKING:
    from layers_webshell.testworld import World

KEPT = Outcome("kept")
INVITATION = """BEGIN:VCALENDAR
VERSION:2.0
METHOD:REQUEST
BEGIN:VEVENT
UID:1
DTSTART:20261122T140500Z
SUMMARY:Palliative care review
LOCATION:Room 2
END:VEVENT
END:VCALENDAR
"""


def picture() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(stream, "JPEG")
    return stream.getvalue()


def refused(world: World, delivery: Delivery, token: str, sent: bytes, reason: str) -> None:
    """It is refused for this reason, its owner is told once, and nothing of it is kept."""
    assert delivery.deliver(token, sent) == Outcome("refused", reason)
    assert delivery.deliver(token, sent) == Outcome("refused", reason)
    assert notes(world) == []
    assert len(refusals(world)) == 1


def test_a_message_becomes_a_private_note(world: World, delivery: Delivery, token: str) -> None:
    assert delivery.deliver(token, message().as_bytes()) == KEPT
    (note,) = notes(world)
    assert note.title == "Large print"
    assert text_of(note) == "Ask who can read the letter"
    assert note.body["template"] == "quick_note"
    with world.database.read() as session:
        audience = session.execute(text("SELECT type FROM core_audience WHERE id = :id"), {"id": note.audience_id.hex})
        assert audience.scalar_one_or_none() in ("person", None)
        names = list(session.scalars(select(UsageEventRow.name)))
    assert names.count("reflect.mailed") == 1
    assert refusals(world) == []


def test_the_same_message_twice_is_one_note(world: World, delivery: Delivery, token: str) -> None:
    sent = message()
    assert delivery.deliver(token, sent.as_bytes()) == KEPT
    again = b"Received: from elsewhere\r\nDelivered-To: x\r\n" + sent.as_bytes()
    assert delivery.deliver(token, again) == Outcome("here")
    assert delivery.deliver(token, message(text="Another").as_bytes()) == KEPT
    assert len(notes(world)) == 2


def test_a_message_that_was_saved_before_the_process_ended_is_here_already(
    world: World, delivery: Delivery, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.artefacts.__class__, "repeat_of", lambda *_: None)
    assert delivery.deliver(token, message().as_bytes()) == KEPT
    monkeypatch.undo()
    assert delivery.deliver(token, message().as_bytes()) == Outcome("here")
    assert len(notes(world)) == 1


def test_files_are_kept_and_those_that_are_not_are_named(world: World, delivery: Delivery, token: str) -> None:
    sent = message()
    sent.add_attachment(picture(), maintype="image", subtype="jpeg", filename="rash.jpg")
    sent.add_attachment(b"MZ\x90\x00" * 50, maintype="application", subtype="octet-stream", filename="setup.exe")
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", b"\0" * 20_000_000)
    sent.add_attachment(bomb.getvalue(), maintype="application", subtype="zip", filename="many.zip")
    assert delivery.deliver(token, sent.as_bytes()) == KEPT
    (note,) = notes(world)
    assert "We did not keep:" in text_of(note)
    assert "- setup.exe: " in text_of(note)
    assert "- many.zip: " in text_of(note)
    with world.database.read() as session:
        names = session.execute(text("SELECT name FROM core_attachment")).scalars().all()
    assert names == ["rash.jpg"]


def test_a_message_that_is_only_a_picture(world: World, delivery: Delivery, token: str) -> None:
    sent = message(text=None, subject="")
    sent.set_content(picture(), maintype="image", subtype="jpeg", filename="board.jpg")
    assert delivery.deliver(token, sent.as_bytes()) == KEPT
    assert notes(world)[0].title == "board.jpg"


def test_html_only(world: World, delivery: Delivery, token: str) -> None:
    sent = message(text=None)
    sent.set_content(
        "<style>p{}</style><p>Ask <b>who</b> can read</p><ul><li>one<li>two</ul><script>x()</script>"
        '<p><a href="https://guide.example/1">The guide</a></p>'
        "<div>On Monday, Grace wrote:</div><blockquote>Old words<br>more</blockquote>",
        subtype="html",
    )
    assert delivery.deliver(token, sent.as_bytes()) == KEPT
    assert text_of(notes(world)[0]) == "Ask who can read\n\n- one\n- two\n\nThe guide (https://guide.example/1)"


def test_an_invitation_becomes_a_line(world: World, delivery: Delivery, token: str) -> None:
    sent = message(text="Please come")
    sent.add_alternative(INVITATION, subtype="calendar")
    sent.add_attachment(INVITATION.encode(), maintype="text", subtype="calendar", filename="invite.ics")
    sent.add_attachment(b"BEGIN:VCALENDAR\nnonsense", maintype="text", subtype="calendar", filename="b.ics")
    assert delivery.deliver(token, sent.as_bytes()) == KEPT
    said = text_of(notes(world)[0])
    assert said.startswith("Meeting: Palliative care review, 22 November 2026 at 2:05pm, Room 2\n")
    assert said.count("Meeting:") == 1
    assert "There was an invitation that we could not read." in said
    assert said.endswith("Please come")


@pytest.mark.parametrize(("subject", "stays"), [("FW: Sepsis", True), ("Re: Sepsis", False), ("Fwd: Sepsis", True)])
def test_what_was_passed_on_stays(world: World, delivery: Delivery, token: str, subject: str, *, stays: bool) -> None:
    sent = message("Worth a talk\n\n-----Original Message-----\nFrom: A\nSent: today\nTo: B\n\nOld words", subject)
    assert delivery.deliver(token, sent.as_bytes()) == KEPT
    (note,) = notes(world)
    assert note.title == "Sepsis"
    assert ("Old words" in text_of(note)) is stays


def test_a_message_that_was_attached_whole(world: World, delivery: Delivery, token: str) -> None:
    sent = message("See below")
    sent.add_attachment(message("The old advice", "Advice"))
    assert delivery.deliver(token, sent.as_bytes()) == KEPT
    assert text_of(notes(world)[0]) == "See below\n\nAdvice\n\nThe old advice"


def test_twenty_five_megabytes(world: World, delivery: Delivery, token: str) -> None:
    sent = message().as_bytes()
    refused(world, delivery, token, sent + b"x" * (LIMIT - len(sent)), "too_large")
    assert refusals(world)[0].subject == "Large print"


def test_a_wrong_address_tells_nothing(world: World, delivery: Delivery, token: str) -> None:
    for wrong in ("", "nurse", "x" * 26, token[:-1], f"{token}a", "\udcff", "' OR 1=1"):
        assert delivery.deliver(wrong, message().as_bytes()) == Outcome("unknown")
    assert notes(world) == refusals(world) == []
    assert delivery.is_known(f"<{token.upper()}@NOTES.example.org>")
    assert not delivery.is_known(f"{token}@example.org")


def test_an_old_address_and_one_of_somebody_who_left(world: World, delivery: Delivery, token: str) -> None:
    newer = address_of(world, "nurse")
    assert newer != token
    assert delivery.deliver(token, message().as_bytes()) == Outcome("unknown")
    with world.database.write() as session:
        from layers_core.practices.service import leave

        leave(session, world.people["nurse"], world.practices["manor"])
    assert delivery.deliver(newer, message().as_bytes()) == Outcome("unknown")


@pytest.mark.parametrize(
    "sender",
    [
        "Grace <gp@example.org>",
        '"nurse@example.org" <evil@example.com>',
        "nurse@example.org, evil@example.com",
        "evil@example.com, nurse <nurse@example.org>",
        "nurse@example.org <evil@example.com>",
        "<nurse@example.org> <evil@example.com>",
        "nurse@example.org.evil.example",
        "nurse(x)@example.org",
        "",
    ],
)
def test_a_forged_sender(world: World, delivery: Delivery, token: str, sender: str) -> None:
    sent = f"From: {sender}\r\nSubject: Hello\r\n\r\nText".encode()
    refused(world, delivery, token, sent, "forged")


def test_two_senders_are_none(world: World, delivery: Delivery, token: str) -> None:
    refused(world, delivery, token, raw("From: evil@example.com", "", "Text"), "forged")


AR = "Authentication-Results: mx.example.org"


@pytest.mark.parametrize(
    ("heads", "outcome"),
    [
        ([f"{AR} 1; dmarc=pass (p=none) header.from=example.org"], "kept"),
        ([f"{AR}; spf=pass smtp.mailfrom=nurse@example.org"], "kept"),
        ([f"{AR}; dkim=pass header.d=mail.example.org; spf=fail smtp.mailfrom=x.example"], "kept"),
        ([f"{AR}; dmarc=fail header.from=example.org; spf=pass smtp.mailfrom=example.org"], "unproven"),
        ([f"{AR}; spf=pass smtp.mailfrom=evil.example; dkim=pass header.d=evil.example"], "unproven"),
        ([f"{AR}; dkim=pass header.d=notexample.org"], "unproven"),
        ([f"{AR}; none"], "unproven"),
        (["Authentication-Results: other.example; dmarc=pass header.from=example.org"], "unproven"),
        ([f"{AR}; dmarc=fail header.from=example.org", f"{AR}; dmarc=pass header.from=example.org"], "unproven"),
        ([f"{AR}; (dmarc=pass header.from=example.org) none"], "unproven"),
        ([], "unproven"),
    ],
)
def test_the_servers_word_on_the_sender(world: World, token: str, heads: list[str], outcome: str) -> None:
    checked = Delivery(world.artefacts, "notes.example.org", "mx.example.org")
    found = checked.deliver(token, "\r\n".join([*heads, "From: nurse@example.org", "", "Text"]).encode())
    assert found == (KEPT if outcome == "kept" else Outcome("refused", outcome))


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        ("Auto-Submitted: auto-replied", "automatic"),
        ("Precedence: bulk", "bulk"),
        ("List-Id: <all.example.org>", "bulk"),
        ("X-Loop: someone@notes.example.org", "loop"),
        ("Return-Path: <>", "bounce"),
    ],
)
def test_a_loop_ends_here(world: World, delivery: Delivery, token: str, head: str, reason: str) -> None:
    refused(world, delivery, token, raw(head, "Subject: Re: x", "", "Away until Monday"), reason)


def test_an_empty_return_path_is_a_bounce(world: World, delivery: Delivery, token: str) -> None:
    assert delivery.deliver(token, message().as_bytes(), bounce=True) == Outcome("refused", "bounce")
    assert delivery.deliver(token, raw("Auto-Submitted: no", "", "Text")) == KEPT
    assert len(notes(world)) == 1


def test_nothing_in_it(world: World, delivery: Delivery, token: str) -> None:
    refused(world, delivery, token, raw("Subject: Re:", "", " \r\n"), "empty")
    assert delivery.deliver(token, raw("Subject: Only this", "", "")) == KEPT
    assert notes(world)[0].title == "Only this"


def test_too_long_a_text_is_refused_whole(world: World, delivery: Delivery, token: str) -> None:
    refused(world, delivery, token, message("word " * 5000).as_bytes(), "too_long")


def test_marks_wait_for_their_writer(world: World, delivery: Delivery, token: str) -> None:
    assert delivery.deliver(token, message("She is 943 476 5919, write to ann@example.com").as_bytes()) == KEPT
    with world.database.read() as session:
        came = session.scalars(select(MailNote)).one()
        decided = session.scalars(select(GuardDecision)).one()
    assert came.marks == 2
    assert decided.explanation == ""
    assert came.artefact_id == notes(world)[0].id


def test_switched_off(world: World, delivery: Delivery, token: str) -> None:
    world.switch("manor", "reflect", PluginChoice("off"))
    assert delivery.deliver(token, message().as_bytes()) == Outcome("refused", "switched_off")
    world.switch("manor", "reflect", PluginChoice("on"))
    assert refusals(world)[0].why == "Your practice does not use Reflect now."


def test_too_many_in_an_hour_wait(
    world: World, delivery: Delivery, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "AN_HOUR", 2)
    outcomes = [delivery.deliver(token, message(str(number)).as_bytes()).state for number in range(3)]
    assert outcomes == ["kept", "kept", "later"]
    assert refusals(world) == []


def test_a_flood_pushes_out_the_oldest(world: World, delivery: Delivery, token: str) -> None:
    for number in range(service.MOST_LISTED + 3):
        delivery.deliver(token, f"From: evil@example.com\r\nSubject: {number}\r\n\r\n{number}".encode())
    listed = refusals(world)
    assert len(listed) == service.MOST_LISTED
    assert listed[0].subject == str(service.MOST_LISTED + 2)


def test_the_database_is_away(world: World, delivery: Delivery, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: object) -> None:
        raise OperationalError("", {}, Exception("gone"))

    monkeypatch.setattr(world.artefacts.__class__, "save", away)
    assert delivery.deliver(token, message().as_bytes()) == Outcome("later")
    monkeypatch.undo()
    assert delivery.deliver(token, message().as_bytes()) == KEPT
    assert len(notes(world)) == 1


def test_nobody_else_gets_it(world: World, delivery: Delivery, token: str) -> None:
    delivery.deliver(token, message("zqsecret").as_bytes())
    with world.database.read() as session:
        from layers_core.artefacts import audience

        seen = select(Artefact).where(audience.visible(world.actor("manager")))
        assert session.scalars(seen).all() == []
