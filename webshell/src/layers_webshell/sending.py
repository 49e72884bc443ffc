"""A file of a thing as an answer, for pages and programs. Whoever calls this has asked who may see the thing."""

from __future__ import annotations

import logging

from flask import Response, abort, send_file

from layers_core.artefacts.attachments import family
from layers_core.artefacts.attachments.reading import AttachmentView
from layers_core.web import current

log = logging.getLogger("layers.files")

SHOWN_IN_PLACE = frozenset({"picture", "sound"})
# Even opened by itself a file runs nothing, sends nothing and belongs to no page of ours.
CONTENT_SECURITY_POLICY = "default-src 'none'; img-src 'self'; media-src 'self'; sandbox"


def file_sent(file: AttachmentView | None) -> Response:
    """A file as an answer: pictures and sound to be shown, anything else to be saved; parts of it where asked for."""
    if file is None:
        abort(404)
    try:
        answer = send_file(
            current.host.files.path(file.digest),
            mimetype=file.media_type,
            as_attachment=family(file.media_type) not in SHOWN_IN_PLACE,
            download_name=file.name,
            conditional=True,
            etag=False,
            last_modified=None,
        )
    except FileNotFoundError:
        # `layers files check` tells the operator which ones.
        log.error("The content of file %s is missing", file.id)
        abort(404)
    answer.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
