"""Search: one box, the newest things with all of its words first, the words marked."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from layers_core.artefacts import reading
from layers_core.web import current, policy
from layers_webshell.pages.rows import marked, row

pages = Blueprint("search", __name__)

PAGE = 20
MOST_CHARACTERS = 200
MOST_DIGITS = 18


@pages.get("/<practice>/search")
@policy("member")
def index() -> str:
    """One page of what was found for `q`; `older` is where the page before ended."""
    query = " ".join(request.args.get("q", "").split())[:MOST_CHARACTERS]
    older = request.args.get("older", "")
    before = int(older) if older.isascii() and older.isdigit() and len(older) <= MOST_DIGITS else None
    found = (
        reading.find(current.session, current.host, current.actor, query, before=before, limit=PAGE + 1)
        if query
        else []
    )
    shown = found[:PAGE]
    return render_template(
        "layers/pages/search.html",
        query=query,
        rows=[row(item.thing, marked(item.snippet)) for item in shown],
        later=before is not None,
        older=shown[-1].thing.number if len(found) > PAGE else None,
    )
