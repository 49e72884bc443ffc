"""The pages of NMC revalidation: accounts and forms, opening a discussion, reading a colleague's five accounts."""

from __future__ import annotations

import io
from functools import partial
from uuid import UUID

from flask import Response, abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from layers_core.artefacts.errors import CheckFailed, DraftRefused, GuardStop, NotAllowed, NotFound
from layers_core.contract import Problem
from layers_core.host.doors import DoorFault
from layers_core.i18n import gettext as _
from layers_core.web import (
    Submitted,
    after_response,
    current,
    instance_settings,
    parse_uuid,
    policy,
    submitted,
    within_limit,
)
from layers_reflect.kinds import WRITE
from layers_reflect.nmc import forms, reading, service, telling
from layers_reflect.nmc.reading import DiscussionView
from layers_reflect.nmc.rules import rules
from layers_reflect.profiles import profile_of
from layers_reflect.views import staff

TRIES = "30 per hour"
"""How often somebody may ask for a registrant by e-mail address: enough for slips, too few to try out addresses."""
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@staff.get("/nmc")
@policy("member", WRITE)
def nmc() -> str:
    """One's accounts, discussions and forms; and the discussions of others that one may read now."""
    session, actor = current.session, current.actor
    known = reading.discussions(session, actor)
    profile = profile_of(session, actor)
    return render_template(
        "reflect/nmc/index.html",
        accounts=reading.accounts(session, current.host, actor),
        kept=reading.forms(session, current.host, actor),
        mine=[item for item in known if item.person_id == actor.person_id],
        theirs=[item for item in known if item.person_id != actor.person_id],
        wanted=rules()["accounts"],
        forms_url=rules()["forms_url"],
        ends_soon=profile.cycle_ends if telling.ends_soon(profile, actor) else None,
    )


@staff.get("/nmc/discussion")
@policy("member", WRITE)
def nmc_discussion_form() -> str:
    """The form that opens a discussion."""
    return _form(Submitted({"days": rules()["days"]["default"]}))


@staff.post("/nmc/discussion")
@policy("member", WRITE)
def nmc_discussion_open() -> ResponseReturnValue:
    """Open a discussion; every refusal shows the form again with what was chosen."""
    form = submitted()
    email = form.required("email", _("Enter the registrant’s email address"))
    days = form.get("days")
    if not within_limit("reflect.nmc", str(current.actor.person_id), TRIES):
        form.problems.append(Problem(_("You have tried this very often. Wait an hour, then try again"), "email"))
    if form.problems:
        return _form(form, form.problems), 422
    chosen = [key for word in form.getlist("accounts") if (key := parse_uuid(word))]
    try:
        opened = service.open_discussion(
            current.artefacts,
            current.actor,
            chosen,
            email,
            int(days) if days.isdecimal() and len(days) < 4 else 0,
            form.guard(),
            form.client_key,
        )
    except DraftRefused as refused:
        return _form(form, refused.problems), 422
    except GuardStop as stop:
        return _form(form, stop=stop), 422
    except (NotAllowed, NotFound):
        abort(404)
    except (CheckFailed, DoorFault):
        return _form(form, [Problem(_("We could not save this just now. Try again in a minute"))]), 503
    after_response(partial(telling.tell_partner, current.artefacts, instance_settings(), opened))
    flash(_("They can read the five accounts now. Send them the link below."), "success")
    return redirect(url_for("reflect.nmc_discussion", discussion_id=opened), 303)


def _form(values: Submitted, problems: list[Problem] | tuple[Problem, ...] = (), stop: GuardStop | None = None) -> str:
    return render_template(
        "reflect/nmc/open.html",
        accounts=reading.accounts(current.session, current.host, current.actor),
        rules=rules(),
        values=values,
        problems=list(problems),
        stop=stop,
    )


@staff.get("/nmc/discussion/<uuid:discussion_id>")
@policy("member", WRITE)
def nmc_discussion(discussion_id: UUID) -> str:
    """A discussion: for its writer who may read what up to when, for their partner the five accounts."""
    found = _discussion(discussion_id)
    accounts = reading.accounts_of(current.session, current.host, current.actor, discussion_id)
    own = found.person_id == current.actor.person_id
    if not own:
        after_response(partial(service.was_read, current.artefacts, current.actor, discussion_id))
    return render_template(
        "reflect/nmc/discussion.html",
        discussion=found,
        accounts=accounts,
        own=own,
        link=_link_for_partner(found) if own and found.open else "",
    )


def _link_for_partner(found: DiscussionView) -> str:
    """The address that the partner opens, in a practice of theirs; empty where they have none at present."""
    partner = telling.place_of(current.session, current.host, found.partner_id)
    if partner is None:
        return ""
    return url_for("reflect.nmc_discussion", practice=partner.practice.slug, discussion_id=found.id, _external=True)


@staff.app_template_global("reflect_asked_to_read")
def asked_to_read() -> list[DiscussionView]:
    """The discussions of others whose accounts one may read now: one query, for Reflect's first page."""
    return reading.asked(current.session, current.actor)


@staff.post("/nmc/discussion/<uuid:discussion_id>/end")
@policy("member", WRITE)
def nmc_discussion_end(discussion_id: UUID) -> ResponseReturnValue:
    """End a discussion of one's own now."""
    try:
        service.end(current.artefacts, current.actor, discussion_id)
    except NotFound:
        abort(404)
    flash(_("They can no longer read your accounts."), "success")
    return redirect(url_for("reflect.nmc_discussion", discussion_id=discussion_id), 303)


def _discussion(discussion_id: UUID) -> DiscussionView:
    known = reading.discussions(current.session, current.actor)
    found = next((item for item in known if item.id == discussion_id), None)
    if found is None:
        abort(404)
    return found


@staff.get("/nmc/forms")
@policy("member", WRITE)
def nmc_forms() -> str:
    """The chosen accounts and discussion in the order of the NMC's forms, to print; marked words come first."""
    filled = _filled()
    marked = [] if request.args.get("checked") else forms.marked(filled)
    return render_template(
        "reflect/nmc/forms.html", filled=filled, marked=marked, asked=request.args.to_dict(flat=False)
    )


@staff.get("/nmc/forms.docx")
@policy("member", WRITE)
def nmc_forms_docx() -> Response:
    """The same as a Word document."""
    filled = _filled()
    if forms.marked(filled) and not request.args.get("checked"):
        abort(404)
    stream = io.BytesIO()
    forms.write_docx(filled, stream)
    stream.seek(0)
    return send_file(stream, mimetype=WORD, as_attachment=True, download_name="nmc-forms.docx")


def _filled() -> forms.Filled:
    """What the address asks for: `account` keys (all accounts where none is named) and one `discussion`."""
    session, host, actor = current.session, current.host, current.actor
    wanted = {parse_uuid(word) for word in request.args.getlist("account")}
    accounts = [entry.note for entry in reading.accounts(session, host, actor) if not wanted or entry.note.id in wanted]
    kept = {entry.note.id: entry.note for entry in reading.forms(session, host, actor)}
    discussion = kept.get(parse_uuid(request.args.get("discussion", "")) or UUID(int=0))
    return forms.fill(accounts[: rules()["accounts"]], discussion, actor.name)
