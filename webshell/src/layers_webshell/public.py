"""Public forms by token, and what is for everybody: no session, no cookie."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, current_app, g, jsonify, render_template, send_from_directory
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from layers_core.contract import PracticeView
from layers_core.db.base import now
from layers_core.practices import access
from layers_core.practices.models import Practice, PublicLink
from layers_core.web import RequestContext, current, policy
from layers_webshell.mount import SHELL

pages = Blueprint("public", __name__)
ENOUGH_FOR_TOKEN = 64


@pages.route("/f/<token>", methods=["GET", "POST"])
@policy("public")
def form(token: str) -> ResponseReturnValue:
    """Find the practice and the plugin behind a token and hand over to its form."""
    context = cast("RequestContext", g.layers)
    link = context.session.get(PublicLink, token) if len(token) <= ENOUGH_FOR_TOKEN else None
    if link is None:
        return _not_collecting(None, 404)
    practice = access.find_practice(context.session, context.host, practice_id=link.practice_id)
    # What follows a dot is the plugin's own: which of its forms, where it has any number of them.
    found = context.host.registry.public_forms.get((link.plugin, link.form.partition(".")[0]))
    spent = link.withdrawn_at is not None or (link.expires_at is not None and link.expires_at <= now())
    if practice is None or found is None or spent or link.plugin not in practice.mix.enabled:
        return _not_collecting(practice, 410)
    context.practice, context.actor = practice, access.public_actor(practice)
    return cast("ResponseReturnValue", found.handle(link, practice))


@pages.get("/f/sw.js")
@policy("public")
def kiosk_worker() -> Response:
    """The service worker of public forms on tablets in waiting rooms; nothing else is in its scope."""
    folder = current_app.extensions["layers_static"][SHELL]
    answer = send_from_directory(folder, "kiosk_sw.js", mimetype="text/javascript", conditional=True)
    answer.cache_control.no_cache = True
    return answer


def _not_collecting(practice: PracticeView | None, status: int) -> ResponseReturnValue:
    cast("RequestContext", g.layers).practice = practice
    return render_template("layers/not_collecting.html", practice=practice), status


@pages.get("/robots.txt")
@policy("public")
def robots() -> Response:
    """Practices' public pages may be found; nothing else."""
    return Response("User-agent: *\nAllow: /p/\nDisallow: /\n", mimetype="text/plain")


@pages.get("/health")
@policy("public")
def health() -> tuple[Response, int]:
    """Whether this process reaches its database, for whatever watches it: 200, or 503 where it doesn't."""
    try:
        with current.artefacts.database.read() as session:
            session.scalar(select(Practice.id).limit(1))
    except (DBAPIError, PoolTimeout):
        return jsonify(status="the database does not answer"), 503
    return jsonify(status="ok"), 200
