"""Reading a FHIR R4 or R4B Questionnaire that somebody else made, and saying what of it is not used as it stands.

It never raises: what cannot be read is told in the answer. What vendors get wrong, and what STU3 and R5 write
otherwise, is put right where its meaning is plain. The limits stand in docs/decisions/0013-forms.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from layers_core.forms import parsing
from layers_core.forms.elements import Element, Report, Reported, listed
from layers_core.forms.items import ItemReader
from layers_core.forms.model import Questionnaire
from layers_core.i18n import gettext as _

__all__ = ["DEEPEST", "MOST_ITEMS", "Read", "Reported", "read", "read_file"]

MOST_ITEMS = 5_000
"""Items in one form, groups and words included."""
DEEPEST = 20
"""Levels of items within items."""


@dataclass(frozen=True)
class Read:
    """What came of reading a form.

    `items` are the items that the file has, `kept` those of the questionnaire. Not `ok` means that there is no
    questionnaire, and the first report says why.
    """

    questionnaire: Questionnaire | None
    ok: bool
    items: int
    kept: int
    reported: tuple[Reported, ...]


def read_file(file: Path | bytes) -> Read:
    """Read the form in a file, or in the bytes that somebody uploaded."""
    return _read(parsing.parse_file(file))


def read(resource: object) -> Read:
    """Read a form that is parsed already: what `json.loads` gave."""
    return _read(parsing.Parsed(resource))


def _read(parsed: parsing.Parsed) -> Read:
    cleaned = parsing.clean(parsed.data)
    if parsed.problem or cleaned.problem:
        return _refused(_("file"), parsed.problem or cleaned.problem)
    report = Report()
    for what, why in (*parsed.notes, *cleaned.notes):
        report.add("", what, why)
    resource = cleaned.data
    problem = _no_form(resource)
    if problem:
        return _refused("resourceType", problem)
    items, deepest = _count(resource.get("item"))
    if items > MOST_ITEMS:
        why = _("The form has %(count)s items; %(most)s are the most.", count=f"{items:,}", most=f"{MOST_ITEMS:,}")
        return _refused("item", why, items)
    if deepest > DEEPEST:
        why = _("Items are nested %(count)s levels deep; %(most)s are the most.", count=deepest, most=DEEPEST)
        return _refused("item", why, items)
    if not items and "group" in resource:
        return _refused("group", _("This is a form of FHIR DSTU2. Save it as FHIR R4."))
    questionnaire = _questionnaire(resource, report)
    return Read(questionnaire, True, items, sum(1 for _item in questionnaire.walk()), report.lines())


def _refused(what: str, why: str, items: int = 0) -> Read:
    return Read(None, False, items, 0, (Reported("", what, why),))


def _no_form(resource: Any) -> str:
    if not isinstance(resource, dict):
        return _("The file holds no FHIR resource.")
    kind = resource.get("resourceType")
    if kind == "Questionnaire":
        return ""
    if not isinstance(kind, str):
        return _("The file does not say that it is a Questionnaire (resourceType).")
    return _("The file holds a %(kind)s. Give a Questionnaire, alone in its file.", kind=kind[:100])


def _count(items: Any) -> tuple[int, int]:
    """How many items there are, and how many levels of them."""
    level, count, depth = [*listed(items)], 0, 0
    while level:
        count += len(level)
        depth += 1
        level = [inner for item in level if isinstance(item, dict) for inner in listed(item.get("item"))]
    return count, depth


def _questionnaire(resource: dict[str, Any], report: Report) -> Questionnaire:
    form = Element(resource, "", report)
    title = form.words("title")
    if not title.text and isinstance(resource.get("name"), str):
        title = type(title)(resource["name"].strip(), title.translations)
    if resource.get("status") not in ("draft", "active"):
        form.tell("status", _("It should be draft or active. Ask who made the form whether it may be used."))
    form.taken.add("item")
    reader = ItemReader(report, resource.get("contained"))
    items = reader.read(resource.get("item"))
    if not items:
        form.tell("item", _("The form has no questions."))
    address, version = form.string("url"), form.string("version")
    language = form.string("language") or "en"
    if _only_value_sets(resource.get("contained")):
        form.taken.add("contained")
    form.rest()
    return Questionnaire(title, items, address, version, language, resource)


def _only_value_sets(contained: Any) -> bool:
    return all(
        isinstance(entry, dict) and entry.get("resourceType") in ("ValueSet", "CodeSystem")
        for entry in listed(contained)
    )
