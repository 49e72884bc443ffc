"""The pages of Peer share: what is shared, questions, saying that something was used, what came back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from layers_core.artefacts import reading as core_reading
from layers_core.artefacts.errors import CheckFailed, DraftRefused, EditConflict, GuardStop, NotAllowed, NotFound
from layers_core.artefacts.service import may_edit
from layers_core.contract import Problem, Thing
from layers_core.host.doors import DoorFault
from layers_core.i18n import gettext as _
from layers_core.web import Submitted, current, policy, submitted
from layers_peer_share import reading, service
from layers_peer_share.kinds import ASK, QUESTION, RESPOND
from layers_peer_share.vocabularies import response_types, response_words

staff = Blueprint("peer_share", __name__, template_folder="templates")

IN_LIST = "list"


def _rows(things: Iterable[Thing]) -> list[dict[str, Any]]:
    things = list(things)
    names = reading.practice_names(current.session, things)
    kinds = current.host.registry.kinds
    return [
        {
            "url": url_for("thing.show", thing_id=thing.id),
            "title": thing.title,
            "kind": kinds[thing.kind].label,
            "summary": kinds[thing.kind].summary(thing.body),
            "author": ", ".join(part for part in (thing.author_name, names[thing.practice_id]) if part),
            "audience": thing.audience.name,
            "at": thing.created_at,
        }
        for thing in things
    ]


@staff.get("/")
@policy("member", RESPOND)
def index() -> str:
    """What was shared beyond one practice, newest first."""
    page = reading.shared(current.session, current.host, current.actor, request.args.get("older", ""))
    return render_template("peer_share/index.html", rows=_rows(page.things), older=page.older)


@staff.get("/questions")
@policy("member", RESPOND)
def questions() -> str:
    """The open questions that one may see, newest first."""
    page = reading.open_questions(current.session, current.host, current.actor, request.args.get("older", ""))
    return render_template("peer_share/questions.html", rows=_rows(page.things), older=page.older, kind=QUESTION)


@staff.get("/came-back")
@policy("member")
def came_back() -> str:
    """What came back about one's own things since one last looked."""
    return render_template("peer_share/came_back.html", things=reading.came_back(current.session, current.actor))


@staff.post("/<uuid:thing_id>/seen")
@policy("member")
def seen(thing_id: UUID) -> ResponseReturnValue:
    """Take note of what came back about one's own thing."""
    try:
        service.note_as_seen(current.artefacts, current.actor, thing_id)
    except NotFound:
        abort(404)
    if submitted().get("from") == IN_LIST:
        return redirect(url_for("peer_share.came_back"), 303)
    return _to(thing_id)


def _to(thing_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("thing.show", thing_id=thing_id), 303)


@staff.get("/<uuid:thing_id>/used")
@policy("member", RESPOND)
def used(thing_id: UUID) -> str:
    """The form to say in a line what one did with a colleague's thing."""
    thing = _readable(thing_id)
    said = reading.about(current.session, current.actor, [thing]).get(thing_id)
    note = said.own_note if isinstance(said, reading.Said) else ""
    return render_template("peer_share/used.html", thing=thing, note=note)


def _readable(thing_id: UUID) -> Thing:
    """A thing at which the actor may press a button; the page is not found otherwise."""
    thing = core_reading.get(current.session, current.host, current.actor, thing_id)
    if thing is None or not service.may_respond(current.actor, thing):
        abort(404)
    return thing


@staff.post("/<uuid:thing_id>/respond")
@policy("member", RESPOND)
def respond(thing_id: UUID) -> ResponseReturnValue:
    """Say that a colleague's thing was useful or used."""
    form = submitted()
    code, note = form.get("type"), form.get("note")
    try:
        service.respond(current.artefacts, current.actor, thing_id, code, note, form.guard())
    except DraftRefused as refused:
        return _used_again(thing_id, form, refused.problems), 422
    except GuardStop as stop:
        return _used_again(thing_id, form, stop.problems, stop), 422
    except (NotAllowed, NotFound):
        abort(404)
    flash(response_words(code, "saved"), "success")
    return _to(thing_id)


