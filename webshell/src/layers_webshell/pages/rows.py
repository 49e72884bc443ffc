"""Things as lines of a list, and where a page of a list ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from markupsafe import Markup, escape

from layers_core.artefacts.reading import Place
from layers_core.artefacts.search import MARK_OFF, MARK_ON
from layers_core.contract import ArtefactKind, Thing
from layers_core.i18n import gettext as _
from layers_core.web import current
from layers_webshell.cursors import from_place, to_place

SUMMARY_LENGTH = 200
ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list, as `layers/row.html` shows it."""

    url: str
    title: str
    kind: str
    summary: str | Markup
    audience: str
    at: datetime
    author: str


def kind_label(name: str) -> str:
    """What people call a kind; a word for "something else" where it is not installed."""
    kind = current.host.registry.kinds.get(name)
    return str(kind.label) if kind else _("Not available")


def kind_of(name: str) -> ArtefactKind | None:
    """An installed kind; None where its plugin is gone."""
    return current.host.registry.kinds.get(name)


def summary_of(thing: Thing) -> str:
    """The one line that a thing's kind gives, shortened; empty where it only repeats the title."""
    kind = current.host.registry.kinds.get(thing.kind)
    if kind is None or not thing.available:
        return ""
    summary = " ".join(kind.summary(thing.body).split())
    beginning = thing.title.removesuffix(ELLIPSIS)
    # Many titles are the text's own beginning, which stands above the line already.
    rest = summary.removeprefix(beginning) if beginning else summary
    if rest != summary and not thing.title.endswith(ELLIPSIS):
        rest = rest.lstrip(".!?:;, ")
    return shorten(rest if rest == summary else rest.strip(), SUMMARY_LENGTH)


def shorten(text: str, length: int) -> str:
    """A text cut at a word's end, with an ellipsis, where it is longer than `length` characters."""
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    return f"{cut.rpartition(' ')[0] or cut}{ELLIPSIS}"


def row(thing: Thing, summary: str | Markup | None = None) -> Row:
    """A thing as a line of a list."""
    return Row(
        url=url_for("thing.show", thing_id=thing.id),
        title=thing.title,
        kind=kind_label(thing.kind),
        summary=summary_of(thing) if summary is None else summary,
        audience=thing.audience.name,
        at=thing.created_at,
        author=thing.author_name,
    )


def rows(things: Iterable[Thing]) -> list[Row]:
    """Things as lines of a list."""
    return [row(thing) for thing in things]


def marked(snippet: str) -> Markup:
    """A search's line with the found words in <mark>; everything else escaped."""
    escaped = str(escape(snippet))
    # Both marks are control characters: escaping leaves them alone, and a stray one in a text becomes a harmless tag.
    return Markup(escaped.replace(MARK_ON, "<mark>").replace(MARK_OFF, "</mark>"))  # nosec B704


def cursor(place: Place) -> str:
    """Where a page ended, as an opaque word for an address."""
    return from_place(place)


def place(word: str) -> Place | None:
    """The place behind such a word; None where it is none of ours, which gives the first page."""
    try:
        return to_place(word)
    except ValueError:
        return None
