"""The page on which a new note is written with its structure at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from layers_core.artefacts.errors import CheckFailed, DraftRefused, GuardStop, NotAllowed, NotFound
from layers_core.contract import Problem
from layers_core.host.doors import DoorFault
from layers_core.i18n import gettext as _
from layers_core.web import Submitted, current, policy, submitted
from layers_reflect.form import fields_of, sent
from layers_reflect.kinds import WRITE
from layers_reflect.own import reading as own_reading
from layers_reflect.panels import actor_first
from layers_reflect.profiles import profile_of
from layers_reflect.prompts import QUICK, Template
from layers_reflect.showing import shown_facts
from layers_reflect.starting import service
from layers_reflect.views import staff


@staff.get("/write")
@policy("member", WRITE)
def new_entry() -> str:
    """An empty form of the `template` that the query names, with `counts` ticked."""
    template = _template(request.args.get("template", QUICK), None)
    body = service.begun(template, request.args.get("counts", ""))
    return _form(template, Submitted(fields_of(body, template.questions)))


@staff.post("/write")
@policy("member", WRITE)
def keep_entry() -> ResponseReturnValue:
    """Keep the new note; every refusal shows the form again with what was typed."""
    form = submitted()
    template = _template(form.get("template"), form.whole("template_version"))
    schemes = profile_of(current.session, current.actor).schemes
    made = sent(template, form, service.begun(template, ""), schemes)
    if made.problems:
        return _form(template, form, made.problems), 422
    try:
        saved = service.keep(current.artefacts, current.actor, made.body, form.guard(), form.client_key)
    except DraftRefused as refused:
        return _form(template, form, refused.problems), 422
    except GuardStop as stop:
        return _form(template, form, stop=stop), 422
    except (NotAllowed, NotFound):
        abort(404)
    except (CheckFailed, DoorFault):
        return _form(template, form, [Problem(_("We could not save this just now. Try again in a minute"))]), 503
    return redirect(url_for("thing.show", thing_id=saved.id, saved=1), 303)


@staff.get("/questions")
@policy("member", WRITE)
def choose_questions() -> str:
    """All questions that a new note can be written with: one's own, the practice's, those that come with Reflect."""
    found = own_reading.all_of(current.session, current.actor, offered_only=True)
    rows = [(view.is_practices, (view.template.id, view.template.label, view.template.about)) for view in found]
    return render_template(
        "reflect/questions.html",
        mine=[row for is_practices, row in rows if not is_practices],
        practices=[row for is_practices, row in rows if is_practices],
        shipped=[(code, _(label), _(about)) for code, label, about in actor_first(current.actor)],
    )


def _template(code: str, version: int | None) -> Template:
    return own_reading.template_named(current.session, current.actor, code, version) or abort(404)


def _form(template: Template, values: Submitted, problems: Iterable[Problem] = (), **more: Any) -> str:
    return render_template(
        "reflect/write.html",
        template=template,
        facts=shown_facts(current.session, current.actor, template, values),
        values=values,
        problems=list(problems),
        **more,
    )
