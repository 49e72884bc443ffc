"""What makes the toolkit an app on one's own device, and the ways into it from other apps and pages."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, current_app, jsonify, redirect, render_template, request, send_from_directory, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from layers_core.i18n import gettext as _
from layers_core.practices.access import practices_of
from layers_core.settings import Settings
from layers_core.web import current, policy
from layers_webshell import sharing
from layers_webshell.mount import SHELL

pages = Blueprint("capture_app", __name__)

BLUE = "#005eb8"
DOTS = (192, 512)
"""The sizes of the icon that browsers ask for before they offer to install an app."""


@pages.get("/app.webmanifest")
@policy("public")
def manifest() -> Response:
    """The web app manifest: it opens on the record page, and other apps can share a link or a text with it."""
    asset = current_app.jinja_env.globals["asset"]
    icons = [
        {"src": asset(f"app-icon-{dots}.png"), "sizes": f"{dots}x{dots}", "type": "image/png", "purpose": purpose}  # type: ignore[operator]
        for dots in DOTS
        for purpose in ("any", "maskable")
    ]
    answer = jsonify(
        id="/record",
        name=_("Learning Layers"),
        short_name=_("Learning"),
        start_url="/record",
        scope="/",
        display="standalone",
        background_color="#f0f4f5",
        theme_color=BLUE,
        icons=icons,
        shortcuts=[{"name": _("Record"), "url": "/record", "icons": icons[:1]}],
        share_target={"action": "/record", "method": "GET", "params": {name: name for name in sharing.NAMES}},
    )
    answer.mimetype = "application/manifest+json"
    return answer


@pages.get("/sw.js")
@policy("public")
def service_worker() -> Response:
    """The service worker, at the top so that its scope is everything. Only pages on one's own device register it."""
    folder = current_app.extensions["layers_static"][SHELL]
    answer = send_from_directory(folder, "sw.js", mimetype="text/javascript", conditional=True)
    answer.cache_control.no_cache = True
    return answer


@pages.get("/record")
@policy("signed_in")
def record() -> ResponseReturnValue:
    """The record page of the person's only practice, with whatever was shared; of several, the person chooses."""
    shared: dict[str, Any] = {name: request.args[name] for name in sharing.NAMES if request.args.get(name)}
    found = practices_of(current.session, current.person.id)
    if len(found) == 1:
        return redirect(url_for("record.new", practice=found[0].slug, **shared))
    return render_template("layers/pages/record_where.html", practices=found, shared=shared)


@pages.get("/me/bookmarklet")
@policy("signed_in")
def bookmarklet() -> str:
    """A bookmark that records the page one is reading, and how to put it there."""
    settings = cast("Settings", current_app.extensions["layers_settings"])
    script = sharing.bookmarklet(f"{settings.base_url.rstrip('/')}{url_for('capture_app.record')}")
    return render_template("layers/pages/bookmarklet.html", script=script)
