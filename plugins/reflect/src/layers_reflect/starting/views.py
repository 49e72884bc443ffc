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
from layers_reflect.profiles import profile_of
from layers_reflect.prompts import QUICK, Template
from layers_reflect.showing import shown_facts
from layers_reflect.starting import service
from layers_reflect.views import staff


@staff.get("/write")
@policy("member", WRITE)
def new_entry() -> str:
    """An empty form of the `template` that the query names, with `counts` ticked."""
    template = _template(request.args.get("template", QUICK))
    body = service.begun(template, request.args.get("counts", ""))
    return _form(template, Submitted(fields_of(body, template.questions)))


@staff.post("/write")
@policy("member", WRITE)
def keep_entry() -> ResponseReturnValue:
    """Keep the new note; every refusal shows the form again with what was typed."""
    form = submitted()
    template = _template(form.get("template"))
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


def _template(code: str) -> Template:
    return service.template_named(code) or abort(404)


def _form(template: Template, values: Submitted, problems: Iterable[Problem] = (), **more: Any) -> str:
    return render_template(
        "reflect/write.html",
        template=template,
        facts=shown_facts(current.session, current.actor, template, values),
        values=values,
        problems=list(problems),
        **more,
    )
