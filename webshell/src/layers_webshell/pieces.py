"""Pieces of pages that are rendered once for what they depend on, and kept in the process.

Only what is the same for everybody with the same key may be kept: never a session's token, a name, or what was typed.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import cast

from flask import Flask, current_app
from markupsafe import Markup

MOST = 1_024
"""A record box has about 6 kB, so that these are at most a few megabytes."""
EXTENSION = "layers_pieces"


def install(app: Flask) -> None:
    """Begin with nothing kept."""
    app.extensions[EXTENSION] = {}


def find(key: Hashable) -> Markup | None:
    """The piece that is kept under a key. The key holds everything that the piece depends on."""
    return _pieces().get(key)


def keep(key: Hashable, piece: Markup) -> None:
    """Keep a piece until the process ends, or too many are kept."""
    pieces = _pieces()
    if len(pieces) >= MOST:
        pieces.clear()
    pieces[key] = piece


def _pieces() -> dict[Hashable, Markup]:
    return cast("dict[Hashable, Markup]", current_app.extensions[EXTENSION])
