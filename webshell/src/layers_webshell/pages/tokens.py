"""Personal tokens, with which another program reads and writes in a person's name over the API."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for

from layers_core.contract import Problem
from layers_core.db.base import now
from layers_core.i18n import gettext as _
from layers_core.web import Submitted, current, policy, submitted
from layers_webshell.accounts import service
from layers_webshell.accounts.api_tokens import api_tokens

pages = Blueprint("tokens", __name__)

LONGEST_NAME = 100
DAYS = (7, 30, 90, 365)
MOST_WORKING = 20


@pages.route("/me/tokens", methods=["GET"])
@policy("signed_in")
def index() -> str:
    """The person's working tokens, and the form that makes one."""
    return _page(Submitted({}))


def _page(form: Submitted) -> str:
    return render_template(
        "layers/pages/tokens.html",
        tokens=api_tokens(current.session, current.person.id),
        days=[(str(number), _("%(days)s days", days=number)) for number in DAYS],
        fields=form,
        problems=form.problems,
    )


@pages.route("/me/tokens", methods=["POST"])
@policy("signed_in")
def make() -> str | tuple[str, int]:
    """Make a token; the page shows it, this once."""
    form = submitted()
    name = form.required("name", _("Say what the token is for"))
    if len(name) > LONGEST_NAME:
        form.problems.append(Problem(_("Use 100 characters or fewer"), "name"))
    days = form.one_of("days", {str(number): None for number in DAYS}, _("Choose how long it works"))
    if len(api_tokens(current.session, current.person.id)) >= MOST_WORKING:
        form.problems.append(Problem(_("You have 20 tokens that work. Stop one that you no longer use")))
    if form.problems:
        return _page(form), 422
    expires_at = now() + timedelta(days=int(days))
    with current.artefacts.database.write() as session:
        token = service.make_api_token(session, current.person.id, name, expires_at)
    return render_template("layers/pages/token_made.html", token=token, name=name, expires_at=expires_at)


@pages.post("/me/tokens/<uuid:token_id>/withdraw")
@policy("signed_in")
def withdraw(token_id: UUID) -> Response:
    """Stop a token at once."""
    with current.artefacts.database.write() as session:
        if not service.withdraw_api_token(session, current.person.id, token_id):
            abort(404)
    flash(_("The token no longer works"), "success")
    return redirect(url_for("tokens.index"), 303)  # type: ignore[return-value]
