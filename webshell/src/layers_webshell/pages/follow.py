"""What people do with a thing on its page: connect, comment, promise, say what happened, change who can see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from layers_core.artefacts import audience, promises, reading
from layers_core.artefacts.choices import AudienceChoice, choices
from layers_core.artefacts.followup import today_in
from layers_core.artefacts.service import Saved, may_edit
from layers_core.contract import NewLink, Problem, Thing, whole_body
from layers_core.i18n import gettext as _
from layers_core.vocabulary import label, vocabulary
from layers_core.web import current, parse_uuid, policy, submitted
from layers_webshell.pages.saving import Refusal, attempt, refused
from layers_webshell.pages.thing import render

pages = Blueprint("follow", __name__)

Answer = Response | str | tuple[str, int]


def _to(thing_id: UUID, anchor: str = "") -> Response:
    return redirect(url_for("thing.show", thing_id=thing_id, _anchor=anchor or None), 303)


def _done(work: Callable[[], object], thing_id: UUID, message: str) -> Response:
    """Do something that can't be mended in a form, and go back to the thing."""
    _result, refusal = attempt(work)
    flash(str(refusal.problems[0].message) if refusal else message, "info" if refusal else "success")
    return _to(thing_id)


@pages.post("/<practice>/things/<uuid:thing_id>/connect")
@policy("member")
def connect(thing_id: UUID) -> Response:
    """Connect a thing to another one: it supports the other."""
    form = submitted()
    other = parse_uuid(form.get("other"))
    if other is None or other == thing_id:
        abort(404)
    link = NewLink("evidence_for", other)
    return _done(lambda: current.artefacts.link(current.actor, thing_id, link), thing_id, _("Connected"))


@pages.post("/<practice>/things/<uuid:thing_id>/comments")
@policy("member")
def comment(thing_id: UUID) -> Answer:
    """Comment on a thing."""
    form = submitted()
    _result, refusal = attempt(
        lambda: current.artefacts.comment(current.actor, thing_id, form.get("comment"), form.guard(), form.client_key)
    )
    if refusal:
        return render(thing_id, fields=form, refusal=refusal, form="comment"), refusal.status
    return _to(thing_id, "comments")


@pages.post("/<practice>/things/<uuid:thing_id>/comments/<uuid:comment_id>/withdraw")
@policy("member")
def withdraw_comment(thing_id: UUID, comment_id: UUID) -> Response:
    """Take one's own comment out of sight."""
    return _done(
        lambda: current.artefacts.withdraw_comment(current.actor, comment_id), thing_id, _("Your comment was removed")
    )


@pages.post("/<practice>/things/<uuid:thing_id>/promises")
@policy("member")
def promise(thing_id: UUID) -> Answer:
    """Promise something about a thing."""
    form = submitted()
    wanted = form.promise()
    if wanted is None and not form.problems:
        form.problems.append(Problem(_("Say what you will do"), "promise"))
    if wanted is None or form.problems:
        refusal: Refusal | None = refused(form.problems)
    else:
        _result, refusal = attempt(
            lambda: current.artefacts.promise(current.actor, thing_id, wanted, form.guard(), form.client_key)
        )
    if refusal:
        return render(thing_id, fields=form, refusal=refusal, form="promise"), refusal.status
    flash(_("Your promise was saved"), "success")
    return _to(thing_id, "actions")


@pages.route("/<practice>/actions/<uuid:action_id>", methods=["GET"])
@policy("member")
def action(action_id: UUID) -> str:
    """One's own promise, with the form that closes it."""
    return _action_page(action_id, None)


def _action_page(action_id: UUID, refusal: Refusal | None, form: str = "close") -> str:
    found = reading.own_action(current.session, current.actor, action_id)
    if found is None:
        abort(404)
    return render_template(
        "layers/pages/action.html",
        action=found,
        moves=promises.moves(current.session, action_id),
        failed=form,
        today=today_in(current.practice.time_zone),
        outcomes=[(code, label("outcomes", code)) for code in vocabulary("outcomes")],
        fields=submitted(),
        refusal=refusal,
        problems=refusal.problems if refusal else (),
        outcome=lambda code: label("outcomes", code),
    )


