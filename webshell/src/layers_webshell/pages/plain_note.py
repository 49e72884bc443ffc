"""Changing a plain note, the core's own kind. Its endpoint is `core.edit`, where the thing's page looks for it."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from layers_core.artefacts import reading
from layers_core.artefacts.errors import EditConflict
from layers_core.artefacts.service import may_edit
from layers_core.contract import Draft, Problem, Thing
from layers_core.host.builtin import RECORD
from layers_core.i18n import gettext as _
from layers_core.web import Submitted, current, policy, submitted
from layers_webshell.pages.capturing import NOTE
from layers_webshell.pages.saving import Refusal, attempt, refused

pages = Blueprint("core", __name__)


@pages.get("/<practice>/notes/<uuid:thing_id>/edit")
@policy("member", RECORD)
def edit(thing_id: UUID) -> str:
    """The form, with what the note says now."""
    note = _own(thing_id)
    return _form(note, Submitted(dict(note.body)), note.revision, None)


@pages.post("/<practice>/notes/<uuid:thing_id>/edit")
@policy("member", RECORD)
def save(thing_id: UUID) -> Response | tuple[str, int]:
    """Save the change; a refusal shows the form with what was typed, a conflict both texts."""
    note, form = _own(thing_id), submitted()
    revision = form.whole("revision") or 0
    captured = NOTE.read(form)
    if captured.problems:
        return _form(note, form, revision, refused(captured.problems)), 422
    draft = Draft(note.kind, captured.title, captured.body, guard=form.guard())
    try:
        _result, refusal = attempt(lambda: current.artefacts.revise(current.actor, thing_id, draft, revision))
    except EditConflict as conflict:
        now = conflict.current
        if now.body != captured.body:
            text = _("This was changed since you opened it. Read both texts, then save again")
            refusal = Refusal(status=409, problems=(Problem(text, "text"),))
            return _form(now, form, now.revision, refusal, theirs=now.body["text"]), refusal.status
        refusal = None
    if refusal:
        return _form(note, form, revision, refusal), refusal.status
    flash(_("Your changes are saved."), "success")
    return redirect(url_for("thing.show", thing_id=thing_id), 303)


def _own(thing_id: UUID) -> Thing:
    note = reading.get(current.session, current.host, current.actor, thing_id)
    if note is None or note.kind != NOTE.kind or not may_edit(current.host, current.actor, note):
        abort(404)
    return note


def _form(note: Thing, fields: Submitted, revision: int, refusal: Refusal | None, theirs: str = "") -> str:
    return render_template(
        "layers/pages/plain_note.html",
        thing=note,
        fields=fields,
        revision=revision,
        refusal=refusal,
        theirs=theirs,
        problems=refusal.problems if refusal else (),
    )
