"""Drafts on the web: which form a draft belongs to, and dropping it in the request that saves what it holds."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
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

DRAFT_OF = "draft_of"
"""The field by which a form says under what its draft is kept: the form's name and client key."""
FORM, PAGE, TYPED = "draft_form", "draft_page", "draft_typed"
"""Fields that travel with a draft alone: the form's name, the page that it stands on, the names of fields of text."""
RECORD_BOX = "record:"
"""How the names of the record box's forms begin; the kind follows."""
ABOUT_DRAFTS = (DRAFT_OF, FORM, PAGE, TYPED)

log = logging.getLogger("layers.web")


@dataclass(frozen=True)
class Begun:
    """A draft as a page offers it: its fields, which of them hold what was typed, and where to go on."""

    kept: Kept
    page: str
    fields: Mapping[str, list[str]]
    typed: Sequence[str]

    @property
    def recorded(self) -> bool:
        """Whether it stands in the record box, which the record page opens with all fields filled in."""
        return self.kept.form.startswith(RECORD_BOX)

    @property
    def words(self) -> list[str]:
        """What was typed, without keys and choices."""
        return [value for name in self.typed for value in self.fields.get(name, []) if value.strip()]


def shown(kept: Kept) -> Begun:
    """A draft for a page. The page to go on at is one of the same practice, else its home page."""
    fields = {name: list(values) for name, values in kept.fields.items() if name not in ABOUT_DRAFTS}
    page = safe_next("".join(kept.fields.get(PAGE, [])[:1])) or ""
    home = f"/{kept.practice_slug}/"
    return Begun(kept, page if page.startswith(home) else home, fields, kept.fields.get(TYPED, []))


def database() -> Database:
    """The instance's database, for writes that no service makes."""
    return cast("Database", current_app.extensions["layers_database"])


def install(app: Flask) -> None:
    """Drop a draft once the form that it was kept of went through: a page that saves leads to another one."""
    app.after_request(_forget_saved)


def _forget_saved(response: Response) -> Response:
    redirected = 300 <= response.status_code < 400
    if request.method != "POST" or not (redirected or g.get("layers_saved")):
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


def saved() -> None:
    """Say that the present request saved its form although it leads nowhere, so that the draft goes."""
    g.layers_saved = True


def fields_of_draft(form: Mapping[str, Any]) -> dict[str, list[str]]:
    """What of a submitted form a draft keeps besides what is never kept."""
    return {name: values for name, values in form.items() if name not in (DRAFT_OF, FORM)}
