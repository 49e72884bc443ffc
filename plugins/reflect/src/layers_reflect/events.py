"""What Reflect adds to the usage log; that a note was recorded or changed, the core records itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from layers_core.usage.events import Tier, UsageEvent


@dataclass(frozen=True)
class AsideKept(UsageEvent):
    """Somebody kept a private addition beside a note."""

    name: ClassVar[str] = "reflect.aside_kept"
    tier: ClassVar[Tier] = "producing"


@dataclass(frozen=True)
class TemplateMade(UsageEvent):
    """Somebody made questions of their own."""

    name: ClassVar[str] = "reflect.template_made"
    tier: ClassVar[Tier] = "producing"
    for_practice: bool
    """Whether everybody in the practice can use them."""
    copied: bool
    """Whether they were copied from somebody's link."""
