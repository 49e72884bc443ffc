"""Signing in and out, invitations, new passwords, and forms kept over a lock."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from flask import Blueprint, Response, abort, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from layers_core.contract import Problem
from layers_core.db.session import Database
from layers_core.i18n import gettext as _
from layers_core.practices.service import normalise_email
from layers_core.web import RequestContext, Submitted, client_address, current, policy, submitted, within_limit
from layers_webshell import kept
from layers_webshell.accounts import identity, service, signing
from layers_webshell.accounts.safe_next import safe_next
from layers_webshell.accounts.security import password_problems

pages = Blueprint("accounts", __name__)

# A whole practice may sit behind one address, so that limit is wide; one account's is narrow.
TRIES_OF_ACCOUNT = "10 per 15 minutes"
TRIES_FROM_ADDRESS = "200 per 15 minutes"


@pages.route("/", methods=["GET"])
@policy("public")
def start() -> ResponseReturnValue:
    """The bare address: home for whoever is signed in, else the sign-in page."""
    context = _context()
    found = identity.from_session(context.session)
    if found is None or found.locked:
        return redirect(url_for("accounts.sign_in"))
    return redirect(signing.destination(context.session, found.signed_in.person_id))


@pages.route("/sign-in", methods=["GET", "POST"])
@policy("public")
def sign_in() -> ResponseReturnValue:
    """Sign in with e-mail address and password."""
    form = submitted()
    target = safe_next(form.get("next") or request.args.get("next"))
    if request.method == "POST":
        account_id = _checked(form)
        if account_id is not None:
            return signing.sign_in(account_id, own_device=bool(form.get("own_device")), target=target)
    else:
        found = identity.from_session(_context().session)
        if found is not None and not found.locked:
            return redirect(target or signing.destination(_context().session, found.signed_in.person_id))
        form.problems.clear()
        return _sign_in_page(form, target, locked=found is not None), 200
    return _sign_in_page(form, target), 429 if _limited(form) else 422


def _checked(form: Submitted) -> UUID | None:
    """The account that the form's address and password belong to; else its problems say what to do."""
    email = form.required("email", _("Enter your e-mail address"))
    password = str(form.values.get("password", ""))
    if not password:
        form.problems.append(Problem(_("Enter your password"), "password"))
    if form.problems:
        return None
    address = normalise_email(email)
    # Both are counted, whatever the answer of the first.
    open_ = [
        within_limit("sign-in.account", address, TRIES_OF_ACCOUNT),
        within_limit("sign-in.address", client_address(), TRIES_FROM_ADDRESS),
    ]
    if not all(open_):
        form.problems.append(Problem(_("Too many tries. Wait 15 minutes, then try again"), "limit"))
        return None
    account = service.check_password(_context().session, address, password)
    if account is None:
        form.problems.append(Problem(_("The e-mail address or the password is not right"), "email"))
    return account.id if account else None


def _limited(form: Submitted) -> bool:
    return any(problem.field == "limit" for problem in form.problems)


def _sign_in_page(form: Submitted, target: str | None, *, locked: bool = False) -> str:
    return render_template(
        "layers/sign_in.html",
        problems=form.problems,
        email=form.get("email"),
        own_device=form.get("own_device"),
        next=target or "",
        locked=locked,
    )


@pages.post("/sign-out")
@policy("public")
def sign_out() -> ResponseReturnValue:
    """Sign this device out."""
    signing.sign_out()
    return redirect(url_for("accounts.sign_in"), 303)


@pages.route("/invitation/<token>", methods=["GET", "POST"])
@policy("public")
def invitation(token: str) -> ResponseReturnValue:
    """Accept an invitation: choose a name and a password, or join with the account that exists."""
    try:
        invited = service.find_invitation(_context().session, token)
        form = submitted()
        if request.method == "POST":
            joined = _joined(token, invited, form)
            if joined is not None:
                return joined
    except service.LinkSpent:
        return _link_spent(_("Ask your practice manager for a new invitation."))
    page = render_template(
        "layers/choose_password.html",
        invited=invited,
        email=invited.email,
        name=form.get("name") or invited.name,
        own_device=form.get("own_device"),
        problems=form.problems,
    )
    return page, 422 if form.problems else 200


def _joined(token: str, invited: service.Invited, form: Submitted) -> Response | None:
    password = str(form.values.get("password", ""))
    name = "" if invited.has_account else form.required("name", _("Enter your name"))
    if not invited.has_account:
        form.problems += [Problem(words, "password") for words in password_problems(password, invited.email)]
    elif not within_limit("sign-in.account", invited.email, TRIES_OF_ACCOUNT):
        form.problems.append(Problem(_("Too many tries. Wait 15 minutes, then try again"), "password"))
    if form.problems:
        return None
    try:
        account_id, slug = service.accept_invitation(_database(), token, name, password)
    except service.WrongPassword:
        form.problems.append(Problem(_("This is not your account's password"), "password"))
        return None
    return signing.sign_in(account_id, own_device=bool(form.get("own_device")), target=f"/{slug}/")


@pages.route("/account/password/<token>", methods=["GET", "POST"])
@policy("public")
def new_password(token: str) -> ResponseReturnValue:
    """Choose a new password by a link that the manager or the operator made."""
    try:
        email = service.find_reset(_context().session, token)
        form = submitted()
        if request.method == "POST":
            password = str(form.values.get("password", ""))
            form.problems += [Problem(words, "password") for words in password_problems(password, email)]
            if not form.problems:
                service.reset_password(_database(), token, password)
                signing.sign_out()
                flash(_("Your password is saved. Sign in with it"), "success")
                return redirect(url_for("accounts.sign_in"), 303)
    except service.LinkSpent:
        return _link_spent(_("Ask your practice manager for a new one."))
    page = render_template("layers/choose_password.html", invited=None, email=email, problems=form.problems)
    return page, 422 if form.problems else 200


@pages.get("/account/kept/<uuid:kept_id>")
@policy("signed_in")
def kept_form(kept_id: UUID) -> ResponseReturnValue:
    """Offer what somebody was sending when their shared PC had locked. To anybody else it does not exist."""
    person = identity.signed_in()
    assert person is not None
    offer = kept.find(current.session, kept_id, person.account_id)
    if offer is None:
        return redirect(signing.destination(current.session, person.person_id))
    return render_template("layers/kept_form.html", offer=offer)


@pages.post("/account/kept/<uuid:kept_id>/drop")
@policy("signed_in")
def drop_kept_form(kept_id: UUID) -> ResponseReturnValue:
    """Throw a kept form away."""
    person = identity.signed_in()
    assert person is not None
    if kept.find(current.session, kept_id, person.account_id) is None:
        abort(404)
    kept.forget(_database(), kept_id, person.account_id)
    return redirect(signing.destination(current.session, person.person_id), 303)


def _link_spent(advice: str) -> ResponseReturnValue:
    return render_template("layers/link_spent.html", advice=advice), 410


def _context() -> RequestContext:
    return cast("RequestContext", g.layers)


def _database() -> Database:
    return cast("Database", current_app.extensions["layers_database"])
