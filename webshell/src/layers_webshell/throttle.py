"""Counting attempts: how often somebody may try something, without keeping who they are.

It uses the engine of Flask-Limiter, `limits`, by itself: the extension would check before every request, and what is
limited here is an attempt inside a view, not a route.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from flask import Flask

from layers_core.db.base import now

if TYPE_CHECKING:
    from limits import RateLimitItem
    from limits.strategies import MovingWindowRateLimiter


class Throttle:
    """Counts uses by a keyed digest whose salt changes every day."""

    def __init__(self, storage: str, secret_key: str) -> None:
        self._storage = storage
        self._secret_key = secret_key.encode()
        self._making = threading.Lock()

    @cached_property
    def _limiter(self) -> MovingWindowRateLimiter:
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


def install(app: Flask, secret_key: str, storage: str = "memory://") -> None:
    """Let views count attempts. Memory serves one process; many share a Redis, named as "redis://…"."""
    app.extensions["layers_limits"] = Throttle(storage, secret_key)
