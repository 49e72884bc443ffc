"""The practice's part of an API address."""

from __future__ import annotations

from typing import Any

from werkzeug.routing import BaseConverter

SLUG_CONVERTER = "practice_slug"
PATTERN = "[a-z0-9][a-z0-9-]{0,39}"


class PracticeSlug(BaseConverter):
    """Only what can be a practice's slug gets to the gate; anything else is no address."""

    regex = PATTERN
    part_isolating = True


def slug_schema(_converter: BaseConverter) -> dict[str, Any]:
    """How the API's description shows it."""
    return {"type": "string", "pattern": f"^{PATTERN}$"}
