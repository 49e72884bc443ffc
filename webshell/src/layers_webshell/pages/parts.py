"""Rendering what plugins bring to a page. A part that fails is left out and shown as such; the page goes on."""

from __future__ import annotations

from typing import Any

from flask import current_app, render_template
from markupsafe import Markup

from layers_core.artefacts.kinds import CORE, slug_of
from layers_core.contract import Thing
from layers_core.web import current


def part(slug: str, place: str, template: str, **context: Any) -> Markup | None:
    """A plugin's template as markup; None where it failed, which is recorded as a fault of the plugin at `place`.

    Raises the fault itself where faults are raised (in tests).
    """
    try:
        return Markup(render_template(template, **context))  # nosec B704 - the template has escaped
    except Exception as error:
        if slug == CORE or current_app.extensions["layers_settings"].raise_faults:
            raise
        current.host.doors.faults.record(slug, place, error, page=True)
        return None


def body_of(thing: Thing) -> Markup | None:
    """A thing's own part of its page, as its kind shows it; None where that failed or the kind is not available."""
    kind = current.host.registry.kinds.get(thing.kind)
    if kind is None or not thing.available:
        return None
    return part(slug_of(thing.kind), "page_template", kind.page_template, thing=thing)
