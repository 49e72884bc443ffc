"""Reading a Leap2A feed entry by entry, from a file that may be hostile: no DTD, no entities, bounded in every way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

from layers_core.i18n import gettext as _
from layers_reflect.portfolio.interchange import ENTRIES_LIMIT, Refused
from layers_reflect.portfolio.leap2a_names import ATOM

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element  # nosec B405 - a type only

DEPTH_LIMIT = 200
PIECE_LIMIT = 16_000_000
"""How many bytes one entry may take."""
ELEMENTS_LIMIT = 50_000
"""How many elements one entry may have; each takes twenty times the memory of its bytes."""


@dataclass
class Piece:
    """A child of the feed: an entry or something about the feed. `spaces` are the prefixes known where it stands."""

    element: Element
    number: int
    spaces: dict[str, str] = field(default_factory=dict)


class _Metered:
    """Hands on the bytes of a file, and refuses when too many come between two pieces."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.taken = 0

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self.taken += len(data)
        if self.taken > PIECE_LIMIT:
            raise Refused(_("One entry in this file is larger than 16 MB. Leave it out and try again"))
        return data


def pieces(stream: BinaryIO) -> Iterator[Piece]:
    """The children of a feed, one at a time.

    Raises Refused, in words, at the place where the file stops being an Atom feed that can be read safely.
    """
    # Their parsers take long to import, and most requests read no file.
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import ParseError

    try:
        yield from _pieces(_Metered(stream))
    except DefusedXmlException as error:
        raise Refused(_("This file holds a DTD or entities, which are not safe to read. Export it without")) from error
    except ParseError as error:
        line, column = error.position
        words = _(
            "This is not well-formed XML: it breaks at line %(line)s, column %(column)s", line=line, column=column
        )
        raise Refused(words) from error
    except (LookupError, ValueError) as error:
        if isinstance(error, Refused):
            raise
        raise Refused(_("The characters of this file cannot be read. Export it in UTF-8")) from error


def _pieces(source: _Metered) -> Iterator[Piece]:
    from defusedxml.ElementTree import iterparse

    root: Element | None = None
    depth = number = elements = 0
    spaces: dict[str, str] = {}
    for event, found in iterparse(source, events=("start", "end", "start-ns"), forbid_dtd=True):
        if event == "start-ns":
            spaces[found[0] or ""] = found[1]
        elif event == "start":
            depth += 1
            elements += 1
            if depth > DEPTH_LIMIT or elements > ELEMENTS_LIMIT:
                raise Refused(_("This file is too deeply nested or too finely divided to be a portfolio"))
            if root is None:
                root = _feed(found)
        else:
            depth -= 1
            if depth == 1 and root is not None:
                number += found.tag == f"{{{ATOM}}}entry"
                if number > ENTRIES_LIMIT:
                    raise Refused(_("There are more entries in this file than can be read"))
                yield Piece(found, number, spaces)
                root.remove(found)
                source.taken = elements = 0


def _feed(found: Element) -> Element:
    if found.tag != f"{{{ATOM}}}feed":
        name = found.tag.rpartition("}")[2]
        raise Refused(_("This is not a Leap2A file: it begins with “%(name)s” instead of an Atom feed", name=name[:40]))
    return found
