"""Documents without the names that programs write into them. What their pages say stays."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from typing import Any

from layers_core.artefacts.attachments.refused import Refused
from layers_core.i18n import gettext as _
from layers_core.vocabulary import vocabulary

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"
XML = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
OFFICE = b"http://schemas.openxmlformats.org/officeDocument/2006/"
# What the dictionaries of a PDF's pages and annotations hold about their maker, and what does something (ISO 32000-2).
PAGE_TELLS = ("/Metadata", "/PieceInfo", "/AA", "/AF")
NOTE_TELLS = ("/T", "/AA", "/AF", "/FS", "/Parent")
LINKS = ("/URI", "/GoTo")
CARRIERS = ("/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/Sound", "/3D")
# By the name of the part in small letters: Word reads it in any.
BLANK_DOCX: Mapping[str, bytes] = {
    "docprops/core.xml": XML
    + b'<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>',
    "docprops/app.xml": XML + b'<Properties xmlns="' + OFFICE + b'extended-properties"/>',
    "docprops/custom.xml": XML + b'<Properties xmlns="' + OFFICE + b'custom-properties"/>',
}
BLANK_ODT: Mapping[str, bytes] = {
    "meta.xml": XML + b"<office:document-meta"
    b' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.2"><office:meta/>'
    b"</office:document-meta>",
}
# Who wrote a comment or a tracked change. Replaced in the text of the file, so that nothing else of it changes.
WORD_NAMES = re.compile(rb'(\bw\d*:(?:author|initials|userId)=)(?:"[^"<>]*"|\'[^\'<>]*\')')
# The template that Word goes and fetches: its path names a person's folder, or a server that sends a program.
WORD_TEMPLATE = re.compile(rb"<(?:\w+:)?attachedTemplate\s[^<>]*>")
RELATIONSHIP = re.compile(rb"<(?:\w+:)?Relationship\s[^<>]*>")
TO_A_TEMPLATE = re.compile(rb"/attachedTemplate[\"']")
ODT_NAMES = re.compile(rb"(<(?P<tag>dc:creator|meta:creator-initials)>)[^<]*(</(?P=tag)>)")
ODT_THUMBNAIL = re.compile(rb'<manifest:file-entry[^<>]*"Thumbnails/[^<>]*/>')
PROGRAMS = re.compile(r"vbaProject|vbaData|activeX/|^Basic/|^Scripts/|embeddings/oleObject", re.IGNORECASE)


def text(content: bytes) -> bytes:
    """A plain text as UTF-8. Raises Refused for anything that is no text, with the list of what is taken."""
    wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "cp1252"):
        try:
            words = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if words and not any(ord(char) < 32 and char not in "\t\n\r\f" for char in words):
            return words.encode("utf-8")
    raise Refused(_("We do not take this kind of file. Choose a JPEG, PNG, PDF, DOCX, MP3, M4A, WAV or text file"))


def pdf(content: bytes) -> bytes:
    """The pages of a PDF without its author, programs and files inside. Raises Refused."""
    from pypdf import PdfReader, PdfWriter

    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            raise Refused(_("This PDF is locked. Save it without a password, then choose it again"))
        writer = PdfWriter()
        for page in reader.pages:
            # Before it is taken over: the writer keeps whatever a page still led to at that moment.
            _silence(page)
            # Only what a page needs is taken over: neither the document's properties nor its scripts.
            writer.add_page(page)
        writer.metadata = None
        made = io.BytesIO()
        writer.write(made)
    except Refused:
        raise
    except Exception as fault:
        # pypdf raises many kinds of error for damaged files; its words are not for readers.
        raise Refused(_("We could not read this PDF. Print it to a new PDF, then choose that one")) from fault
    return made.getvalue()


def _silence(page: dict[str, Any]) -> None:
    """Take out of a page's dictionary what tells about its maker, holds a file or does something."""
    from pypdf.generic import ArrayObject, DictionaryObject, NameObject

    for name in PAGE_TELLS:
        page.pop(name, None)
    notes = page.get("/Annots")
    notes = notes.get_object() if notes is not None else None
    if not isinstance(notes, ArrayObject):
        return
    kept = ArrayObject()
    for reference in notes:
        note = reference.get_object()
        if not isinstance(note, DictionaryObject):
            continue
        if note.get("/Subtype") in CARRIERS:
            # An answer to it, or its pop-up, may lead to it still.
            note.clear()
            continue
        for name in NOTE_TELLS:
            note.pop(name, None)
        action = note["/A"].get_object() if "/A" in note else None
        if isinstance(action, DictionaryObject) and action.get("/S") in LINKS:
            action.pop("/Next", None)
        else:
            note.pop("/A", None)
        kept.append(reference)
    page[NameObject("/Annots")] = kept


