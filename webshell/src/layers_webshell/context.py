"""The request's context: its read session, opened on first use, and the work that waits until the page was sent."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import cast

from flask import Flask, Response, g
from sqlalchemy.orm import Session

from layers_core.artefacts.service import ArtefactService
from layers_core.db.session import Database
from layers_core.host.faults import trace_without_values
from layers_core.host.loader import Host
from layers_core.web import RequestContext

log = logging.getLogger("layers.web")


def install(app: Flask, database: Database, host: Host) -> None:
    """Give each request its context, `g.layers`, and end its reading when it is over."""
    artefacts = ArtefactService(database, host)

    def open_context() -> None:
        reading = ExitStack()
        g.layers_reading = reading
        g.layers = RequestContext(partial(_open, reading, database), artefacts, host)

    def send_then_work(response: Response) -> Response:
        context = cast("RequestContext | None", g.get("layers"))
        if context and context.after and response.status_code < 400:
            response.call_on_close(partial(_work, tuple(context.after)))
        return response

    def close_context(error: BaseException | None) -> None:
        reading: ExitStack | None = g.pop("layers_reading", None)
        if reading is None:
            return
        try:
            # A page that went well ends its reading with COMMIT, one that failed with a rollback.
            reading.__exit__(type(error) if error else None, error, error.__traceback__ if error else None)
        except Exception as fault:
            # The page is already made; a fault that it raised itself was answered where it happened.
            if fault is not error:
                log.error("A page's reading did not end well\n%s", trace_without_values(fault))

    app.before_request(open_context)
    app.after_request(send_then_work)
    app.teardown_request(close_context)


def _open(reading: ExitStack, database: Database) -> Session:
    return reading.enter_context(database.read())


def _work(waiting: tuple[Callable[[], None], ...]) -> None:
    for work in waiting:
        try:
            work()
        except Exception as error:
            log.error("Work after a response failed\n%s", trace_without_values(error))
