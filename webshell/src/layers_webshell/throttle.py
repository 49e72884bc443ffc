"""Counting attempts: how often somebody may try something, without keeping who they are.

It uses the engine of Flask-Limiter, `limits`, by itself: the extension would check before every request, and what is
limited here is an attempt inside a view, not a route. What is counted in memory is counted by `InMemory`: the engine's
own memory forgets no key and looks through all of them again and again, so that a flood from 200,000 addresses would
kept one core busy for as long as the process lived.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
from bisect import bisect_right
from collections import OrderedDict
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from flask import Flask

from layers_core.db.base import now

if TYPE_CHECKING:
    from limits import RateLimitItem
    from limits.strategies import MovingWindowRateLimiter


MEMORY = "memory://"


class InMemory:
    """Counts uses in moving windows. What a use costs does not depend on how many keys there are."""

    def __init__(self) -> None:
        self._uses: OrderedDict[str, list[float]] = OrderedDict()
        self._longest = 0.0
        self._lock = threading.Lock()

    def hit(self, limit: RateLimitItem, *identifiers: str) -> bool:
        """Count one use, unless the window is full; whether it was counted."""
        key, moment, length = limit.key_for(*identifiers), time.monotonic(), limit.get_expiry()
        with self._lock:
            self._longest = max(self._longest, length)
            self._forget(moment)
            uses = self._uses.setdefault(key, [])
            del uses[: bisect_right(uses, moment - length)]
            if len(uses) >= limit.amount:
                return False
            uses.append(moment)
            self._uses.move_to_end(key)
            return True

    def __len__(self) -> int:
        return len(self._uses)

    def _forget(self, moment: float) -> None:
        """Drop keys whose last use is in no window any more. Two for each use: fewer come than can go."""
        for _time in range(2):
            key, uses = next(iter(self._uses.items()), ("", None))
            if not uses or uses[-1] > moment - self._longest:
                return
            del self._uses[key]


class Throttle:
    """Counts uses by a keyed digest whose salt changes every day."""

    def __init__(self, storage: str, secret_key: str) -> None:
        self._storage = storage
        self._secret_key = secret_key.encode()
        self._making = threading.Lock()

    @cached_property
    def _limiter(self) -> InMemory | MovingWindowRateLimiter:
        if self._storage == MEMORY:
            return InMemory()
        # Imported at the first attempt: 0.08 s of every start.
        from limits.storage import storage_from_string
        from limits.strategies import MovingWindowRateLimiter

        return MovingWindowRateLimiter(storage_from_string(self._storage))

    def hit(self, scope: str, key: str, limit: str) -> bool:
        """Count one use; False where it is beyond the limit ("10 per 15 minutes")."""
        with self._making:
            # One counter for all threads, whichever comes first.
            limiter = self._limiter
        return limiter.hit(_parsed(limit), scope, self._digest(key))

    def _digest(self, key: str) -> str:
        salt = hmac.digest(self._secret_key, b"layers.throttle." + now().date().isoformat().encode(), hashlib.sha256)
        return hmac.new(salt, key.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


@lru_cache(maxsize=64)
def _parsed(limit: str) -> RateLimitItem:
    from limits import parse

    return parse(limit)


def install(app: Flask, secret_key: str, storage: str = MEMORY) -> None:
    """Let views count attempts. Memory serves one process; many share a Redis, named as "redis://…"."""
    app.extensions["layers_limits"] = Throttle(storage, secret_key)
