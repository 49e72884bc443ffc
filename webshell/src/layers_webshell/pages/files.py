"""The files of a thing: shown to whoever sees the thing, added, described and removed by whoever may change it."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, url_for
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
from layers_webshell.sending import file_sent

pages = Blueprint("files", __name__)

KILOBYTE, MEGABYTE = 1024, 1024 * 1024

pages.add_app_template_global(uploads.shown_again, "files_kept")
pages.add_app_template_global(family, "file_family")
pages.add_app_template_filter(family, "file_family")


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


@pages.get("/<practice>/things/<uuid:thing_id>/files/<uuid:attachment_id>")
@policy("member")
def show(thing_id: UUID, attachment_id: UUID) -> Response:
    """A file of a thing that the reader may see."""
    thing = reading.get(current.session, current.host, current.actor, thing_id)
    if thing is None or not thing.available:
        abort(404)
    return file_sent(files_reading.find(current.session, current.actor, thing_id, attachment_id))


@pages.get("/me/things/<uuid:thing_id>/files/<uuid:attachment_id>")
@policy("signed_in")
def own(thing_id: UUID, attachment_id: UUID) -> Response:
    """A file of what the person wrote themselves, wherever they work now."""
    mine = files_reading.own(current.session, current.person.id, thing_id)
    return file_sent(next((file for file in mine if file.id == attachment_id), None))


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
