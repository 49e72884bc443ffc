"""Between the body of a kept thing and an entry of a portfolio, for every kind that Reflect keeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from layers_core.contract import Body
from layers_core.i18n import gettext as _
from layers_reflect import classification
from layers_reflect.classification import no_facts
from layers_reflect.portfolio.interchange import Entry

PARTS = ("template", "template_version", "answers", "asked", "about")


def parts_of(body: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of an entry that a body holds; what has no place of its own is `other`."""
    return {
        "template": body.get("template", ""),
        "template_version": body.get("template_version", 0),
        "answers": body.get("answers", {}),
        "asked": tuple(body.get("asked", ())),
        "about": body.get("about", {}),
        "other": {key: value for key, value in body.items() if key not in PARTS},
    }


def body_of(entry: Entry) -> Body:
    """The body that an entry had, or has when it is kept again."""
    body: Body = dict(entry.other)
    if entry.template:
        body |= {
            "template": entry.template,
            "template_version": entry.template_version,
            "answers": dict(entry.answers),
            "asked": [dict(question) for question in entry.asked],
            "about": {**no_facts(), **entry.about},
            "other": entry.other.get("other", []),
        }
    return body


def classified(about: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What an entry counts as: (scheme, code, words) for each code, topics last."""
    codes = [
        (scheme, str(code), _(classification.codes(scheme).get(code, str(code))))
        for scheme in classification.SCHEMES
        for code in about.get(scheme) or ()
    ]
    topics = about.get(classification.TOPICS) or ()
    return [*codes, *((classification.TOPICS, str(topic), str(topic)) for topic in topics)]
