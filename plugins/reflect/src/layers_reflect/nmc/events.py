"""What the reflective discussion adds to the usage log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from layers_core.usage.events import Tier, UsageEvent


@dataclass(frozen=True)
class DiscussionOpened(UsageEvent):
    """Somebody let another registrant read five reflective accounts."""

    name: ClassVar[str] = "reflect.discussion_opened"
    tier: ClassVar[Tier] = "producing"
    days: int
    """For how many days."""


@dataclass(frozen=True)
class DiscussionEnded(UsageEvent):
    """Somebody ended a reflective discussion before its time."""

    name: ClassVar[str] = "reflect.discussion_ended"
    tier: ClassVar[Tier] = "using"


EVENTS: tuple[type[UsageEvent], ...] = (DiscussionOpened, DiscussionEnded)