def _used_again(thing_id: UUID, form: Submitted, problems: Iterable[Problem], stop: GuardStop | None = None) -> str:
    return render_template(
        "peer_share/used.html",
        thing=_readable(thing_id),
        note=form.get("note"),
        values=form,
        problems=list(problems),
        stop=stop,
    )


@staff.post("/<uuid:thing_id>/take-back")
@policy("member", RESPOND)
def take_back(thing_id: UUID) -> ResponseReturnValue:
    """Take back what one pressed."""
    code = submitted().get("type")
    if code not in response_types():
        abort(404)
    try:
        service.take_back(current.artefacts, current.actor, thing_id, code)
    except (NotAllowed, NotFound):
        abort(404)
    flash(_("Taken back."), "info")
    return _to(thing_id)


@staff.get("/<uuid:thing_id>/edit")
@policy("member", ASK)
def edit(thing_id: UUID) -> str:
    """The form to change one's own question."""
    thing = _own_question(thing_id)
    return _form(thing, thing.body, thing.revision)


def _own_question(thing_id: UUID) -> Thing:
    thing = core_reading.get(current.session, current.host, current.actor, thing_id)
    if thing is None or thing.kind != QUESTION or not may_edit(current.host, current.actor, thing):
        abort(404)
    return thing


@staff.post("/<uuid:thing_id>/edit")
@policy("member", ASK)
def save(thing_id: UUID) -> ResponseReturnValue:
    """Save one's own question; every refusal shows the form again with what was typed."""
    thing, form = _own_question(thing_id), submitted()
    need, tried = form.required("need", _("Say what you need to know")), form.get("tried")
    revision = form.whole("revision") or 0
    if form.problems:
        return _form(thing, form, revision, form.problems), 422
    try:
        service.revise_question(current.artefacts, current.actor, thing, need, tried, form.guard(), revision)
    except DraftRefused as refused:
        return _form(thing, form, revision, refused.problems), 422
    except GuardStop as stop:
        return _form(thing, form, revision, stop.problems, stop=stop), 422
    except EditConflict as conflict:
        now = conflict.current
        if (now.body["need"], now.body["tried"]) != (need, tried):
            problem = Problem(_("This was changed since you opened it. Read both texts, then save again"))
            return _form(now, form, now.revision, [problem], theirs=now.body), 409
    except (NotAllowed, NotFound):
        abort(404)
    except (CheckFailed, DoorFault):
        problem = Problem(_("This could not be saved just now. Your words are still here: try again in a minute"))
        return _form(thing, form, revision, [problem]), 503
    flash(_("Your changes are saved."), "success")
    return _to(thing_id)


def _form(
    thing: Thing,
    values: Submitted | Mapping[str, str],
    revision: int,
    problems: Iterable[Problem] = (),
    **more: Any,
) -> str:
    return render_template(
        "peer_share/edit.html", thing=thing, values=values, revision=revision, problems=list(problems), **more
    )


@staff.post("/<uuid:thing_id>/close")
@policy("member", ASK)
def close(thing_id: UUID) -> ResponseReturnValue:
    """Say what came of one's own question, which closes it."""
    try:
        service.close_question(current.artefacts, current.actor, thing_id, submitted().get("outcome"))
    except NotFound:
        abort(404)
    except DraftRefused as refused:
        flash(str(refused.problems[0].message), "error")
        return _to(thing_id)
    flash(_("Your question is closed. Thank you for saying what came of it."), "success")
    return _to(thing_id)


@staff.post("/<uuid:thing_id>/reopen")
@policy("member", ASK)
def reopen(thing_id: UUID) -> ResponseReturnValue:
    """Ask one's own question again."""
    try:
        service.reopen_question(current.artefacts, current.actor, thing_id)
    except NotFound:
        abort(404)
    flash(_("Your question is open again."), "success")
    return _to(thing_id)
