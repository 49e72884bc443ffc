"""What is in a message: its text, its meetings and its files. It comes from outside and is taken as hostile."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from typing import cast

from layers_reflect.mail import invitations
from layers_reflect.mail.head import shown
from layers_reflect.mail.html_text import text_of_html

LIMIT = 25_000_000
"""From this many bytes on a message is refused."""
LINES = 600_000
"""Files of 25 MB take 330,000 lines; the standard library compares each line with every part that is open."""
NESTED = 20
"""More parts inside one another than any mail program makes; reading them would take long."""
PARTS = 200
HEADER_LIMIT = 5_000
HEADERS_LIMIT = 60_000
"""The lines about content of all parts together: the standard library takes a quarter of a second for a bad one."""
TEXT_LIMIT = 1_000_000
HTML_LIMIT = 2_000_000
LOGO = 20_000
"""A picture inside the text that is smaller than this belongs to a signature."""
# A carriage return alone ends a line for the standard library too.
_CONTAINER = re.compile(rb"(?:^|[\r\n])content-type:\s*(?:multipart|message)/", re.IGNORECASE)
_ABOUT_CONTENT = re.compile(rb"(?:^|[\r\n])content-[a-z-]+:[^\r\n]*(?:(?:\r\n|[\r\n])[ \t][^\r\n]*)*", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_CALENDAR = ("text/calendar", "application/ics")
# Proof of who signed a message: nobody attached it.
_SIGNATURES = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"})


class Unusable(ValueError):
    """A message that cannot be kept; `reason` is a code of `data/mail_refusals.json`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class SentFile:
    """A file that was attached, as it came."""

    name: str
    content: bytes = field(repr=False)


@dataclass
class Letter:
    """The text of a message as its sender wrote it, quoted parts and all; its meetings as lines; its files."""

    text: str = ""
    meetings: list[str] = field(default_factory=list)
    forwarded: list[str] = field(default_factory=list)
    """Messages that were attached whole, as texts."""
    files: list[SentFile] = field(default_factory=list)


def read_letter(raw: bytes, time_zone: str) -> Letter:
    """Take a message apart. `time_zone` is where its reader is, for the times of meetings.

    Raises Unusable with the code of the reason.
    """
    if len(raw) >= LIMIT:
        raise Unusable("too_large")
    if max(raw.count(b"\n"), raw.count(b"\r")) > LINES or sum(1 for _found in _CONTAINER.finditer(raw)) > NESTED:
        raise Unusable("too_complex")
    about_content = [found.end() - found.start() for found in _ABOUT_CONTENT.finditer(raw)]
    if max(about_content, default=0) > HEADER_LIMIT:
        raise Unusable("unreadable")
    if sum(about_content) > HEADERS_LIMIT:
        raise Unusable("too_complex")
    try:
        message = message_from_bytes(raw, policy=policy.default)
        return _Reading(time_zone).of(message)
    except Unusable:
        raise
    except RecursionError as fault:
        raise Unusable("too_complex") from fault
    except Exception as fault:
        # The standard library raises whatever comes (IndexError, AttributeError …) on heads that were made to break it.
        raise Unusable("unreadable") from fault


class _Reading:
    """One message being taken apart."""

    def __init__(self, time_zone: str) -> None:
        self._time_zone = time_zone
        self._letter = Letter()
        self._plain: list[str] = []
        self._html: list[str] = []

    def of(self, message: EmailMessage) -> Letter:
        """The letter that a message holds."""
        for number, part in enumerate(_leaves(message)):
            if number >= PARTS:
                raise Unusable("too_complex")
            self._take(part)
        plain = "\n\n".join(text.strip("\n") for text in self._plain if text.strip())
        # Many programs write a text beside the HTML; some leave it empty.
        self._letter.text = plain or "\n\n".join(text_of_html(html) for html in self._html)
        if len(self._letter.text) > TEXT_LIMIT:
            raise Unusable("too_long")
        self._letter.meetings = list(dict.fromkeys(self._letter.meetings))
        return self._letter

    def _take(self, part: EmailMessage) -> None:
        kind, name = part.get_content_type(), _name_of(part)
        if kind == "message/rfc822":
            self._forwarded(part)
        elif kind in _CALENDAR or name.lower().endswith(".ics"):
            self._letter.meetings += invitations.meetings(_payload(part), self._time_zone)
        elif kind in ("text/plain", "text/html") and not name and part.get_content_disposition() != "attachment":
            if len(_payload(part)) > (TEXT_LIMIT if kind == "text/plain" else HTML_LIMIT):
                raise Unusable("too_long")
            (self._plain if kind == "text/plain" else self._html).append(_text(part))
        elif kind not in _SIGNATURES and not _is_logo(part, kind):
            self._letter.files.append(SentFile(name or kind, _payload(part)))

    def _forwarded(self, part: EmailMessage) -> None:
        """A message that was attached whole: its subject and text; what is attached to it in turn is left out."""
        inner = cast("list[Message]", part.get_payload())
        if not inner or not isinstance(inner, list):
            return
        nested = _Reading(self._time_zone)
        for leaf in _leaves(cast("EmailMessage", inner[0])):
            if leaf.get_content_type() in ("text/plain", "text/html") and not _name_of(leaf):
                nested._take(leaf)
        subject = next((shown(str(value)) for name, value in inner[0].raw_items() if name.lower() == "subject"), "")
        text = "\n\n".join(nested._plain) or "\n\n".join(text_of_html(html) for html in nested._html)
        self._letter.forwarded.append(f"{subject}\n\n{text}".strip())


def _leaves(message: EmailMessage) -> Iterator[EmailMessage]:
    """The parts that hold something, in their order; a message inside is a part of its own."""
    waiting: list[Message] = [message]
    while waiting:
        part = waiting.pop()
        if part.is_multipart() and part.get_content_maintype() == "multipart":
            waiting += reversed(cast("list[Message]", part.get_payload()))
        elif part.get_content_maintype() != "multipart" or part.get_payload():
            yield cast("EmailMessage", part)


def _name_of(part: EmailMessage) -> str:
    """The name of a file; empty where the part has none."""
    name = part.get_filename()
    return shown(str(name)) if name else ""


def _payload(part: EmailMessage) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _text(part: EmailMessage) -> str:
    """The text of a part. What its charset cannot say is read as UTF-8, else as Windows does."""
    content = _payload(part)
    for charset in (part.get_content_charset() or "utf-8", "utf-8", "cp1252"):
        try:
            text = content.decode(charset)
            break
        except (LookupError, UnicodeError, ValueError):
            continue
    else:
        text = content.decode("utf-8", "replace")
    readable = text.encode("utf-8", "replace").decode("utf-8")
    return _CONTROL.sub("", readable.replace("\r\n", "\n").replace("\r", "\n")).replace("\N{NO-BREAK SPACE}", " ")


def _is_logo(part: EmailMessage, kind: str) -> bool:
    """Whether a part is a small picture that the text itself shows: decoration, mostly of a signature."""
    inside = kind.startswith("image/") and part["content-id"] is not None
    return inside and part.get_content_disposition() != "attachment" and len(_payload(part)) < LOGO
