"""Mails as they are written: plain text and the same as simple HTML, with a link that stops them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from html import escape
from urllib.parse import urlsplit
from uuid import UUID

from layers_core.i18n import gettext as _
from layers_core.reminding import stopping
from layers_core.settings import Settings

WIDTH = 78


@dataclass(frozen=True)
class Line:
    """One line of a mail with the page that it leads to."""

    text: str
    url: str


@dataclass(frozen=True)
class Section:
    """A heading and its lines."""

    heading: str
    lines: Sequence[Line]


def letter(
    settings: Settings, person_id: UUID, to: str, kind: stopping.Kind, subject: str, sections: Sequence[Section]
) -> EmailMessage:
    """A mail of one kind to one person. Raises ValueError where the address can't stand in a header."""
    stop = f"{settings.base_url}/stop-mail/{stopping.token(settings.secret_key, person_id, kind)}"
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = settings.mail_from, to, subject
    message["Date"] = formatdate(usegmt=True)
    message["Message-ID"] = make_msgid(domain=urlsplit(settings.base_url).hostname)
    # RFC 8058: a mail program stops it with one POST. RFC 3834: no automatic answers, please.
    message["List-Unsubscribe"] = f"<{stop}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Auto-Submitted"] = "auto-generated"
    choices = f"{settings.base_url}/me/slot"
    message.set_content(_plain(sections, choices, stop))
    message.add_alternative(_html(subject, sections, choices, stop), subtype="html")
    return message


def _plain(sections: Sequence[Section], choices: str, stop: str) -> str:
    parts = []
    for section in sections:
        lines = [f"- {line.text}\n  {line.url}" for line in section.lines]
        parts.append("\n".join((section.heading, "", *lines)))
    parts.append(_("Change what we send: %(url)s", url=choices))
    parts.append(_("Stop these e-mails: %(url)s", url=stop))
    return "\n\n".join(parts) + "\n"


def _html(subject: str, sections: Sequence[Section], choices: str, stop: str) -> str:
    parts = []
    for section in sections:
        lines = "".join(f'<li><a href="{escape(line.url)}">{escape(line.text)}</a></li>' for line in section.lines)
        parts.append(f"<h2>{escape(section.heading)}</h2><ul>{lines}</ul>")
    links = ((_("Change what we send"), choices), (_("Stop these e-mails"), stop))
    foot = " · ".join(f'<a href="{escape(url)}">{escape(words)}</a>' for words, url in links)
    title = escape(subject)
    head = f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
    return f"{head}<body><h1>{title}</h1>{''.join(parts)}<p>{foot}</p></body></html>"
