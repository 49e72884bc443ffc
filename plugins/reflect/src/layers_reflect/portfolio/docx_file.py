"""A portfolio as a Word document, with Word's own headings, so that one can move about in it and make contents."""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Iterable
from typing import TYPE_CHECKING, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

from layers_core.i18n import gettext as _
from layers_reflect.portfolio import readable
from layers_reflect.portfolio.interchange import Entry, Portfolio
from layers_reflect.portfolio.page_html import heading_of, made_on
from layers_reflect.portfolio.texts import paragraphs, xml_text

if TYPE_CHECKING:
    from docx.document import Document

IN_MEMORY = 2_000_000
BODY = "word/document.xml"
"""The part of a Word file that holds its text; every other part stays as small as it is."""
_END = b"<w:sectPr"


def write(portfolio: Portfolio, out: BinaryIO) -> None:
    """Write a portfolio as DOCX. Entries are read once and written as they come, so that memory stays flat.

    The library keeps a whole document in memory, and takes longer for each part the more there are. So it makes one
    entry at a time in a document for that alone, and the parts are joined in the frame of another.
    """
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as entries:
        page = _document()
        count = 0
        for entry in portfolio.entries:
            _entry(page, entry)
            entries.writelines(_taken_out(page))
            count += 1
        entries.seek(0)
        frame = io.BytesIO()
        _frame(portfolio, count).save(frame)
        with ZipFile(frame) as parts, ZipFile(out, "w", ZIP_DEFLATED) as whole:
            for part in parts.infolist():
                if part.filename != BODY:
                    whole.writestr(part, parts.read(part))
                    continue
                # The section's properties are the last thing in a body.
                before, end, after = parts.read(part).rpartition(_END)
                with whole.open(part, "w", force_zip64=True) as body:
                    body.write(before)
                    shutil.copyfileobj(entries, body)
                    body.write(end + after)


def _document() -> Document:
    """An empty document with our page and styles."""
    import docx
    from docx.shared import Mm, Pt

    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(20)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(11)
    return document


def _frame(portfolio: Portfolio, entries: int) -> Document:
    """The document without its entries: what stands on top, and whose it is."""
    document = _document()
    # Without a name of ours it would carry the library's.
    document.core_properties.author = xml_text(portfolio.person_name)
    document.core_properties.title = xml_text(heading_of(portfolio))
    document.core_properties.comments = ""
    document.core_properties.created = document.core_properties.modified = portfolio.made_at.replace(tzinfo=None)
    document.add_heading(xml_text(heading_of(portfolio)), 0)
    document.add_paragraph(xml_text(made_on(portfolio, entries)))
    return document


def _taken_out(page: Document) -> Iterable[bytes]:
    """The parts of a page as XML; they are taken out of it."""
    from lxml import etree

    body = page.element.body
    for part in list(body)[:-1]:
        # Out of its document a part carries only the names that it needs.
        body.remove(part)
        yield etree.tostring(part)


def _entry(document: Document, entry: Entry) -> None:
    _heading(document, entry.title, 1)
    facts = readable.facts(entry)
    table = document.add_table(rows=len(facts), cols=2)
    for (name, words), row in zip(facts, table.rows, strict=True):
        left, right = row.cells
        left.paragraphs[0].add_run(xml_text(name)).bold = True
        right.paragraphs[0].add_run(xml_text(words))
    for heading, text in readable.said(entry):
        if heading:
            _heading(document, heading, 2)
        _text(document, text)
    if entry.actions:
        _heading(document, _("What I will do"), 2)
        for action in entry.actions:
            _text(document, readable.promised(action))


def _heading(document: Document, text: str, level: int) -> None:
    # The library's own way looks through all styles each time, which took two thirds of a portfolio's time.
    document.add_paragraph(xml_text(text))._p.style = f"Heading{level}"


def _text(document: Document, text: str) -> None:
    for part in paragraphs(text):
        document.add_paragraph(xml_text(part.strip("\n")))
