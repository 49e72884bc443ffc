"""What an edition of a guideline is called, and which of two is the newer one. Pure."""

from __future__ import annotations

import hashlib
import json

BY_HAND = "by-hand"
FILE = "file"
"""Where a recommendation's text comes from."""


def source_key(origin: str, source_name: str, guideline: str, url: str) -> str:
    """What all editions of one guideline share: the file's own address, else who published it under which title."""
    if origin == FILE and url:
        return _digest(FILE, url)
    return _digest(origin, _plain(source_name), _plain(guideline))


def edition_key(source: str, version_label: str, dated: str) -> str:
    """What recommendations typed from one edition share. A file's edition brings its own key, made of its content."""
    return _digest(BY_HAND, source, _plain(version_label), dated)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _digest(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
