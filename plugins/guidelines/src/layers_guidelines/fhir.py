"""Tolerant reader of guidelines in FHIR R4 JSON: a PlanDefinition, or a Bundle of them.

Pure: bytes in, dataclasses out. What was not understood is reported, never guessed and never dropped in silence.
All text comes out as plain text; Markdown or HTML in it is for the page to make safe.
"""

from __future__ import annotations

import hashlib
import json
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from layers_core.i18n import lazy_gettext as _l
from layers_guidelines.fhir_ratings import FoundCode, Place, Unread, is_rated, read_rating
from layers_guidelines.fhir_source import MAX_BYTES, MAX_DEPTH, MAX_RECOMMENDATIONS, Plan, UnreadableFile, parse

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_RECOMMENDATIONS",
    "Document",
    "Edition",
    "FhirImport",
    "FoundCode",
    "ImportedRecommendation",
    "Passage",
    "Unread",
    "UnreadableFile",
    "read",
]

_MOST_KINDS_TOLD = 20
_FULL_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T.*)?", re.DOTALL)


@dataclass(frozen=True)
class Edition:
    """Which edition of a guideline this is. Publishers change a text under an unchanged label, so the content counts.

    ``version`` and ``date`` are the file's own words, ``content_hash`` is a SHA-256 of what the file says.
    """

    url: str
    version: str
    date: str
    content_hash: str

    @property
    def key(self) -> str:
        """One stable word for the edition: equal for equal url, version, date and content, else different."""
        parts = json.dumps([self.url, self.version, self.date, self.content_hash])
        return hashlib.sha256(parts.encode()).hexdigest()


@dataclass(frozen=True)
class Passage:
    """A further text of the file, with the name of its element: purpose, usage, an action's description."""

    element: str
    text: str
    path: str


@dataclass(frozen=True)
class Document:
    """A document that the file names as its source; ``url`` is empty unless it is a web address."""

    title: str
    url: str


@dataclass(frozen=True)
class ImportedRecommendation:
    """One recommendation of a file. Empty text means that the file does not say it.

    ``strength`` is strong-for, weak-for, strong-against, weak-against or ``None``; ``certainty`` is high, moderate,
    low, very-low or ``None``; ``path`` tells the recommendations of one edition apart.
    """

    edition: Edition
    path: str
    title: str
    text: str
    source_url: str
    dated: date | None
    status: str
    publisher: str
    licence: str
    strength: str | None
    certainty: str | None
    codes: tuple[FoundCode, ...]
    passages: tuple[Passage, ...]
    documents: tuple[Document, ...]
    reported: tuple[Unread, ...]


@dataclass(frozen=True)
class FhirImport:
    """What a file gave: its recommendations, and all that was not understood (theirs included)."""

    recommendations: tuple[ImportedRecommendation, ...]
    reported: tuple[Unread, ...]


def read(content: bytes | str) -> FhirImport:
    """Read a FHIR R4 JSON file.

    Raises:
        UnreadableFile: not JSON, longer than 5 MB, nested deeper than 100, with more than 1,000 recommendations, or
            neither a PlanDefinition nor a Bundle.
    """
    resource = parse(content)
    kind = resource.get("resourceType")
    if kind == "PlanDefinition":
        recommendations = tuple(_at_most(_recommendations(resource, "")))
        return FhirImport(recommendations, tuple(note for item in recommendations for note in item.reported))
    if kind == "Bundle":
        return _bundle(resource)
    shown = kind[:60] if isinstance(kind, str) and kind else None
    raise UnreadableFile(
        "wrong-resource",
        _l("This file holds a “%(kind)s”, not a guideline (PlanDefinition).", kind=shown)
        if shown
        else _l("This is JSON, but not FHIR: it does not name a resourceType."),
    )


