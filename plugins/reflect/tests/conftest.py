"""Reflect's tests run on the web shell's small world, with nothing installed but Reflect and wider audiences."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from layers_core.contract import AudienceType, PluginMeta
from layers_reflect.plugin import Plugin


class Wider:
    """A plugin that does nothing but open the wider audiences, so that notes can be shared."""

    meta = PluginMeta(
        slug="wider",
        name="Wider",
        version="1",
        requires_core=">=0.1",
        summary="",
        stores="",
        seen_by="",
        opens_audiences=frozenset[AudienceType]({"cluster", "network"}),
    )


@pytest.fixture(scope="module")
def web_plugins() -> Sequence[object]:
    """Reflect, and something that opens the wider audiences."""
    return [Plugin(), Wider()]
