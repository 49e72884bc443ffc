"""A practice's home page: record first, then what is due, what is worth seeing again, and what is new."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from layers_core.artefacts import reading
from layers_core.artefacts.exposure import AlreadyAnswered
from layers_core.artefacts.followup import today_in
from layers_core.i18n import gettext as _
from layers_core.vocabulary import label, vocabulary
from layers_core.web import current, policy, submitted
from layers_webshell import placements
from layers_webshell.pages import capturing, trials
from layers_webshell.pages.rows import row, rows
from layers_webshell.pages.saving import attempt

pages = Blueprint("home", __name__)

DUE_SHOWN = 5
NEW_SHOWN = 5
AGAIN_SHOWN = 3


@pages.get("/<practice>/")
@policy("member")
def index() -> str:
    """The home page."""
    actor, session, host = current.actor, current.session, current.host
    placed = placements.home_cards(host, actor, session)
    cards = [*trials.questions(), *(card for _slug, card in placed.items)]
    first = [card for card in cards if card.first]
    showings, newest = reading.again_and_new(session, host, actor, again=AGAIN_SHOWN, new=NEW_SHOWN)
    return render_template(
        "layers/pages/home.html",
        first_cards=first,
        cards=[card for card in cards if not card.first],
        unavailable=placed.unavailable,
        box=capturing.record_box(autofocus=not first),
        due=reading.due(session, actor, DUE_SHOWN),
        today=today_in(actor.practice.time_zone),
        again=[(showing, row(showing.thing)) for showing in showings],
        answers=exposure_answers(),
        new=rows(newest),
    )


def exposure_answers() -> list[tuple[str, str]]:
    """The answers to "worth seeing again", as (code, words)."""
    return [(code, label("exposure_answers", code)) for code in vocabulary("exposure_answers")]


@pages.post("/<practice>/again/<uuid:exposure_id>")
@policy("member")
def answer(exposure_id: UUID) -> Response | str:
    """Take one answer to something that came back; with htmx only its card changes, else the home page comes again."""
    form = submitted()
    chosen = form.get("answer")
    try:
        showing = int(form.get("showing", "-1"))
    except ValueError:
        showing = -1
    try:
        _result, refusal = attempt(
            lambda: current.artefacts.answer_exposure(current.actor, exposure_id, chosen, showing)
        )
        message = _("Thank you. Your answer: %(answer)s", answer=label("exposure_answers", chosen))
        if refusal:
            message = str(refusal.problems[0].message)
    except AlreadyAnswered:
        message = _("You have answered this already")
    if request.headers.get("HX-Request"):
        return render_template("layers/pages/answered.html", message=message)
    flash(message, "info")
    return redirect(url_for("home.index"), 303)


@pages.app_template_test("overdue")
def overdue(due_on: date | None, today: date) -> bool:
    """Whether a day has passed."""
    return due_on is not None and due_on < today