def _bundle(bundle: dict[str, Any]) -> FhirImport:
    recommendations: list[ImportedRecommendation] = []
    reported: list[Unread] = []
    left_out: Counter[str] = Counter()
    entries = bundle.get("entry")
    if not isinstance(entries, list):
        entries = []
    for n, entry in enumerate(entries):
        resource = entry.get("resource") if isinstance(entry, dict) else None
        kind = resource.get("resourceType") if isinstance(resource, dict) else None
        if isinstance(resource, dict) and kind == "PlanDefinition":
            found = _recommendations(resource, f"entry[{n}].resource")
            recommendations.extend(_at_most(found, len(recommendations)))
        else:
            left_out[kind[:60] if isinstance(kind, str) else "?"] += 1
    for kind, count in left_out.most_common(_MOST_KINDS_TOLD):
        what = _l("%(count)s × %(kind)s", count=count, kind=kind)
        reported.append(Unread("entry", what, _l("Only guidelines (PlanDefinition) are imported."), "other-resource"))
    if not recommendations:
        reported.append(Unread("entry", _l("No guideline in this file"), _l("Nothing was imported."), "empty-bundle"))
    notes = [note for item in recommendations for note in item.reported]
    return FhirImport(tuple(recommendations), tuple(reported + notes))


def _at_most(found: Iterator[ImportedRecommendation], already: int = 0) -> Iterator[ImportedRecommendation]:
    for number, recommendation in enumerate(found, start=already + 1):
        if number > MAX_RECOMMENDATIONS:
            why = _l("This file holds more than 1,000 recommendations. Split it into smaller files.")
            raise UnreadableFile("too-many", why)
        yield recommendation


def _recommendations(resource: dict[str, Any], path: str) -> Iterator[ImportedRecommendation]:
    """Yield the recommendations of one PlanDefinition: one for each rated action, else one for the whole plan."""
    plan = Plan(resource, path)
    actions = plan.actions()
    rated = [place for place in actions if any(is_rated(inner) for inner in _rating_places(place))]
    about = _about(plan, actions)
    if len(rated) > 1:
        for number, place in enumerate(rated):
            # What concerns the whole file is told once, with its first recommendation.
            yield _recommendation(about if number == 0 else replace(about, reported=()), plan, place, [place], actions)
    else:
        yield _recommendation(about, plan, (path, resource), rated, actions)


def _about(plan: Plan, actions: list[Place]) -> ImportedRecommendation:
    """Return what all recommendations of the plan share; title, text and rating come with each."""
    root = plan.plan
    url = plan.text(root, "url", plan.path)
    stamp = plan.text(root, "date", plan.path)
    edition = Edition(url, plan.text(root, "version", plan.path), stamp, _content_hash(root))
    about = ImportedRecommendation(
        edition=edition,
        path=plan.path,
        title=plan.text(root, "title", plan.path) or plan.text(root, "name", plan.path),
        text="",
        source_url=_web_address(url),
        dated=_date(stamp),
        status=plan.text(root, "status", plan.path),
        publisher=plan.text(root, "publisher", plan.path),
        licence=plan.text(root, "copyright", plan.path),
        strength=None,
        certainty=None,
        codes=(),
        passages=(),
        documents=tuple(_documents(plan)),
        reported=(),
    )
    _remark(plan, about, actions)
    return replace(about, reported=tuple(plan.reported))


def _recommendation(
    about: ImportedRecommendation, plan: Plan, place: Place, rated: list[Place], actions: list[Place]
) -> ImportedRecommendation:
    """Return the recommendation that stands at ``place``: an action, or the plan itself."""
    path, element = place
    is_plan = element is plan.plan
    plan.reported = []
    outer = [place, *plan.elements(element, "relatedArtifact", path)] if is_plan else []
    rating = read_rating(outer + [inner for rated_place in rated for inner in _rating_places(rated_place)])
    below = actions if is_plan else list(_below(place, actions))
    statements = [
        _statement(plan, inner) for inner in ([place] if not is_plan or element.get("description") else below)
    ]
    text = next(filter(None, statements), "")
    if not text:
        plan.note(path, _l("No recommendation text"), _l("Type it in by hand from the source."), "no-text")
    passages = tuple(
        passage for passage in _passages(plan, place, below, is_plan=is_plan) if passage.text not in (text, about.title)
    )
    title = about.title if is_plan else plan.text(element, "title", path) or about.title
    reported = (*about.reported, *plan.reported, *rating.reported)
    return replace(
        about,
        path=path,
        title=title,
        text=text,
        strength=rating.strength,
        certainty=rating.certainty,
        codes=rating.codes,
        passages=passages,
        reported=tuple(dict.fromkeys(reported)),
    )


