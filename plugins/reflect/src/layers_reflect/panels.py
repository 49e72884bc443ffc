"""What Reflect shows on a thing's page, to its author alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy.orm import Session

from layers_core.contract import Actor, Panel, Thing
from layers_core.i18n import lazy_gettext as _l
from layers_reflect import reading
from layers_reflect.kinds import NOTE
from layers_reflect.writing import KINDS


def for_author(session: Session, actor: Actor, artefacts: Sequence[Thing]) -> Iterable[Panel]:
    """One panel for each of Reflect's things that the actor wrote; one query for all of them."""
    mine = [
        thing
        for thing in artefacts
        if thing.kind in KINDS and thing.available and actor.person_id and thing.author_id == actor.person_id
    ]
    asides = reading.asides_of(session, actor, [thing.id for thing in mine if thing.kind == NOTE])
    return [
        Panel(
            thing.id,
            _l("For you, the writer"),
            "reflect/panel.html",
            {"mine": thing, "asides": [aside for aside in asides if aside.note_id == thing.id]},
        )
        for thing in mine
    ]
