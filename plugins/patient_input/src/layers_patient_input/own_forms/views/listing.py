"""The practice's forms: the list, a form's page, and what may be done with one as a whole."""

from __future__ import annotations

import json
from collections.abc import Callable

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from layers_core.artefacts.errors import NotFound
from layers_core.contract import Problem
from layers_core.forms import filling
from layers_core.forms.reading import read
from layers_core.forms.writing import write
from layers_core.i18n import gettext as _
from layers_core.vocabulary import vocabulary
from layers_core.web import current, in_language, policy, submitted
from layers_patient_input import catalogue
from layers_patient_input.kinds import FORMS
from layers_patient_input.own_forms import as_fhir, copying, reading, service, translating
from layers_patient_input.own_forms.reading import OwnView
from layers_patient_input.own_forms.service import Wish
from layers_patient_input.own_forms.views.finding import form_of, own_of
from layers_patient_input.schemas import settings_of
from layers_patient_input.views.asking import Asked, content
from layers_patient_input.views.blueprints import staff
from layers_patient_input.views.patients import Reader
from layers_patient_input.views.refusals import tried
from layers_patient_input.wording import PACKAGE, chosen, in_english, offered

REPORTED = 200
"""How many lines of an import's report a page shows."""


@staff.get("/forms")
@policy("member")
def forms() -> str:
    """The forms that come with the toolkit, and the practice's own."""
    links = reading.links_by_form(current.session, current.practice.id)
    return render_template(
        "patient_input/forms/index.html",
        built_in=vocabulary("built_in_forms", PACKAGE),
        own=reading.all_of(current.session, current.practice.id),
        links=links,
        may_change=current.actor.can(FORMS),
    )


@staff.get("/forms/<form_code>")
@policy("member")
def form(form_code: str) -> str:
    """A form: what it is, in which languages, and what may be done with it."""
    return _page(form_code)


def _page(form_code: str, problems: tuple[Problem, ...] = ()) -> str:
    found = form_of(form_code)
    own = own_of(form_code) if catalogue.own_id(form_code) else None
    return render_template(
        "patient_input/forms/form.html",
        form=found,
        own=own,
        entry=vocabulary("built_in_forms", PACKAGE).get(form_code, {}),
        languages=_languages(own) if own else (),
        links=reading.links_by_form(current.session, current.practice.id).get(form_code, 0),
        may_change=current.actor.can(FORMS),
        can_build=own is not None and as_fhir.read(found.questionnaire) is not None,
        can_copy=copying.may_copy(form_code),
        reported=own.reported[:REPORTED] if own else (),
        more_reported=max(0, len(own.reported) - REPORTED) if own else 0,
        problems=problems,
        in_english=lambda code: _(in_english(code)),
    )


def _languages(own: OwnView) -> list[tuple[object, int, int]]:
    """Each language that the practice offers besides the form's own, with how many of the texts it has."""
    texts = translating.texts(own.source)
    language = read(own.source).questionnaire
    return [
        (offer, sum(offer.code in text.translations for text in texts), len(texts))
        for offer in offered(settings_of(current.practice))
        if language is None or offer.code != language.language
    ]


@staff.get("/forms/<form_code>/preview")
@policy("member")
def preview_form(form_code: str) -> str:
    """A form as patients see it, in any language that the practice offers."""
    found, settings = form_of(form_code), settings_of(current.practice)
    language = chosen(request.args.get("lang", found.questionnaire.language), settings)
    who = Reader(current.practice, settings, language)
    first = filling.initial(found.questionnaire, current.practice.time_zone)
    with in_language(language.base):
        parts = {**who.context(), **content(who, Asked(found)), "values": first, "preview": True}
        shown = current_app.jinja_env.get_template("patient_input/form_content.html").make_module(parts)
    return render_template(
        "patient_input/forms/preview.html", form=found, language=language, languages=offered(settings), shown=shown
    )


@staff.get("/forms/<form_code>/questionnaire.json")
@policy("member")
def questionnaire(form_code: str) -> Response:
    """A form as a FHIR R4 Questionnaire: one that came in a file as it came."""
    made = own_of(form_code).source if catalogue.own_id(form_code) else write(form_of(form_code).questionnaire)
    answer = Response(json.dumps(made, ensure_ascii=False, indent=2), mimetype="application/fhir+json")
    answer.headers["Content-Disposition"] = "attachment; filename=questionnaire.json"
    return answer


@staff.post("/forms/<form_code>/state")
@policy("member", FORMS)
def form_state(form_code: str) -> ResponseReturnValue:
    """Open a form to patients, close it, or remove a draft."""
    own, do = own_of(form_code), submitted().get("do")
    work: dict[str, tuple[Callable[[], None], str]] = {
        "open": (
            lambda: service.offer(current.artefacts, current.actor, own.id, is_open=True),
            _("Open. Make a link or a poster, so that patients find it."),
        ),
        "close": (
            lambda: service.offer(current.artefacts, current.actor, own.id, is_open=False),
            _("Closed. Patients who open its link are told how else to reach you."),
        ),
        "discard": (lambda: service.discard(current.artefacts, current.actor, own.id), _("Removed.")),
    }
    if do not in work:
        abort(404)
    try:
        refusal = tried(work[do][0])
    except NotFound:
        abort(404)
    if refusal:
        return _page(form_code, refusal.problems), refusal.status
    flash(work[do][1], "success")
    done = url_for("patient_input.forms") if do == "discard" else url_for("patient_input.form", form_code=form_code)
    return redirect(done, 303)


@staff.post("/forms/<form_code>/copy")
@policy("member", FORMS)
def copy_form(form_code: str) -> ResponseReturnValue:
    """Make a draft that begins as a copy of a form."""
    found = form_of(form_code)
    if not copying.may_copy(form_code):
        abort(404)
    made: list[str] = []

    def work() -> None:
        wish = Wish(copying.copy_of(found), "copied")
        made.append(
            catalogue.own_code(service.keep_new(current.artefacts, current.actor, wish, submitted().client_key))
        )

    refusal = tried(work)
    if refusal:
        return _page(form_code, refusal.problems), refusal.status
    flash(_("Copied. Patients don’t see the copy until you open it."), "success")
    return redirect(url_for("patient_input.form", form_code=made[0]), 303)
