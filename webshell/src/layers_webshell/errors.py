"""Error pages: what happened in plain words, what to do, and nothing about the inside."""

from __future__ import annotations

import logging

from flask import Flask, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from jinja2 import TemplateError
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from layers_core.artefacts.errors import CheckFailed, NotAllowed, NotFound
from layers_core.db.errors import WriterBusy
from layers_core.host.faults import DoorFault, trace_without_values
from layers_core.i18n import LazyString
from layers_core.i18n import lazy_gettext as _
from layers_webshell import kept
from layers_webshell.api import errors as api_errors

log = logging.getLogger("layers.web")

API = "/api/"

WORDS: dict[int, tuple[LazyString, LazyString]] = {
    400: (_("We could not read that"), _("Go back, reload the page and try again.")),
    401: (_("Sign in first"), _("Sign in and try again.")),
    404: (
        _("Page not found"),
        _("If you typed the address, check it. If somebody gave you a link, they may see things that you do not."),
    ),
    405: (_("That does not work here"), _("Go back to the page that you came from and try again.")),
    409: (_("Somebody else was quicker"), _("Go back, reload the page and try again.")),
    410: (_("This link no longer works"), _("Ask the person who gave it to you for a new one.")),
    413: (_("That is too large"), _("Go back and send less at once: at most 25 megabytes of files.")),
    422: (_("We could not read that"), _("Go back, check what you typed and try again.")),
    429: (_("Too many tries"), _("Wait a few minutes, then try again.")),
    500: (
        _("Sorry, there is a problem with the service"),
        _("Nothing was saved. Try again later. We have a record of the problem."),
    ),
    503: (
        _("Sorry, this is not working just now"),
        _("Nothing was saved. If you typed something, it is below. Try again shortly."),
    ),
}
TRY_LATER = (OperationalError, PoolTimeout, WriterBusy, CheckFailed, DoorFault)
"""Faults that pass: the database is away, full or read only, a queue is long, or a plugin that has a say failed."""


def install(app: Flask) -> None:
    """Answer every error with a page (JSON on the API) that keeps its details to itself."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(NotFound, _not_found)
    app.register_error_handler(NotAllowed, _not_found)
    for fault in (*TRY_LATER, DBAPIError):
        app.register_error_handler(fault, _database)
    app.register_error_handler(Exception, _any)


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.response
    code = error.code or 500
    fields = _typed() if code == 404 else None
    body, status = _answer(code if code in WORDS else (400 if code < 500 else 500), code, fields)
    headers = {name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After"}}
    if code == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return body, status, headers


def _csrf(_error: CSRFError) -> ResponseReturnValue:
    return _answer(400, 400, fields=kept.typed_fields())


def _not_found(_error: Exception) -> ResponseReturnValue:
    return _answer(404, 404, _typed())


def _database(error: Exception) -> ResponseReturnValue:
    """A database that is away is a 503 with the words kept; any other refusal of it is our own fault, a 500."""
    log.error("%s %s failed\n%s", request.method, request.endpoint, trace_without_values(error))
    if isinstance(error, TRY_LATER) or (isinstance(error, DBAPIError) and error.connection_invalidated):
        body, status = _answer(503, 503, _typed())
        return body, status, {"Retry-After": "10"}
    return _answer(500, 500, _typed())


def _any(error: Exception) -> ResponseReturnValue:
    log.error("%s %s failed\n%s", request.method, request.endpoint, trace_without_values(error))
    return _answer(500, 500, _typed())


def _typed() -> dict[str, list[str]] | None:
    """What was sent, for its writer to copy: the thing that they wrote about may be gone by now."""
    try:
        return kept.typed_fields() if request.method == "POST" else None
    except HTTPException:
        # A form that can't be read is no reason for another error.
        return None


def _answer(words: int, status: int, fields: dict[str, list[str]] | None = None) -> tuple[str | Response, int]:
    title, advice = WORDS[words]
    if request.path.startswith(API):
        return api_errors.answer(status), status
    offer = kept.Offer(None, request.full_path.rstrip("?"), fields) if fields else None
    try:
        return render_template("layers/error.html", title=title, advice=advice, offer=offer, status=status), status
    except (TemplateError, DBAPIError) as error:
        log.error("The error page failed\n%s", trace_without_values(error))
        return f"<!DOCTYPE html><title>{title}</title><h1>{title}</h1><p>{advice}</p>", status
