"""The outbox: what was recorded without a connection waits on the writer's own device and is sent exactly once.

The device keeps each entry with the mark of its owner and the client key of its form. Here an entry is taken, under the
same rules as the form itself, and whatever is not saved yet is listed.
"""

from __future__ import annotations

import time

from flask import Blueprint, abort, jsonify, redirect, render_template, request, session, url_for
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from layers_core.artefacts import drafts
from layers_core.practices.access import practices_of
from layers_core.web import current, policy, submitted, takes_files
from layers_webshell import drafting, own_device
from layers_webshell.accounts import service
from layers_webshell.accounts.identity import DEVICE, OWN, SEEN
from layers_webshell.pages import capturing, record
from layers_webshell.pages.saving import Refusal

pages = Blueprint("outbox", __name__)

LEAVING = "leaving"


@pages.get("/me/outbox")
@policy("signed_in")
def index() -> str:
    """What is not saved yet: what waits on this device, and what was begun; with ?leaving=1 on the way out."""
    return render_template(
        "layers/pages/outbox.html",
        own=own_device.is_own(),
        leaving=bool(request.args.get(LEAVING)),
        begun=[drafting.shown(draft) for draft in drafts.of_person(current.session, current.person.id)],
        practices=practices_of(current.session, current.person.id),
    )


@pages.get("/<practice>/outbox")
@policy("member", "core.record")
def token() -> Response:
    """Who is signed in, and a new token to send with: asked for before each entry."""
    return jsonify(owner=own_device.owner_mark(current.person.id), csrf_token=generate_csrf())


@pages.post("/<practice>/outbox")
@policy("member", "core.record")
@takes_files
def take() -> Response | tuple[Response, int]:
    """Take one entry as the record form takes it; says whether it is saved, is to be mended, or may come again later.

    An entry of somebody else is refused with 409, whoever holds the device now.
    """
    if request.form.get("owner") != own_device.owner_mark(current.person.id):
        return jsonify(state="other_person"), 409
    result = record.saved(submitted())
    if not isinstance(result, Refusal):
        drafting.saved()
        return jsonify(state="saved", url=result.location)
    if result.status >= 500:
        return jsonify(state="later"), result.status
    # What stays on the device has its files with it, so none is kept here.
    return jsonify(state="refused", problems=[str(problem.message) for problem in result.problems])


@pages.get("/<practice>/record/offline")
@policy("member", "core.record")
def shell() -> str:
    """The record page for a device without a connection: the practice's empty form, and nothing of anybody's."""
    box = capturing.record_box()
    if box is None:
        abort(404)
    return render_template("layers/pages/record_offline.html", box=box)


@pages.post("/me/device")
@policy("signed_in")
def not_mine() -> Response:
    """This device is not the person's own any more: it locks after a quarter of an hour and keeps nothing."""
    service.share_device(drafting.database(), session.get(DEVICE, ""))
    session.update({OWN: False, SEEN: int(time.time())})
    session.permanent = False
    return redirect(url_for("outbox.index"), 303)
