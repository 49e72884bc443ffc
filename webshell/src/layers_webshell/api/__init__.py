"""The REST API, /api/v1: the same service and the same rights as the pages, for a person's own programs.

A request carries a personal token (`Authorization: Bearer …`); a session cookie opens nothing here and none is set. The
practice is part of the address. What the token's person may not see is not there: 404, never 403.
"""

from __future__ import annotations

from flask import Flask
from flask_smorest import Api

from layers_webshell.api.errors import ErrorSchema
from layers_webshell.api.routing import SLUG_CONVERTER, PracticeSlug, slug_schema
from layers_webshell.api.views import LIMIT, blueprint

TITLE = "Learning Layers"
VERSION = "1"
DESCRIPTION = (
    "Read and add what a practice learns. Make a personal token at /me/tokens and send it as `Authorization: Bearer …`."
    " What you may not see is answered with 404. Lists are read page by page: send `next` as `cursor`."
)


class _Api(Api):  # type: ignore[misc]
    """flask-smorest without its own error handler: the application's keeps `Allow` and tells nothing of the inside."""

    ERROR_SCHEMA = ErrorSchema

    def _register_error_handlers(self) -> None:
        """Leave the application's handlers in place."""


def install(app: Flask) -> None:
    """Mount the API. Its description is at /api/v1/openapi.json; there is no page with scripts of its own."""
    app.url_map.converters[SLUG_CONVERTER] = PracticeSlug
    app.config.setdefault("LAYERS_API_LIMIT", LIMIT)
    api = _Api(
        app,
        spec_kwargs={
            "title": TITLE,
            "version": VERSION,
            "openapi_version": "3.1.0",
            "info": {"description": DESCRIPTION},
            "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
            "security": [{"token": []}],
        },
    )
    api.register_converter(PracticeSlug, slug_schema)
    api.register_blueprint(blueprint)
    app.extensions["layers_api"] = api
