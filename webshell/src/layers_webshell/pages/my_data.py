"""A person's own data as one file: everything as JSON, and the same as a page to read."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from flask import render_template
from sqlalchemy.orm import Session

from layers_core.artefacts import drafts, mine
from layers_core.db.base import now
from layers_core.host.loader import Host
from layers_core.usage import consent
from layers_core.web import PersonView
from layers_webshell.pages.differences import fields_of
from layers_webshell.pages.rows import kind_label

IDENTIFIERS = ("artefact_id", "person_id", "id")


@dataclass(frozen=True)
class PluginRow:
    """Something that a plugin alone keeps about a person."""

    plugin: str
    what: str
    values: Mapping[str, Any]

    @property
    def shown(self) -> Mapping[str, Any]:
        """The values without the keys that tell nobody anything."""
        return {name: value for name, value in self.values.items() if name not in IDENTIFIERS}


def plugin_rows(host: Host, session: Session, person_id: UUID) -> list[PluginRow]:
    """What every installed plugin keeps about a person. Raises DoorFault where one can't be asked."""
    answers = host.doors.custody("layers_personal_data", person_id=person_id, session=session)
    return [
        PluginRow(slug, str(what), {name: _plain(value) for name, value in values.items()})
        for slug, (what, values) in answers
    ]


def collect(session: Session, host: Host, person: PersonView) -> dict[str, Any]:
    """Everything, as JSON values. Raises DoorFault where a plugin can't be asked for its part."""
    revisions: dict[UUID, list[dict[str, Any]]] = {}
    for revision in mine.revisions(session, host, person.id):
        revisions.setdefault(revision.artefact_id, []).append(asdict(revision))
    collected = {
        "made_at": now(),
        "person": {"id": person.id, "name": person.name, "email": person.email},
        "things": [
            {**asdict(thing), "versions": revisions.get(thing.id, [])}
            for thing in mine.things(session, host, person.id, limit=None)
        ],
        "promises": [asdict(action) for action in mine.actions(session, person.id)],
        "comments": [asdict(comment) for comment in mine.comments(session, person.id)],
        "answers": [asdict(answer) for answer in mine.answers(session, person.id)],
        "drafts": [asdict(draft) for draft in drafts.of_person(session, person.id)],
        "plugins": [asdict(row) for row in plugin_rows(host, session, person.id)],
        "use": [asdict(event) for event in mine.events(session, person.id, limit=None)],
        "evaluation_since": consent.given_at(session, person.id),
    }
    plain: dict[str, Any] = json.loads(json.dumps(collected, default=str))
    return plain


def as_zip(data: Mapping[str, Any]) -> bytes:
    """The file: `everything.json` for machines, `read-me.html` for people."""
    page = render_template("layers/pages/download.html", data=data, fields_of=fields_of, kind_label=kind_label)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("everything.json", json.dumps(data, ensure_ascii=False, indent=2))
        archive.writestr("read-me.html", page)
    return target.getvalue()


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float | bool | list | dict) or value is None else str(value)
