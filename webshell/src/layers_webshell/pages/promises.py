"""What a practice promised: open, overdue, done. And asking a colleague to do something about a thing."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from layers_core.artefacts import audience, promises, reading
from layers_core.artefacts.followup import today_in
from layers_core.contract import Problem, Promise, Thing
from layers_core.i18n import gettext as _
from layers_core.vocabulary import label
from layers_core.web import Submitted, current, parse_uuid, policy, submitted
from layers_webshell.pages.rows import cursor, place
from layers_webshell.pages.saving import Refusal, attempt, refused

pages = Blueprint("promises", __name__)

PAGE = 20
STATES = ("open", "overdue", "done")


@pages.get("/<practice>/actions")
@policy("member")
def index() -> str:
    """The practice's promises that the reader may see, and their own."""
    wanted = request.args.get("state", "")
    state = cast("promises.State", wanted if wanted in STATES else "open")
    mine = request.args.get("who") == "me"
    before = place(request.args.get("older", ""))
    after = promises.After(before.created_at, before.id) if before else None
    today = today_in(current.practice.time_zone)
    found = promises.listed(
        current.session, current.host, current.actor, state, today, mine=mine, after=after, limit=PAGE + 1
    )
    shown = found[:PAGE]
    last = promises.place(shown[-1]) if len(found) > PAGE else None
    return render_template(
        "layers/pages/promises.html",
        promised=shown,
        today=today,
        state=state,
        states=((_("Open"), "open"), (_("Overdue"), "overdue"), (_("Done"), "done")),
        mine=mine,
        outcome=lambda code: label("outcomes", code),
        later=after is not None,
        older=cursor(reading.Place(last.moment, last.id)) if last else "",
    )


@pages.route("/<practice>/things/<uuid:thing_id>/ask", methods=["GET"])
@policy("member")
def ask(thing_id: UUID) -> str:
    """The form that promises something about a thing, by oneself or by a colleague who can see it."""
    return _page(thing_id, Submitted({}), None)


def _thing(thing_id: UUID) -> Thing:
    thing = reading.get(current.session, current.host, current.actor, thing_id)
    if thing is None or not thing.available:
        abort(404)
    return thing


def _page(thing_id: UUID, form: Submitted, refusal: Refusal | None) -> str:
    thing = _thing(thing_id)
    people = audience.colleagues(current.session, current.actor, thing.audience)
    return render_template(
        "layers/pages/ask.html",
        thing=thing,
        people=[(str(key), _("Me") if key == current.actor.person_id else name) for key, name in people.items()],
        me=str(current.actor.person_id),
        fields=form,
        refusal=refusal,
        problems=refusal.problems if refusal else (),
    )


@pages.route("/<practice>/things/<uuid:thing_id>/ask", methods=["POST"])
@policy("member")
def keep(thing_id: UUID) -> Response | tuple[str, int]:
    """Promise something about a thing in one's own name, or in that of a colleague who can see it."""
    form = submitted()
    wanted, owner = form.promise(), parse_uuid(form.get("owner"))
    if wanted is None and not form.problems:
        form.problems.append(Problem(_("Say what should be done"), "promise"))
    if owner is None:
        form.problems.append(Problem(_("Choose somebody who can see this"), "owner"))
    if wanted is None or form.problems:
        refusal: Refusal | None = refused(form.problems)
    else:
        promise = Promise(wanted.expectation, wanted.due_on, owner)
        _result, refusal = attempt(
            lambda: current.artefacts.promise(current.actor, thing_id, promise, form.guard(), form.client_key)
        )
    if refusal:
        return _page(thing_id, form, refusal), refusal.status
    flash(_("Saved. Whoever does it finds it on their home page."), "success")
    return redirect(url_for("thing.show", thing_id=thing_id, _anchor="actions"), 303)
