"""Something that came back: answering it, saying what changed because of it, putting it off."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from layers_core.artefacts import reading
from layers_core.artefacts.comeback import Changed
from layers_core.artefacts.exposure import AlreadyAnswered
from layers_core.artefacts.reading import Showing
from layers_core.i18n import gettext as _
from layers_core.vocabulary import label, vocabulary
from layers_core.web import Submitted, current, policy, submitted
from layers_webshell.pages.rows import Row, row
from layers_webshell.pages.saving import Refusal, attempt, refused

pages = Blueprint("again", __name__)

Answer = Response | str | tuple[str, int]
ALREADY = "done"
LONGEST_NUMBER = 10


@dataclass(frozen=True)
class Card:
    """Something that came back, as its card shows it. Answers and times are (code, words)."""

    showing: Showing
    row: Row
    answers: list[tuple[str, str]]
    asking: list[tuple[str, str]]
    """Answers for which something has to be said besides; they have a page of their own."""
    later: list[tuple[str, str]]


def shown(showing: Showing) -> Card:
    """The card of something that came back."""
    answers = vocabulary("exposure_answers")
    return Card(
        showing,
        row(showing.thing),
        [(code, label("exposure_answers", code)) for code, entry in answers.items() if "asks" not in entry],
        [(code, label("exposure_answers", code)) for code, entry in answers.items() if "asks" in entry],
        [(code, label("snoozes", code)) for code in vocabulary("snoozes")],
    )


@pages.route("/<practice>/again/<uuid:exposure_id>", methods=["GET"])
@policy("member")
def index(exposure_id: UUID) -> str:
    """One thing that came back, with the form that asks what changed."""
    return _page(exposure_id, Submitted({}), None)


def _page(exposure_id: UUID, form: Submitted, refusal: Refusal | None) -> str:
    showing = reading.showing(current.session, current.host, current.actor, exposure_id)
    if showing is None:
        abort(404)
    return render_template(
        "layers/pages/again.html",
        card=shown(showing),
        # A form that is shown again speaks of the showing that it was made for.
        number=form.get("showing") or showing.number,
        fields=form,
        refusal=refusal,
        problems=refusal.problems if refusal else (),
    )


@pages.route("/<practice>/again/<uuid:exposure_id>", methods=["POST"])
@policy("member")
def answer(exposure_id: UUID) -> Answer:
    """Take one answer, or put it off; with htmx only its card changes, else the home page comes again."""
    form = submitted()
    number = form.get("showing")
    showing = int(number) if number.isdecimal() and len(number) < LONGEST_NUMBER else -1
    later, chosen = form.get("later"), form.get("answer")
    asks = "asks" in vocabulary("exposure_answers").get(chosen, {})
    changed = _changed(form) if asks else None
    refusal: Refusal | None
    try:
        if form.problems:
            refusal, message = refused(form.problems), ""
        elif later:
            _done, refusal = attempt(
                lambda: current.artefacts.put_off_exposure(current.actor, exposure_id, later, showing)
            )
            message = _("It comes back later: %(when)s", when=label("snoozes", later))
        else:
            _done, refusal = attempt(
                lambda: current.artefacts.answer_exposure(current.actor, exposure_id, chosen, showing, changed)
            )
            message = _("Thank you. Your answer: %(answer)s", answer=label("exposure_answers", chosen))
    except AlreadyAnswered:
        refusal, message = None, _("You have answered this already")
    if refusal and asks:
        return _page(exposure_id, form, refusal), refusal.status
    if refusal:
        message = str(refusal.problems[0].message)
    if request.headers.get("HX-Request"):
        return render_template("layers/pages/answered.html", message=message)
    flash(message, "info")
    return redirect(url_for("home.index"), 303)


def _changed(form: Submitted) -> Changed:
    done = form.get("done", ALREADY) == ALREADY
    due_on = None if done else form.date("change")
    return Changed(form.get("change"), done, due_on, form.guard())
