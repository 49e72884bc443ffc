"""What patients and staff do with patient input."""

from __future__ import annotations

from layers_core.artefacts.unit import Unit
from layers_core.contract import Change, Thing
from layers_patient_input.kinds import ANSWER, YOU_SAID
from layers_patient_input.loop.service import replies, tips
from layers_patient_input.loop.service.entries import (
    draft_problems,
    follow,
    publish,
    put_on,
    revise_entry,
    show_entry,
    take_off,
)
from layers_patient_input.moderating.desk import may_moderate
from layers_patient_input.moderating.service import keep_back, pass_on, release, translate
from layers_patient_input.releasing import Decision, How
from layers_patient_input.service.taking import DoesNotFit, Given, Source, fft_answer, keep, keep_many, take_answer
from layers_patient_input.service.withdrawing import about_person, follow_withdrawal, forget_person, take_back
from layers_patient_input.themes import service as themes

__all__ = [
    "Decision",
    "DoesNotFit",
    "Given",
    "How",
    "Source",
    "about_person",
    "draft_problems",
    "fft_answer",
    "forget_person",
    "keep",
    "keep_back",
    "keep_many",
    "may_moderate",
    "on_changed",
    "pass_on",
    "publish",
    "release",
    "revise_entry",
    "show_entry",
    "take_answer",
    "take_back",
    "translate",
]

_NARROWER = {"narrowed", "withdrawn"}


def on_changed(artefact: Thing, change: Change, unit: Unit) -> None:
    """Follow what happened to an answer or an entry, in its transaction."""
    if artefact.kind == YOU_SAID:
        if change.type == "created" and change.extras.get("publish"):
            put_on(unit, artefact)
        elif change.type == "revised":
            follow(unit, artefact)
        elif change.type in _NARROWER:
            take_off(unit, artefact.id)
    elif artefact.kind == ANSWER and change.type == "withdrawn":
        # First the answer, whose row whoever replies or shows a tip holds: nothing of theirs comes in afterwards.
        follow_withdrawal(unit, artefact)
        replies.take_out(unit, artefact.id)
        tips.take_out(unit, artefact.id)
    themes.follow(unit, artefact, change)
