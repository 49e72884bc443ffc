"""What a writer may choose as the answer to "Who should see it?"."""

from __future__ import annotations

import time
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from layers_core.artefacts import audience
from layers_core.artefacts.unit import opened
from layers_core.contract import Actor
from layers_core.i18n import gettext as _

if TYPE_CHECKING:
    from layers_core.host.loader import Host

ONLY_ME = "me"
SIZES_KEPT_SECONDS = 60
"""Counting a whole network takes long, and the form stands on every home page: a number may be a minute old."""
SIZES_KEPT = 4096

_sizes: WeakKeyDictionary[Engine | Connection, dict[Hashable, tuple[float, Mapping[str, int]]]] = WeakKeyDictionary()


@dataclass(frozen=True)
class AudienceChoice:
    """One answer: the word that a draft's `audience` takes, its name, how many people it reaches (None for oneself)."""

    key: str
    name: str
    people: int | None
    hint: str = ""


def choices(session: Session, host: Host, actor: Actor) -> list[AudienceChoice]:
    """The audiences that the actor may choose in this mix, the narrowest first: one query a minute."""
    sizes = _recent_sizes(session, actor)
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


def _recent_sizes(session: Session, actor: Actor) -> Mapping[str, int]:
    kept = _sizes.setdefault(session.get_bind(), {})
    key = (actor.practice.id, frozenset(view.id for view in actor.audiences if view.type not in {"person", "group"}))
    found = kept.get(key)
    if found is None or found[0] < time.monotonic():
        if len(kept) >= SIZES_KEPT:
            kept.clear()
        found = kept[key] = (time.monotonic() + SIZES_KEPT_SECONDS, audience.sizes(session, actor))
    return found[1]