def _below(place: Place, actions: list[Place]) -> Iterator[Place]:
    """Yield the actions inside an action: they follow it at once in the file's order."""
    for at in range(bisect_right(actions, _order(place), key=_order), len(actions)):
        if not actions[at][0].startswith(f"{place[0]}."):
            return
        yield actions[at]


def _order(place: Place) -> list[int]:
    """Return where the action stands: the numbers of its path, so that 10 comes after 9."""
    return [int(number) for number in re.findall(r"\[([0-9]+)\]", place[0])]


def _rating_places(place: Place) -> list[Place]:
    """Return the elements of an action that may carry its rating: itself and its documentation."""
    path, action = place
    documentation = action.get("documentation")
    items = enumerate(documentation if isinstance(documentation, list) else [])
    return [place, *((f"{path}.documentation[{n}]", item) for n, item in items if isinstance(item, dict))]


def _statement(plan: Plan, place: Place) -> str:
    path, element = place
    return plan.text(element, "description", path) or plan.text(element, "textEquivalent", path)


def _passages(plan: Plan, place: Place, below: list[Place], *, is_plan: bool) -> Iterator[Passage]:
    """Yield the further texts in the file's order: the plan's own, then those of the actions below."""
    names = ("purpose", "usage") if is_plan else ("title", "description", "textEquivalent")
    root: list[tuple[Place, tuple[str, ...]]] = [] if is_plan else [((plan.path, plan.plan), ("description",))]
    for (path, element), wanted in [
        *root,
        (place, names),
        *((inner, ("title", "description", "textEquivalent")) for inner in below),
    ]:
        for name in wanted:
            if text := plan.text(element, name, path):
                yield Passage(name, text, path)


def _documents(plan: Plan) -> Iterator[Document]:
    for path, artifact in plan.elements(plan.plan, "relatedArtifact", plan.path):
        if artifact.get("type") in ("documentation", "citation", "justification", "derived-from"):
            words = (plan.text(artifact, name, path) for name in ("display", "citation", "label"))
            title = next(filter(None, words), "")
            url = _web_address(plan.text(artifact, "url", path) or plan.text(artifact, "resource", path))
            if title or url:
                yield Document(title, url)


def _remark(plan: Plan, about: ImportedRecommendation, actions: list[Place]) -> None:
    """Note what the reader of the whole guideline must know: no licence, no origin, logic left out."""
    edition = about.edition
    if not edition.url:
        plan.note(plan.path, _l("No web address (url)"), _l("Say by hand where it comes from."), "no-url")
    elif not about.source_url:
        why = _l("It is not a web address, so we do not link to it.")
        plan.note(plan.at("url"), _l("“%(url)s”", url=edition.url[:200]), why, "url-not-web")
    if not edition.version and not edition.date:
        why = _l("We tell its editions apart by their content alone.")
        plan.note(plan.path, _l("No version and no date"), why, "no-version")
    elif edition.date and about.dated is None:
        why = _l("It is not a full date, so we keep it as it is written.")
        plan.note(plan.at("date"), _l("“%(date)s”", date=edition.date[:40]), why, "date-not-full")
    if not about.licence:
        why = _l("Ask the publisher what you may do with the text before you share it.")
        plan.note(plan.path, _l("No copyright or licence"), why, "no-licence")
    if about.status == "retired":
        why = _l("The publisher has withdrawn it. Look for a newer one.")
        plan.note(plan.at("status"), _l("This edition is retired"), why, "retired")
    logic = ("condition", "trigger", "input", "dynamicValue", "definitionCanonical", "definitionUri")
    if plan.plan.get("library") or any(action.get(name) for _, action in actions for name in logic):
        why = _l("We import the words of a guideline, not its rules for computers.")
        plan.note(plan.at("action"), _l("Rules for computers"), why, "logic-left-out")


def _content_hash(resource: dict[str, Any]) -> str:
    """Hash what the resource says; its ``meta`` (a server's own stamps) is left out."""
    said = {name: value for name, value in resource.items() if name != "meta"}
    canonical = json.dumps(said, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _web_address(url: str) -> str:
    """Return the address if a page may link to it, else ``""`` (no javascript:, no urn:, no spaces)."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    ok = parts.scheme in ("http", "https") and parts.hostname and not re.search(r"[\s\x00-\x20\\<>\"]", url)
    return url if ok else ""


def _date(stamp: str) -> date | None:
    match = _FULL_DATE.fullmatch(stamp)
    if not match:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
