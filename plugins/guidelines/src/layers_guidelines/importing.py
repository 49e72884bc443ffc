"""Files as recommendations that can be saved: what each holds, what is missing, what was not understood. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal, cast

from layers_core.artefacts.service import BODY_LIMIT, TITLE_LIMIT
from layers_core.contract import Body, Draft
from layers_core.i18n import gettext as _
from layers_guidelines import editions
from layers_guidelines.fhir import ImportedRecommendation, Unread, UnreadableFile, read
from layers_guidelines.kinds import RECOMMENDATION
from layers_guidelines.pasting import title_of
from layers_guidelines.schemas import LINE_LIMIT, RecommendationSchema

State = Literal["new", "here", "left_out"]
Missing = Literal["source_name", "licence", "dated"]


@dataclass(frozen=True)
class Given:
    """What a person says about files that do not say it themselves."""

    source_name: str = ""
    licence: str = ""
    dated: date | None = None


@dataclass(frozen=True)
class Candidate:
    """A recommendation of a file as it would be saved, and what becomes of it."""

    draft: Draft
    reported: tuple[Unread, ...]
    state: State = "new"
    why: str = ""
    missing: tuple[Missing, ...] = ()

    @property
    def place(self) -> tuple[str, str]:
        """What tells it apart from every other one: its edition, and where in it."""
        return self.draft.body["edition"], self.draft.body["path"]


@dataclass
class FileReport:
    """What a file gave. `unreadable` says why it gave nothing; `reported` is about the file as a whole."""

    name: str
    candidates: list[Candidate] = field(default_factory=list)
    reported: tuple[Unread, ...] = ()
    unreadable: str = ""

    def count(self, state: State) -> int:
        """How many of its recommendations are in a state."""
        return sum(candidate.state == state for candidate in self.candidates)


def read_file(name: str, content: bytes, given: Given) -> FileReport:
    """Read one file. It never raises: what cannot be read is said in the report."""
    try:
        found = read(content)
    except UnreadableFile as unreadable:
        return FileReport(name, unreadable=str(unreadable.why))
    candidates = [_candidate(recommendation, given) for recommendation in found.recommendations]
    told = {note for candidate in candidates for note in candidate.reported}
    return FileReport(name, candidates, tuple(note for note in found.reported if note not in told))


def without_repeats(reports: Iterable[FileReport], known: set[tuple[str, str]]) -> None:
    """Mark what is here already, in the practice or in an earlier file of the same upload."""
    seen = set(known)
    for report in reports:
        report.candidates = list(_marked(report.candidates, seen))


def _marked(candidates: Iterable[Candidate], seen: set[tuple[str, str]]) -> Iterator[Candidate]:
    for candidate in candidates:
        if candidate.place in seen:
            yield replace(candidate, state="here", why="", missing=())
            continue
        if candidate.state == "new":
            seen.add(candidate.place)
        yield candidate


def _candidate(found: ImportedRecommendation, given: Given) -> Candidate:
    body = _body(found, given)
    title = found.title if len(found.title) <= TITLE_LIMIT else title_of(found.title)
    draft = Draft(RECOMMENDATION, title or title_of(found.text) or "—", body, audience="practice")
    candidate = Candidate(draft, found.reported)
    if not found.text:
        return replace(candidate, state="left_out", why=_("It holds no recommendation in words. Type it in by hand."))
    missing = _missing(body)
    if missing:
        names = ", ".join(MISSING[name]() for name in missing)
        why = _("The file does not say: %(what)s. We need that to save it.", what=names)
        return replace(candidate, state="left_out", why=why, missing=missing)
    # The loader's own fields come back as JSON values only from the database, so the schema checks the body as it is.
    problems = RecommendationSchema().validate(body)
    if problems or len(str(body)) > BODY_LIMIT:
        return replace(candidate, state="left_out", why=_("It is too long, or of a shape that we cannot keep."))
    return candidate


MISSING = {
    "source_name": lambda: _("who published it"),
    "licence": lambda: _("its licence"),
    "dated": lambda: _("its date"),
}


def _missing(body: Body) -> tuple[Missing, ...]:
    empty = {
        "source_name": not body["source_name"].strip(),
        "licence": not body["licence"].strip(),
        "dated": not body["dated"] and not body["dated_as_written"],
    }
    return tuple(cast("Missing", name) for name, is_empty in empty.items() if is_empty)


def _body(found: ImportedRecommendation, given: Given) -> Body:
    """The body of an imported recommendation; a person's words stand in only for what the file does not say."""
    edition = found.edition
    dated = found.dated or (None if edition.date else given.dated)
    return {
        "text": found.text,
        "guideline": _line(found.title) or edition.url or "—",
        "source_name": _line(found.publisher) or _line(given.source_name),
        "source_url": found.source_url,
        "licence": found.licence or given.licence,
        "version_label": _line(edition.version),
        "dated": dated.isoformat() if dated else None,
        "dated_as_written": "" if dated else _line(edition.date),
        "strength": found.strength,
        "certainty": found.certainty,
        "status": _line(found.status),
        "codes": [
            {
                "rating": code.rating,
                "system": code.system,
                "code": code.code,
                "display": code.display,
                "path": code.path,
            }
            for code in found.codes
        ],
        "passages": [
            {"element": passage.element, "text": passage.text, "path": passage.path} for passage in found.passages
        ],
        "documents": [{"title": document.title, "url": document.url} for document in found.documents],
        "reported": [
            {"path": note.path, "what": str(note.what), "why": str(note.why), "code": note.code}
            for note in found.reported
        ],
        "origin": editions.FILE,
        "edition": edition.key,
        "content_hash": edition.content_hash,
        "path": found.path,
    }


def _line(text: str) -> str:
    """A text as one line of at most 300 characters; what is longer is cut with an ellipsis."""
    line = " ".join(text.split())
    return line if len(line) <= LINE_LIMIT else f"{line[: LINE_LIMIT - 1]}…"
