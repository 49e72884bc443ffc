"""What taking a portfolio out and bringing one in adds to the usage log.

Entries that come from elsewhere are no use that happened now.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from layers_core.usage.events import Tier, UsageEvent


@dataclass(frozen=True)
class PortfolioBrought(UsageEvent):
    """Somebody brought entries in from a file."""

    name: ClassVar[str] = "reflect.portfolio_brought"
    tier: ClassVar[Tier] = "producing"
    entries: int
    """How many entries were new here."""


@dataclass(frozen=True)
class PortfolioExported(UsageEvent):
    """Somebody downloaded entries of their own."""

    name: ClassVar[str] = "reflect.portfolio_exported"
    tier: ClassVar[Tier] = "using"
    format: Literal["docx", "pdf", "html", "csv", "leap2a", "archive"]
    """As what."""
    entries: int
    """How many entries."""


EVENTS: tuple[type[UsageEvent], ...] = (PortfolioBrought, PortfolioExported)
