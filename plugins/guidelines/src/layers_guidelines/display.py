"""What templates show of a body in words: tags, and the choices of a rating."""

from __future__ import annotations

from collections.abc import Iterable

from layers_core.contract import Body
from layers_core.i18n import gettext as _
from layers_guidelines import nice
from layers_guidelines.words import Word, word


def tags(body: Body) -> list[Word]:
    """A recommendation's strength, certainty and status, NICE's own words and its date label, as tags."""
    verbs = nice.verbs(body["text"]) if nice.is_nice(body["source_name"], body["source_url"]) else ()
    label = nice.date_label(body["text"])
    found = [
        word("strengths", body["strength"]) or Word(_("Strength not stated")),
        word("certainties", body["certainty"]) or Word(_("Certainty not stated")),
        *(word("nice_verbs", code) for code in verbs),
        Word(label.text, label.words, "white") if label else None,
        word("statuses", body["status"]),
    ]
    return [tag for tag in found if tag]


def options(name: str, codes: Iterable[str]) -> list[tuple[str, str]]:
    """The choices of a rating for a select, "not stated" first."""
    labels = ((code, word(name, code)) for code in codes)
    return [("", _("Not stated")), *((code, found.label) for code, found in labels if found)]
