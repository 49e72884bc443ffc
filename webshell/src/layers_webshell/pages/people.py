"""The people of a practice: who belongs to it, who is invited, who left. No counts and no league tables."""

from __future__ import annotations

from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for

from layers_core.contract import Problem
from layers_core.host.builtin import MANAGE_PEOPLE
from layers_core.i18n import gettext as _
from layers_core.practices import members, service
from layers_core.vocabulary import label, vocabulary
from layers_core.web import Submitted, current, policy, submitted
from layers_webshell.accounts import invitations
from layers_webshell.accounts import service as accounts

pages = Blueprint("people", __name__)

Answer = Response | str | tuple[str, int]


@pages.get("/<practice>/people")
@policy("member")
def index() -> str:
    """Everybody of the practice; for whoever manages people also invitations and leavers."""
    session, practice = current.session, current.practice
    manages = current.actor.can(MANAGE_PEOPLE)
    return render_template(
        "layers/pages/people.html",
        members=members.members(session, practice.id),
        leavers=members.leavers(session, practice.id) if manages else [],
        invited=invitations.open_invitations(session, practice.id) if manages else [],
        manages=manages,
        role_labels=role_labels,
        profession_label=lambda code: label("professions", code),
    )


def role_labels(roles: tuple[str, ...]) -> list[str]:
    """The roles beyond membership in words."""
    return [label("roles", code) for code in vocabulary("roles") if code in roles and code != "member"]


def _choices() -> dict[str, list[tuple[str, str]]]:
    return {
        "professions": [(code, label("professions", code)) for code in vocabulary("professions")],
        "roles": [(code, label("roles", code)) for code in vocabulary("roles") if code != "member"],
    }


@pages.route("/<practice>/people/invite", methods=["GET"])
@policy("member", MANAGE_PEOPLE)
def invite_form() -> str:
    """The form that invites somebody."""
    return render_template("layers/pages/invite.html", fields=Submitted({}), problems=(), **_choices())


@pages.route("/<practice>/people/invite", methods=["POST"])
@policy("member", MANAGE_PEOPLE)
def invite() -> Answer:
    """Invite somebody; the page shows the link, this once."""
    form = submitted()
    name = form.required("name", _("Enter the person's name"))
    email = _email(form)
    profession = form.one_of("profession", vocabulary("professions"), _("Choose a profession"))
    roles = [role for role in form.getlist("roles") if role in vocabulary("roles")]
    if form.problems:
        return render_template("layers/pages/invite.html", fields=form, problems=form.problems, **_choices()), 422
    with current.artefacts.database.write() as session:
        token = accounts.invite(
            session,
            current.practice.id,
            email,
            name=name,
            roles=roles,
            profession=profession,
            invited_by=current.actor.person_id,
        )
    link = url_for("accounts.invitation", token=token, _external=True)
    return render_template("layers/pages/invited.html", name=name, link=link, days=accounts.INVITATION_DAYS)


def _email(form: Submitted) -> str:
    try:
        return validate_email(form.get("email"), check_deliverability=False).normalized
    except EmailNotValidError:
        form.problems.append(Problem(_("Enter an e-mail address, like name@example.nhs.uk"), "email"))
        return ""


@pages.post("/<practice>/people/invitations/<uuid:invitation_id>/withdraw")
@policy("member", MANAGE_PEOPLE)
def withdraw_invitation(invitation_id: UUID) -> Response:
    """Stop an invitation's link."""
    with current.artefacts.database.write() as session:
        if not invitations.withdraw(session, current.practice.id, invitation_id):
            abort(404)
    return _back(_("The invitation no longer works"))


@pages.route("/<practice>/people/<uuid:person_id>", methods=["GET"])
@policy("member", MANAGE_PEOPLE)
def member(person_id: UUID) -> str:
    """The form that changes a member's roles or ends the membership."""
    return _member_page(person_id, ())


def _member_page(person_id: UUID, problems: tuple[Problem, ...]) -> str:
    found = [one for one in members.members(current.session, current.practice.id) if one.person_id == person_id]
    if not found:
        abort(404)
    return render_template("layers/pages/member.html", member=found[0], problems=problems, **_choices())


@pages.route("/<practice>/people/<uuid:person_id>", methods=["POST"])
@policy("member", MANAGE_PEOPLE)
def change(person_id: UUID) -> Answer:
    """Change a member's profession and roles."""
    form = submitted()
    try:
        with current.artefacts.database.write() as session:
            members.set_roles(session, person_id, current.practice.id, form.get("profession"), form.getlist("roles"))
    except service.Refused as error:
        return _member_page(person_id, (Problem(str(error), "roles"),)), 422
    return _back(_("Saved"))


@pages.post("/<practice>/people/<uuid:person_id>/end")
@policy("member", MANAGE_PEOPLE)
def end(person_id: UUID) -> Answer:
    """End a membership. What the person wrote stays theirs."""
    try:
        with current.artefacts.database.write() as session:
            service.leave(session, person_id, current.practice.id)
    except service.Refused as error:
        return _member_page(person_id, (Problem(str(error)),)), 422
    return _back(_("The membership has ended. What this person wrote stays theirs."))


def _back(message: str) -> Response:
    flash(message, "success")
    return redirect(url_for("people.index"), 303)  # type: ignore[return-value]
