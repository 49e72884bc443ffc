"""What guidelines add to the usage log; that a thing was recorded or changed, the core records itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, get_args

from layers_core.usage.events import Tier, UsageEvent

DecisionCode = Literal["adopt", "adapt", "not_applicable", "reject", "undecided", "new"]
CODES: dict[str, DecisionCode] = {code: code for code in get_args(DecisionCode)}


@dataclass(frozen=True)
class Decided(UsageEvent):
    """Somebody decided what the practice does about a recommendation."""

    name: ClassVar[str] = "guidelines.decided"
    tier: ClassVar[Tier] = "producing"
    decision: DecisionCode
    """What was decided (GRADE-ADOLOPMENT, and the toolkit's own)."""
