"""A practice's home page: record first, then what is due, what is worth seeing again, and what is new."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, render_template

from layers_core.artefacts import reading
from layers_core.artefacts.followup import today_in
from layers_core.web import current, policy
from layers_webshell import placements
from layers_webshell.pages import capturing, trials
from layers_webshell.pages.again import shown
from layers_webshell.pages.rows import rows

pages = Blueprint("home", __name__)

DUE_SHOWN = 5
NEW_SHOWN = 5


@pages.get("/<practice>/")
@policy("member")
def index() -> str:
    """The home page."""
    actor, session, host = current.actor, current.session, current.host
    placed = placements.home_cards(host, actor, session)
    cards = [*trials.questions(), *(card for _slug, card in placed.items)]
    first = [card for card in cards if card.first]
    showings, newest = reading.again_and_new(session, host, actor, new=NEW_SHOWN)
    return render_template(
        "layers/pages/home.html",
        first_cards=first,
        cards=[card for card in cards if not card.first],
        unavailable=placed.unavailable,
        box=capturing.record_box(autofocus=not first),
        due=reading.due(session, actor, DUE_SHOWN),
        today=today_in(actor.practice.time_zone),
        again=[shown(showing) for showing in showings],
        new=rows(newest),
    )


@pages.app_template_test("overdue")
def overdue(due_on: date | None, today: date) -> bool:
    """Whether a day has passed."""
    return due_on is not None and due_on < today
