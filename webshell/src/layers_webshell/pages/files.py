"""The files of a thing: shown to whoever sees the thing, added, described and removed by whoever may change it."""

from __future__ import annotations

import logging
from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, send_file, url_for
from flask_babel import format_decimal
from werkzeug.wrappers import Response as AnyResponse

from layers_core.artefacts import reading
from layers_core.artefacts.attachments import family
from layers_core.artefacts.attachments import reading as files_reading
from layers_core.artefacts.attachments.reading import AttachmentView
from layers_core.i18n import gettext as _
from layers_core.vocabulary import label, vocabulary
from layers_core.web import current, policy, submitted, takes_files
from layers_webshell import uploads
from layers_webshell.pages.saving import Refusal, attempt, refused
from layers_webshell.pages.thing import render

pages = Blueprint("files", __name__)
log = logging.getLogger("layers.files")

SHOWN_IN_PLACE = frozenset({"picture", "sound"})
KILOBYTE, MEGABYTE = 1024, 1024 * 1024
# Even opened by itself a file runs nothing, sends nothing and belongs to no page of ours.
CONTENT_SECURITY_POLICY = "default-src 'none'; img-src 'self'; media-src 'self'; sandbox"

pages.add_app_template_global(uploads.shown_again, "files_kept")
pages.add_app_template_global(family, "file_family")


@pages.app_template_global("file_types")
def types_taken() -> str:
    """What a browser's file chooser offers: the types that are taken, and their endings for browsers without types."""
    entries = vocabulary("attachment_types")
    return ",".join((*entries, *(entry["extension"] for entry in entries.values())))


@pages.app_template_filter("file_facts")
def facts(file: AttachmentView) -> str:
    """What a file is and how large, in words."""
    if file.size < MEGABYTE:
        size = _("%(size)s KB", size=format_decimal(max(1, round(file.size / KILOBYTE))))
    else:
        size = _("%(size)s MB", size=format_decimal(round(file.size / MEGABYTE, 1)))
    return f"{label('attachment_types', file.media_type)}, {size}"


def sent(file: AttachmentView | None) -> Response:
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


@pages.get("/<practice>/things/<uuid:thing_id>/files/<uuid:attachment_id>")
@policy("member")
def show(thing_id: UUID, attachment_id: UUID) -> Response:
    """A file of a thing that the reader may see."""
    thing = reading.get(current.session, current.host, current.actor, thing_id)
    if thing is None or not thing.available:
        abort(404)
    return sent(files_reading.find(current.session, current.actor, thing_id, attachment_id))


@pages.get("/me/things/<uuid:thing_id>/files/<uuid:attachment_id>")
@policy("signed_in")
def own(thing_id: UUID, attachment_id: UUID) -> Response:
    """A file of what the person wrote themselves, wherever they work now."""
    mine = files_reading.own(current.session, current.person.id, thing_id)
    return sent(next((file for file in mine if file.id == attachment_id), None))


@pages.post("/<practice>/things/<uuid:thing_id>/files")
@policy("member")
@takes_files
def add(thing_id: UUID) -> AnyResponse | tuple[str, int]:
    """Add files to a thing."""
    form = submitted()
    brought = uploads.received(form)
    if brought.problems:
        refusal: Refusal | None = refused(brought.problems)
    else:
        _result, refusal = attempt(
            lambda: current.artefacts.attach(current.actor, thing_id, brought.files, form.guard(), form.client_key)
        )
    if refusal:
        uploads.keep()
        return render(thing_id, fields=form, refusal=refusal, form="files"), refusal.status
    uploads.done()
    flash(_("Your files are saved"), "success")
    return _to(thing_id)


@pages.post("/<practice>/things/<uuid:thing_id>/files/<uuid:attachment_id>/remove")
@policy("member")
def remove(thing_id: UUID, attachment_id: UUID) -> AnyResponse:
    """Take a file off a thing."""
    attempt(lambda: current.artefacts.detach(current.actor, thing_id, attachment_id))
    flash(_("The file was removed"), "success")
    return _to(thing_id)


@pages.post("/<practice>/things/<uuid:thing_id>/files/<uuid:attachment_id>/describe")
@policy("member")
def describe(thing_id: UUID, attachment_id: UUID) -> AnyResponse | tuple[str, int]:
    """Say what a picture shows, for people who cannot see it."""
    form = submitted()
    words = form.get("description")
    _result, refusal = attempt(
        lambda: current.artefacts.describe(current.actor, thing_id, attachment_id, words, form.guard())
    )
    if refusal:
        return render(thing_id, fields=form, refusal=refusal, form=f"describe-{attachment_id}"), refusal.status
    flash(_("The description is saved"), "success")
    return _to(thing_id)


def _to(thing_id: UUID) -> AnyResponse:
    return redirect(url_for("thing.show", thing_id=thing_id, _anchor="files-of-thing"), 303)
