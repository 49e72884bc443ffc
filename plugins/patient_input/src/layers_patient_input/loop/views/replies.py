"""Pages for staff: replying to one patient, whose receipt code lets them read it."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from layers_core.artefacts import reading as core_reading
from layers_core.artefacts.errors import NotFound
from layers_core.contract import Thing
from layers_core.i18n import gettext as _
from layers_core.vocabulary import label
from layers_core.web import Submitted, current, policy, submitted
from layers_patient_input import showing
from layers_patient_input.kinds import ANSWER, PUBLISH
from layers_patient_input.loop import reading
from layers_patient_input.loop.reading import Answered
from layers_patient_input.loop.schemas import CHANGES
from layers_patient_input.loop.service import replies
from layers_patient_input.loop.views.languages import chosen_language, languages
from layers_patient_input.redaction import cleaned
from layers_patient_input.views.blueprints import staff
from layers_patient_input.views.refusals import Refusal, tried
from layers_patient_input.wording import PACKAGE


def released(thing_id: UUID) -> tuple[Thing, Answered]:
    """A released answer of the practice that the actor may see; 404 for anything else."""
    thing = core_reading.get(current.session, current.host, current.actor, thing_id)
    if thing is None or not thing.available or thing.kind != ANSWER or thing.practice_id != current.practice.id:
        abort(404)
    found = reading.answered(current.session, [thing_id]).get(thing_id)
    if found is None:
        abort(404)
    return thing, found


@staff.get("/released/<uuid:thing_id>/reply")
@policy("member", PUBLISH)
def reply(thing_id: UUID) -> str:
    """The form of a reply."""
    thing, found = _replied(thing_id)
    row = found.reply
    now = {"change": row.change, "text": row.text, "language": row.language} if row else {}
    return _page(thing, found, now)


@staff.post("/released/<uuid:thing_id>/reply")
@policy("member", PUBLISH)
def save_reply(thing_id: UUID) -> ResponseReturnValue:
    """Save a reply, or take it back."""
    thing, found = _replied(thing_id)
    form = submitted()
    taken_back = form.get("do") == "take_back"
    written = replies.Written(form.get("change"), cleaned(form.get("text")), chosen_language(form))

    def work() -> None:
        if taken_back:
            replies.take_back_reply(current.artefacts, current.actor, thing)
        else:
            replies.reply(current.artefacts, current.actor, thing, written, form.guard())

    try:
        refusal = tried(work)
    except NotFound:
        abort(404)
    if refusal:
        return _page(thing, found, form, refusal), refusal.status
    words = _("The reply is deleted.") if taken_back else _("Saved. The patient can read it with their receipt code.")
    flash(words, "success")
    return redirect(url_for("thing.show", thing_id=thing_id), 303)


def _replied(thing_id: UUID) -> tuple[Thing, Answered]:
    thing, found = released(thing_id)
    if not found.answer.receipt_hash:
        abort(404)
    return thing, found


def _page(thing: Thing, found: Answered, values: Submitted | Mapping[str, str], refusal: Refusal | None = None) -> str:
    return render_template(
        "patient_input/loop/write_reply.html",
        thing=thing,
        said=showing.answer(thing.body),
        there_is_one=found.reply is not None,
        languages=languages(),
        changes=[(code, label("changes", code, PACKAGE)) for code in CHANGES],
        values=values,
        problems=refusal.problems if refusal else (),
        stop=refusal.stop if refusal else None,
    )
