"""A portfolio as Leap2A 2010-07, which is Atom with some words of its own; written entry by entry.

What Leap2A has no word for can be read in the content by any tool, and stands once more in an element of ours, from
which our own import makes the entry exactly as it was. Source: the Leap2A specification, 2010-07.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import BinaryIO
from xml.sax.saxutils import XMLGenerator  # nosec B406 - it writes, and reads nothing
from xml.sax.xmlreader import AttributesImpl  # nosec B406 - it holds what is written

from layers_core.i18n import gettext as _
from layers_reflect.episodes.arranging import things_of
from layers_reflect.kinds import EPISODE
from layers_reflect.portfolio import leap2a_names as names
from layers_reflect.portfolio.bodies import classified
from layers_reflect.portfolio.codec import line_of
from layers_reflect.portfolio.interchange import Entry, FileRecord, Portfolio
from layers_reflect.portfolio.sections import sections
from layers_reflect.portfolio.texts import paragraphs, xml_text

FILES = "files/"


class Leap2AWriter:
    """Writes one feed: `begin`, then each entry, then `end`. Nothing is kept in between."""

    def __init__(self, out: BinaryIO) -> None:
        self._xml = XMLGenerator(out, encoding="utf-8", short_empty_elements=True)

    def begin(self, person_name: str, made_at: datetime) -> None:
        """The head of the feed: whose it is and when it was made."""
        self._xml.startDocument()
        spaces = {"": names.ATOM, ":rdf": names.RDF, ":leap2": names.LEAP2, ":layers": names.OURS}
        self._xml.startElement("feed", _attributes({f"xmlns{prefix}": uri for prefix, uri in spaces.items()}))
        self._break()
        self._line("leap2:version", names.VERSION)
        self._line("id", f"{names.OURS}:{made_at.isoformat()}")
        self._line("title", _("Portfolio of %(name)s", name=person_name))
        self._line("updated", made_at.isoformat())
        with self._element("author"):
            self._line("name", person_name or _("The author"))
        self._line("generator", "Learning Layers")

    def entry(self, entry: Entry) -> None:
        """One entry."""
        with self._element("entry", {"xml:lang": entry.language}):
            self._line("title", entry.title)
            self._line("id", entry.id.urn)
            self._line("published", entry.created_at.isoformat())
            self._line("updated", entry.updated_at.isoformat())
            self._content(entry)
            self._line("rdf:type", "", {"rdf:resource": f"leap2:{_type_of(entry)}"})
            for point, day in _dates(entry):
                self._line("leap2:date", day, {"leap2:point": point})
            # Who may see it here is nobody's business elsewhere: a receiving system should keep it to its owner.
            self._line("category", "", {"scheme": f"{names.CATEGORIES}audience#", "term": "Private"})
            for scheme, code, label in classified(entry.about):
                self._line("category", "", {"scheme": f"{names.SCHEME}{scheme}#", "term": code, "label": label})
            for link in entry.links:
                relation = names.words()["relations"].get(link.type, "relation")
                self._line("link", "", {"rel": f"leap2:{relation}", "href": link.to.urn})
            for number, part in enumerate(_parts(entry), 1):
                self._line("link", "", {"rel": "leap2:has_part", "href": part, "leap2:display_order": str(number)})
            for episode in entry.part_of:
                self._line("link", "", {"rel": "leap2:is_part_of", "href": episode.urn})
            for file in entry.files:
                self._line("link", "", _enclosure(file))
            self._line("layers:entry", line_of(entry))

    def end(self) -> None:
        """The end of the feed."""
        self._xml.endElement("feed")
        self._xml.endDocument()

    def _content(self, entry: Entry) -> None:
        with self._element("content", {"type": "xhtml"}), self._element("div", {"xmlns": names.XHTML}):
            for heading, text in sections(entry):
                if heading:
                    self._line("h2", heading)
                for paragraph in paragraphs(text):
                    self._paragraph(paragraph)

    def _paragraph(self, text: str) -> None:
        with self._element("p"):
            for number, line in enumerate(text.splitlines()):
                if number:
                    self._xml.startElement("br", _attributes({}))
                    self._xml.endElement("br")
                self._xml.characters(xml_text(line))

    def _line(self, name: str, text: str, attributes: Mapping[str, str] | None = None) -> None:
        self._xml.startElement(name, _attributes(attributes or {}))
        if text:
            self._xml.characters(xml_text(text))
        self._xml.endElement(name)
        self._break()

    @contextmanager
    def _element(self, name: str, attributes: Mapping[str, str] | None = None) -> Iterator[None]:
        self._xml.startElement(name, _attributes(attributes or {}))
        yield
        self._xml.endElement(name)
        self._break()

    def _break(self) -> None:
        self._xml.ignorableWhitespace("\n")


def write(portfolio: Portfolio, out: BinaryIO) -> None:
    """Write a portfolio as a Leap2A feed. Files are named in it, their content goes with the archive."""
    writer = Leap2AWriter(out)
    writer.begin(portfolio.person_name, portfolio.made_at)
    for entry in portfolio.entries:
        writer.entry(entry)
    writer.end()


def _attributes(values: Mapping[str, str]) -> AttributesImpl:
    return AttributesImpl({name: xml_text(value) for name, value in values.items()})


def _type_of(entry: Entry) -> str:
    known = names.words()
    return str(known["kinds"].get(entry.kind) or known["types"].get(entry.template, "entry"))


def _parts(entry: Entry) -> list[str]:
    """The addresses of what an episode gathers, in its order; the groups stand in the content and in our own line."""
    body = {"groups": [], "loose": [], **entry.other}
    return [f"urn:uuid:{key}" for key in things_of(body)] if entry.kind == EPISODE else []


def _dates(entry: Entry) -> Iterable[tuple[str, str]]:
    if day := entry.about.get("date"):
        yield "start", str(day)
    field = names.words()["targets"].get(entry.template)
    if field and (day := entry.answers.get(field)):
        yield "target", str(day)


def _enclosure(file: FileRecord) -> Mapping[str, str]:
    return {
        "rel": "enclosure",
        "href": f"{FILES}{file.digest}",
        "type": file.media_type,
        "length": str(file.size),
        "title": file.name,
    }
