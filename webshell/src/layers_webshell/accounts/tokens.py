"""Secrets in links and headers: made from 256 random bits, kept as their hash."""

from __future__ import annotations

import hashlib
import secrets


def new_token() -> str:
    """A new secret for a link, a device or the API."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is kept of a secret. It is random and long, so a fast hash hides it."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
