"""The files that come with a form: read and checked, and kept for their writer where the form comes back."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import cast
from uuid import UUID

from flask import g, request

from layers_core.artefacts.attachments import Refused, limit, prepare, waiting
from layers_core.artefacts.attachments.waiting import Waiting
from layers_core.contract import Prepared, Problem
from layers_core.i18n import gettext as _
from layers_core.web import Submitted, after_response, current, parse_uuid

log = logging.getLogger("layers.files")

FIELD, KEPT, REMOVED = "files", "kept_file", "remove_kept_file"


@dataclass(frozen=True)
class Uploads:
    """What a form brought: files chosen now, files kept from its last try, and why some are not taken."""

    chosen: tuple[Prepared, ...] = ()
    kept: tuple[Waiting, ...] = ()
    dropped: tuple[UUID, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def files(self) -> tuple[Prepared, ...]:
        """All of them, those kept first."""
        return (*(one.file for one in self.kept), *self.chosen)


def received(form: Submitted) -> Uploads:
    """The files of the present request, checked and cleaned. Nothing is stored yet: `keep` or `done` comes after it."""
    person = current.person.id
    removed = set(form.getlist(REMOVED))
    named = {text: key for text in form.getlist(KEPT) if (key := parse_uuid(text))}
    wanted = [key for text, key in named.items() if text not in removed]
    kept = waiting.find(current.session, person, wanted) if wanted else []
    problems = []
    if len(kept) < len(wanted) and not current.artefacts.repeat_of(str(person), form.client_key):
        problems.append(Problem(_("A file that you chose before is here no longer. Choose it again"), FIELD))
    chosen = []
    # What is beyond the limit is not even looked at: one more is enough to say that they are too many.
    for sent in request.files.getlist(FIELD)[: limit("files_a_thing") + 1]:
        if not sent.filename:
            continue
        try:
            chosen.append(prepare(sent.filename, sent.stream))
        except Refused as why:
            problems.append(Problem(str(why), FIELD))
    dropped = tuple(key for text, key in named.items() if text in removed)
    found = g.layers_uploads = Uploads(tuple(chosen), tuple(kept), dropped, tuple(problems))
    return found


def keep() -> None:
    """Keep the chosen files, because the form is about to be shown again; `shown_again` gives them to its page."""
    uploads: Uploads = g.get("layers_uploads", Uploads())
    kept = list(uploads.kept)
    if uploads.chosen:
        try:
            kept += waiting.keep(
                current.artefacts.database,
                current.host.files,
                current.person.id,
                uploads.chosen[: limit("files_a_thing")],
            )
        except OSError as fault:
            # The words are shown again all the same, and the files are still where they were chosen from.
            log.error("Files could not be kept: %s", fault.strerror)
    g.layers_waiting = kept


def shown_again() -> Sequence[Waiting]:
    """The files that the present page keeps for a form."""
    return cast("Sequence[Waiting]", g.get("layers_waiting", ()))


def done() -> None:
    """Let files wait no longer, once the page was sent: their thing has them, or their writer removed them."""
    uploads: Uploads = g.get("layers_uploads", Uploads())
    ids = [*(one.id for one in uploads.kept), *uploads.dropped]
    if ids:
        database, store, person = current.artefacts.database, current.host.files, current.person.id
        after_response(partial(waiting.forget, database, store, person, ids))
