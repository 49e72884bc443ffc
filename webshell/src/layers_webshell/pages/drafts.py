"""Drafts: what is typed keeps itself, and whoever comes back is offered it. Only its writer ever sees one."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from layers_core.artefacts import drafts
from layers_core.db.base import now
from layers_core.web import current, policy, submitted
from layers_webshell import drafting
from layers_webshell.kept import typed_fields

pages = Blueprint("drafts", __name__)


@pages.get("/<practice>/drafts")
@policy("member")
def offer() -> str:
    """What the person began in forms of one name, as a part of a page; `key` is the client key of the open form."""
    found = drafts.begun(current.session, current.person.id, current.practice.id, request.args.get("form", ""))
    key = request.args.get("key", "")
    others = [drafting.shown(draft) for draft in found if draft.form.partition(" ")[2] != key]
    return render_template("layers/pages/draft_offer.html", begun=others)


@pages.post("/<practice>/drafts")
@policy("member")
def keep() -> Response | str:
    """Keep what is typed so far; answers with what to tell the writer, nothing where that form was saved already."""
    form, fields = submitted(), drafting.fields_of_draft(typed_fields())
    try:
        name = drafts.form_of(form.get(drafting.FORM), form.client_key)
    except ValueError:
        abort(400)
    person = current.person.id
    if current.artefacts.repeat_of(str(person), form.client_key):
        # This was on its way while the form itself was saved.
        return Response(status=204)
    try:
        with drafting.database().write() as unit:
            drafts.keep(unit, person, current.practice.id, name, fields)
    except ValueError:
        abort(413)
    return render_template("layers/pages/draft_kept.html", at=now())


@pages.post("/me/drafts/<uuid:draft_id>/drop")
@policy("signed_in")
def drop(draft_id: UUID) -> Response:
    """Throw a draft away."""
    with drafting.database().write() as unit:
        if not drafts.throw_away(unit, current.person.id, draft_id):
            abort(404)
    return redirect(url_for("outbox.index"), 303)
