"""Drafts on the web: which form a draft belongs to, and dropping it in the request that saves what it holds."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from flask import Flask, Response, current_app, g, request
from sqlalchemy.exc import DBAPIError

from layers_core.artefacts import drafts
from layers_core.artefacts.drafts import Kept
from layers_core.db.errors import WriterBusy
from layers_core.db.session import Database
from layers_core.host.faults import trace_without_values
from layers_core.web import RequestContext
from layers_webshell.accounts.safe_next import safe_next
from layers_webshell.kept import Offer

DRAFT_OF = "draft_of"
"""The field by which a form says that its draft is kept on the server: the form's name and client key."""
FORM, PAGE = "draft_form", "draft_page"
"""Fields that travel with a draft alone: the form's name, and the page that it stands on."""
RECORD_BOX = "record:"
"""How the names of the record box's forms begin; the kind follows."""
ABOUT_DRAFTS = (DRAFT_OF, FORM, PAGE)

log = logging.getLogger("layers.web")


@dataclass(frozen=True)
class Begun:
    """A draft as a page offers it: its words, its fields, and where to go on."""

    kept: Kept
    page: str
    fields: Mapping[str, list[str]]

    @property
    def recorded(self) -> bool:
        """Whether it stands in the record box, which the record page opens with all fields filled in."""
        return self.kept.form.startswith(RECORD_BOX)

    @property
    def words(self) -> list[str]:
        """What was typed, without keys and choices."""
        return Offer(None, self.page, self.fields).words


def shown(kept: Kept) -> Begun:
    """A draft for a page. The page to go on at is one of the same practice, else its home page."""
    fields = {name: list(values) for name, values in kept.fields.items() if name not in ABOUT_DRAFTS}
    page = safe_next("".join(kept.fields.get(PAGE, [])[:1])) or ""
    home = f"/{kept.practice_slug}/"
    return Begun(kept, page if page.startswith(home) else home, fields)


def database() -> Database:
    """The instance's database, for writes that no service makes."""
    return cast("Database", current_app.extensions["layers_database"])


def install(app: Flask) -> None:
    """Drop a draft once the form that it was kept of went through."""
    app.after_request(_forget_saved)


def _forget_saved(response: Response) -> Response:
    if request.method != "POST" or response.status_code >= 400 or g.get("layers_not_saved"):
        return response
    context: RequestContext | None = g.get("layers")
    form = request.form.get(DRAFT_OF, "")
    if not form or context is None or context.actor is None or context.actor.person_id is None:
        return response
    try:
        with database().write() as unit:
            drafts.forget(unit, context.actor.person_id, context.actor.practice.id, form)
    except (DBAPIError, WriterBusy) as error:
        # What counts is saved. The draft is offered once more, and sending it again gives what was saved.
        log.error("A draft was not dropped\n%s", trace_without_values(error))
    return response


def not_saved() -> None:
    """Say that the present request saved nothing although its answer is no error, so that its draft stays."""
    g.layers_not_saved = True


def fields_of_draft(form: Mapping[str, Any]) -> dict[str, list[str]]:
    """What of a submitted form a draft keeps besides what is never kept."""
    return {name: values for name, values in form.items() if name not in (DRAFT_OF, FORM)}
