"""Leap2A in, versions 2010-07 and 2009-03: our own entries exactly as they were, others as quick notes.

Whatever is not taken over is noted with its place. Source: the Leap2A specification.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO
from uuid import NAMESPACE_URL, UUID, uuid5

from layers_core.i18n import gettext as _
from layers_reflect.portfolio import leap2a_names as names
from layers_reflect.portfolio.codec import entry_from
from layers_reflect.portfolio.feed import Piece, pieces
from layers_reflect.portfolio.foreign import ForeignEntry
from layers_reflect.portfolio.interchange import Entry, Files, Refused, Report

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element  # nosec B405 - a type only

_ATOM = f"{{{names.ATOM}}}"
_OUR_ENTRY = f"{{{names.OURS}}}entry"
# What a feed says about itself and its making; nothing in it belongs to an entry.
_ABOUT_THE_FEED = {f"{_ATOM}{name}" for name in ("id", "title", "subtitle", "updated", "generator", "author")}
_VERSIONS = {f"{{{space}}}version" for space in names.LEAP_SPACES}


def entries(stream: BinaryIO, files: Files, report: Report) -> Iterator[Entry]:
    """The entries of a Leap2A file; what is not understood goes into the report.

    Raises Refused at the place where the file cannot be read on.
    """
    author = ""
    for piece in pieces(stream):
        element = piece.element
        if element.tag == f"{_ATOM}entry":
            report.read += 1
            yield from _read(piece, author, files, report)
        elif element.tag == f"{_ATOM}author":
            author = (element.findtext(f"{_ATOM}name") or "").strip()
        elif element.tag not in _ABOUT_THE_FEED | _VERSIONS:
            report.note(f"<{tag_name(element)}>", _("the head of the file"), _("Not known here"))


def tag_name(element: Element) -> str:
    """The name of an element without its namespace, short enough to show."""
    return str(element.tag).rpartition("}")[2][:60]


def uuid_of(address: str) -> UUID:
    """The id of an entry that is known by an address: its own where it is a UUID, else one that is made of it."""
    try:
        return UUID(address.removeprefix("urn:uuid:")) if address.startswith("urn:uuid:") else _made(address)
    except ValueError:
        return _made(address)


def _made(address: str) -> UUID:
    return uuid5(NAMESPACE_URL, address)


def resolved(value: str, piece: Piece) -> str:
    """A CURIE such as `leap2:entry` as a whole address, by the prefixes of the file; anything else as it is."""
    prefix, colon, rest = value.strip().partition(":")
    return piece.spaces[prefix] + rest if colon and prefix in piece.spaces else value.strip()


def _read(piece: Piece, author: str, files: Files, report: Report) -> Iterator[Entry]:
    address = resolved(piece.element.findtext(f"{_ATOM}id") or "", piece)
    place = address or _("entry %(number)s of the file", number=piece.number)
    ours = piece.element.find(_OUR_ENTRY)
    if ours is not None:
        try:
            yield entry_from(ours.text or "", files.by_digest)
            return
        except Refused as refused:
            report.note(f"<{tag_name(ours)}>", place, str(refused))
        piece.element.remove(ours)
    found = ForeignEntry(place, report, files, lambda value: resolved(value, piece), uuid_of)
    for child in piece.element:
        found.take(child)
    if found.not_kept():
        return
    # Without an id there is nothing to know it by when it comes again, but what it says.
    text = "".join(piece.element.itertext())
    yield from found.entries(uuid_of(address) if address else uuid5(NAMESPACE_URL, f"entry:{text}"), author)
