"""The practice in an address: taken out before a view is called, and put back into the addresses that a page names."""

from __future__ import annotations

from typing import Any, cast

from flask import Flask, current_app, g

PART = "practice"


def install(app: Flask) -> None:
    """Views take no `practice`; inside one, `url_for` fills it in."""
    app.url_value_preprocessor(_take)
    app.url_defaults(_put_back)


def slug() -> str | None:
    """The practice that the address names; None outside `/<practice>/…` and `/p/<practice>/…`."""
    return cast("str | None", g.get("layers_practice_slug"))


def _take(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    g.layers_practice_slug = values.pop(PART, None) if values else None


def _put_back(endpoint: str, values: dict[str, Any]) -> None:
    if PART not in values and slug() and current_app.url_map.is_endpoint_expecting(endpoint, PART):
        values[PART] = slug()
