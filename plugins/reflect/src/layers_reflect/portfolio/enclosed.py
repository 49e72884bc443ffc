"""The files of an entry that somebody brings: checked and cleaned like every file that is attached here."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from layers_core.artefacts import attachments
from layers_core.artefacts.attachments.models import Attachment
from layers_core.artefacts.attachments.naming import clean_name
from layers_core.contract import Prepared
from layers_core.i18n import gettext as _
from layers_reflect.portfolio.interchange import Entry, FileRecord, Refused, Report

TRIES = 3
"""So many times as many files as an entry can have are looked at: some may be of a kind that is not kept."""


def prepared(session: Session, entry: Entry, report: Report) -> tuple[Prepared, ...]:
    """Those of an entry's files that can be kept; for each other one, why not goes into the report."""
    kept: list[Prepared] = []
    most, room = attachments.limit("files_a_thing"), attachments.limit("bytes_a_submit")
    too_much = _("The entry has too many files, or they are too large together")
    for number, file in enumerate(entry.files):
        if len(kept) == most or number >= TRIES * most:
            # Not even opened: hundreds of names for one large file would take hours.
            report.note(file.name, entry.id.urn, too_much)
            continue
        try:
            content = _content(file)
            found = _known(session, file, content) or replace(
                attachments.prepare(file.name, content), description=file.description
            )
        except (Refused, attachments.Refused) as refused:
            report.note(file.name, entry.id.urn, str(refused))
            continue
        if sum(other.size for other in kept) + found.size > room:
            report.note(file.name, entry.id.urn, too_much)
        else:
            kept.append(found)
    return tuple(kept)


def _content(file: FileRecord) -> bytes:
    with file.open() as stream:
        # One byte more than is allowed, so that a file that is too large is found to be so.
        return stream.read(attachments.limit("bytes_a_file") + 1)


def _known(session: Session, file: FileRecord, content: bytes) -> Prepared | None:
    """The same file where it was cleaned here before: cleaned again, a picture would lose a little each time."""
    digest = hashlib.sha256(content).hexdigest()
    row = session.scalar(select(Attachment).where(Attachment.digest == digest).limit(1))
    if row is None:
        return None
    name = clean_name(file.name)
    return Prepared(name, row.media_type, digest, row.size, content, file.description)
