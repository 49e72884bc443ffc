"""The pages of Reflect: one's own notes, and changing one of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from layers_core.artefacts import reading as core_reading
from layers_core.artefacts.errors import CheckFailed, DraftRefused, EditConflict, GuardStop, NotAllowed, NotFound
from layers_core.artefacts.service import may_edit
from layers_core.contract import Body, Problem, Thing
from layers_core.host.doors import DoorFault
from layers_core.i18n import gettext as _
from layers_core.web import Submitted, current, policy, submitted
from layers_reflect import prompts, reading, service
from layers_reflect.kinds import NOTE, WRITE, summary_of_note
from layers_reflect.prompts import Answer
from layers_reflect.writing import KINDS, ONLY_FOR_ME, read, written

staff = Blueprint("reflect", __name__, template_folder="templates")


@staff.app_template_global("reflect_offered")
def offered() -> prompts.Template:
    """The questions that the page's practice offers, for the record box."""
    return prompts.offered(current.practice)


@staff.app_template_global("reflect_answered")
def answered(body: Body) -> list[tuple[str, str]]:
    """The answered questions of a note, for its page."""
    return prompts.answered(body)


@staff.get("/")
@policy("member", WRITE)
def index() -> str:
    """One's own notes, newest first."""
    page = reading.my_notes(current.session, current.host, current.actor, request.args.get("older", ""))
    rows = [
        {
            "url": url_for("thing.show", thing_id=note.id),
            "title": note.title,
            "kind": current.host.registry.kinds[note.kind].label,
            "summary": summary_of_note(note.body),
            "audience": note.audience.name,
            "at": note.created_at,
        }
        for note in page.notes
    ]
    return render_template("reflect/index.html", rows=rows, older=page.older, kind=NOTE)


@staff.get("/<uuid:thing_id>/edit")
@policy("member", WRITE)
def edit(thing_id: UUID) -> str:
    """The form to change a note or a private addition, with what it says now."""
    thing = _own(thing_id)
    return _form(thing, written(thing).answers, thing.revision)


@staff.post("/<uuid:thing_id>/edit")
@policy("member", WRITE)
def save(thing_id: UUID) -> ResponseReturnValue:
    """Save the changes; every refusal shows the form again with what was typed."""
    thing = _own(thing_id)
    form = submitted()
    base = form.get("revision")
    revision = int(base) if base.isdecimal() else 0
    answers, problems = read(written(thing).questions, form)
    if problems:
        return _form(thing, form, revision, problems), 422
    try:
        body = written(thing).body(answers)
        service.revise(current.artefacts, current.actor, thing, body, form.get(ONLY_FOR_ME), form.guard(), revision)
    except DraftRefused as refused:
        return _form(thing, form, revision, refused.problems), 422
    except GuardStop as stop:
        return _form(thing, form, revision, stop=stop), 422
    except EditConflict as conflict:
        if _says(conflict.current, answers):
            return _saved(thing_id)
        return _conflict(conflict.current, form), 409
    except (NotAllowed, NotFound):
        abort(404)
    except (CheckFailed, DoorFault):
        return _form(thing, form, revision, [Problem(_("We could not save this just now. Try again in a minute"))]), 503
    return _saved(thing_id)


def _own(thing_id: UUID) -> Thing:
    """A note or private addition that the actor may change; the page is not found otherwise."""
    thing = core_reading.get(current.session, current.host, current.actor, thing_id)
    if thing is None or thing.kind not in KINDS or not may_edit(current.host, current.actor, thing):
        abort(404)
    return thing


def _saved(thing_id: UUID) -> ResponseReturnValue:
    flash(_("Your changes are saved."), "success")
    return redirect(url_for("thing.show", thing_id=thing_id), 303)


def _says(thing: Thing, answers: Mapping[str, Answer]) -> bool:
    """Whether a thing already says exactly this: the same submit arrived twice."""
    kept = written(thing).answers
    return all(kept.get(code, "") == text for code, text in answers.items())


def _form(
    thing: Thing,
    values: Submitted | Mapping[str, Any],
    revision: int,
    problems: Iterable[Problem] = (),
    **more: Any,
) -> str:
    asides = reading.asides_of(current.session, current.actor, [thing.id])
    return render_template(
        "reflect/edit.html",
        thing=thing,
        questions=written(thing).questions,
        values=values,
        revision=revision,
        problems=list(problems),
        may_add_aside=thing.kind == NOTE and not asides,
        **more,
    )


def _conflict(now: Thing, form: Submitted) -> str:
    """Both texts: what the thing says by now, and what was typed, to be saved over it."""
    problem = Problem(_("This was changed since you opened it. Read both texts, then save again"))
    kept = written(now)
    theirs = [(question.prompt, kept.answers.get(question.id, "")) for question in kept.questions]
    return _form(now, form, now.revision, [problem], theirs=theirs)
