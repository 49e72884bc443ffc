"""The ways to type something in, and what was typed in lately."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from layers_core.web import current, policy, submitted
from layers_patient_input.entering import reading
from layers_patient_input.entering.views.shared import shown, taken_out
from layers_patient_input.kinds import ENTER
from layers_patient_input.views.blueprints import staff


@staff.get("/enter")
@policy("member", ENTER)
def enter() -> str:
    """Where to go, and one's own entries of the last days; for a manager everybody's."""
    return render_template(
        "patient_input/entering/enter.html",
        entries=shown(reading.lately(current.session, current.actor)),
        most=reading.MOST,
        everybody="manager" in current.actor.roles,
    )


@staff.post("/enter/take-out")
@policy("member", ENTER)
def take_out() -> ResponseReturnValue:
    """Take out what was typed in by mistake."""
    form = submitted()
    flash(*taken_out(form.get("answer")))
    back = "patient_input.enter_call" if form.get("back") == "telephone" else "patient_input.enter"
    return redirect(url_for(back), 303)
