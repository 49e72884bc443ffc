"""Pages of the CARE measure: a practitioner's own rounds and reports, and the form that their patients meet."""

from __future__ import annotations

from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from layers_core.artefacts.errors import NotFound
from layers_core.contract import PracticeView, Problem
from layers_core.i18n import gettext as _
from layers_core.practices.models import PublicLink
from layers_core.web import current, parse_uuid, policy, submitted
from layers_patient_input import qr
from layers_patient_input.care import reading, rules, service, showing
from layers_patient_input.care.reading import CARE, Round
from layers_patient_input.catalogue import built_in
from layers_patient_input.schemas import settings_of
from layers_patient_input.views.asking import Asked, answer, not_collecting
from layers_patient_input.views.blueprints import staff
from layers_patient_input.views.patients import reader
from layers_patient_input.views.refusals import tried


@staff.get("/care")
@policy("member")
def care() -> str:
    """The actor's own rounds, and whether the practice may use CARE."""
    return _care_page()


@staff.post("/care")
@policy("member")
def change_care() -> ResponseReturnValue:
    """Begin a round of one's own, or end one."""
    form = submitted()
    key = parse_uuid(form.get("round"))
    if form.get("do") == "end":
        try:
            service.end(current.artefacts, current.actor, key or UUID(int=0))
        except NotFound:
            abort(404)
        flash(_("Ended. The link leads nowhere now; your report stays."), "success")
        return redirect(url_for("patient_input.care"), 303)
    refusal = tried(lambda: service.begin(current.artefacts, current.actor))
    if refusal:
        return _care_page(refusal.problems), refusal.status
    flash(_("Your link is ready. Give it to patients after a consultation."), "success")
    return redirect(url_for("patient_input.care"), 303)


@staff.get("/care/<uuid:round_id>")
@policy("member")
def care_report(round_id: UUID) -> str:
    """What patients said in one of the actor's own rounds; 404 for everybody else."""
    found = next((own for own in reading.rounds(current.session, current.actor) if own.row.id == round_id), None)
    if found is None:
        abort(404)
    form, report = built_in(CARE, settings_of(current.practice)), rules.report(found.forms)
    return render_template(
        "patient_input/care_report.html",
        own=found,
        report=showing.shown(report, form) if report else None,
        least=rules.RULES["least_forms"],
        aim=rules.RULES["aim"],
        licence=form.questionnaire.source.get("copyright", ""),
    )


def _care_page(problems: tuple[Problem, ...] = ()) -> str:
    own = reading.rounds(current.session, current.actor)
    return render_template(
        "patient_input/care.html",
        permission=reading.permission(settings_of(current.practice)),
        rounds=[(one, *_way_in(one)) for one in own],
        is_open=any(one.open for one in own),
        least=rules.RULES["least_forms"],
        problems=problems,
    )


def _way_in(own: Round) -> tuple[str, qr.Code | None]:
    """The address of a round that is open, and its QR code."""
    if not own.open:
        return "", None
    address = url_for("public.form", token=own.row.token, _external=True)
    return address, qr.code(address)


def care_form(link: PublicLink, practice: PracticeView) -> ResponseReturnValue:
    """The questions about one practitioner, for their patients. Nobody is asked where the practice may not use CARE, or
    about somebody who has left.
    """
    who = reader(practice, link)
    about = reading.practitioner(current.session, practice, link.token)
    if about is None or reading.permission(who.settings) is None:
        return not_collecting(practice)
    key, name = about
    asked = Asked(built_in(CARE, who.settings), key, thanks="care_thanks.html", more={"about": name})
    return answer(who, link, asked)
