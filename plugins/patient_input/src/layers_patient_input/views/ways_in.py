"""Pages for staff: the links to the form, their QR codes and posters."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from layers_core.i18n import gettext as _
from layers_core.web import current, in_language, policy, submitted
from layers_patient_input import qr, reading, service
from layers_patient_input.kinds import WAYS_IN
from layers_patient_input.schemas import settings_of
from layers_patient_input.views.blueprints import staff
from layers_patient_input.wording import Language, offered


@staff.get("/ways-in")
@policy("member")
def ways_in() -> str:
    """The links to the form, with a QR code and posters."""
    links = [(link, _form_address(link.token)) for link in reading.links_of(current.session, current.practice.id)]
    return render_template(
        "patient_input/ways_in.html",
        links=[(link, address, qr.code(address)) for link, address in links],
        languages=offered(settings_of(current.practice)),
        may_change=current.actor.can(WAYS_IN),
        public_page=url_for("patient_input_public.loop", _external=True),
    )


@staff.post("/ways-in")
@policy("member", WAYS_IN)
def change_ways_in() -> ResponseReturnValue:
    """Withdraw a link, renew it, or make the first one."""
    token, renew = submitted().get("token"), submitted().get("do") == "renew"
    if token:
        service.close_way_in(current.artefacts, current.actor, token, renew=renew)
        done = _("Renewed. Print the new posters: the old ones lead nowhere now.") if renew else _("Withdrawn.")
    else:
        service.new_way_in(current.artefacts, current.actor)
        done = _("Patients can answer again.")
    flash(done, "success")
    return redirect(url_for("patient_input.ways_in"), 303)


@staff.get("/ways-in/poster")
@policy("member")
def poster() -> str:
    """A page to print and put on the wall, one sheet for each language."""
    token = _own_token()
    sheets = [
        _sheet(language, qr.code(_form_address(token, language.code)))
        for language in offered(settings_of(current.practice))
        if request.args.get("lang", language.code) == language.code
    ]
    return render_template("patient_input/poster.html", sheets=sheets, address=_form_address(token))


def _sheet(language: Language, code: qr.Code) -> dict[str, Any]:
    """One sheet of the poster, in its own language."""
    with in_language(language.base):
        return {
            "language": language,
            "code": code,
            "title": _("How was your experience of our service?"),
            "name": _("Tell us how we did"),
            "how": _("Scan the code with the camera of your phone, or type the address. It takes one minute."),
            "privacy": _("We do not ask who you are."),
            "urgent": _("Not for urgent help: call 999 in an emergency, or 111."),
        }


@staff.get("/ways-in/qr.svg")
@policy("member")
def code() -> Response:
    """The QR code as a file."""
    image = Response(qr.image(_form_address(_own_token())), mimetype="image/svg+xml")
    image.headers["Content-Disposition"] = "attachment; filename=patient-form.svg"
    return image


def _own_token() -> str:
    """The token asked for where it is one of the practice's own in force, else its newest one."""
    tokens = [link.token for link in reading.links_of(current.session, current.practice.id)]
    asked = request.args.get("token", "")
    if not tokens or (asked and asked not in tokens):
        abort(404)
    return asked or tokens[0]


def _form_address(token: str, language: str | None = None) -> str:
    return url_for("public.form", token=token, lang=language, _external=True)
