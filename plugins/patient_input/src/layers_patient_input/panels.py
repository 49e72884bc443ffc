"""What patient input shows on the shell's pages: a card for those who look at answers, panels on things."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask import url_for
from sqlalchemy.orm import Session

from layers_core.contract import Actor, HomeCard, Panel, Thing
from layers_core.i18n import lazy_gettext as _l
from layers_core.i18n import ngettext
from layers_patient_input import reading, service
from layers_patient_input.kinds import ANSWER, PUBLISH, YOU_SAID

_PRIVATE = {"person", "group"}


def cards(session: Session, actor: Actor) -> Iterable[HomeCard]:
    """The answers that wait, for those who look at them: first on their home page, and nothing where none waits."""
    if not service.may_moderate(actor):
        return []
    count, oldest = reading.count_waiting(session, actor.practice.id)
    if not count:
        return []
    url = url_for("patient_input.answer", answer_id=oldest) if count == 1 else url_for("patient_input.index")
    return [
        HomeCard(
            heading=ngettext("%(num)s new answer to look at", "%(num)s new answers to look at", count),
            why=_l("Patients answered your form. Your colleagues see an answer once you have released it."),
            action=_l("Look at it") if count == 1 else _l("Look at them"),
            url=url,
            first=True,
        )
    ]


def panels(session: Session, actor: Actor, things: Sequence[Thing]) -> Iterable[Panel]:
    """What may come next on an answer, where an entry is shown, and the way to tell patients on the rest."""
    own = [thing for thing in things if thing.available and thing.practice_id == actor.practice.id]
    entries = [thing.id for thing in own if thing.kind == YOU_SAID]
    shown = reading.publications_of(session, entries) if entries else {}
    may_publish = actor.can(PUBLISH)
    for thing in own:
        if thing.kind == YOU_SAID:
            yield Panel(
                thing.id,
                _l("On your public page"),
                "patient_input/panel_you_said.html",
                {"publication": shown.get(thing.id), "may_publish": may_publish},
            )
        elif thing.kind == ANSWER:
            yield Panel(thing.id, _l("What next?"), "patient_input/panel_answer.html", {"may_publish": may_publish})
        elif may_publish and thing.audience.type not in _PRIVATE:
            yield Panel(thing.id, _l("Tell patients"), "patient_input/panel_tell.html")
