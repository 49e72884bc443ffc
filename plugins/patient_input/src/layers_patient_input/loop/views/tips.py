"""Pages for those who look at answers: showing a patient's tip to other patients."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from layers_core.artefacts.errors import NotFound
from layers_core.contract import Thing
from layers_core.i18n import gettext as _
from layers_core.web import Submitted, current, policy, submitted
from layers_patient_input import showing
from layers_patient_input.kinds import MODERATE
from layers_patient_input.loop.offering import agreed, first_words
from layers_patient_input.loop.reading import Answered
from layers_patient_input.loop.service import tips
from layers_patient_input.loop.views.replies import released
from layers_patient_input.moderating.desk import looks
from layers_patient_input.redaction import cleaned
from layers_patient_input.views.blueprints import staff
from layers_patient_input.views.refusals import Refusal, tried


@staff.get("/released/<uuid:thing_id>/tip")
@policy("member", MODERATE)
def tip(thing_id: UUID) -> str:
    """The words that other patients will read, to be checked once more."""
    thing, found = _tip(thing_id)
    return _page(thing, found, {"text": found.tip.text if found.tip else first_words(thing.body)})


@staff.post("/released/<uuid:thing_id>/tip")
@policy("member", MODERATE)
def show_tip(thing_id: UUID) -> ResponseReturnValue:
    """Show a tip to patients, or take it off."""
    thing, found = _tip(thing_id)
    form = submitted()
    taken_off = form.get("do") == "hide"

    def work() -> None:
        if taken_off:
            tips.hide_tip(current.artefacts, current.actor, thing)
        else:
            tips.show_tip(current.artefacts, current.actor, thing, cleaned(form.get("text")), form.guard())

    try:
        refusal = tried(work)
    except NotFound:
        abort(404)
    if refusal:
        return _page(thing, found, form, refusal), refusal.status
    words = _("It is off your public page.") if taken_off else _("Everybody can read the tip on your public page.")
    flash(words, "success")
    return redirect(url_for("thing.show", thing_id=thing_id), 303)


def _tip(thing_id: UUID) -> tuple[Thing, Answered]:
    if not looks(current.actor):
        abort(404)
    thing, found = released(thing_id)
    if not agreed(found.answer.form, found.answer.items):
        abort(404)
    return thing, found


def _page(thing: Thing, found: Answered, values: Submitted | Mapping[str, str], refusal: Refusal | None = None) -> str:
    return render_template(
        "patient_input/loop/write_tip.html",
        thing=thing,
        said=showing.answer(thing.body),
        shown=found.tip is not None,
        values=values,
        problems=refusal.problems if refusal else (),
        stop=refusal.stop if refusal else None,
    )
