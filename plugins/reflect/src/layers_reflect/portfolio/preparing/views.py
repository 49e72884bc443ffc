"""The pages of an export that takes its time: how far it is, fetching it, beginning again, taking it back."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from flask import Response, abort, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from layers_core.artefacts.errors import NotFound
from layers_core.i18n import gettext as _
from layers_core.i18n import local_date
from layers_core.vocabulary import label, vocabulary
from layers_core.web import after_response, current, policy
from layers_reflect import prompts
from layers_reflect.kinds import WRITE
from layers_reflect.portfolio.preparing import job, reading, service
from layers_reflect.portfolio.preparing.reading import ExportView
from layers_reflect.portfolio.preparing.service import Order, Wish
from layers_reflect.views import staff


def begin(wish: Wish) -> ResponseReturnValue:
    """Have a wish fulfilled aside, and lead to where one sees how far it is."""
    begun = service.begin(current.artefacts, current.actor, wish)
    if begun.order:
        _start(begun.order)
    if begun.another:
        flash(_("This export is still going on. Wait for it or cancel it, then choose again."), "info")
    return redirect(url_for("reflect.export_progress", export_id=begun.id), 303)


def on_their_way() -> list[tuple[ExportView, str]]:
    """The exports that somebody can fetch, wait for or begin again, with what they are."""
    found = reading.exports_of(current.session, current.actor, current.host.files.passing)
    return [(export, label("exports", export.shape, prompts.PACKAGE)) for export in found]


@staff.get("/portfolio/exports/<uuid:export_id>")
@policy("member", WRITE)
def export_progress(export_id: UUID) -> str:
    """How far an export is; once it is whole, where to fetch it."""
    export = _export(export_id)
    return render_template("reflect/export.html", export=export, shape=label("exports", export.shape, prompts.PACKAGE))


@staff.get("/portfolio/exports/<uuid:export_id>/file")
@policy("member", WRITE)
def export_file(export_id: UUID) -> ResponseReturnValue:
    """The file of an export. One that is not there yet, or no more, leads to the page that says so."""
    export = _export(export_id)
    if export.state != "ready":
        return redirect(url_for("reflect.export_progress", export_id=export_id))
    kind = vocabulary("exports", prompts.PACKAGE)[export.shape]
    made = local_date(export.made_at, current.practice.time_zone)
    response: Response = send_file(
        current.host.files.passing.path(export.run),
        kind["type"],
        as_attachment=True,
        download_name=f"portfolio-{made.isoformat()}.{kind['ending']}",
        etag=False,
        last_modified=None,
    )
    response.headers["Cache-Control"] = "private, no-store"
    # A response that is passed straight through is never closed, and then nothing runs after it.
    response.direct_passthrough = False
    after_response(partial(service.fetched, current.artefacts, current.actor, export_id))
    return response


@staff.post("/portfolio/exports/<uuid:export_id>/again")
@policy("member", WRITE)
def export_again(export_id: UUID) -> ResponseReturnValue:
    """Begin an export again that stopped or failed."""
    try:
        order = service.again(current.artefacts, current.actor, export_id)
    except NotFound:
        abort(404)
    if order:
        _start(order)
    return redirect(url_for("reflect.export_progress", export_id=export_id), 303)


@staff.post("/portfolio/exports/<uuid:export_id>/delete")
@policy("member", WRITE)
def export_delete(export_id: UUID) -> ResponseReturnValue:
    """Cancel an export, or delete its file."""
    export = _export(export_id)
    try:
        service.take_back(current.artefacts, current.actor, export_id)
    except NotFound:
        abort(404)
    if export.going_on:
        flash(_("The export is cancelled. Your entries are as they were."), "success")
    else:
        flash(_("The export is deleted. Your entries are as they were."), "success")
    return redirect(url_for("reflect.choose", **export.back), 303)


def _export(export_id: UUID) -> ExportView:
    found = reading.export_of(current.session, current.actor, current.host.files.passing, export_id)
    if found is None:
        abort(404)
    return found


def _start(order: Order) -> None:
    job.start(current.artefacts, current.actor, current.person.name, order)
