"""The head of a message: whom it is for, who sent it, and whether a person did. Nothing here reads its body.

A head comes from a stranger, so its lines are read as they stand, with limits; what cannot be read counts as absent.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from email import policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser

from layers_core.practices.service import normalise_email

HEAD_LIMIT = 256 * 1024
SUBJECT_LIMIT = 200
SENDER_LIMIT = 2_000
READ_LIMIT = 10_000
"""So much of one line is read: what looks for names and encoded words takes long on lines that were made for it."""
RECIPIENTS = 20
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
# Control characters, and those that turn the direction of writing, so that a name could be shown backwards.
_UNSHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]+")
_QUOTED_NAME = re.compile(r'"(?:[^"\\]|\\.)*"')
_SENDER = re.compile(r"(?:[^<>]*<\s*(?P<named>[^<>@\s]+@[^<>@\s]+)\s*>|(?P<bare>[^<>@\s()]+@[^<>@\s()]+))")
# What the receiving server writes itself comes first; what senders wrote is a last resort.
_TRACES = ("delivered-to", "x-original-to", "envelope-to")
_SENT_TO = ("to", "cc", "bcc")


class HeadTooLong(ValueError):
    """The head of a message is longer than any mail program makes one."""


@dataclass(frozen=True)
class Head:
    """The head's lines by lower-case name, in their order, and a key that is the same for the same message."""

    lines: tuple[tuple[str, str], ...]
    key: str

    def all(self, name: str) -> list[str]:
        """Every value of a name, unfolded, the topmost first."""
        return [value for known, value in self.lines if known == name]

    def first(self, name: str) -> str:
        """The topmost value of a name; empty where there is none."""
        return next(iter(self.all(name)), "")

    @property
    def subject(self) -> str:
        """What the message is about, in one line of at most 200 characters that can be shown."""
        return shown(self.first("subject"))[:SUBJECT_LIMIT].rstrip()

    @property
    def sender(self) -> str:
        """The one address that it says it is from, normalised; empty where it names none or several."""
        values = self.all("from")
        readable = len(values) == 1 and len(values[0]) <= SENDER_LIMIT
        value = _QUOTED_NAME.sub("", values[0]).strip() if readable else ""
        found = _SENDER.fullmatch(value) if "," not in value and ";" not in value else None
        return normalise_email(found["named"] or found["bare"]) if found else ""


def read_head(raw: bytes) -> Head:
    """The head of a message. Raises HeadTooLong."""
    end = _END_OF_HEAD.search(raw, 0, HEAD_LIMIT)
    if end is None and len(raw) > HEAD_LIMIT:
        raise HeadTooLong
    head = raw[: end.start()] if end else raw
    # The newer policies read some values at once, and fail on hostile ones; these lines are taken as they stand.
    message = BytesHeaderParser(policy=policy.compat32).parsebytes(head)
    lines = tuple((name.lower(), " ".join(str(value).split())) for name, value in message.raw_items())
    return Head(lines, _key(lines, raw[end.end() :] if end else b""))


def _key(lines: Sequence[tuple[str, str]], body: bytes) -> str:
    """A digest of the message's own identifier and content; the lines that servers add on its way do not count."""
    digest = hashlib.sha256()
    for wanted in ("message-id", "date", "from", "subject"):
        for name, value in lines:
            if name == wanted:
                digest.update(f"{name}:{value}\n".encode("utf-8", "surrogateescape"))
    digest.update(body.replace(b"\r\n", b"\n").rstrip(b"\n"))
    return digest.hexdigest()


def shown(value: str) -> str:
    """A head's value as one line for people: encoded words are read, what cannot be shown is left out."""
    value = value[:READ_LIMIT]
    try:
        words = str(make_header(decode_header(value)))
    except (HeaderParseError, LookupError, UnicodeError, ValueError):
        words = value
    readable = words.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return " ".join(_UNSHOWN.sub(" ", readable).split())


def recipients(head: Head, domain: str) -> list[str]:
    """The first parts of the addresses at `domain` that a message is for, in lower case, at most 20."""
    pattern = re.compile(rf"(?<![\w.+-])([a-z0-9]{{1,64}})@{re.escape(domain)}(?![\w-]|\.\w)", re.IGNORECASE)
    for names in (_TRACES, _SENT_TO):
        values = [value for name in names for value in head.all(name)]
        found = dict.fromkeys(token.lower() for value in values for token in pattern.findall(value))
        if found:
            return list(found)[:RECIPIENTS]
    return []


def is_automatic(head: Head, domain: str, *, bounce: bool) -> str:
    """The code of the reason for which no person can have sent this just now; empty where one can have.

    By RFC 3834 (Auto-Submitted), RFC 2919 (List-Id) and common use (Precedence, X-Loop). `bounce` says that the
    server was given an empty return path.
    """
    if bounce or head.first("return-path") == "<>":
        return "bounce"
    if any(domain in value.casefold() for value in head.all("x-loop")) or head.sender.endswith(f"@{domain}"):
        return "loop"
    if any(value.partition(";")[0].strip().casefold() != "no" for value in head.all("auto-submitted")):
        return "automatic"
    bulk = {value.casefold() for value in head.all("precedence")} & {"bulk", "junk", "list", "auto_reply"}
    return "bulk" if bulk or head.all("list-id") else ""
