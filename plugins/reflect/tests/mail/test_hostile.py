"""Messages that were made to break the reading: each is kept or refused, and none takes long or raises."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers_reflect.mail.delivering import Delivery, Outcome
from layers_reflect.mail.head import read_head, recipients
from layers_reflect.mail.html_text import text_of_html
from layers_reflect.mail.letter import Unusable, read_letter
from layers_reflect.mail.quoting import is_forwarded, own_subject, own_words

from .conftest import DOMAIN, notes, raw, text_of

if TYPE_CHECKING:
    from layers_webshell.testworld import World


def nested(depth: int) -> bytes:
    heads = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (number, number) for number in range(depth)
    )
    return b"From: nurse@example.org\r\n" + heads + b"\r\nDeep"


@pytest.mark.parametrize("depth", [45, 1000])
def test_parts_inside_one_another(world: World, delivery: Delivery, token: str, depth: int) -> None:
    assert delivery.deliver(token, nested(depth)) == Outcome("refused", "too_complex")
    assert notes(world) == []


@pytest.mark.parametrize("depth", [45, 1000])
def test_parts_inside_one_another_by_carriage_returns_alone(delivery: Delivery, token: str, depth: int) -> None:
    sent = nested(depth).replace(b"\r\n", b"\r")
    sent = sent.replace(b"\r", b"\r\n", 1)
    assert delivery.deliver(token, sent) == Outcome("refused", "too_complex")


def test_a_sender_of_quotes(delivery: Delivery, token: str) -> None:
    sent = b'From: "' + b'\\"' * 120_000 + b"\r\n\r\nText"
    assert delivery.deliver(token, sent) == Outcome("refused", "forged")


def test_lines_about_content_that_take_long(delivery: Delivery, token: str) -> None:
    one = b"Content-Type: text/plain; " + b"a=b;" * 1200 + b"\r\n"
    parts = (b"--b\r\n" + one + b"\r\nx\r\n") * 200
    sent = raw('Content-Type: multipart/mixed; boundary="b"', "", parts)
    assert delivery.deliver(token, sent) == Outcome("refused", "too_complex")
    inside = raw("Content-Type: message/rfc822", "", b"Content-Type: text/plain; " + b"a=b;" * 200_000, "", "x")
    assert delivery.deliver(token, inside) == Outcome("refused", "unreadable")


def test_a_subject_inside_that_takes_long(world: World, delivery: Delivery, token: str) -> None:
    inside = raw("Content-Type: message/rfc822", "", b"Subject: " + b"=?a?q?" * 500_000, "", "The old advice")
    assert delivery.deliver(token, inside) == Outcome("kept")
    assert text_of(notes(world)[0]).endswith("The old advice")


def test_very_many_lines(delivery: Delivery, token: str) -> None:
    assert delivery.deliver(token, nested(10) + b"\n" * 700_000) == Outcome("refused", "too_complex")


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_a_book(delivery: Delivery, token: str, kind: str) -> None:
    sent = raw(f"Content-Type: text/{kind}", "", b"<p>word\r\n" * 240_000)
    assert delivery.deliver(token, sent) == Outcome("refused", "too_long")


def test_some_depth_is_read(world: World, delivery: Delivery, token: str) -> None:
    assert delivery.deliver(token, nested(10)) == Outcome("kept")
    assert text_of(notes(world)[0]) == "Deep"


def test_very_many_parts(delivery: Delivery, token: str) -> None:
    parts = b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n" * 5000
    sent = raw('Content-Type: multipart/mixed; boundary="b"', "", parts)
    assert delivery.deliver(token, sent) == Outcome("refused", "too_complex")


@pytest.mark.parametrize(
    "lines",
    [
        ["Content-Type: multipart/mixed", "", "no boundary"],
        ['Content-Type: multipart/mixed; boundary="b"', "", "the boundary never comes"],
        ["Content-Type: text/plain; charset=no-such", "", b"caf\xe9"],
        ["Content-Type: text/plain; charset=utf-8", "", b"\xff\xfe broken"],
        ["Content-Type: text/plain; charset=utf-7", "", b"+ADw-script+AD4-"],
        ['Content-Type: text/plain; charset="\0"', "", "nul"],
        ["Content-Transfer-Encoding: base64", "", "!!! not base64 !!!"],
        ["Content-Transfer-Encoding: quoted-printable", "", "=ZZ=\x01 text"],
        ["Content-Transfer-Encoding: nonsense", "", "text"],
        ["Content-Type: ;;;===", "", "text"],
        ["Content-Type: text/plain; x=" + "(" * 4900, "", "text"],
        ["Content-Type: text/plain; x=" + "(" * 100_000, "", "text"],
        ['Content-Disposition: attachment; filename="' + "\\" * 4800, "", "text"],
        ["Subject: " + "=?utf-8?q?a?= " * 8000, "To: " + "(" * 50_000, "", "text"],
        ["Content-Type: text/html", "", "<p>text" + "<div>" * 20000],
        ["Subject: =?utf-8?b?!!!?= =?x?y?z?= \udcff", "", "text"],
        ["Date: yesterday", "Message-ID: <<>>", "", "text"],
        ["X-Long: " + "x" * 100_000, "", "text"],
        ["To: " + ", ".join(f"p{n}@{DOMAIN}" for n in range(10_000)), "", "text"],
    ],
)
def test_broken_messages_are_kept_as_well_as_they_can_be(
    world: World, delivery: Delivery, token: str, lines: list[str | bytes]
) -> None:
    found = delivery.deliver(token, raw(*lines))
    assert found.state == ("kept" if notes(world) else "refused")
    assert found in (Outcome("kept"), Outcome("refused", "too_complex"), Outcome("refused", "unreadable"))


def test_a_name_cannot_add_lines_to_anything(world: World, delivery: Delivery, token: str) -> None:
    sent = raw("Subject: =?utf-8?q?One=0D=0ABcc:_all@example.org=00?=", "", "text")
    assert delivery.deliver(token, sent) == Outcome("kept")
    assert notes(world)[0].title == "One Bcc: all@example.org"


def test_an_unending_head(delivery: Delivery, token: str) -> None:
    assert delivery.deliver(token, b"From: nurse@example.org\r\n" + b"X: y\r\n" * 200_000).reason == "too_complex"


def test_ten_thousand_recipients() -> None:
    many = ", ".join(f"p{number}@{DOMAIN}" for number in range(10_000))
    found = recipients(read_head(f"To: {many}\r\n\r\n".encode()), DOMAIN)
    assert found == [f"p{number}" for number in range(20)]


def test_the_servers_word_on_the_recipient_comes_first() -> None:
    head = read_head(f"Delivered-To: abc@{DOMAIN}\r\nTo: def@{DOMAIN}\r\n\r\n".encode())
    assert recipients(head, DOMAIN) == ["abc"]
    elsewhere = read_head(f"To: abc@{DOMAIN}.evil.example, x.abc@{DOMAIN}\r\n\r\n".encode())
    assert recipients(elsewhere, DOMAIN) == []


@given(st.binary(max_size=400), st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(head: bytes, body: bytes) -> None:
    sent = head + b"\r\n\r\n" + body
    found = read_head(sent)
    assert found.sender == found.sender.casefold()
    assert len(found.subject) <= 200
    with suppress(Unusable):
        letter = read_letter(sent, "Europe/London")
        letter.text.encode("utf-8")
        assert "\0" not in letter.text


LINES = st.lists(
    st.one_of(
        st.text(max_size=30),
        st.sampled_from(
            [
                "", "> quoted", ">> more", "-- ", "--", "On Monday, Grace wrote:", "On 1 May", "Grace wrote:",
                "From: Grace", "Sent: today", "To: me", "Subject: x", "-----Original Message-----",
                "Kind regards,", "Sent from my iPhone", "This message may contain confidential information", "_" * 32,
                "- a point", "Begin forwarded message:",
            ]
        ),
    ),
    max_size=30,
)  # fmt: skip


@given(lines=LINES, forwarded=st.booleans())
def test_own_words_are_lines_of_the_message(lines: list[str], *, forwarded: bool) -> None:
    text = "\n".join(lines)
    kept = own_words(text, forwarded=forwarded)
    there = iter(text.splitlines())
    assert all(any(line == candidate for candidate in there) for line in kept.splitlines()), "in their order"
    assert bool(kept.strip()) == bool(text.strip()), "something is always left of something"
    if forwarded:
        assert [line for line in kept.splitlines() if line.strip()] == [x for x in text.splitlines() if x.strip()]


@given(st.text(max_size=60))
def test_subjects(subject: str) -> None:
    assert own_subject(f"RE: FW: {subject}") == own_subject(subject)
    assert is_forwarded(f"FW: {subject}")


@given(st.text(max_size=200))
def test_any_html_gives_text(html: str) -> None:
    assert "<script" not in text_of_html(f"<script>{html}")
    text_of_html(html).encode("utf-8")
