"""What Sample adds to the usage log; that something was recorded, the core records itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from layers_core.usage.events import Tier, UsageEvent


@dataclass(frozen=True)
class EntryFiled(UsageEvent):
    """Somebody filed an entry under a topic."""

    name: ClassVar[str] = "sample.entry_filed"
    tier: ClassVar[Tier] = "producing"
    first: bool
    """Whether it was the practice's first entry under that topic."""
