"""What is told to patients, on the pages of the things that it is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy.orm import Session

from layers_core.contract import Actor, Panel, Thing
from layers_core.i18n import lazy_gettext as _l
from layers_patient_input.kinds import ANSWER, PUBLISH, YOU_SAID
from layers_patient_input.loop import reading
from layers_patient_input.loop.offering import agreed
from layers_patient_input.moderating.desk import looks


def panels(session: Session, actor: Actor, own: Sequence[Thing]) -> Iterable[Panel]:
    """Where an entry is shown; the reply to an answer, and a tip for other patients: at most three queries."""
    entries = [thing.id for thing in own if thing.kind == YOU_SAID]
    publications = reading.publications_of(session, entries) if entries else {}
    promised = reading.promised_before(session, actor, entries) if entries else []
    answers = [thing.id for thing in own if thing.kind == ANSWER]
    answered = reading.answered(session, answers) if answers else {}
    may_publish = actor.can(PUBLISH)
    for key in entries:
        yield Panel(
            key,
            _l("On your public page"),
            "patient_input/loop/panel_entry.html",
            {
                "publication": publications.get(key),
                "may_publish": may_publish,
                "actions": [action for action in promised if action.entry_id == key],
            },
        )
    for key, found in answered.items():
        if found.reply or (may_publish and found.answer.receipt_hash):
            yield Panel(
                key,
                _l("Reply to the patient"),
                "patient_input/loop/panel_reply.html",
                {"reply": found.reply, "may_publish": may_publish},
            )
        if found.tip or (looks(actor) and agreed(found.answer.form, found.answer.items)):
            yield Panel(
                key,
                _l("Tips from other patients"),
                "patient_input/loop/panel_tip.html",
                {"tip": found.tip, "may_show": looks(actor)},
            )
