"""Sign-in links of the demo: each works once, from this machine only, until the process ends.

They exist where the demo's command hands them to `create_app`, and nowhere else: no setting and no other command can
bring them about, and `create_app` refuses them for an instance that is no demo.
"""

from __future__ import annotations

import threading
from ipaddress import ip_address
from typing import cast
from uuid import UUID

from flask import Blueprint, current_app, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from layers_core.i18n import gettext as _
from layers_core.web import RequestContext, policy
from layers_webshell.accounts import identity, signing
from layers_webshell.accounts.tokens import new_token, token_hash

pages = Blueprint("demo", __name__)
EXTENSION = "layers_demo_links"


class DemoLinks:
    """The links of one process, in memory."""

    def __init__(self) -> None:
        self._accounts: dict[str, UUID] = {}
        self._lock = threading.Lock()

    def issue(self, account_id: UUID) -> str:
        """A new link for an account: the path to put after the demo's address."""
        token = new_token()
        with self._lock:
            self._accounts[token_hash(token)] = account_id
        return f"/demo/sign-in/{token}"

    def spend(self, token: str) -> UUID | None:
        """The account that a link signs in; None for one that was used, or is not of this start."""
        with self._lock:
            return self._accounts.pop(token_hash(token), None)


@pages.get("/demo/sign-in/<token>")
@policy("public")
def sign_in(token: str) -> ResponseReturnValue:
    """Sign in by a demo link. Whoever is signed in already goes home, so that reloading does no harm."""
    if not _from_here():
        return _spent()
    context = cast("RequestContext", g.layers)
    # A browser that only looks (HEAD) must not use the link up.
    links = cast("DemoLinks", current_app.extensions[EXTENSION])
    account_id = links.spend(token) if request.method == "GET" else None
    if account_id is not None:
        return signing.sign_in(account_id, own_device=True)
    found = identity.from_session(context.session)
    if found is not None and not found.locked:
        return redirect(signing.destination(context.session, found.signed_in.person_id))
    return _spent()


def _from_here() -> bool:
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _spent() -> ResponseReturnValue:
    advice = _("A demo link works once. Start the demo again for new ones.")
    return render_template("layers/link_spent.html", advice=advice), 410
