"""Peer share's tests run on the web shell's small world, with nothing installed but Peer share and the core's notes."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from layers_peer_share.plugin import Plugin


@pytest.fixture(scope="module")
def web_plugins() -> Sequence[object]:
    """Peer share alone: what it does, it does with any kind of thing."""
    return [Plugin()]
