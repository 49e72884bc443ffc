"""A portfolio as a Word document, with Word's own headings, so that one can move about in it and make contents."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO

from layers_core.i18n import gettext as _
from layers_reflect.portfolio import readable
from layers_reflect.portfolio.interchange import Entry, Portfolio
from layers_reflect.portfolio.page_html import heading_of, made_on

if TYPE_CHECKING:
    from docx.document import Document

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(portfolio: Portfolio, out: BinaryIO) -> None:
    """Write a portfolio as DOCX. A Word file is one XML document, so it is held in memory while it is made."""
    import docx
    from docx.shared import Mm, Pt

    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(20)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(11)
    # Without a name of ours it would carry the library's.
    document.core_properties.author = _clean(portfolio.person_name)
    document.core_properties.title = _clean(heading_of(portfolio))
    document.core_properties.comments = ""
    document.core_properties.created = document.core_properties.modified = portfolio.made_at.replace(tzinfo=None)
    document.add_heading(_clean(heading_of(portfolio)), 0)
    count_line = document.add_paragraph()
    count = 0
    for entry in portfolio.entries:
        _entry(document, entry)
        count += 1
    count_line.add_run(_clean(made_on(portfolio, count)))
    document.save(out)


def _entry(document: Document, entry: Entry) -> None:
    document.add_heading(_clean(entry.title), 1)
    facts = readable.facts(entry)
    table = document.add_table(rows=len(facts), cols=2)
    for (name, words), row in zip(facts, table.rows, strict=True):
        left, right = row.cells
        left.paragraphs[0].add_run(_clean(name)).bold = True
        right.paragraphs[0].add_run(_clean(words))
    for heading, text in readable.said(entry):
        if heading:
            document.add_heading(_clean(heading), 2)
        _text(document, text)
    if entry.actions:
        document.add_heading(_clean(_("What I will do")), 2)
        for action in entry.actions:
            _text(document, readable.promised(action))


def _text(document: Document, text: str) -> None:
    for part in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n")):
        if part.strip():
            document.add_paragraph(_clean(part.strip("\n")))


def _clean(text: str) -> str:
    """A text with a mark in the place of each character that XML cannot hold."""
    return _NOT_XML.sub("\ufffd", text)
