"""Your things: what a person wrote and promised, in whatever practice, mix and state. Nobody else reaches it."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, abort, render_template, request, send_file

from layers_core.artefacts import mine
from layers_core.artefacts.attachments import reading as files_reading
from layers_core.artefacts.followup import today_in
from layers_core.artefacts.mine import MyThing
from layers_core.artefacts.reading import Place
from layers_core.db.base import now
from layers_core.host.faults import DoorFault
from layers_core.i18n import DEFAULT_TIMEZONE
from layers_core.i18n import gettext as _
from layers_core.practices.access import practices_of
from layers_core.usage.studies import evaluated_by
from layers_core.vocabulary import label
from layers_core.web import current, policy
from layers_webshell.pages import my_data
from layers_webshell.pages.differences import fields_of
from layers_webshell.pages.rows import cursor, kind_label, kind_of, place

pages = Blueprint("me", __name__)

PAGE = 20


@pages.get("/me")
@policy("signed_in")
def index() -> str:
    """Practices, open promises, and everything that the person wrote, newest first."""
    session, host, person_id = current.session, current.host, current.person.id
    before = place(request.args.get("older", ""))
    found = mine.things(session, host, person_id, before=before, limit=PAGE + 1)
    shown = found[:PAGE]
    last = shown[-1] if len(found) > PAGE else None
    today = today_in(DEFAULT_TIMEZONE)
    actions = [] if before else mine.actions(session, person_id, only_open=True)
    return render_template(
        "layers/pages/me.html",
        practices=practices_of(session, person_id),
        evaluates=bool(evaluated_by(session, person_id)),
        operates=current.person.is_operator,
        profession_label=lambda code: label("professions", code),
        overdue=[action for action in actions if action.due_on and action.due_on < today],
        promised=[action for action in actions if not (action.due_on and action.due_on < today)],
        today=today,
        things=shown,
        kind_label=kind_label,
        seen_by=seen_by,
        later=before is not None,
        older=cursor(Place(last.created_at, last.id)) if last else "",
    )


def seen_by(thing: MyThing) -> str:
    """Who can see one's own thing, in words."""
    if thing.state != "live":
        return _("Out of sight: only you")
    words = {
        "person": _("Only you"),
        "group": _("The people you named"),
        "network": _("Every practice in the network"),
    }
    return words.get(thing.audience_type, thing.audience_name)


@pages.get("/me/things/<uuid:thing_id>")
@policy("signed_in")
def thing(thing_id: UUID) -> str:
    """One thing that the person wrote, with all its versions and what plugins keep about it for them alone."""
    session, host, person_id = current.session, current.host, current.person.id
    found = mine.thing(session, host, person_id, thing_id)
    if found is None:
        abort(404)
    revisions = mine.revisions(session, host, person_id, [thing_id])
    files, kind = files_reading.own(session, person_id, thing_id), kind_of(found.kind)
    # Last: a plugin's faulty query ends what PostgreSQL lets this session ask.
    try:
        rows = my_data.plugin_rows(host, session, person_id)
        complete = True
    except DoorFault:
        rows, complete = [], False
    return render_template(
        "layers/pages/my_thing.html",
        thing=found,
        kind=kind_label(found.kind),
        seen_by=seen_by(found),
        fields=fields_of(found.body, kind),
        earlier=[(revision, fields_of(revision.body, kind)) for revision in reversed(revisions[:-1])],
        besides=[(row.what, fields_of(row.shown)) for row in rows if row.values.get("artefact_id") == str(thing_id)],
        complete=complete,
        files=files,
    )


@pages.get("/me/download")
@policy("signed_in")
def download() -> Response | tuple[str, int]:
    """Everything that is kept about the person's own words and use, as a ZIP of JSON and a page to read."""
    try:
        data = my_data.collect(current.session, current.host, current.person)
    except DoorFault:
        return render_template("layers/pages/download_later.html"), 503
    name = f"learning-layers-{now():%Y-%m-%d}.zip"
    packed = my_data.as_zip(data, my_data.file_contents(current.session, current.host, current.person))
    return send_file(packed, mimetype="application/zip", as_attachment=True, download_name=name)
