"""What can go wrong with a plugin, and the record of it that an operator reads."""

from __future__ import annotations

import logging
import threading
import traceback
from collections import Counter, deque
from dataclasses import dataclass
from datetime import UTC, datetime

logger = logging.getLogger("layers.host")

TOLERANCE = 3
"""So many faults of a plugin's page hooks, with no success of the same hook between them, suspend its page hooks."""
KEPT = 200
"""So many faults are kept for the operator in a process."""


class StartRefused(RuntimeError):
    """Two plugins claim the same name, so neither can be trusted with it. The message says which and what to do."""


class PluginRejected(Exception):
    """A plugin does not keep the contract; it is quarantined for this reason."""


class WrongDoor(RuntimeError):
    """A hook was called through a door of another level, or does not exist."""


class DoorFault(RuntimeError):
    """A plugin failed where the host must not go on without it. `slug` and `hook` say where; the cause is chained."""

    def __init__(self, slug: str, hook: str, reason: str) -> None:
        super().__init__(f"{slug}: {hook}: {reason}")
        self.slug = slug
        self.hook = hook


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a plugin: `error` is the exception's type, `trace` its path through the code, without any values."""

    slug: str
    hook: str
    at: datetime
    error: str
    trace: str


def type_name(error: BaseException) -> str:
    """The full name of an exception's type."""
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def trace_without_values(error: BaseException) -> str:
    """The error's path through the code and its type, then those of its causes.

    Neither local variables nor messages: a message may repeat what somebody wrote (a database error quotes its
    parameters).
    """
    parts: list[str] = []
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        frames = traceback.format_list(traceback.extract_tb(link.__traceback__))
        parts.append("".join(frames) + type_name(link))
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return "\n\nafter\n\n".join(parts)


class FaultLog:
    """The faults of one process, and the plugins whose page hooks it no longer calls. Safe between threads."""

    def __init__(self) -> None:
        self.suspended: frozenset[str] = frozenset()
        """Replaced as a whole, so that a page may read it without the lock."""
        self.streaks: Counter[tuple[str, str]] = Counter()
        """Faults of (slug, hook) since that hook's last success."""
        self._recent: deque[Fault] = deque(maxlen=KEPT)
        self._lock = threading.Lock()

    @property
    def recent(self) -> tuple[Fault, ...]:
        """The latest faults, oldest first."""
        with self._lock:
            return tuple(self._recent)

    def record(self, slug: str, hook: str, error: BaseException, *, page: bool = False) -> Fault:
        """Keep a fault and log it. One in a page hook counts towards the plugin's suspension."""
        fault = Fault(slug, hook, datetime.now(UTC), type_name(error), trace_without_values(error))
        with self._lock:
            self._recent.append(fault)
            suspends = page and self._count(slug, hook)
        logger.error("Plugin %s failed in %s: %s\n%s", slug, hook, fault.error, fault.trace)
        if suspends:
            logger.error("The page hooks of plugin %s are suspended in this process", slug)
        return fault

    def succeeded(self, slug: str, hook: str) -> None:
        """End the hook's run of faults. Another hook's success says nothing about the one that fails."""
        with self._lock:
            self.streaks.pop((slug, hook), None)

    def _count(self, slug: str, hook: str) -> bool:
        self.streaks[slug, hook] += 1
        in_a_row = sum(count for (owner, _hook), count in self.streaks.items() if owner == slug)
        if in_a_row < TOLERANCE or slug in self.suspended:
            return False
        self.suspended |= {slug}
        return True
