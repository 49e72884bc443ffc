"""What a thing's page shows of episodes: what one gathers, and the way to gather a thing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy.orm import Session

from layers_core.contract import Actor, Panel, Thing
from layers_core.i18n import gettext as _
from layers_core.i18n import lazy_gettext as _l
from layers_reflect.episodes import reading
from layers_reflect.episodes.arranging import things_of
from layers_reflect.kinds import ASIDE, EPISODE, WRITE


def gathered(session: Session, actor: Actor, artefacts: Sequence[Thing]) -> Iterable[Panel]:
    """The groups of the actor's own episodes and the reflections that they became: one query for each episode."""
    for thing in artefacts:
        if thing.kind == EPISODE and thing.author_id == actor.person_id:
            found = reading.members(session, actor, things_of(thing.body), came_of=thing.id)
            here = set(things_of(thing.body))
            context = {
                "groups": reading.arranged(thing.body, found, _("Not in a group yet")),
                "became": [member for member in found if str(member.id) not in here],
            }
            yield Panel(thing.id, _l("What it gathers"), "reflect/episodes/panel.html", context)


def ways_in(actor: Actor, artefacts: Sequence[Thing]) -> Iterable[Panel]:
    """For whoever may write: gather a thing that they read in an episode of their own. No query."""
    if not actor.can(WRITE):
        return []
    return [
        Panel(thing.id, _l("Your episodes"), "reflect/episodes/way_in.html")
        for thing in artefacts
        if thing.kind not in {EPISODE, ASIDE}
    ]
