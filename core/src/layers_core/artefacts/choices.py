"""What a writer may choose as the answer to "Who should see it?"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from layers_core.artefacts import audience
from layers_core.artefacts.unit import opened
from layers_core.contract import Actor
from layers_core.i18n import gettext as _

if TYPE_CHECKING:
    from layers_core.host.loader import Host

ONLY_ME = "me"


@dataclass(frozen=True)
class AudienceChoice:
    """One answer: the word that a draft's `audience` takes, its name, how many people it reaches (None for oneself)."""

    key: str
    name: str
    people: int | None
    hint: str = ""


def choices(session: Session, host: Host, actor: Actor) -> list[AudienceChoice]:
    """The audiences that the actor may choose in this mix, the narrowest first: one query."""
    sizes = audience.sizes(session, actor)
    allowed = {"practice", *opened(host, actor)}
    wider = sorted(
        (view for view in actor.audiences if view.type in allowed and view.type != "group"),
        key=lambda view: (audience.WIDTH[view.type], view.name),
    )
    only_me = AudienceChoice(
        ONLY_ME, _("Only me"), None, _("Not your manager. In rare cases a court can ask to see notes.")
    )
    return [
        only_me,
        *(AudienceChoice(audience.choice_of(view), view.name, sizes.get(view.key, 0)) for view in wider),
    ]
