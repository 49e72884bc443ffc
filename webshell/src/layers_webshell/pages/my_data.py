"""A person's own data as one file: everything as JSON, and the same as a page to read."""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, cast
from uuid import UUID

from flask import render_template
from sqlalchemy.orm import Session

from layers_core.artefacts import drafts, mine
from layers_core.artefacts.attachments import reading as files_reading
from layers_core.artefacts.attachments.reading import AttachmentView
from layers_core.db.base import now
from layers_core.host.loader import Host
from layers_core.reminding import slots
from layers_core.usage import consent
from layers_core.web import PersonView
from layers_webshell.pages.differences import fields_of
from layers_webshell.pages.rows import kind_label, kind_of

IN_MEMORY = 1024 * 1024
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
    files: dict[UUID, list[dict[str, Any]]] = {}
    for file in files_reading.own(session, person.id):
        told = {"name": file.name, "media_type": file.media_type, "size": file.size, "description": file.description}
        files.setdefault(file.artefact_id, []).append({**told, "in_this_download": place_of(file)})
    collected = {
        "made_at": now(),
        "person": {"id": person.id, "name": person.name, "email": person.email},
        "things": [
            {**asdict(thing), "versions": revisions.get(thing.id, []), "files": files.get(thing.id, [])}
            for thing in mine.things(session, host, person.id, limit=None)
        ],
        "promises": [asdict(action) for action in mine.actions(session, person.id)],
        "comments": [asdict(comment) for comment in mine.comments(session, person.id)],
        "changed_dates": [asdict(move) for move in mine.moves(session, person.id)],
        "time_of_the_week": asdict(slots.of(session, person.id)),
        "mails": [asdict(mail) for mail in mine.mails(session, person.id)],
        "answers": [asdict(answer) for answer in mine.answers(session, person.id)],
        "drafts": [asdict(draft) for draft in drafts.of_person(session, person.id)],
        "plugins": [asdict(row) for row in plugin_rows(host, session, person.id)],
        "use": [asdict(event) for event in mine.events(session, person.id, limit=None)],
        "evaluation_since": consent.given_at(session, person.id),
    }
    plain: dict[str, Any] = json.loads(json.dumps(collected, default=str))
    return plain


def place_of(file: AttachmentView) -> str:
    """Where a file of one's own lies in the download: names may be equal, keys never are."""
    return f"files/{file.id}/{file.name}"


def file_contents(session: Session, host: Host, person: PersonView) -> Iterator[tuple[str, Path]]:
    """The files of what the person wrote, as where they lie in the download and here; a missing one is left out."""
    for file in files_reading.own(session, person.id):
        if host.files.has(file.digest):
            yield place_of(file), host.files.path(file.digest)


def as_zip(data: Mapping[str, Any], files: Iterable[tuple[str, Path]]) -> IO[bytes]:
    """The file: `everything.json` for machines, `read-me.html` for people, and what they attached under `files/`."""
    page = render_template(
        "layers/pages/download.html", data=data, fields_of=fields_of, kind_label=kind_label, kind_of=kind_of
    )
    # A large one is put together on the disk. The answer closes it when it was sent.
    target = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("everything.json", json.dumps(data, ensure_ascii=False, indent=2))
        archive.writestr("read-me.html", page)
        for place, path in files:
            # Pictures and sound are as small as they get.
            archive.write(path, place, compress_type=zipfile.ZIP_STORED)
    target.seek(0)
    return cast("IO[bytes]", target)


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float | bool | list | dict) or value is None else str(value)
