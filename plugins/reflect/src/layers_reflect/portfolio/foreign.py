"""An entry that another tool wrote, read element by element, and what becomes of it here: a quick note."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit
from uuid import UUID, uuid5

from layers_core.artefacts.service import TITLE_LIMIT
from layers_core.db.base import now
from layers_core.i18n import gettext as _
from layers_reflect.classification import MOST_TOPICS
from layers_reflect.kinds import NOTE
from layers_reflect.mail.html_text import text_of_html
from layers_reflect.portfolio import leap2a_names as names
from layers_reflect.portfolio.interchange import Entry, FileRecord, Files, LinkRecord, Report
from layers_reflect.portfolio.readable import day_of
from layers_reflect.prompts import QUICK
from layers_reflect.schemas import ANSWER_LIMIT, TOPIC_LIMIT
from layers_reflect.titles import title_from

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element  # nosec B405 - a type only

_ATOM = f"{{{names.ATOM}}}"
_TYPE = f"{{{names.RDF}}}type"
_RESOURCE = f"{{{names.RDF}}}resource"
_PRIVACY = (f"{names.CATEGORIES}audience#", f"{names.CATEGORIES_2009}audience#")


class ForeignEntry:
    """Takes the elements of one entry and gives the note (or notes, where it is long) that they make."""

    def __init__(
        self, place: str, report: Report, files: Files, resolve: Callable[[str], str], id_of: Callable[[str], UUID]
    ) -> None:
        self.place = place
        self._report = report
        self._files = files
        self._resolve = resolve
        self._id_of = id_of
        self._type = ""
        self._title = ""
        self._author = ""
        self._texts: list[str] = []
        self._more: list[str] = []
        self._days: dict[str, str] = {}
        self._moments: dict[str, datetime] = {}
        self._topics: list[str] = []
        self._links: list[LinkRecord] = []
        self._attached: list[FileRecord] = []

    def take(self, element: Element) -> None:
        """Take one element of the entry; one that is not known goes into the report."""
        name = str(element.tag)
        leap = names.local(name.removeprefix("{").replace("}", "", 1)) if name.startswith("{") else ""
        if name.startswith(_ATOM):
            reader = getattr(self, f"_atom_{name.removeprefix(_ATOM)}", None)
        elif name == _TYPE:
            reader = self._rdf_type
        elif leap == "date":
            reader = self._leap_date
        else:
            reader = self._append if leap in names.words()["appended"] else None
        if reader is None:
            self._note(f"<{name.rpartition('}')[2][:60]}>", _("Not known here"))
        else:
            reader(element)

    def _note(self, what: str, why: str) -> None:
        self._report.note(what, self.place, why)

    def _atom_id(self, element: Element) -> None:
        """Read before, as the place of everything else."""

    def _atom_title(self, element: Element) -> None:
        self._title = " ".join(_words(element).split())

    def _atom_author(self, element: Element) -> None:
        self._author = (element.findtext(f"{_ATOM}name") or "").strip()

    def _atom_summary(self, element: Element) -> None:
        self._say(element)

    def _atom_content(self, element: Element) -> None:
        if source := element.get("src"):
            self._file(source, "")
        else:
            self._say(element)

    def _say(self, element: Element) -> None:
        if _has_pictures(element):
            self._note(_("pictures in the text"), _("Only words are taken out of a text"))
        self._texts.append(_words(element))

    def _atom_published(self, element: Element) -> None:
        self._moment("published", element)

    def _atom_updated(self, element: Element) -> None:
        self._moment("updated", element)

    def _moment(self, which: str, element: Element) -> None:
        text = (element.text or "").strip()
        try:
            read = datetime.fromisoformat(text)
            self._moments[which] = (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            self._note(f"{which}: {text[:60]}", _("It is not a date and time"))

    def _atom_category(self, element: Element) -> None:
        if self._resolve(element.get("scheme", "")) in _PRIVACY:
            return
        topic = " ".join((element.get("label") or element.get("term") or "").split())
        if not topic or topic in self._topics:
            return
        if len(self._topics) == MOST_TOPICS or len(topic) > TOPIC_LIMIT:
            self._note(_("category: %(topic)s", topic=topic[:TOPIC_LIMIT]), _("There are too many, or it is too long"))
        else:
            self._topics.append(topic)

    def _atom_link(self, element: Element) -> None:
        href = element.get("href", "")
        relation = self._resolve(element.get("rel", "alternate"))
        if relation == "enclosure":
            self._file(href, element.get("title", ""))
        elif relation in ("alternate", "related", "via", "self"):
            self._more.append(_("Link: %(address)s", address=href))
        elif known := names.words()["relations_in"].get(names.local(relation) or relation):
            self._links.append(LinkRecord(known[0], self._id_of(self._resolve(href)), known[1] == "in"))
        else:
            self._note(_("link: %(relation)s", relation=relation[:200]), _("This way of belonging together is unknown"))

    def _file(self, href: str, name: str) -> None:
        try:
            parts = urlsplit(href)
        except ValueError:
            # What only looks like an address, such as one with half a bracket, leads to nothing.
            parts = urlsplit("")
        path = unquote(parts.path)
        found = None if parts.scheme or parts.netloc else self._files.by_path(path, name)
        if found:
            self._attached.append(found)
        elif parts.scheme in ("http", "https"):
            self._more.append(_("Link: %(address)s", address=href))
            self._note(_("file: %(address)s", address=href[:200]), _("Nothing is fetched from elsewhere"))
        else:
            self._note(_("file: %(address)s", address=href[:200]), _("It did not come along"))

    def _rdf_type(self, element: Element) -> None:
        given = self._resolve(element.get(_RESOURCE) or element.text or "")
        self._type = names.local(given)
        if not self._type:
            self._note(_("type: %(name)s", name=given[:200]), _("Not known here"))

    def _leap_date(self, element: Element) -> None:
        text = " ".join((element.text or "").split())
        point = next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == "point"), "start")
        try:
            self._days[point] = date.fromisoformat(text[:10]).isoformat()
        except ValueError:
            self._more.append(f"{_POINTS.get(point, point)}: {text}")

    def _append(self, element: Element) -> None:
        label = names.words()["appended"][names.local(str(element.tag)[1:].replace("}", "", 1))]
        self._more.append(f"{_(label)}: {' '.join(_words(element).split())}")

    def not_kept(self) -> bool:
        """Whether its type is one that is not kept here; that is noted."""
        why = names.words()["not_kept"].get(self._type)
        if why:
            self._note(f"{self._type}: {self._title[:100]}", _(why))
        return why is not None

    def entries(self, key: UUID, feed_author: str) -> Iterator[Entry]:
        """The note that the elements make, and notes that continue it where it is too long for one."""
        created = self._moments.get("published") or self._moments.get("updated") or now()
        updated = max(created, self._moments.get("updated", created))
        day = next((self._days.pop(point) for point in ("start", "end") if point in self._days), None)
        title = self._title if len(self._title) <= TITLE_LIMIT else title_from(self._title)
        for number, text in enumerate(_in_parts(self._whole(title, feed_author))):
            first = number == 0
            about: dict[str, Any] = {"date": day or day_of(created).isoformat()}
            yield Entry(
                id=key if first else uuid5(key, str(number)),
                kind=NOTE,
                title=(title or title_from(text) or _("Without a title")) if first else _continued(title, number + 1),
                template=QUICK,
                template_version=1,
                answers={"what": text},
                asked=(),
                about=about | ({"topics": list(self._topics)} if self._topics else {}),
                language="en",
                created_at=created,
                updated_at=updated,
                links=tuple(dict.fromkeys(self._links)) if first else (LinkRecord("prompted_by", key),),
                files=tuple(self._attached) if first else (),
            )

    def _whole(self, title: str, feed_author: str) -> str:
        if self._author and feed_author and self._author != feed_author:
            self._more.append(_("Written by: %(name)s", name=self._author))
        self._more += [f"{_(_POINTS.get(point, point))}: {day}" for point, day in self._days.items()]
        over = [self._title] if title != self._title else []
        parts = [part.strip() for part in [*over, *dict.fromkeys(self._texts), "\n".join(self._more)]]
        return "\n\n".join(part for part in parts if part) or self._title or _("(No text)")


_POINTS = {"start": "Start", "end": "End", "target": "To be done by"}


def _has_pictures(element: Element) -> bool:
    if len(element):
        return any(str(part.tag).endswith("}img") for part in element.iter())
    return element.get("type") == "html" and "<img" in (element.text or "").lower()


def _words(element: Element) -> str:
    """The text of an Atom text construct, whatever its type."""
    from defusedxml.ElementTree import tostring

    kind = element.get("type", "text")
    if len(element):
        return text_of_html("".join(tostring(child, encoding="unicode", method="html") for child in _plain(element)))
    return text_of_html(element.text or "") if kind in ("html", "text/html") else (element.text or "").strip()


def _plain(element: Element) -> Element:
    """The same element with tags without a namespace, as HTML is written."""
    for part in element.iter():
        part.tag = str(part.tag).rpartition("}")[2]
    return element


def _in_parts(text: str) -> Iterator[str]:
    """A text in parts that each fit one answer, cut between lines where that is possible."""
    while len(text) > ANSWER_LIMIT:
        cut = text.rfind("\n", ANSWER_LIMIT // 2, ANSWER_LIMIT)
        cut = cut if cut > 0 else ANSWER_LIMIT
        yield text[:cut].rstrip()
        text = text[cut:].lstrip()
    yield text


def _continued(title: str, number: int) -> str:
    return _("%(title)s (part %(number)s)", title=title[: TITLE_LIMIT - 20], number=number)
