"""Pages for staff: what patients' answers are about."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from layers_core.artefacts import reading as core_reading
from layers_core.artefacts.errors import EditConflict
from layers_core.contract import Problem, Thing
from layers_core.i18n import gettext as _
from layers_core.i18n import ngettext
from layers_core.vocabulary import vocabulary
from layers_core.web import Submitted, current, parse_uuid, policy, submitted
from layers_patient_input import next_steps, showing
from layers_patient_input.kinds import THEME, THEMES
from layers_patient_input.redaction import cleaned
from layers_patient_input.themes import reading, service
from layers_patient_input.themes.matching import tidied
from layers_patient_input.views.blueprints import staff
from layers_patient_input.views.refusals import Refusal, tried
from layers_patient_input.wording import PACKAGE


@staff.get("/themes")
@policy("member")
def themes() -> str:
    """The practice's themes, with how many answers each has."""
    return render_template(
        "patient_input/themes/index.html",
        themes=reading.themes(current.session, current.actor),
        may_change=current.actor.can(THEMES),
    )


@staff.get("/themes/new")
@policy("member", THEMES)
def new_theme() -> str:
    """The form of a new theme."""
    return _form(Submitted({}))


@staff.post("/themes/new")
@policy("member", THEMES)
def make_theme() -> ResponseReturnValue:
    """Make a theme."""
    form, made = submitted(), list[UUID]()

    def work() -> None:
        made.append(service.make(current.artefacts, current.actor, *_typed(form), form.guard(), form.client_key))

    if refusal := tried(work):
        return _form(form, refusal), refusal.status
    return redirect(url_for("patient_input.theme", thing_id=made[0]), 303)


@staff.get("/themes/<uuid:thing_id>")
@policy("member")
def theme(thing_id: UUID) -> str:
    """A theme: its answers, answers that may belong to it, and what may be done about it."""
    thing = _own(thing_id)
    view = _view(thing)
    session, host, actor = current.session, current.host, current.actor
    before, sought = (_number(request.args.get(name)) for name in ("before", "sought"))
    answers, older = reading.answers(session, host, actor, thing.id, before)
    suggestions, further = reading.for_theme(session, host, actor, view, sought)
    return render_template(
        "patient_input/themes/theme.html",
        thing=thing,
        theme=view,
        topic=_(vocabulary("topics", PACKAGE)[view.topic]["label"]) if view.topic else "",
        answers=_shown(answers),
        older=older,
        first=before is None,
        suggestions=_shown(suggestions),
        further=further,
        steps=next_steps.steps(current.practice, thing.id),
        may_change=current.actor.can(THEMES),
    )


@staff.post("/themes/<uuid:thing_id>")
@policy("member", THEMES)
def sort_answers(thing_id: UUID) -> ResponseReturnValue:
    """Put answers into a theme, or take one out."""
    thing, form = _own(thing_id), submitted()
    taken = parse_uuid(form.get("take_out"))
    if taken:
        service.take_out(current.artefacts, current.actor, thing.id, taken)
        flash(_("Taken out of this theme. The answer itself stays."), "success")
    else:
        chosen = [key for value in form.getlist("answers") if (key := parse_uuid(value))]
        why = reading.reasons(current.session, current.host, current.actor, _view(thing), chosen)
        count = service.gather(current.artefacts, current.actor, thing.id, why)
        flash(ngettext("%(num)s answer put into this theme", "%(num)s answers put into this theme", count), "success")
    return redirect(url_for("patient_input.theme", thing_id=thing.id), 303)


@staff.get("/themes/<uuid:thing_id>/edit")
@policy("member", THEMES)
def edit_theme(thing_id: UUID) -> str:
    """The form to change a theme."""
    thing = _own(thing_id)
    values = {"title": thing.title, "about": thing.body["about"], "words": "\n".join(thing.body["words"])}
    return _form(Submitted(values), thing=thing, revision=thing.revision)


@staff.post("/themes/<uuid:thing_id>/edit")
@policy("member", THEMES)
def save_theme(thing_id: UUID) -> ResponseReturnValue:
    """Change a theme."""
    thing, form = _own(thing_id), submitted()
    revision = form.whole("revision") or 0

    def work() -> None:
        service.change(current.artefacts, current.actor, thing, *_typed(form), form.guard(), revision)

    try:
        refusal = tried(work)
    except EditConflict:
        words = _("Somebody changed this theme meanwhile. Check what it says now, then save yours again")
        return _form(form, Refusal(409, (Problem(words),)), thing=thing, revision=thing.revision), 409
    if refusal:
        return _form(form, refusal, thing=thing, revision=revision), refusal.status
    return redirect(url_for("patient_input.theme", thing_id=thing.id), 303)


def _typed(form: Submitted) -> tuple[str, str, list[str]]:
    return cleaned(form.get("title")), cleaned(form.get("about")), tidied(cleaned(form.get("words")))


def _form(values: Submitted, refusal: Refusal | None = None, **context: Any) -> str:
    return render_template(
        "patient_input/themes/form.html",
        values=values,
        problems=refusal.problems if refusal else (),
        stop=refusal.stop if refusal else None,
        **context,
    )


def _own(thing_id: UUID) -> Thing:
    thing = core_reading.get(current.session, current.host, current.actor, thing_id)
    if thing is None or thing.kind != THEME or not thing.available or thing.practice_id != current.practice.id:
        abort(404)
    return thing


def _view(thing: Thing) -> reading.ThemeView:
    found = reading.one(current.session, current.actor, thing.id)
    if found is None:
        abort(404)
    return found


def _shown(found: list[reading.Gathered]) -> list[tuple[Thing, showing.ShownAnswer, str]]:
    return [(item.thing, showing.answer(item.thing.body), item.why) for item in found]


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and text.isascii() and len(text) <= 18 else None
