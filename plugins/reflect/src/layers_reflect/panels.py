"""What Reflect shows on a note's page, to its author alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy.orm import Session

from layers_core.contract import Actor, Panel, Thing
from layers_core.i18n import lazy_gettext as _l
from layers_reflect import reading
from layers_reflect.kinds import NOTE


def only_for_me(session: Session, actor: Actor, artefacts: Sequence[Thing]) -> Iterable[Panel]:
    """What the actor keeps for themselves beside these notes; one query for all of them."""
    mine = [thing.id for thing in artefacts if thing.kind == NOTE and thing.author_id == actor.person_id]
    asides = reading.asides_of(session, actor, mine)
    return [
        Panel(
            note_id,
            _l("Only for me"),
            "reflect/panel.html",
            {"asides": [aside for aside in asides if aside.note_id == note_id]},
        )
        for note_id in dict.fromkeys(aside.note_id for aside in asides)
    ]
