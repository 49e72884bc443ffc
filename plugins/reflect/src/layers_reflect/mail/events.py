"""What e-mail in adds to the usage log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from layers_core.usage.events import Tier, UsageEvent


@dataclass(frozen=True)
class Mailed(UsageEvent):
    """Somebody sent themselves a note by e-mail."""

    name: ClassVar[str] = "reflect.mailed"
    tier: ClassVar[Tier] = "producing"
    files: int
    """How many files were kept with it."""
