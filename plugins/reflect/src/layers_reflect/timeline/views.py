"""The timeline: the page on which one's own entries stand by the day that they happened."""

from __future__ import annotations

from dataclasses import replace

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from layers_core.i18n import format_month
from layers_core.web import Submitted, current, policy
from layers_reflect.kinds import EPISODE, NOTE, WRITE
from layers_reflect.own import reading as own_reading
from layers_reflect.profiles import profile_of
from layers_reflect.timeline import filters, reading
from layers_reflect.told import duration
from layers_reflect.views import staff

JUMP = "to"


@staff.get("/")
@policy("member", WRITE)
def index() -> ResponseReturnValue:
    """One's own entries, newest first; the query narrows them, `older` is where the page before ended."""
    jump = Submitted(request.args)
    wanted = filters.read(jump)
    if day := jump.date(JUMP):
        there = filters.Filters(wanted.counts, wanted.forms, wanted.important, day)
        return redirect(url_for("reflect.index", **there.query))
    older = request.args.get("older", "")
    both = replace(wanted.wanted, kinds=(NOTE, EPISODE))
    page = reading.page(current.session, current.host, current.actor, both, older)
    own = {view.template.id: view.template.label for view in own_reading.all_of(current.session, current.actor)}
    schemes = profile_of(current.session, current.actor).schemes
    return render_template(
        "reflect/timeline.html",
        page=page,
        filters=wanted,
        chosen=filters.chosen(wanted, own),
        offered=filters.offered(wanted, schemes, episodes=True, own=own),
        values=request.args,
        problems=jump.problems,
        later=bool(older),
        kind=NOTE,
        episode=EPISODE,
        duration=duration,
        month_name=format_month,
        words_of=filters.words_of,
    )
