"""Recording: one form and one submit for what was learnt, what to do about it, and who should see it."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from layers_core.artefacts import drafts
from layers_core.artefacts.service import Saved
from layers_core.contract import Draft, NewLink
from layers_core.web import Submitted, current, parse_uuid, policy, submitted, takes_files
from layers_webshell import drafting, sharing, uploads
from layers_webshell.pages import capturing
from layers_webshell.pages.saving import Refusal, attempt, refused

pages = Blueprint("record", __name__)

PROMPTED_BY = "prompted_by"


@pages.get("/<practice>/record")
@policy("member", "core.record")
def new() -> str:
    """The empty form; `kind` chooses which, `prompted_by` names the thing that it grows out of.

    `draft` goes on with what the person had begun; `title`, `text` and `url` are what another app or page shared.
    """
    fields = _begun()
    prompted_by = request.args.get(PROMPTED_BY, "") or (fields.get(PROMPTED_BY) if fields else "")
    prompting = capturing.prompting(prompted_by)
    if prompted_by and prompting is None:
        abort(404)
    kind = request.args.get("kind", "") or (fields.get("kind") if fields else "")
    fields = fields or capturing.with_shared(kind, sharing.text_of(request.args))
    box = capturing.record_box(kind, fields=fields, prompted_by=prompting)
    return render_template("layers/pages/record.html", box=box)


def _begun() -> Submitted | None:
    """The fields of the draft that the address names, where it is the person's own and of this practice."""
    draft_id = parse_uuid(request.args.get("draft", ""))
    draft = drafts.one(current.session, current.person.id, draft_id) if draft_id else None
    if draft is None or draft.practice_slug != current.practice.slug:
        return None
    return Submitted(MultiDict(drafting.shown(draft).fields))


@pages.post("/<practice>/record")
@policy("member", "core.record")
@takes_files
def save() -> Response | tuple[str, int]:
    """Save everything of the form in one transaction, or show it again with all that was typed."""
    form = submitted()
    result = saved(form)
    return _again(form, result) if isinstance(result, Refusal) else result


def saved(form: Submitted) -> Response | Refusal:
    """Save a record form: the way to the new thing's page, or why nothing was saved. What is not there is a 404."""
    capture = next((known for _slug, known in capturing.forms() if known.kind == form.get("kind")), None)
    if capture is None:
        abort(404)
    captured, promise = capture.read(form), form.promise()
    links = []
    if prompted_by := form.get(PROMPTED_BY):
        prompting = capturing.prompting(prompted_by)
        if prompting is None:
            abort(404)
        links.append(NewLink(PROMPTED_BY, prompting.id))
    brought = uploads.received(form)
    if problems := (*captured.problems, *form.problems, *brought.problems):
        return refused(problems)
    draft = Draft(
        kind=capture.kind,
        title=captured.title,
        body=captured.body,
        audience=form.get("audience", "me"),
        promise=promise,
        links=tuple(links),
        extras=captured.extras,
        guard=form.guard(),
        attachments=brought.files,
    )
    result, refusal = attempt(lambda: current.artefacts.save(current.actor, draft, form.client_key))
    if refusal:
        return refusal
    uploads.done()
    return redirect(url_for("thing.show", thing_id=cast("Saved", result).id, saved=1), 303)


def _again(form: Submitted, refusal: Refusal) -> tuple[str, int]:
    uploads.keep()
    prompting = capturing.prompting(form.get(PROMPTED_BY))
    box = capturing.record_box(form.get("kind"), fields=form, refusal=refusal, prompted_by=prompting)
    return render_template("layers/pages/record.html", box=box, problems=refusal.problems), refusal.status