@pages.route("/<practice>/actions/<uuid:action_id>", methods=["POST"])
@policy("member")
def close(action_id: UUID) -> Answer:
    """Say what came of one's own promise."""
    form = submitted()
    _result, refusal = attempt(
        lambda: current.artefacts.close_action(
            current.actor, action_id, form.get("outcome"), form.get("what_happened"), form.guard()
        )
    )
    if refusal:
        return _action_page(action_id, refusal), refusal.status
    found = reading.own_action(current.session, current.actor, action_id)
    flash(_("Your promise is closed"), "success")
    return _to(found.artefact_id, "actions") if found and found.visible else redirect(url_for("home.index"), 303)


@pages.post("/<practice>/actions/<uuid:action_id>/date")
@policy("member")
def move(action_id: UUID) -> Answer:
    """Change the day by which one's own promise is due, and say why."""
    form = submitted()
    due_on = form.date("due")
    if form.problems:
        refusal: Refusal | None = refused(form.problems)
    else:
        _result, refusal = attempt(
            lambda: current.artefacts.move_action(current.actor, action_id, due_on, form.get("reason"), form.guard())
        )
    if refusal:
        return _action_page(action_id, refusal, "move"), refusal.status
    flash(_("The date is changed"), "success")
    return redirect(url_for("follow.action", action_id=action_id), 303)


@pages.post("/<practice>/things/<uuid:thing_id>/withdraw")
@policy("member")
def withdraw(thing_id: UUID) -> Response:
    """Take a thing out of everybody's sight; its author keeps it at /me."""
    _result, refusal = attempt(lambda: current.artefacts.withdraw(current.actor, thing_id))
    if refusal:
        flash(str(refusal.problems[0].message), "info")
        return _to(thing_id)
    flash(_("Nobody but its writer can see this now. You find what you wrote under your name."), "success")
    return redirect(url_for("home.index"), 303)


@pages.post("/<practice>/things/<uuid:thing_id>/restore")
@policy("member")
def restore(thing_id: UUID) -> Response:
    """Bring back a thing that one withdrew."""
    return _done(lambda: current.artefacts.restore(current.actor, thing_id), thing_id, _("It can be seen again"))


@pages.route("/<practice>/things/<uuid:thing_id>/audience", methods=["GET"])
@policy("member")
def audience_form(thing_id: UUID) -> str:
    """The form that lets more or fewer people see a thing."""
    return _audience_page(thing_id, None)


def _shareable(thing_id: UUID) -> Thing:
    thing = _mine(thing_id)
    if current.host.registry.kinds[thing.kind].only_for_author:
        abort(404)
    return thing


def _audience_page(thing_id: UUID, refusal: Refusal | None) -> str:
    thing = _shareable(thing_id)
    return render_template(
        "layers/pages/audience.html",
        thing=thing,
        audiences=_other_choices(thing),
        keeps_back=current.host.registry.kinds[thing.kind].for_others is not whole_body,
        fields=submitted(),
        refusal=refusal,
        problems=refusal.problems if refusal else (),
    )


def _mine(thing_id: UUID) -> Thing:
    thing = reading.get(current.session, current.host, current.actor, thing_id)
    if thing is None or not may_edit(current.host, current.actor, thing):
        abort(404)
    return thing


def _other_choices(thing: Thing) -> list[AudienceChoice]:
    present = audience.choice_of(thing.audience)
    return [choice for choice in choices(current.session, current.host, current.actor) if choice.key != present]


@pages.route("/<practice>/things/<uuid:thing_id>/audience", methods=["POST"])
@policy("member")
def change_audience(thing_id: UUID) -> Answer:
    """Narrow who sees a thing, or share a copy of it more widely."""
    thing, form = _shareable(thing_id), submitted()
    chosen = form.get("audience")
    if chosen not in {choice.key for choice in _other_choices(thing)}:
        refusal: Refusal | None = refused([Problem(_("Choose who should see it from the list"), "audience")])
    elif audience.WIDTH[_type_of(chosen)] < audience.WIDTH[thing.audience.type]:
        _result, refusal = attempt(lambda: current.artefacts.narrow(current.actor, thing_id, chosen))
    else:
        result, refusal = attempt(
            lambda: current.artefacts.share_copy(current.actor, thing_id, chosen, form.guard(), form.client_key)
        )
        if refusal is None:
            flash(_("Shared. This is the copy that others see; your own stays as it was."), "success")
            return _to(cast("Saved", result).id)
    if refusal:
        return _audience_page(thing_id, refusal), refusal.status
    flash(_("Fewer people can see this now. Copies that others have made stay."), "success")
    return _to(thing_id)


def _type_of(choice: str) -> str:
    return "person" if choice == "me" else choice.partition(":")[0]
