"""What episodes add to the usage log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from layers_core.usage.events import Tier, UsageEvent


@dataclass(frozen=True)
class EpisodeGathered(UsageEvent):
    """Somebody gathered entries in an episode."""

    name: ClassVar[str] = "reflect.episode_gathered"
    tier: ClassVar[Tier] = "using"
    entries: int
    """How many were added."""


@dataclass(frozen=True)
class EpisodeReflected(UsageEvent):
    """Somebody wrote a reflection from an episode."""

    name: ClassVar[str] = "reflect.episode_reflected"
    tier: ClassVar[Tier] = "producing"
    entries: int
    """How many entries the episode gathered."""


EVENTS: tuple[type[UsageEvent], ...] = (EpisodeGathered, EpisodeReflected)
