"""What an entry of a file becomes here: the thing that it was, or a quick note that says the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from layers_core.artefacts.choices import ONLY_ME
from layers_core.artefacts.service import TITLE_LIMIT
from layers_core.contract import Draft
from layers_core.db.base import now
from layers_core.i18n import gettext as _
from layers_reflect.kinds import NOTE
from layers_reflect.portfolio.bodies import body_of
from layers_reflect.portfolio.gathering import PORTFOLIO_KINDS
from layers_reflect.portfolio.interchange import ActionRecord, Entry, FileRecord, Report
from layers_reflect.titles import title_from
from layers_reflect.writing import quick_body

EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
NUL = "\x00"
_WRITTEN = ("title", "template", "answers", "asked", "about", "language", "actions", "files", "other")
"""The parts of an entry that are kept as they came; its kind is looked up."""


def keepable(entry: Entry, report: Report) -> Entry:
    """An entry as the database can hold it: without the one character that it cannot, with a time of this age.

    What had to be changed is noted.
    """
    parts = {name: getattr(entry, name) for name in _WRITTEN}
    clean = {name: _without_nul(value) for name, value in parts.items()}
    if clean != parts:
        report.note(_("a character"), entry.id.urn, _("The character number 0 cannot be kept and was left out"))
    title = clean["title"] if clean["title"].strip() else _("Without a title")
    if len(title) > TITLE_LIMIT:
        report.note(_("the title"), entry.id.urn, _("It is longer than 200 characters and was shortened"))
        title = title_from(title)
    if not (EARLIEST <= entry.created_at <= entry.updated_at <= LATEST):
        report.note(_("dates"), entry.id.urn, _("They are impossible. The moment of bringing it in stands instead"))
        moment = now()
        clean |= {"created_at": moment, "updated_at": moment}
    return replace(entry, **{**clean, "title": title})


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace(NUL, "")
    if isinstance(value, Mapping):
        return {_without_nul(key): _without_nul(part) for key, part in value.items()}
    if isinstance(value, ActionRecord | FileRecord):
        words = {name: part for name, part in vars(value).items() if isinstance(part, str)}
        return replace(value, **_without_nul(words))
    return type(value)(map(_without_nul, value)) if isinstance(value, list | tuple) else value


def drafted(entry: Entry, report: Report) -> Draft | None:
    """An entry as the draft that makes it exactly what it was; None for a kind that belongs into no portfolio."""
    if entry.kind not in PORTFOLIO_KINDS:
        report.note(entry.kind, entry.id.urn, _("This kind is not known here. It becomes a quick note"))
        return None
    return Draft(entry.kind, entry.title, body_of(entry), audience=ONLY_ME, language=entry.language)


def as_quick_note(entry: Entry) -> Draft:
    """A quick note that says everything an entry says, whatever its shape."""
    words = {**entry.other, **entry.answers, **entry.about, "asked": entry.asked}
    text = "\n".join(_lines(words)) or entry.title
    return Draft(NOTE, entry.title, quick_body(text), audience=ONLY_ME, language=entry.language)


def _lines(value: Any, name: str = "") -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _lines(part, str(key))
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _lines(part, name)
    elif value not in (None, "", 0):
        yield f"{name}: {value}" if name else str(value)
