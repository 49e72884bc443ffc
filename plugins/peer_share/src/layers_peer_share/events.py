"""What Peer share adds to the usage log. Sharing, asking and commenting the core records itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from layers_core.usage.events import Tier, UsageEvent

Outcome = Literal["helped", "changed_something", "not_needed"]


@dataclass(frozen=True)
class FoundUseful(UsageEvent):
    """Somebody found a colleague's thing useful."""

    name: ClassVar[str] = "peer_share.found_useful"
    tier: ClassVar[Tier] = "using"
    once_a_day: ClassVar[bool] = True
    verb: ClassVar[str] = "http://id.tincanapi.com/verb/rated"


@dataclass(frozen=True)
class Used(UsageEvent):
    """Somebody used a colleague's thing."""

    name: ClassVar[str] = "peer_share.used"
    tier: ClassVar[Tier] = "using"
    once_a_day: ClassVar[bool] = True
    same_practice: bool
    """Whether they work in the practice where it was recorded."""


@dataclass(frozen=True)
class QuestionClosed(UsageEvent):
    """Somebody said what came of their question."""

    name: ClassVar[str] = "peer_share.question_closed"
    tier: ClassVar[Tier] = "using"
    verb: ClassVar[str] = "http://activitystrea.ms/resolve"
    outcome: Outcome
    """What came of it."""