def package(content: bytes) -> tuple[str, bytes]:
    """The media type of a DOCX or ODT, and the document without its properties and the names beside its comments.

    Nothing of its XML is parsed, so nothing in it can be blown up. Raises Refused.
    """
    limits = vocabulary("attachment_limits")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as source:
            entries = source.infolist()
            media_type = _document_type(source, {entry.filename for entry in entries})
            size = sum(entry.file_size for entry in entries)
            if len(entries) > limits["entries_a_package"] or size > limits["unpacked_bytes"]:
                raise Refused(_("This document is too large when it is unpacked. Save it with fewer pictures"))
            if any(PROGRAMS.search(entry.filename) for entry in entries):
                raise Refused(_("This document holds a program (a macro). Save it without, then choose it again"))
            return media_type, _repacked(source, entries, media_type, limits["unpacked_bytes"])
    except Refused:
        raise
    except Exception as fault:
        # zipfile lets the errors of every kind of packing through; its words are not for readers.
        raise Refused(_("This document is damaged or locked. Save it again, then choose it")) from fault


def _document_type(source: zipfile.ZipFile, names: set[str]) -> str:
    if {"[Content_Types].xml", "word/document.xml"} <= names:
        return DOCX
    named = {"mimetype", "content.xml"} <= names and source.getinfo("mimetype").file_size == len(ODT)
    if named and source.read("mimetype") == ODT.encode():
        return ODT
    raise Refused(_("We do not take this kind of file. Save it as PDF, then choose that one"))


def _repacked(source: zipfile.ZipFile, entries: list[zipfile.ZipInfo], media_type: str, most: int) -> bytes:
    blank = BLANK_DOCX if media_type == DOCX else BLANK_ODT
    made, unpacked = io.BytesIO(), 0
    with zipfile.ZipFile(made, "w") as target:
        for entry in entries:
            if entry.is_dir() or entry.filename.startswith("Thumbnails/"):
                continue
            # A package may lie about its sizes, so what really comes out is counted.
            with source.open(entry) as stream:
                part = stream.read(most - unpacked + 1)
            unpacked += len(part)
            if unpacked > most:
                raise Refused(_("This document is too large when it is unpacked. Save it with fewer pictures"))
            name = entry.filename.lower()
            # Some programs write the properties under a name of their own, with this ending.
            part = blank.get("docprops/core.xml" if name.endswith(".psmdcp") else name, part)
            if name.endswith((".xml", ".rels")):
                part = _without_names(part, media_type)
            # Dates, comments and rights of the entry stay behind.
            clean = zipfile.ZipInfo(entry.filename)
            clean.compress_type = zipfile.ZIP_STORED if entry.filename == "mimetype" else zipfile.ZIP_DEFLATED
            target.writestr(clean, part)
    return made.getvalue()


def _without_names(part: bytes, media_type: str) -> bytes:
    if media_type == DOCX:
        part = RELATIONSHIP.sub(lambda found: b"" if TO_A_TEMPLATE.search(found[0]) else found[0], part)
        return WORD_TEMPLATE.sub(b"", WORD_NAMES.sub(rb'\1""', part))
    return ODT_THUMBNAIL.sub(b"", ODT_NAMES.sub(rb"\1\3", part))
