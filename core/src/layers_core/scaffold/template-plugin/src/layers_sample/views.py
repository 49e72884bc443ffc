"""The page of Sample: what is there, and a form to add to it."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from layers_core.artefacts.errors import CheckFailed, DraftRefused, GuardStop
from layers_core.contract import Problem
from layers_core.host.doors import DoorFault
from layers_core.i18n import gettext as _
from layers_core.web import Submitted, current, policy, submitted
from layers_sample import reading, service
from layers_sample.kinds import KINDS, WRITE, one_line

staff = Blueprint("sample", __name__, template_folder="templates")
SHOWN = 50


@staff.get("/")
@policy("member", WRITE)
def index() -> str:
    """The newest entries, of one topic where the address names one."""
    return _page()


@staff.post("/")
@policy("member", WRITE)
def add() -> ResponseReturnValue:
    """Add an entry; every refusal shows the form again with what was typed."""
    form = submitted()
    text = form.required("text", _("Enter some text"))
    topic = form.one_of("topic", reading.topics(), _("Choose a topic"))
    if form.problems:
        return _page(form, form.problems), 422
    try:
        service.add(current.artefacts, current.actor, text, topic, form.guard(), form.client_key)
    except DraftRefused as refused:
        return _page(form, refused.problems), 422
    except GuardStop as stop:
        return _page(form, stop=stop), 422
    except (CheckFailed, DoorFault):
        return _page(form, [Problem(_("We could not save this just now. Try again in a minute"))]), 503
    flash(_("Your entry is saved."), "success")
    return redirect(url_for("sample.index"), 303)


def _page(form: Submitted | None = None, problems: Iterable[Problem] = (), stop: GuardStop | None = None) -> str:
    topic = request.args.get("topic", "")
    found = reading.entries(current.session, current.host, current.actor, topic, SHOWN)
    rows = [
        {
            "url": url_for("thing.show", thing_id=entry.id),
            "title": entry.title,
            "kind": KINDS[0].label,
            "summary": one_line(entry.body),
            "author": entry.author_name,
            "audience": entry.audience.name,
            "at": entry.created_at,
        }
        for entry in found
    ]
    return render_template(
        "sample/index.html",
        rows=rows,
        topics=[(code, _(label)) for code, label in reading.topics().items()],
        topic=topic,
        values=form or Submitted({}),
        problems=list(problems),
        stop=stop,
    )
