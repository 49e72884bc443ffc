"""What the usage log may hold about files: how many of which kind, never a name or what is in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from layers_core.usage.events import Tier, UsageEvent


@dataclass(frozen=True)
class FilesAdded(UsageEvent):
    """Somebody added files to a thing."""

    name: ClassVar[str] = "core.files_added"
    tier: ClassVar[Tier] = "producing"
    verb: ClassVar[str] = "http://activitystrea.ms/schema/1.0/attach"
    pictures: int
    """How many pictures they added."""
    sounds: int
    """How many sound recordings they added."""
    documents: int
    """How many documents they added."""


@dataclass(frozen=True)
class FileRemoved(UsageEvent):
    """Somebody took a file off a thing."""

    name: ClassVar[str] = "core.file_removed"
    tier: ClassVar[Tier] = "producing"


FILE_EVENTS: tuple[type[UsageEvent], ...] = (FilesAdded, FileRemoved)
