"""The NMC's forms, filled in: the fields in their order (data/nmc.json), on a page and as a Word document. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, BinaryIO

from layers_core.contract import Thing
from layers_core.i18n import format_date
from layers_core.i18n import gettext as _
from layers_core.privacy import identifiers
from layers_reflect.nmc.rules import rules
from layers_reflect.prompts import in_words, template_of

if TYPE_CHECKING:
    from docx.document import Document


@dataclass(frozen=True)
class Line:
    """One field of a form and what stands in it; empty where it is to be filled in by hand."""

    label: str
    text: str


@dataclass(frozen=True)
class FilledAccount:
    """One reflective account, with the note that it is."""

    note: Thing
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class FilledPart:
    """A part of the discussion form under its heading."""

    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Filled:
    """Both forms; `discussion` is empty where none was chosen."""

    accounts_title: str
    accounts: tuple[FilledAccount, ...]
    discussion_title: str
    discussion: tuple[FilledPart, ...]


def fill(accounts: Sequence[Thing], discussion: Thing | None, own_name: str) -> Filled:
    """The forms with what notes say. A note of another template than the account's stands whole in the first field."""
    data = rules()
    return Filled(
        _(data["account_form"]["title"]),
        tuple(FilledAccount(note, _account_lines(note)) for note in accounts),
        _(data["discussion_form"]["title"]),
        _discussion(discussion, own_name) if discussion else (),
    )


def _account_lines(note: Thing) -> tuple[Line, ...]:
    template, answers = template_of(note.body), note.body["answers"]
    wanted = rules()["account_form"]["fields"]
    if not {question.id for question in template.questions} >= set(wanted):
        return tuple(
            Line(_(question.prompt), in_words(question, answers[question.id]))
            for question in template.questions
            if answers.get(question.id)
        )
    by_id = {question.id: question for question in template.questions}
    return tuple(Line(_(by_id[code].prompt), in_words(by_id[code], answers.get(code, ""))) for code in wanted)


def _discussion(note: Thing, own_name: str) -> tuple[FilledPart, ...]:
    about = note.body["about"]["date"]
    held = format_date(date.fromisoformat(about) if about else note.created_at.date())
    known = {**{key: str(value) for key, value in note.body["answers"].items()}, "own_name": own_name, "held_on": held}
    return tuple(
        FilledPart(
            _(part["heading"]), tuple(Line(_(field["label"]), known.get(field["id"], "")) for field in part["fields"])
        )
        for part in rules()["discussion_form"]["parts"]
    )


def marked(filled: Filled) -> list[tuple[Thing, list[str]]]:
    """The accounts in which the identifier guard marks words, each with the words: an account names nobody (NMC)."""
    found = []
    for account in filled.accounts:
        words = [line.text[span.start : span.end] for line in account.lines for span in identifiers.find(line.text)]
        if words:
            found.append((account.note, list(dict.fromkeys(words))))
    return found


def write_docx(filled: Filled, stream: BinaryIO) -> None:
    """Write both forms as a Word document: a page for each account, then the discussion."""
    # Word documents are rare, and the library takes 0.1 s and some memory of every start.
    import docx

    document = docx.Document()
    for number, account in enumerate(filled.accounts, 1):
        title = document.add_heading(f"{filled.accounts_title} {number}", level=1)
        title.paragraph_format.page_break_before = number > 1
        _add_lines(document, account.lines)
    if filled.discussion:
        title = document.add_heading(filled.discussion_title, level=1)
        title.paragraph_format.page_break_before = bool(filled.accounts)
        for part in filled.discussion:
            document.add_heading(part.heading, level=2)
            _add_lines(document, part.lines)
    document.save(stream)


def _add_lines(document: Document, lines: Sequence[Line]) -> None:
    for line in lines:
        document.add_paragraph().add_run(line.label).bold = True
        document.add_paragraph(line.text)
