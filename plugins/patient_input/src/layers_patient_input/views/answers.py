"""Pages for staff: what patients say, and looking at new answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from layers_core.artefacts import reading as core_reading
from layers_core.artefacts.errors import DraftRefused, NotFound
from layers_core.contract import GuardAnswer, Problem
from layers_core.i18n import gettext as _
from layers_core.privacy import identifiers
from layers_core.vocabulary import label, vocabulary
from layers_core.web import Submitted, current, policy, submitted
from layers_patient_input import reading, service, showing
from layers_patient_input.kinds import ANSWER, MODERATE, PUBLISH
from layers_patient_input.models import Answer
from layers_patient_input.redaction import cleaned, marked
from layers_patient_input.service import Decision, How
from layers_patient_input.views.blueprints import staff
from layers_patient_input.views.refusals import Refusal, tried
from layers_patient_input.wording import DEFAULT_LANGUAGE, PACKAGE, base_of


@staff.get("/")
@policy("member")
def index() -> str:
    """Answers to look at, for those who do; what was released lately; what patients are told."""
    session, actor = current.session, current.actor
    moderates = service.may_moderate(actor)
    state = "kept_back" if request.args.get("state") == "kept_back" else "waiting"
    lately = core_reading.feed(session, current.host, actor, kind=ANSWER, limit=10)
    return render_template(
        "patient_input/index.html",
        moderates=moderates,
        state=state,
        answers=[
            (row, showing.of_row(row, parts, title), showing.title(row, title))
            for row, parts, title in (reading.answers_in(session, actor.practice, state) if moderates else ())
        ],
        lately=[(thing, showing.answer(thing.body)) for thing in lately],
        entries=reading.entries_of(session, actor.practice.id),
        may_publish=actor.can(PUBLISH),
    )


@staff.get("/answers/<uuid:answer_id>")
@policy("member", MODERATE)
def answer(answer_id: UUID) -> ResponseReturnValue:
    """An answer with the guard's marks, and what may be done about it."""
    _require_moderator()
    found = reading.open_answer(current.session, current.practice.id, answer_id)
    return _look(found, Submitted({})) if found else _decided(answer_id)


@staff.post("/answers/<uuid:answer_id>")
@policy("member", MODERATE)
def decide(answer_id: UUID) -> ResponseReturnValue:
    """Release an answer, or keep it back."""
    _require_moderator()
    found = reading.open_answer(current.session, current.practice.id, answer_id)
    if found is None:
        return _decided(answer_id)
    form = submitted()
    work = _keeping_back(found, form) if form.get("do") == "keep_back" else _releasing(found, form)
    try:
        refusal = tried(work)
    except NotFound:
        return _decided(answer_id)
    if refusal:
        return _look(found, form, refusal), refusal.status
    return redirect(url_for("patient_input.index"), 303)


def _releasing(found: Answer, form: Submitted) -> Callable[[], None]:
    how = cast("How", form.get("do") if form.get("do") in {"as_is", "redacted"} else "edited")
    written = _written(found)
    typed = {
        place: cleaned(form.get(f"text-{place}")) for place in range(len(written)) if f"text-{place}" in form.values
    }
    translations = {place: cleaned(form.get(f"translation-{place}")) for place in range(len(written))}
    guard = form.guard()
    if not guard.fingerprint and how == "as_is":
        # The page showed these very marks beside the button.
        guard = GuardAnswer(identifiers.fingerprint(written))
    decision = Decision(how, typed, translations, form.get("criticality"), guard)

    def work() -> None:
        changed = [place for place, text in typed.items() if text != written[place]]
        if how != "edited" and changed:
            words = _("You changed the words. Press “Release my changed words”, or undo your changes")
            raise DraftRefused([Problem(words, f"text-{changed[0]}")])
        service.release(current.artefacts, current.actor, found.id, decision)
        flash(_("Released. Everybody at %(practice)s can read it now.", practice=current.practice.name), "success")

    return work


def _written(found: Answer) -> list[str]:
    return [part.text for part in reading.parts_of(current.session, current.practice, found) if part.words]


def _keeping_back(found: Answer, form: Submitted) -> Callable[[], None]:
    def work() -> None:
        service.keep_back(current.artefacts, current.actor, found.id, form.get("reason"), form.get("criticality"))
        flash(_("Kept back. Only those who look at answers can find it."), "success")

    return work


def _look(found: Answer, values: Submitted, refusal: Refusal | None = None) -> str:
    form = reading.form_of(current.session, current.practice, found)
    parts = reading.parts_of(current.session, current.practice, found)
    own_title = form.label if form else ""
    return render_template(
        "patient_input/answer.html",
        answer=found,
        title=showing.title(found, own_title),
        parts=[(part, marked(part.text)) for part in parts],
        shown=showing.of_row(found, parts, own_title),
        foreign=base_of(found.language) != next(iter(current.practice.languages), DEFAULT_LANGUAGE),
        reasons=_choices("keep_back_reasons"),
        criticalities=_choices("criticalities"),
        kept_because=label("keep_back_reasons", found.keep_back_reason or "", PACKAGE),
        values=values,
        problems=refusal.problems if refusal else (),
        stop=refusal.stop if refusal else None,
    )


def _decided(answer_id: UUID) -> ResponseReturnValue:
    """Where to go with an answer that is no longer open; 404 for one that this practice does not have."""
    found = current.session.get(Answer, answer_id)
    if found is None or found.practice_id != current.practice.id:
        abort(404)
    flash(_("Somebody has already decided about this answer, or the patient took it back."), "info")
    return redirect(url_for("patient_input.index"), 303)


def _choices(name: str) -> list[tuple[str, str]]:
    return [(code, label(name, code, PACKAGE)) for code in vocabulary(name, PACKAGE)]


def _require_moderator() -> None:
    if not service.may_moderate(current.actor):
        abort(404)
