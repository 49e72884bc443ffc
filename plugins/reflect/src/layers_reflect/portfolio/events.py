"""What bringing a portfolio in adds to the usage log. Entries that come from elsewhere are no use that happened now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from layers_core.usage.events import Tier, UsageEvent


@dataclass(frozen=True)
class PortfolioBrought(UsageEvent):
    """Somebody brought entries in from a file."""

    name: ClassVar[str] = "reflect.portfolio_brought"
    tier: ClassVar[Tier] = "producing"
    entries: int
    """How many entries were new here."""


EVENTS: tuple[type[UsageEvent], ...] = (PortfolioBrought,)
